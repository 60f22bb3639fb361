"""`docker cp`, `docker export` and `docker commit`."""

from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import DONE, TAR, Answer, Flow, Reply, Sink, told
from labrunner.practice.api.spool import LARGEST_ARCHIVE, aside, gathered, receive, spooling
from labrunner.practice.build.metadata import apply_changes
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused

_STAT = "X-Docker-Container-Path-Stat"


async def stat(daemon: Daemon, request: Request) -> Reply:
    about = await daemon.containers.contents.stat(request.name, request.query.text("path"))
    return Answer(kind="", headers={_STAT: about.header()})


async def take(daemon: Daemon, request: Request) -> Reply:
    about, pieces = await daemon.containers.contents.copy_from(request.name, request.query.text("path"))

    async def produce(sink: Sink) -> None:
        async for piece in aside(gathered(pieces)):
            await sink.write(piece)

    return Flow(produce=produce, kind=TAR, headers={_STAT: about.header()})


async def put(daemon: Daemon, request: Request) -> Reply:
    container = daemon.containers.get(request.name)
    with spooling(daemon) as folder:
        await receive(request.body, folder / "upload", LARGEST_ARCHIVE, "the archive")
        await daemon.containers.contents.copy_into(
            container,
            request.query.text("path"),
            folder / "upload",
            keep_kind=request.query.truth("noOverwriteDirNonDir"),
            own=request.query.truth("copyUIDGID"),
        )
    return DONE


async def export(daemon: Daemon, request: Request) -> Reply:
    pieces = await daemon.containers.contents.export(request.name)

    async def produce(sink: Sink) -> None:
        async for piece in aside(gathered(pieces)):
            await sink.write(piece)

    return Flow(produce=produce, kind=TAR)


async def commit(daemon: Daemon, request: Request) -> Reply:
    query = request.query
    name = query.text("container")
    if not name:
        raise Refused(400, 'invalid name or ID supplied: ""')
    container = daemon.containers.get(name)
    config = None if request.body.empty else await request.json()
    changes = [line for text in query.texts("changes") for line in text.splitlines()]
    image = await daemon.containers.contents.commit(
        container,
        repository=query.text("repo"),
        tag=query.text("tag"),
        comment=query.text("comment"),
        author=query.text("author"),
        pause=query.truth("pause", True),
        config=config,
        changes=lambda run: apply_changes(run, changes),
    )
    return told({"Id": image.id}, 201)
