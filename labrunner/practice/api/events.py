"""`docker events`: what happened, and what happens from now on."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from labrunner.practice.api.filters import Filters, moment
from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import Flow, Reply, Sink, compact
from labrunner.practice.daemon import Daemon
from labrunner.practice.happenings import Happening
from labrunner.practice.refusal import Refused


async def follow(daemon: Daemon, request: Request) -> Reply:
    filters = request.query.filters()
    since, until = _moment(request, "since"), _moment(request, "until")
    if since is not None and until is not None and since > until:
        raise Refused(
            400,
            f"`since` time ({request.query.text('since')}) cannot be after "
            f"`until` time ({request.query.text('until')})",
        )

    async def produce(sink: Sink) -> None:
        # Both clients wait for the head before they go on: it goes out before anything has happened.
        await sink.begin()
        with daemon.happenings.listening() as queue:
            if since is not None:
                for happened in daemon.happenings.kept():
                    within = happened.at >= since * 1e9 and (until is None or happened.at <= until * 1e9)
                    if within and matches(happened, filters):
                        await sink.write(compact(told(happened)) + b"\n")
            while until is None or time.time() < until:
                try:
                    async with asyncio.timeout(None if until is None else max(0.0, until - time.time())):
                        happened = await queue.get()
                except TimeoutError:
                    break
                if matches(happened, filters):
                    await sink.write(compact(told(happened)) + b"\n")

    return Flow(produce=produce)


def told(happened: Happening) -> Mapping[str, Any]:
    """One line of /events, with the older fields that 28 still sends for containers and images."""
    line: dict[str, Any] = {}
    if happened.kind in ("container", "image"):
        line["status"] = happened.action
        line["id"] = happened.actor
        if happened.kind == "container" and "image" in happened.attributes:
            line["from"] = happened.attributes["image"]
    line |= {
        "Type": happened.kind,
        "Action": happened.action,
        "Actor": {"ID": happened.actor, "Attributes": dict(happened.attributes)},
        "scope": "local",
        "time": happened.at // 1_000_000_000,
        "timeNano": happened.at,
    }
    return line


def matches(happened: Happening, filters: Filters) -> bool:
    return (
        filters.exactly("type", happened.kind)
        and filters.exactly("scope", "local")
        and _action(happened, filters)
        and filters.labels(happened.attributes)
        and all(
            _actor(happened, filters, kind)
            for kind in ("container", "image", "volume", "network", "daemon", "plugin", "service", "node")
        )
    )


def _action(happened: Happening, filters: Filters) -> bool:
    """`exec_create` also means `exec_create: ls`, and `health_status` every state of health."""
    return filters.exactly("event", happened.action, happened.action.partition(":")[0])


def _actor(happened: Happening, filters: Filters, kind: str) -> bool:
    if kind not in filters:
        return True
    name = happened.attributes.get("name", "")
    if kind == "image":
        image = happened.actor if happened.kind == "image" else happened.attributes.get("image", "")
        candidates = {image, _untagged(image), name, _untagged(name)}
        return happened.kind in ("image", "container") and any(v in candidates for v in filters.values(kind))
    if happened.kind != kind:
        return kind == "container" and any(
            happened.attributes.get("container", "-").startswith(value) for value in filters.values(kind)
        )
    return any(value == name or happened.actor.startswith(value) for value in filters.values(kind))


def _untagged(name: str) -> str:
    path, colon, tag = name.rpartition(":")
    return path if colon and "/" not in tag else name


def _moment(request: Request, name: str) -> float | None:
    written = request.query.text(name)
    return moment(written) if written and written != "0" else None
