"""What a build tells while it runs: one protocol, and each front says it in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Stream = Literal["stdout", "stderr"]
Kind = Literal["resolve", "base", "run", "copy", "workdir", "metadata"]
"""`resolve` is BuildKit's `[internal] load metadata for docker.io/library/nginx:latest`: it is started, pulls, and
finishes or fails before `planned`, whose vertices are of the other kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertex:
    """One step of a build: for the classic builder every instruction, for BuildKit what makes or reads files."""

    id: str
    """`sha256:…`: made from what the step is and what it stands on, so equal for the same step of a later build."""
    name: str
    """As BuildKit shows it: `[build 2/4] RUN npm ci`."""
    number: int
    """The `2` of `Step 2/4` in the classic dialect, of `[build 2/4]` in BuildKit's."""
    total: int
    text: str
    """The instruction as the classic builder prints it."""
    inputs: tuple[str, ...] = ()
    """IDs of the vertices that this one stands on or copies from."""
    stage: str = ""
    """The stage's name, or `stage-1`; for a Dockerfile of one unnamed stage empty."""
    kind: Kind
    lines: tuple[int, int]
    """Where the instruction begins and ends in the Dockerfile, from 1."""


class Report(Protocol):
    """Who hears of a build. Calls come in order, one at a time; each is awaited, so a slow reader slows the build."""

    async def planned(self, vertices: Sequence[Vertex]) -> None:
        """Once, before the first step but after base images were resolved: all steps that belong to the build."""

    async def started(self, vertex: Vertex) -> None: ...

    async def pulling(self, vertex: Vertex, message: Mapping[str, Any]) -> None:
        """One line of the base image's pull, as `docker pull` streams it (status, id, progressDetail)."""

    async def wrote(self, vertex: Vertex, stream: Stream, data: bytes) -> None: ...

    async def cached(self, vertex: Vertex, image_id: str) -> None:
        """Instead of `finished`, after `started`. `image_id` is empty for BuildKit, whose steps are no images."""

    async def finished(self, vertex: Vertex, image_id: str) -> None: ...

    async def failed(self, vertex: Vertex, message: str) -> None:
        """The step could not be done; the same message travels in `BuildFailure`."""

    async def text(self, line: str) -> None:
        """A line that the classic builder alone prints, without its newline: ` ---> Running in 0123456789ab`."""
