"""The progress of one build: told once by the builder, followed by every client that asks for its status."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol

from labrunner.practice.api.buildkit.messages import Timestamp
from labrunner.practice.api.buildkit.messages_progress import Progress

PATIENCE = 0.3
"""Seconds that a story may be withheld to be told in BuildKit's order; then it is told as it comes."""


class Tells(Protocol):
    def tell(self, progress: Progress) -> None: ...


class Trail:
    def __init__(self) -> None:
        self._told: list[Progress] = []
        self._ended = False
        self._moved = asyncio.Event()

    def tell(self, progress: Progress) -> None:
        self._told.append(progress)
        self._move()

    def end(self) -> None:
        self._ended = True
        self._move()

    async def follow(self) -> AsyncIterator[Progress]:
        """From the beginning to the end of the build, whenever one comes."""
        at = 0
        while True:
            moved = self._moved
            while at < len(self._told):
                yield self._told[at]
                at += 1
            if self._ended:
                return
            await moved.wait()

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()


class Withheld:
    """A part of the story that BuildKit tells later than it happens here."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._kept: list[Progress] | None = []
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._lose_patience)

    def tell(self, progress: Progress) -> None:
        if self._kept is None:
            self._trail.tell(progress)
        else:
            self._kept.append(progress)

    def release(self) -> None:
        """Tells it as if it had ended now: clients order what they show by time."""
        moments = [_latest(progress) for progress in self._kept or ()]
        self._tell(time.time_ns() - max(moments, default=0))

    def _lose_patience(self) -> None:
        """It takes long: told as it comes."""
        self._tell(0)

    def _tell(self, later: int) -> None:
        self._timer.cancel()
        kept, self._kept = self._kept or [], None
        for progress in kept:
            self._trail.tell(_shifted(progress, later))

    def drop(self) -> None:
        """It is not to be told any more, as far as it was not yet."""
        self._timer.cancel()
        if self._kept is not None:
            self._kept = []


def _latest(progress: Progress) -> int:
    moments = [moment for each in progress.vertexes for moment in (each.started, each.completed)]
    return max((moment.nanoseconds for moment in moments if moment is not None), default=0)


def _shifted(progress: Progress, by: int) -> Progress:
    if not by:
        return progress
    return Progress(
        vertexes=tuple(
            replace(each, started=_later(each.started, by), completed=_later(each.completed, by))
            for each in progress.vertexes
        ),
        statuses=tuple(
            replace(
                each,
                timestamp=_later(each.timestamp, by),
                started=_later(each.started, by),
                completed=_later(each.completed, by),
            )
            for each in progress.statuses
        ),
        logs=progress.logs,
        warnings=progress.warnings,
    )


def _later(moment: Timestamp | None, by: int) -> Timestamp | None:
    return None if moment is None else Timestamp.of(moment.nanoseconds + by)
