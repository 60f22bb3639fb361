"""Every call of the Docker Engine API that the practice engine answers, in one table: what is not here is not there."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from labrunner.practice.api import (
    build,
    containers,
    events,
    files,
    images,
    networks,
    streams,
    swarm,
    system,
    transfers,
    usage,
    volumes,
)
from labrunner.practice.api.message import Body, Head, Request
from labrunner.practice.api.reply import Answer, Reply, refused
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused

NEWEST, OLDEST = (1, 51), (1, 24)

Handler = Callable[[Daemon, Request], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    """`{name}` is one part of the path, `{name*}` as many as there are: image names hold slashes."""
    handler: Handler


ROUTES: tuple[Route, ...] = (
    Route("HEAD", "/_ping", system.ping),
    Route("GET", "/_ping", system.ping),
    Route("GET", "/version", system.version),
    Route("GET", "/info", system.info),
    Route("GET", "/system/df", usage.disk_usage),
    Route("GET", "/events", events.follow),
    Route("POST", "/auth", transfers.login),
    Route("GET", "/images/json", images.listing),
    Route("GET", "/images/search", transfers.search),
    Route("GET", "/images/get", transfers.save_several),
    Route("POST", "/images/create", transfers.create),
    Route("POST", "/images/load", transfers.load),
    Route("POST", "/images/prune", images.prune),
    Route("GET", "/images/{name*}/json", images.inspect),
    Route("GET", "/images/{name*}/history", images.history),
    Route("GET", "/images/{name*}/get", transfers.save),
    Route("POST", "/images/{name*}/push", transfers.push),
    Route("POST", "/images/{name*}/tag", images.tag),
    Route("DELETE", "/images/{name*}", images.remove),
    Route("GET", "/distribution/{name*}/json", transfers.distribution),
    Route("POST", "/build", build.build),
    Route("POST", "/build/prune", build.prune),
    Route("POST", "/build/cancel", build.cancel),
    Route("POST", "/grpc", build.grpc),
    Route("POST", "/session", build.session),
    Route("POST", "/commit", files.commit),
    Route("GET", "/containers/json", containers.listing),
    Route("POST", "/containers/create", containers.create),
    Route("POST", "/containers/prune", containers.prune),
    Route("GET", "/containers/{name}/json", containers.inspect),
    Route("GET", "/containers/{name}/top", containers.top),
    Route("GET", "/containers/{name}/changes", containers.changes),
    Route("GET", "/containers/{name}/stats", containers.stats),
    Route("GET", "/containers/{name}/logs", streams.logs),
    Route("GET", "/containers/{name}/export", files.export),
    Route("HEAD", "/containers/{name}/archive", files.stat),
    Route("GET", "/containers/{name}/archive", files.take),
    Route("PUT", "/containers/{name}/archive", files.put),
    Route("POST", "/containers/{name}/attach", streams.attach),
    Route("GET", "/containers/{name}/attach/ws", swarm.not_simulated),
    Route("POST", "/containers/{name}/exec", streams.create_exec),
    Route("POST", "/containers/{name}/kill", containers.kill),
    Route("POST", "/containers/{name}/pause", containers.pause),
    Route("POST", "/containers/{name}/rename", containers.rename),
    Route("POST", "/containers/{name}/resize", containers.resize),
    Route("POST", "/containers/{name}/restart", containers.restart),
    Route("POST", "/containers/{name}/start", containers.start),
    Route("POST", "/containers/{name}/stop", containers.stop),
    Route("POST", "/containers/{name}/unpause", containers.unpause),
    Route("POST", "/containers/{name}/update", containers.update),
    Route("POST", "/containers/{name}/wait", containers.wait),
    Route("DELETE", "/containers/{name*}", containers.remove),
    Route("GET", "/exec/{name}/json", streams.inspect_exec),
    Route("POST", "/exec/{name}/resize", streams.resize_exec),
    Route("POST", "/exec/{name}/start", streams.start_exec),
    Route("GET", "/volumes", volumes.listing),
    Route("POST", "/volumes/create", volumes.create),
    Route("POST", "/volumes/prune", volumes.prune),
    Route("GET", "/volumes/{name}", volumes.inspect),
    Route("DELETE", "/volumes/{name}", volumes.remove),
    Route("GET", "/networks", networks.listing),
    Route("POST", "/networks/create", networks.create),
    Route("POST", "/networks/prune", networks.prune),
    Route("GET", "/networks/{name}", networks.inspect),
    Route("POST", "/networks/{name}/connect", networks.connect),
    Route("POST", "/networks/{name}/disconnect", networks.disconnect),
    Route("DELETE", "/networks/{name}", networks.remove),
    Route("GET", "/plugins", swarm.plugins),
    Route("GET", "/plugins/privileges", swarm.not_simulated),
    Route("POST", "/plugins/pull", swarm.not_simulated),
    Route("POST", "/plugins/create", swarm.not_simulated),
    Route("GET", "/plugins/{name*}/json", swarm.no_plugin),
    Route("POST", "/plugins/{name*}/enable", swarm.no_plugin),
    Route("POST", "/plugins/{name*}/disable", swarm.no_plugin),
    Route("DELETE", "/plugins/{name*}", swarm.no_plugin),
    Route("GET", "/swarm", swarm.no_manager),
    Route("POST", "/swarm/init", swarm.not_simulated),
    Route("POST", "/swarm/join", swarm.not_simulated),
    Route("POST", "/swarm/leave", swarm.no_swarm),
    Route("GET", "/swarm/unlockkey", swarm.no_manager),
    Route("POST", "/swarm/unlock", swarm.no_manager),
    Route("POST", "/swarm/update", swarm.no_manager),
    Route("GET", "/nodes", swarm.no_manager),
    Route("GET", "/nodes/{name}", swarm.no_manager),
    Route("DELETE", "/nodes/{name}", swarm.no_manager),
    Route("POST", "/nodes/{name}/update", swarm.no_manager),
    Route("GET", "/services", swarm.no_manager),
    Route("POST", "/services/create", swarm.no_manager),
    Route("GET", "/services/{name}", swarm.no_manager),
    Route("POST", "/services/{name}/update", swarm.no_manager),
    Route("GET", "/services/{name}/logs", swarm.no_manager),
    Route("DELETE", "/services/{name}", swarm.no_manager),
    Route("GET", "/tasks", swarm.no_manager),
    Route("GET", "/tasks/{name}", swarm.no_manager),
    Route("GET", "/tasks/{name}/logs", swarm.no_manager),
    Route("GET", "/secrets", swarm.no_manager),
    Route("POST", "/secrets/create", swarm.no_manager),
    Route("GET", "/secrets/{name}", swarm.no_manager),
    Route("DELETE", "/secrets/{name}", swarm.no_manager),
    Route("GET", "/configs", swarm.no_manager),
    Route("POST", "/configs/create", swarm.no_manager),
    Route("GET", "/configs/{name}", swarm.no_manager),
    Route("DELETE", "/configs/{name}", swarm.no_manager),
    Route("POST", "/containers/{name}/checkpoints", swarm.not_simulated),
    Route("GET", "/containers/{name}/checkpoints", swarm.not_simulated),
)


def _pattern(path: str) -> re.Pattern[str]:
    written = re.escape(path).replace(r"\{", "{").replace(r"\}", "}").replace(r"\*", "*")
    written = re.sub(r"\{(\w+)\*\}", r"(?P<\1>.+)", written)
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", written))


_COMPILED = tuple((route, _pattern(route.path)) for route in ROUTES)
_VERSIONED = re.compile(r"/v(\d{1,4})\.(\d{1,4})(/.*)")


class Api:
    """Finds the route of a request and asks the daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon

    async def __call__(self, head: Head, body: Body) -> Reply:
        version, path = NEWEST, re.sub("/{2,}", "/", head.path)
        if (asked := _VERSIONED.fullmatch(path)) is not None:
            version, path = (int(asked[1]), int(asked[2])), asked[3]
        found = _find(head.method, path)
        if found is None:
            return refused(Refused(404, "page not found"))
        if version > NEWEST:
            raise Refused(
                400,
                f"client version {_dotted(version)} is too new. "
                f"Maximum supported API version is {_dotted(NEWEST)}",
            )
        if version < OLDEST:
            # The real daemon says this one, and only this one, as plain text.
            text = (
                f"client version {_dotted(version)} is too old. Minimum supported API version is "
                f"{_dotted(OLDEST)}, please upgrade your client to a newer version\n"
            )
            return Answer(status=400, body=text.encode(), kind="text/plain; charset=utf-8")
        route, names = found
        return await route.handler(self._daemon, Request(head=head, body=body, version=version, names=names))


def _find(method: str, path: str) -> tuple[Route, dict[str, str]] | None:
    for route, pattern in _COMPILED:
        if route.method == method and (matched := pattern.fullmatch(path)) is not None:
            return route, matched.groupdict()
    return None


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
