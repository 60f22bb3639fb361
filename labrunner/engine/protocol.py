"""What labrunner asks of an engine, and the questions that go beyond one look.

A probe is a value: it is made by a pure check, answered by the engine, and put into the evidence under
itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from labrunner.engine.facts import (
    Change,
    Container,
    DiskUsage,
    EngineEvent,
    EngineFacts,
    HistoryEntry,
    Image,
    Observation,
)


@dataclass(frozen=True, slots=True)
class InspectImage:
    """-> Image, or None where there is no such image. `name` is a reference or an image ID."""

    name: str


@dataclass(frozen=True, slots=True)
class InspectContainer:
    """-> Container, or None."""

    name: str


@dataclass(frozen=True, slots=True)
class ImageHistory:
    """-> tuple[HistoryEntry, ...], or None."""

    name: str


@dataclass(frozen=True, slots=True)
class ContainerChanges:
    """-> tuple[Change, ...], or None."""

    name: str


@dataclass(frozen=True, slots=True)
class ContainerLogs:
    """-> str: what the container wrote to stdout and stderr, the last 64 KiB; or None."""

    name: str


@dataclass(frozen=True, slots=True)
class FileInImage:
    """-> bytes, the first MiB of a file, or None where the image or the path is missing.

    Read from a container that is created, never started, and removed; links are followed inside the image.
    """

    image: str
    path: str


@dataclass(frozen=True, slots=True)
class DescribeEngine:
    """-> EngineFacts, as `facts()` tells them."""


@dataclass(frozen=True, slots=True)
class MeasureDisk:
    """-> DiskUsage. An engine with many images may take seconds for it."""


EngineProbe = (
    InspectImage
    | InspectContainer
    | ImageHistory
    | ContainerChanges
    | ContainerLogs
    | FileInImage
    | DescribeEngine
    | MeasureDisk
)
EngineAnswer = (
    Image
    | Container
    | tuple[HistoryEntry, ...]
    | tuple[Change, ...]
    | EngineFacts
    | DiskUsage
    | str
    | bytes
    | None
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something on the engine that a lesson made, with the identity it had when it was made."""

    kind: Literal["container", "image", "volume", "network"]
    id: str
    """Container, network: its ID. Image: the image ID that `name` then had. Volume: its name."""
    name: str


class Engine(Protocol):
    """A Docker daemon as labrunner sees it.

    Every method raises `EngineUnreachable` where the daemon does not answer and `EngineRefused` where it says
    no. Methods may be called from any one thread at a time; `events` has a connection of its own.
    """

    name: str
    """`docker` or `practice`."""
    address: str
    """What DOCKER_HOST would say."""

    def ping(self) -> str:
        """The API version the engine speaks; fails fast (2 seconds)."""
        ...

    def facts(self) -> EngineFacts: ...

    def observe(self) -> Observation: ...

    def probe(self, probe: EngineProbe) -> EngineAnswer: ...

    def events(self, *, since: int = 0) -> Iterator[EngineEvent]:
        """Events as they happen, until the connection ends.

        `since` is in nanoseconds by the engine's clock: only what came later is told, so that going on from
        the last event's `at` repeats nothing. 0 means from now on.
        """
        ...

    def stop_events(self) -> None:
        """End the iterators that `events` gave, from another thread."""
        ...

    def pull(self, name: str) -> Iterator[str]:
        """Pull an image; yields one short status line now and then."""
        ...

    def look_up(self, name: str) -> None:
        """Have the engine ask an image's registry, or a mirror of it, for the image; nothing is pulled.

        Raises `EngineRefused`, with Docker's own words, where it could not be pulled now. An engine that cannot ask
        (podman) says nothing. Docker Hub counts this as a pull.
        """
        ...

    def remove(self, thing: Thing) -> bool:
        """Remove it if it still has the recorded identity; False where it is gone or became something else.

        An image is untagged by name (`name` still pointing at `id`), never forced by ID while other names
        hold it.
        """
        ...

    def close(self) -> None: ...
