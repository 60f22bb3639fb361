"""What every build of this engine works with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from labrunner.practice.build.cache import Cache
from labrunner.practice.build.context import Context
from labrunner.practice.build.options import Options
from labrunner.practice.build.report import Report
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.runtime.backend import Backend, Rootfs
from labrunner.reference import Reference

Progress = Callable[[Mapping[str, Any]], Awaitable[None]]
MOST_LAYERS = 125
"""As many as overlay2 can lay over each other."""
RUN_SECONDS = 600.0


class Resolve(Protocol):
    """Finds a base image in the store, and pulls it where it is missing or `pull` asks for it."""

    async def __call__(self, reference: Reference, progress: Progress, *, pull: bool = False) -> Image: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    store: Store
    backend: Backend
    resolve: Resolve
    cache: Cache
    version: str = "28.5.2"
    """Of the engine, as the classic builder writes it into images."""
    mounts: dict[str, Rootfs] = field(default_factory=dict)
    """The folders of `RUN --mount=type=cache`, by their ids; they last as long as the engine runs."""

    async def base(self, reference: Reference, progress: Progress, *, pull: bool) -> Image:
        if pull:
            return await self.resolve(reference, progress, pull=True)
        return await self.resolve(reference, progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One build."""

    shop: Workshop
    context: Context
    options: Options
    report: Report
    text: str
    """The Dockerfile's."""
    filename: str
    """As messages name it."""
    spool: Path
    """A folder for files that are there for the time of the build."""
