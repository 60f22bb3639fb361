"""BuildKit's half of the Engine API: what buildx says over `POST /grpc` and `POST /session`."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from labrunner.practice.api.buildkit.builds import Builds
from labrunner.practice.api.buildkit.control import Control
from labrunner.practice.api.buildkit.gateway import Gateway
from labrunner.practice.api.buildkit.grpc import Answer, Flow, Methods, serve
from labrunner.practice.api.buildkit.host import Daemon
from labrunner.practice.api.buildkit.http2 import Connection, Stream
from labrunner.practice.api.buildkit.messages import Empty
from labrunner.practice.api.buildkit.messages_bridge import BridgeSolve, ReadFile, ReadFolder, Return, Warn
from labrunner.practice.api.buildkit.messages_control import (
    DiskUsage,
    ListenHistory,
    Prune,
    Solve,
    UpdateHistory,
    Watch,
)

__all__ = ["Daemon", "serve_grpc", "serve_session"]

_BUILDS: WeakKeyDictionary[Daemon, Builds] = WeakKeyDictionary()
"""A build's session and its calls come over connections of their own; the daemon is what they share."""


async def serve_grpc(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, daemon: Daemon) -> None:
    """One upgraded `POST /grpc`, until the client leaves."""
    methods = _methods(daemon)

    async def accept(stream: Stream) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
        await serve(stream, methods, [("buildkit-current-timestamp", now)])

    await Connection(reader, writer, accept=accept).run()


async def serve_session(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Mapping[str, str], daemon: Daemon
) -> None:
    """One upgraded `POST /session`, until the client leaves. `headers` have names in lower case; several lines of
    one name are joined by a comma."""
    await _builds(daemon).sessions.serve(reader, writer, headers)


def _builds(daemon: Daemon) -> Builds:
    builds = _BUILDS.get(daemon)
    if builds is None:
        builds = _BUILDS[daemon] = Builds(daemon.folder / "buildkit")
    return builds


def _methods(daemon: Daemon) -> Methods:
    """Every gRPC call that is answered; any other is refused as grpc-go does it."""
    builds = _builds(daemon)
    control, bridge = Control(daemon, builds), Gateway(daemon, builds)
    top, front = "/moby.buildkit.v1.Control", "/moby.buildkit.v1.frontend.LLBBridge"
    return {
        f"{top}/ListWorkers": Answer(Empty, control.list_workers),
        f"{top}/Info": Answer(Empty, control.info),
        f"{top}/Solve": Answer(Solve, control.solve),
        f"{top}/Status": Flow(Watch, control.status),
        f"{top}/Prune": Flow(Prune, control.prune),
        f"{top}/DiskUsage": Answer(DiskUsage, control.disk_usage),
        f"{top}/ListenBuildHistory": Flow(ListenHistory, control.listen_history),
        f"{top}/UpdateBuildHistory": Answer(UpdateHistory, control.update_history),
        f"{front}/Ping": Answer(Empty, bridge.ping),
        f"{front}/Solve": Answer(BridgeSolve, bridge.solve),
        f"{front}/Return": Answer(Return, bridge.give_back),
        f"{front}/Inputs": Answer(Empty, bridge.inputs),
        f"{front}/Evaluate": Answer(ReadFile, bridge.evaluate),
        f"{front}/ReadFile": Answer(ReadFile, bridge.read_file),
        f"{front}/ReadDir": Answer(ReadFolder, bridge.read_folder),
        f"{front}/StatFile": Answer(ReadFile, bridge.stat_file),
        f"{front}/Warn": Answer(Warn, bridge.warn),
        "/grpc.health.v1.Health/Check": Answer(Empty, control.health),
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export": Answer(Empty, control.take_trace),
    }
