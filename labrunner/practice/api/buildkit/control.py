"""moby.buildkit.v1.Control: what `docker build`, `docker builder` and `docker buildx` ask of a builder."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress

from labrunner.practice.api.buildkit import export, usage, workers
from labrunner.practice.api.buildkit.builds import Build, Builds
from labrunner.practice.api.buildkit.grpc import Call, Code, RpcError
from labrunner.practice.api.buildkit.host import Daemon
from labrunner.practice.api.buildkit.messages import Empty, Status
from labrunner.practice.api.buildkit.messages_control import (
    DiskUsage,
    Exporter,
    HistoryEvent,
    ListenHistory,
    Prune,
    Solve,
    Solved,
    UpdateHistory,
    Usage,
    Usages,
    Watch,
)
from labrunner.practice.api.buildkit.messages_progress import Progress
from labrunner.practice.api.buildkit.messages_session import Health
from labrunner.practice.api.buildkit.messages_workers import Info, Workers

_LOG = logging.getLogger("labrunner.practice")


class Control:
    def __init__(self, daemon: Daemon, builds: Builds) -> None:
        self._daemon = daemon
        self._builds = builds

    async def list_workers(self, _asked: Empty, _call: Call) -> Workers:
        return workers.workers()

    async def info(self, _asked: Empty, _call: Call) -> Info:
        return workers.info()

    async def status(self, asked: Watch, _call: Call) -> AsyncIterator[Progress]:
        async for progress in self._builds.build(asked.ref).trail.follow():
            yield progress

    async def solve(self, asked: Solve, _call: Call) -> Solved:
        build = self._builds.build(asked.ref)
        if build.asked.done():
            raise RpcError(Code.UNKNOWN, f"job ID {asked.ref} exists")
        self._builds.begin(build, asked)
        response: dict[str, str] = {}
        error: Status | None = None
        try:
            response = await self._solve(build, asked)
        except RpcError as failure:
            build.story.abandon(failure.message)
            error = failure.status
            raise
        except asyncio.CancelledError:
            build.story.abandon("context canceled")
            error = Status(code=Code.CANCELLED, message="context canceled")
            raise
        except Exception:
            build.story.abandon("internal error")
            error = Status(code=Code.INTERNAL, message="internal error")
            raise
        finally:
            await self._builds.finish(build, response, error)
        return Solved(response=response)

    async def _solve(self, build: Build, asked: Solve) -> dict[str, str]:
        exporters = asked.exporters
        if not exporters and asked.old_exporter:
            exporters = (Exporter(type=asked.old_exporter, attrs=asked.old_exporter_attrs),)
        export.check(exporters)
        if asked.frontend:
            raise RpcError(
                Code.UNKNOWN,
                "practice engine: only clients that drive the frontend themselves are understood",
            )
        returned = await build.returned
        if returned.error is not None and returned.error.code:
            raise RpcError(returned.error.code, returned.error.message, returned.error.details)
        ref = (
            returned.result.ref.id if returned.result is not None and returned.result.ref is not None else ""
        )
        if not ref:
            return {}
        prepared = build.prepared.get(ref)
        if prepared is None:
            raise RpcError(Code.NOT_FOUND, f"no such reference: {ref}")
        stores = [each for each in exporters if each.type == "moby"]
        prepared.tags = tuple(name for each in stores for name in export.names(each))
        before = self._daemon.store.images()
        image = await prepared.image()
        response: dict[str, str] = {}
        if exporters:
            session = await self._builds.sessions.find(asked.session)
            way = export.Export(daemon=self._daemon, session=session, story=build.story)
            for exporter in exporters:
                response |= await way.give(exporter, image)
        if not stores and all(each.id != image.id for each in before):
            # The client took the files elsewhere, or wanted none: no image without a name stays behind.
            with suppress(Exception):
                self._daemon.store.remove(image.id, force=False, noprune=False, in_use=lambda _: ())
        return response

    async def prune(self, asked: Prune, _call: Call) -> AsyncIterator[Usage]:
        for row in usage.prune(self._daemon, asked):
            yield row

    async def disk_usage(self, asked: DiskUsage, _call: Call) -> Usages:
        return Usages(record=usage.rows(self._daemon))

    async def listen_history(self, asked: ListenHistory, _call: Call) -> AsyncIterator[HistoryEvent]:
        async for event in self._builds.history(asked):
            yield event

    async def update_history(self, asked: UpdateHistory, _call: Call) -> Empty:
        if asked.delete:
            self._builds.forget(asked.ref)
        return Empty()

    async def health(self, _asked: Empty, _call: Call) -> Health:
        return Health(status=1)

    async def take_trace(self, _asked: Empty, _call: Call) -> Empty:
        """Clients tell how long everything took; nobody keeps it."""
        return Empty()
