"""`docker build` with the classic builder, and the build cache's prune."""

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from labrunner.practice.api.message import Query, Request
from labrunner.practice.api.reply import NOTHING, Reply, Takeover, lines, told
from labrunner.practice.api.spool import LARGEST_CONTEXT, receive, spooling
from labrunner.practice.build.classic import Lines
from labrunner.practice.build.context import Context
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.options import Options
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused

_PRUNE_FILTERS = ("until", "unused-for", "id", "parent", "type", "description", "inuse", "shared", "private")

Tell = Callable[[Mapping[str, Any]], Awaitable[None]]


async def build(daemon: Daemon, request: Request) -> Reply:
    query = request.query
    if query.text("version") == "2":
        raise Refused(
            501,
            "practice engine: POST /build with version=2 is not simulated; buildx and the classic builder are",
        )
    options = _options(query)
    remote = query.text("remote")
    if remote and remote != "client-session":
        raise Refused(
            400,
            f"practice engine: the context {remote} needs a network, which is not simulated; build from a folder",
        )
    accounts = _accounts(request.head.header("x-registry-config"))

    async def produce(tell: Tell) -> None:
        with spooling(daemon) as folder:
            upload = folder / "upload"
            await receive(request.body, upload, LARGEST_CONTEXT, "the build context")
            context = await asyncio.to_thread(Context.of_tar, upload, folder)
            report = Lines(tell, options)
            try:
                image = await daemon.build(context, options, "classic", report, accounts=accounts)
            except BuildFailure as failure:
                await report.broke()
                if failure.exit_code:
                    detail = {"code": failure.exit_code, "message": failure.message}
                    await tell({"errorDetail": detail, "error": failure.message})
                    return
                raise
            await report.done(image)

    return lines(produce)


def _accounts(header: str) -> Mapping[str, Any]:
    """Every saved account, by the registry's name; what cannot be read counts as none."""
    try:
        told = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _options(query: Query) -> Options:
    return Options(
        dockerfile=query.text("dockerfile") or "Dockerfile",
        tags=tuple(tag for tag in query.texts("t") if tag),
        build_args=_mapping(query, "buildargs"),
        labels={name: value or "" for name, value in _mapping(query, "labels").items()},
        target=query.text("target"),
        no_cache=query.truth("nocache"),
        pull=query.truth("pull"),
        cache_from=_words(query, "cachefrom"),
        quiet=query.truth("q"),
        network=query.text("networkmode"),
        extra_hosts=tuple(host for given in query.texts("extrahosts") for host in given.split(",") if host),
        platform=query.text("platform"),
    )


def _mapping(query: Query, name: str) -> dict[str, str | None]:
    value = _json(query, name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused(400, f"error reading build args: invalid JSON in {name}")
    return {str(key): None if given is None else str(given) for key, given in value.items()}


def _words(query: Query, name: str) -> tuple[str, ...]:
    value = _json(query, name)
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def _json(query: Query, name: str) -> Any:
    written = query.text(name)
    if not written:
        return None
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        raise Refused(400, f"error reading {name}: invalid JSON") from None


async def prune(daemon: Daemon, request: Request) -> Reply:
    try:
        filters = request.query.filters(*_PRUNE_FILTERS)
    except Refused as refusal:
        raise Refused(refusal.status, f"failed to prune build cache: {refusal.message}") from refusal
    rows, reclaimed = daemon.prune_build_cache(filters.asdict(), everything=request.query.truth("all"))
    return told({"CachesDeleted": rows or None, "SpaceReclaimed": reclaimed})


async def cancel(_daemon: Daemon, _request: Request) -> Reply:
    """Builds end when their client leaves; there is none to be cancelled by its ID."""
    return NOTHING


async def grpc(daemon: Daemon, request: Request) -> Reply:
    """buildx talks gRPC over HTTP/2 on this connection."""
    _check_upgrade(request)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # 40 ms of HTTP/2: paid by the first build with buildx.
        from labrunner.practice.api.buildkit import serve_grpc

        await serve_grpc(reader, writer, daemon)

    return Takeover(serve=serve, kind="", protocol="h2c")


async def session(daemon: Daemon, request: Request) -> Reply:
    """The other way round: on this connection the engine asks buildx for files."""
    _check_upgrade(request)
    headers = request.head.headers

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from labrunner.practice.api.buildkit import serve_session

        await serve_session(reader, writer, headers, daemon)

    return Takeover(serve=serve, kind="", protocol="h2c")


def _check_upgrade(request: Request) -> None:
    if request.head.upgrade != "h2c":
        raise Refused(400, "no upgrade proto in request")
