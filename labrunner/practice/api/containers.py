"""The life of containers over HTTP: create, start, stop, list, inspect, remove, and what is told about them."""

import asyncio
from typing import Any

from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import DONE, NOTHING, UNCHANGED, Flow, Reply, Sink, compact, told
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.container import Container


async def create(daemon: Daemon, request: Request) -> Reply:
    if request.body.empty:
        raise Refused(400, "invalid JSON: got EOF while reading request body")
    body = await request.json()
    container_id, warnings = await daemon.containers.create(
        body, request.query.text("name"), platform=request.query.text("platform")
    )
    return told({"Id": container_id, "Warnings": list(warnings)}, 201)


async def listing(daemon: Daemon, request: Request) -> Reply:
    query = request.query
    rows = daemon.containers.list(
        all=query.truth("all"),
        limit=query.number("limit", -1),
        size=query.truth("size"),
        filters=query.filters().asdict(),
    )
    return told(rows)


async def inspect(daemon: Daemon, request: Request) -> Reply:
    return told(daemon.containers.get(request.name).inspect(size=request.query.truth("size")))


async def start(daemon: Daemon, request: Request) -> Reply:
    return NOTHING if await daemon.containers.start(request.name) else UNCHANGED


async def stop(daemon: Daemon, request: Request) -> Reply:
    stopped = await daemon.containers.stop(
        request.name, timeout=_patience(request), signal=request.query.text("signal")
    )
    return NOTHING if stopped else UNCHANGED


async def restart(daemon: Daemon, request: Request) -> Reply:
    await daemon.containers.restart(
        request.name, timeout=_patience(request), signal=request.query.text("signal")
    )
    return NOTHING


def _patience(request: Request) -> int | None:
    return request.query.number("t") if request.query.text("t") else None


async def kill(daemon: Daemon, request: Request) -> Reply:
    try:
        daemon.containers.get(request.name)
    except Refused as refusal:
        # Docker says it twice.
        message = f"cannot kill container: {request.name}: {refusal.message}"
        raise Refused(refusal.status, message) from refusal
    await daemon.containers.kill(request.name, request.query.text("signal"))
    return NOTHING


async def pause(daemon: Daemon, request: Request) -> Reply:
    await daemon.containers.pause(request.name)
    return NOTHING


async def unpause(daemon: Daemon, request: Request) -> Reply:
    await daemon.containers.unpause(request.name)
    return NOTHING


async def rename(daemon: Daemon, request: Request) -> Reply:
    daemon.containers.rename(request.name, request.query.text("name"))
    return NOTHING


async def update(daemon: Daemon, request: Request) -> Reply:
    warnings = daemon.containers.update(request.name, await request.json())
    return told({"Warnings": list(warnings) or None})


async def resize(daemon: Daemon, request: Request) -> Reply:
    daemon.containers.resize(request.name, *size(request))
    return DONE


def size(request: Request) -> tuple[int, int]:
    """Rows and columns."""
    return request.query.number("h"), request.query.number("w")


async def remove(daemon: Daemon, request: Request) -> Reply:
    query = request.query
    await daemon.containers.remove(
        request.name, force=query.truth("force"), volumes=query.truth("v"), link=query.truth("link")
    )
    return NOTHING


async def prune(daemon: Daemon, request: Request) -> Reply:
    ids, reclaimed = await daemon.containers.prune(request.query.filters().asdict())
    return told({"ContainersDeleted": list(ids) or None, "SpaceReclaimed": reclaimed})


async def wait(daemon: Daemon, request: Request) -> Reply:
    """The head goes out at once: `docker run` starts the container only when it has seen it."""
    condition = request.query.text("condition")
    waiter = daemon.containers.wait(request.name, condition)

    async def produce(sink: Sink) -> None:
        try:
            await sink.begin()
            ended = await waiter
        finally:
            waiter.cancel()
        answer: dict[str, Any] = {"StatusCode": ended.status}
        if ended.error and condition != "removed":
            # With `removed` Docker tells only of a removal that failed.
            answer["Error"] = {"Message": ended.error}
        await sink.write(compact(answer) + b"\n")

    return Flow(produce=produce)


async def top(daemon: Daemon, request: Request) -> Reply:
    return told(daemon.containers.top(request.name, request.query.text("ps_args")))


async def changes(daemon: Daemon, request: Request) -> Reply:
    return told(await daemon.containers.contents.changes(request.name))


async def stats(daemon: Daemon, request: Request) -> Reply:
    """Once, or every second until the client has seen enough."""
    container = daemon.containers.get(request.name)
    again = request.query.truth("stream", True)

    async def produce(sink: Sink) -> None:
        await sink.write(_figures(daemon, container))
        while again:
            await asyncio.sleep(1)
            await sink.write(_figures(daemon, container))

    return Flow(produce=produce)


def _figures(daemon: Daemon, container: Container) -> bytes:
    figures = daemon.containers.stats(container)
    if container.running:
        # There are none, but clients look for the word.
        figures.setdefault("networks", {})
    return compact(figures) + b"\n"
