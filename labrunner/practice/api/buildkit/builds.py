"""The builds of one engine: those under way, the sessions that they speak with, and what is remembered of each."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from labrunner.practice.api.buildkit.messages import Status, Timestamp
from labrunner.practice.api.buildkit.messages_bridge import Return
from labrunner.practice.api.buildkit.messages_control import HistoryEvent, HistoryRecord, ListenHistory, Solve
from labrunner.practice.api.buildkit.prepared import Prepared
from labrunner.practice.api.buildkit.session import Sessions
from labrunner.practice.api.buildkit.story import Story
from labrunner.practice.api.buildkit.trail import Trail
from labrunner.practice.api.buildkit.uploads import Uploads

REMEMBERED = 50
STARTED, COMPLETE, DELETED = range(3)
MOST_WAITING = 256


class Build:
    """One Solve, from its first mention to its end."""

    def __init__(self, ref: str) -> None:
        self.ref = ref
        self.trail = Trail()
        self.story = Story(self.trail, ref)
        self.asked: asyncio.Future[Solve] = asyncio.get_running_loop().create_future()
        self.returned: asyncio.Future[Return] = asyncio.get_running_loop().create_future()
        self.prepared: dict[str, Prepared] = {}
        self.frontend_attrs: dict[str, str] = {}
        self.began = time.time_ns()

    def keep(self, prepared: Prepared) -> str:
        ref = secrets.token_hex(12)
        self.prepared[ref] = prepared
        return ref

    async def close(self) -> None:
        for prepared in self.prepared.values():
            await prepared.close()
        self.prepared.clear()
        self.trail.end()


class Builds:
    def __init__(self, folder: Path) -> None:
        self.sessions = Sessions()
        self.uploads = Uploads(folder)
        self._under_way: dict[str, Build] = {}
        self._finished: dict[str, Build] = {}
        """The last ones: a client may ask for a build's status when it is over already."""
        self._records: dict[str, HistoryRecord] = {}
        self._generation = 0
        self._moved = asyncio.Event()

    def build(self, ref: str) -> Build:
        """Clients name a build before they ask for it: its status is followed from the first moment."""
        build = self._under_way.get(ref) or self._finished.get(ref)
        if build is None:
            build = self._under_way[ref] = Build(ref)
            for old in list(self._under_way)[:-MOST_WAITING]:
                if not self._under_way[old].asked.done():
                    self._under_way.pop(old).trail.end()
        return build

    def begin(self, build: Build, asked: Solve) -> None:
        build.asked.set_result(asked)
        if not asked.internal:
            self._keep(_record(build, asked))

    async def finish(self, build: Build, response: dict[str, str], error: Status | None) -> None:
        self._under_way.pop(build.ref, None)
        self._finished[build.ref] = build
        while len(self._finished) > REMEMBERED:
            del self._finished[next(iter(self._finished))]
        await build.close()
        asked = build.asked.result()
        if not asked.internal:
            self._keep(_record(build, asked, response=response, error=error, completed=time.time_ns()))

    def forget(self, ref: str) -> None:
        self._records.pop(ref, None)

    async def history(self, asked: ListenHistory) -> AsyncIterator[HistoryEvent]:
        """What is remembered, and without `early_exit` what comes after, until the client leaves."""
        told: dict[str, int] = {}
        while True:
            moved = self._moved
            for record in self._wanted(asked):
                if told.get(record.ref) != record.generation:
                    told[record.ref] = record.generation
                    yield HistoryEvent(type=COMPLETE if record.completed_at else STARTED, record=record)
            if asked.early_exit:
                return
            await moved.wait()

    def _wanted(self, asked: ListenHistory) -> Iterator[HistoryRecord]:
        found = [
            record
            for record in self._records.values()
            if asked.ref in ("", record.ref) and not (asked.active_only and record.completed_at)
        ]
        yield from found[-asked.limit :] if asked.limit > 0 else found

    def _keep(self, record: HistoryRecord) -> None:
        self._records.pop(record.ref, None)
        self._records[record.ref] = record
        while len(self._records) > REMEMBERED:
            del self._records[next(iter(self._records))]
        self._moved.set()
        self._moved = asyncio.Event()


def _record(
    build: Build,
    asked: Solve,
    *,
    response: dict[str, str] | None = None,
    error: Status | None = None,
    completed: int = 0,
) -> HistoryRecord:
    story = build.story
    return HistoryRecord(
        ref=build.ref,
        frontend=asked.frontend,
        frontend_attrs=build.frontend_attrs or asked.frontend_attrs,
        exporters=asked.exporters,
        error=error,
        created_at=Timestamp.of(build.began),
        completed_at=Timestamp.of(completed) if completed else None,
        exporter_response=response or {},
        generation=2 if completed else 1,
        cached_steps=story.cached_steps,
        total_steps=story.total,
        completed_steps=story.completed,
        warnings=story.warnings,
    )
