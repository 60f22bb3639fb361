"""What BuildKit's messages have in common: times, errors, places in a Dockerfile, platforms, files.

The messages of its gRPC services stand in the modules beside this one, field by field, as far as buildx and the daemon
speak of them. Numbers are those of the published .proto files of moby/buildkit 0.25 and tonistiigi/fsutil.
"""

# ruff: noqa: RUF009  (`one` makes a dataclasses.field, no shared default)

import time
from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.practice.api.buildkit.wire import many, mapping, one

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """Nothing, or nothing that we read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timestamp:
    seconds: int = one(1, "int")
    nanos: int = one(2, "int")

    @classmethod
    def of(cls, nanoseconds: int) -> "Timestamp":
        return cls(seconds=nanoseconds // NANOSECONDS, nanos=nanoseconds % NANOSECONDS)

    @classmethod
    def now(cls) -> "Timestamp":
        return cls.of(time.time_ns())

    @property
    def nanoseconds(self) -> int:
        return self.seconds * NANOSECONDS + self.nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    type_url: str = one(1, "string")
    value: bytes = one(2, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    code: int = one(1, "int")
    message: str = one(2, "string")
    details: tuple[Detail, ...] = many(3, Detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    line: int = one(1, "int")
    character: int = one(2, "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    start: Position | None = one(1, Position)
    end: Position | None = one(2, Position)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    filename: str = one(1, "string")
    data: bytes = one(2, "bytes")
    language: str = one(4, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    architecture: str = one(1, "string")
    os: str = one(2, "string")
    variant: str = one(3, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stat:
    """fsutil.types.Stat; `mode` has Go's bits for folders and links."""

    path: str = one(1, "string")
    mode: int = one(2, "int")
    uid: int = one(3, "int")
    gid: int = one(4, "int")
    size: int = one(5, "int")
    modified: int = one(6, "int")
    """Nanoseconds since the epoch."""
    link: str = one(7, "string")
    major: int = one(8, "int")
    minor: int = one(9, "int")
    xattrs: Mapping[str, bytes] = mapping(10, "bytes")
