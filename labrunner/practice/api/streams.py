"""attach, logs and exec: the calls whose answer is what a program says."""

import asyncio

from labrunner.practice.api.containers import size
from labrunner.practice.api.conversation import converse
from labrunner.practice.api.filters import moment
from labrunner.practice.api.frames import frame, kind
from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import DONE, Flow, Reply, Sink, Takeover, told
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.logs import Wanted


async def attach(daemon: Daemon, request: Request) -> Reply:
    query = request.query
    container = daemon.containers.get(request.name)
    attachment = daemon.containers.attach(
        container,
        stdin=query.truth("stdin"),
        stdout=query.truth("stdout"),
        stderr=query.truth("stderr"),
        stream=query.truth("stream"),
        logs=query.truth("logs"),
        detach_keys=query.text("detachKeys"),
    )
    tty = bool(container.config["Tty"])

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await converse(attachment, reader, writer, tty=tty)

    return Takeover(serve=serve, kind=kind(request, tty=tty), abandon=attachment.close)


async def logs(daemon: Daemon, request: Request) -> Reply:
    query = request.query
    stdout, stderr = query.truth("stdout"), query.truth("stderr")
    if not (stdout or stderr):
        raise Refused(400, "Bad parameters: you must choose at least one stream")
    container = daemon.containers.get(request.name)
    wanted = Wanted(
        stdout=stdout,
        stderr=stderr,
        tail=_tail(query.text("tail")),
        since=_nanoseconds(query.text("since")),
        until=_nanoseconds(query.text("until")),
        timestamps=query.truth("timestamps"),
        follow=query.truth("follow"),
    )
    tty = bool(container.config["Tty"])
    told = daemon.containers.logs(container, wanted)

    async def produce(sink: Sink) -> None:
        await sink.begin()
        async for stream, data in told:
            await sink.write(data if tty else frame(stream, data))

    return Flow(produce=produce, kind=kind(request, tty=tty))


def _tail(text: str) -> int | None:
    """None for all of it, which is also what Docker makes of a text that is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _nanoseconds(text: str) -> int:
    return 0 if text in ("", "0") else int(moment(text) * 1_000_000_000)


async def create_exec(daemon: Daemon, request: Request) -> Reply:
    body = await request.json()
    if "detachKeys" in body:
        # The docker SDK spells it so, and Go does not mind.
        body["DetachKeys"] = body["detachKeys"]
    container = daemon.containers.get(request.name)
    return told({"Id": daemon.containers.execs.create(container, body).id}, 201)


async def start_exec(daemon: Daemon, request: Request) -> Reply:
    execs = daemon.containers.execs
    made = execs.get(request.name)
    body = await request.json()
    console = body.get("ConsoleSize")
    window = (int(console[0]), int(console[1])) if isinstance(console, list) and len(console) == 2 else None
    attachment = await execs.start(made, detach=bool(body.get("Detach")), size=window)
    if attachment is None:
        return DONE
    # As in Docker, who starts says whether there are frames, whatever the exec was created with.
    talking, tty = attachment, bool(body.get("Tty"))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await converse(talking, reader, writer, tty=tty)

    return Takeover(serve=serve, kind=kind(request, tty=tty), abandon=talking.close)


async def inspect_exec(daemon: Daemon, request: Request) -> Reply:
    return told(daemon.containers.execs.get(request.name).inspect())


async def resize_exec(daemon: Daemon, request: Request) -> Reply:
    execs = daemon.containers.execs
    execs.resize(execs.get(request.name), *size(request))
    return DONE
