"""moby.buildkit.v1.frontend.LLBBridge: what a client that drives the build itself asks."""

# ruff: noqa: RUF009  (`one` makes a dataclasses.field, no shared default)

from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.practice.api.buildkit.messages import Empty, Platform, Range, SourceInfo, Stat, Status
from labrunner.practice.api.buildkit.messages_workers import Worker
from labrunner.practice.api.buildkit.wire import many, mapping, one


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    id: str = one(1, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    ref: Ref | None = one(3, Ref)
    metadata: Mapping[str, bytes] = mapping(10, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSolve:
    definition: Empty | None = one(1, Empty)
    frontend: str = one(2, "string")
    options: Mapping[str, str] = mapping(3, "string")
    inputs: Mapping[str, Empty] = mapping(13, Empty)
    evaluate: bool = one(14, "bool")


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeSolved:
    result: Result | None = one(3, Result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    result: Result | None = one(1, Result)
    error: Status | None = one(2, Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    id: str = one(1, "string")
    enabled: bool = one(2, "bool")
    deprecated: bool = one(3, "bool")
    disabled_reason: str = one(4, "string")
    disabled_message: str = one(5, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    frontend: tuple[Capability, ...] = many(1, Capability)
    llb: tuple[Capability, ...] = many(2, Capability)
    workers: tuple[Worker, ...] = many(3, Worker)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveImage:
    ref: str = one(1, "string")
    platform: Platform | None = one(2, Platform)
    mode: str = one(3, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedImage:
    digest: str = one(1, "string")
    config: bytes = one(2, "bytes")
    ref: str = one(3, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    identifier: str = one(1, "string")
    attrs: Mapping[str, str] = mapping(2, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveSource:
    source: Source | None = one(1, Source)
    platform: Platform | None = one(2, Platform)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSource:
    source: Source | None = one(1, Source)
    image: ResolvedImage | None = one(2, ResolvedImage)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRange:
    offset: int = one(1, "int")
    length: int = one(2, "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    ref: str = one(1, "string")
    path: str = one(2, "string")
    range: FileRange | None = one(3, FileRange)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    data: bytes = one(1, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFolder:
    ref: str = one(1, "string")
    path: str = one(2, "string")
    pattern: str = one(3, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    entries: tuple[Stat, ...] = many(1, Stat)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStat:
    stat: Stat | None = one(1, Stat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn:
    digest: str = one(1, "string")
    level: int = one(2, "int")
    short: bytes = one(3, "bytes")
    detail: tuple[bytes, ...] = many(4, "bytes")
    url: str = one(5, "string")
    info: SourceInfo | None = one(6, SourceInfo)
    ranges: tuple[Range, ...] = many(7, Range)
