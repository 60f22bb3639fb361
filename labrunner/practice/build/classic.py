"""The lines of POST /build: a build's report in the classic builder's words."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from labrunner.practice.build.options import Options
from labrunner.practice.build.report import Stream, Vertex
from labrunner.practice.images.image import Image
from labrunner.reference import parse

Tell = Callable[[Mapping[str, Any]], Awaitable[None]]
_RED, _PLAIN = "\x1b[91m", "\x1b[0m"


class Lines:
    """Implements `Report`; each call tells JSON lines. With `quiet` only `done` says something, or everything is
    said where the build fails."""

    def __init__(self, tell: Tell, options: Options) -> None:
        self._tell = tell
        self._options = options
        self._stage_image = ""
        self._kept: list[str] = []

    async def planned(self, vertices: Sequence[Vertex]) -> None:
        return None

    async def started(self, vertex: Vertex) -> None:
        if vertex.kind == "base":
            await self._end_stage()
        await self._say(f"Step {vertex.number}/{vertex.total} : {vertex.text}\n")

    async def pulling(self, vertex: Vertex, message: Mapping[str, Any]) -> None:
        if not self._options.quiet:
            await self._tell(message)

    async def wrote(self, vertex: Vertex, stream: Stream, data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        await self._say(f"{_RED}{text}{_PLAIN}" if stream == "stderr" else text)

    async def cached(self, vertex: Vertex, image_id: str) -> None:
        await self._say(" ---> Using cache\n")
        await self.finished(vertex, image_id)

    async def finished(self, vertex: Vertex, image_id: str) -> None:
        self._stage_image = image_id
        await self._say(f" ---> {image_id.removeprefix('sha256:')[:12]}\n")

    async def failed(self, vertex: Vertex, message: str) -> None:
        return None

    async def text(self, line: str) -> None:
        await self._say(f"{line}\n")

    async def done(self, image: Image) -> None:
        """The build's end: its ID, and the names that were given."""
        if self._options.quiet:
            await self._tell({"stream": f"{image.id}\n"})
            return
        await self._end_stage()
        await self._say(f"Successfully built {image.id.removeprefix('sha256:')[:12]}\n")
        for name in dict.fromkeys(parse(tag).familiar for tag in self._options.tags):
            await self._say(f"Successfully tagged {name}\n")

    async def _end_stage(self) -> None:
        if self._stage_image and not self._options.quiet:
            await self._tell({"aux": {"ID": self._stage_image}})
        self._stage_image = ""

    async def _say(self, text: str) -> None:
        if self._options.quiet:
            self._kept.append(text)
        else:
            await self._tell({"stream": text})

    async def broke(self) -> None:
        """The build failed: what was not said is."""
        if self._kept:
            await self._tell({"stream": "".join(self._kept)})
