"""Images that come and go: pull, push, search, login, save, load and import."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from labrunner.practice.api.images import named
from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import TAR, Flow, Reply, Sink, lines, told
from labrunner.practice.api.spool import LARGEST_ARCHIVE, aside, gathered, receive, spooling
from labrunner.practice.api.system import architecture
from labrunner.practice.build.metadata import apply_changes
from labrunner.practice.daemon import Daemon
from labrunner.practice.hub.accounts import Auth, read_auth
from labrunner.practice.images import archive
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, parse

_SEARCH_FILTERS = ("is-automated", "is-official", "stars")

Tell = Callable[[Mapping[str, Any]], Awaitable[None]]


def _account(request: Request) -> Auth | None:
    return read_auth(request.head.header("x-registry-auth"))


async def create(daemon: Daemon, request: Request) -> Reply:
    """`docker pull` and `docker import` share one call."""
    if request.query.text("fromImage"):
        return await _pull(daemon, request)
    if request.query.has("fromSrc"):
        return await _import(daemon, request)
    raise Refused(400, "practice engine: neither fromImage nor fromSrc says what to create")


async def _pull(daemon: Daemon, request: Request) -> Reply:
    name, tag = request.query.text("fromImage"), request.query.text("tag")
    try:
        bare = parse(name)
        reference, all_tags = bare, False
        if tag:
            divider = "@" if ":" in tag else ":"
            reference = parse(f"{bare.repository}{divider}{tag}")
        elif not bare.digest:
            # No tag at all means every tag of the repository: `docker pull -a`.
            all_tags = ":" not in name.rpartition("/")[2]
    except InvalidReference as error:
        raise Refused(400, str(error)) from error
    auth = _account(request)

    async def produce(tell: Tell) -> None:
        await daemon.hub.pull(reference, auth=auth, all_tags=all_tags, progress=tell)

    return lines(produce)


async def _import(daemon: Daemon, request: Request) -> Reply:
    source = request.query.text("fromSrc")
    repository, tag = request.query.text("repo"), request.query.text("tag")
    reference = named(repository, tag) if repository else None
    if source != "-":
        raise Refused(
            400,
            f"practice engine: an import from {source} needs a network, which is not simulated; use a file",
        )

    changes = [part for text in request.query.texts("changes") for part in text.splitlines()]

    async def produce(tell: Tell) -> None:
        with spooling(daemon) as folder:
            await receive(request.body, folder / "upload", LARGEST_ARCHIVE, "the archive")
            image_id = await asyncio.to_thread(
                archive.import_,
                daemon.store,
                folder / "upload",
                changes=lambda run: apply_changes(run, changes),
                message=request.query.text("message"),
                reference=reference,
                architecture=architecture(),
            )
            await tell({"status": image_id})

    return lines(produce)


async def push(daemon: Daemon, request: Request) -> Reply:
    try:
        reference = parse(request.name)
        tag = request.query.text("tag")
        all_tags = not tag and ":" not in request.name.rpartition("/")[2]
        if tag:
            reference = parse(f"{reference.repository}:{tag}")
    except InvalidReference as error:
        raise Refused(400, str(error)) from error
    if reference.digest:
        raise Refused(400, "cannot push a digest reference")
    auth = _account(request)

    async def produce(tell: Tell) -> None:
        await daemon.hub.push(reference, auth=auth, all_tags=all_tags, progress=tell)

    return lines(produce)


async def search(daemon: Daemon, request: Request) -> Reply:
    filters = request.query.filters(*_SEARCH_FILTERS)
    limit = request.query.number("limit", 25) or 25
    if not 1 <= limit <= 100:
        raise Refused(400, f"limit {limit} is outside the range of [1, 100]")
    for name in ("is-automated", "is-official"):
        filters.truth(name)
    for stars in filters.values("stars"):
        if not stars.isdigit():
            raise Refused(400, f"invalid filter 'stars={stars}'")
    rows = await daemon.hub.search(
        request.query.text("term"), limit, filters.asdict(), auth=_account(request)
    )
    return told(rows)


async def login(daemon: Daemon, request: Request) -> Reply:
    account = await request.json()
    return told(
        await daemon.hub.login(
            str(account.get("username") or ""),
            str(account.get("password") or account.get("identitytoken") or ""),
            str(account.get("serveraddress") or ""),
        )
    )


async def distribution(daemon: Daemon, request: Request) -> Reply:
    try:
        reference = parse(request.name)
    except InvalidReference as error:
        raise Refused(400, str(error)) from error
    return told(await daemon.hub.describe(reference, auth=_account(request)))


async def save(daemon: Daemon, request: Request) -> Reply:
    return _archive(daemon, (request.name,))


async def save_several(daemon: Daemon, request: Request) -> Reply:
    return _archive(daemon, request.query.texts("names"))


def _archive(daemon: Daemon, names: tuple[str, ...]) -> Reply:
    async def produce(sink: Sink) -> None:
        async for piece in aside(gathered(archive.save(daemon.store, names))):
            await sink.write(piece)

    return Flow(produce=produce, kind=TAR)


async def load(daemon: Daemon, request: Request) -> Reply:
    async def produce(tell: Tell) -> None:
        with spooling(daemon) as folder:
            await receive(request.body, folder / "upload", LARGEST_ARCHIVE, "the archive")
            quiet = request.query.truth("quiet")
            async for line in aside(archive.load(daemon.store, folder / "upload", quiet=quiet)):
                await tell(line)

    return lines(produce, never_plain=True)
