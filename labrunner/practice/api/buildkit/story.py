"""A build as buildx shows it: the builder's report in terms of vertices, their statuses, logs and warnings."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from labrunner.practice.api.buildkit.messages import Timestamp
from labrunner.practice.api.buildkit.messages_progress import (
    Progress,
    Vertex,
    VertexLog,
    VertexStatus,
    VertexWarning,
)
from labrunner.practice.api.buildkit.trail import Tells, Trail, Withheld
from labrunner.practice.build import report

STREAMS: Mapping[report.Stream, int] = {"stdout": 1, "stderr": 2}
LONGEST_LOG = 2 << 20
"""Of one step, as BuildKit clips it."""
BETWEEN = 100_000_000
"""Nanoseconds between two tellings of one status."""


def digest_of(*words: str) -> str:
    return "sha256:" + sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()


class Step:
    """One vertex that is being worked on."""

    def __init__(self, trail: Tells, vertex: Vertex) -> None:
        self._trail = trail
        self.vertex = vertex
        self._logged = 0
        self._statuses: dict[str, VertexStatus] = {}

    def finish(self, *, cached: bool = False, error: str = "") -> None:
        self._trail.tell(
            Progress(
                vertexes=(
                    Vertex(
                        digest=self.vertex.digest,
                        inputs=self.vertex.inputs,
                        name=self.vertex.name,
                        started=self.vertex.started,
                        completed=Timestamp.now(),
                        cached=cached,
                        error=error,
                    ),
                )
            )
        )

    def log(self, stream: int, data: bytes) -> None:
        room = LONGEST_LOG - self._logged
        if room < 0:
            return
        self._logged += len(data)
        if len(data) > room:
            data = data[:room] + b"\n[output clipped, log limit 2MiB reached]\n"
        self._trail.tell(
            Progress(
                logs=(
                    VertexLog(vertex=self.vertex.digest, timestamp=Timestamp.now(), stream=stream, msg=data),
                )
            )
        )

    def status(
        self, name: str, *, label: str = "", current: int = 0, total: int = 0, done: bool = False
    ) -> None:
        """A line below the step: `transferring context: 42B done`. Too many in a short time are left out."""
        now = time.time_ns()
        before = self._statuses.get(name)
        last = before.timestamp.nanoseconds if before is not None and before.timestamp is not None else 0
        if now - last < BETWEEN and not done:
            return
        status = VertexStatus(
            id=name,
            vertex=self.vertex.digest,
            name=label,
            current=current,
            total=total,
            timestamp=Timestamp.of(now),
            started=before.started if before is not None else Timestamp.of(now),
            completed=Timestamp.of(now) if done else None,
        )
        self._statuses[name] = status
        self._trail.tell(Progress(statuses=(status,)))

    def finish_status(self, name: str) -> None:
        status = self._statuses.get(name)
        if status is not None and status.completed is None:
            self.status(
                name, label=status.name, current=status.total or status.current, total=status.total, done=True
            )

    def end_statuses(self) -> None:
        """Whatever was under way is done now."""
        for name in tuple(self._statuses):
            self.finish_status(name)

    async def transferred(self, name: str, size: int, last: bool) -> None:
        self.status(f"transferring {name}:", label="transferring", current=size, done=last)


class Story:
    """Implements the builder's `Report`, and tells what this front does besides."""

    def __init__(self, trail: Trail, build: str) -> None:
        self._trail = trail
        self._build = build
        self._steps: dict[str, Step] = {}
        self._after_resolving: Withheld | None = None
        self._after_base: Withheld | None = None
        self.total = self.cached_steps = self.completed = self.warnings = 0

    def after_resolving(self) -> Withheld:
        """For what BuildKit does after it has found the base images."""
        self._after_resolving = Withheld(self._trail)
        return self._after_resolving

    def after_base(self) -> Withheld:
        """For what BuildKit does beside fetching the base images, and tells after them."""
        self._after_base = Withheld(self._trail)
        return self._after_base

    @contextmanager
    def step(self, name: str, trail: Tells | None = None) -> Iterator[Step]:
        """A step of this front; an exception that leaves the block is its error."""
        step = self.begin(name, trail or self._trail)
        try:
            yield step
        except BaseException as error:
            step.end_statuses()
            step.finish(error=str(error) or "context canceled")
            if isinstance(trail, Withheld):
                trail.release()
            raise
        step.finish()
        self.completed += 1

    def begin(self, name: str, trail: Tells) -> Step:
        self.total += 1
        vertex = Vertex(digest=digest_of(self._build, name), name=name, started=Timestamp.now())
        trail.tell(Progress(vertexes=(vertex,)))
        return Step(trail, vertex)

    def warn(self, warnings: Sequence[VertexWarning]) -> None:
        if warnings:
            self.warnings += len(warnings)
            self._trail.tell(Progress(warnings=tuple(warnings)))

    async def planned(self, vertices: Sequence[report.Vertex]) -> None:
        self.total += len(vertices)
        if self._after_resolving is not None:
            self._after_resolving.release()
        self._trail.tell(Progress(vertexes=tuple(_vertex(vertex) for vertex in reversed(vertices))))

    async def started(self, vertex: report.Vertex) -> None:
        if vertex.kind not in ("resolve", "base"):
            self._release()
        known = Vertex(digest=vertex.id, inputs=vertex.inputs, name=vertex.name, started=Timestamp.now())
        self._steps[vertex.id] = Step(self._trail, known)
        self._trail.tell(Progress(vertexes=(known,)))

    async def pulling(self, vertex: report.Vertex, message: Mapping[str, Any]) -> None:
        step = self._steps.get(vertex.id)
        if step is not None:
            _pull(step, message)

    async def wrote(self, vertex: report.Vertex, stream: report.Stream, data: bytes) -> None:
        self._steps[vertex.id].log(STREAMS[stream], data)

    async def cached(self, vertex: report.Vertex, image_id: str) -> None:
        self._end(vertex, cached=True)
        self.cached_steps += 1

    async def finished(self, vertex: report.Vertex, image_id: str) -> None:
        self._end(vertex)

    async def failed(self, vertex: report.Vertex, message: str) -> None:
        if vertex.id not in self._steps:
            await self.started(vertex)
        self._end(vertex, error=message)

    async def text(self, line: str) -> None:
        """The classic builder's lines have no place here."""

    def done(self) -> None:
        """The builder has ended well."""
        self._release()

    def abandon(self, why: str) -> None:
        """Ends the steps that were under way when the build was given up."""
        for withheld in (self._after_resolving, self._after_base):
            if withheld is not None:
                withheld.drop()
        for step in tuple(self._steps.values()):
            step.end_statuses()
            step.finish(error=why)
        self._steps.clear()

    def _release(self) -> None:
        for withheld in (self._after_resolving, self._after_base):
            if withheld is not None:
                withheld.release()

    def _end(self, vertex: report.Vertex, *, cached: bool = False, error: str = "") -> None:
        step = self._steps.pop(vertex.id)
        step.end_statuses()
        step.finish(cached=cached, error=error)
        self.completed += not error
        if vertex.kind == "base":
            self._release()


def _vertex(vertex: report.Vertex) -> Vertex:
    return Vertex(digest=vertex.id, inputs=vertex.inputs, name=vertex.name)


def _pull(step: Step, message: Mapping[str, Any]) -> None:
    """`docker pull`'s words for one layer, in BuildKit's."""
    layer, said = str(message.get("id", "")), str(message.get("status", ""))
    detail = message.get("progressDetail") or {}
    current, total = int(detail.get("current", 0)), int(detail.get("total", 0))
    match said:
        case "Downloading":
            step.status(layer, label="downloading", current=current, total=total)
        case "Download complete":
            step.finish_status(layer)
        case "Extracting":
            step.status(f"extracting {layer}", label="extract")
        case "Pull complete":
            step.finish_status(f"extracting {layer}")
        case _:
            pass
