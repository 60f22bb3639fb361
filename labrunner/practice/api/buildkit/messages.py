"""The messages of BuildKit's gRPC services, field by field, as far as buildx and the daemon speak of them.

Numbers are those of the published .proto files of moby/buildkit 0.25 and tonistiigi/fsutil.
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


# google.rpc, for errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    type_url: str = one(1, "string")
    value: bytes = one(2, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    code: int = one(1, "int")
    message: str = one(2, "string")
    details: tuple[Detail, ...] = many(3, Detail)


# pb: places in a Dockerfile, platforms


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


# moby.buildkit.v1.types: who builds


@dataclass(frozen=True, slots=True, kw_only=True)
class GcPolicy:
    everything: bool = one(1, "bool")
    keep_duration: int = one(2, "int")
    reserved_space: int = one(3, "int")
    filters: tuple[str, ...] = many(4, "string")
    max_used_space: int = one(5, "int")
    min_free_space: int = one(6, "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    package: str = one(1, "string")
    version: str = one(2, "string")
    revision: str = one(3, "string")
    dockerfile_version: str = one(4, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    id: str = one(1, "string")
    labels: Mapping[str, str] = mapping(2, "string")
    platforms: tuple[Platform, ...] = many(3, Platform)
    gc: tuple[GcPolicy, ...] = many(4, GcPolicy)
    version: Version | None = one(5, Version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    record: tuple[Worker, ...] = many(1, Worker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    version: Version | None = one(1, Version)


# moby.buildkit.v1.Control


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    type: str = one(1, "string")
    attrs: Mapping[str, str] = mapping(2, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheEntry:
    type: str = one(1, "string")
    attrs: Mapping[str, str] = mapping(2, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheOptions:
    exports: tuple[CacheEntry, ...] = many(4, CacheEntry)
    imports: tuple[CacheEntry, ...] = many(5, CacheEntry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve:
    ref: str = one(1, "string")
    old_exporter: str = one(3, "string")
    old_exporter_attrs: Mapping[str, str] = mapping(4, "string")
    session: str = one(5, "string")
    frontend: str = one(6, "string")
    frontend_attrs: Mapping[str, str] = mapping(7, "string")
    cache: CacheOptions | None = one(8, CacheOptions)
    entitlements: tuple[str, ...] = many(9, "string")
    internal: bool = one(11, "bool")
    exporters: tuple[Exporter, ...] = many(13, Exporter)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    response: Mapping[str, str] = mapping(1, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Control/Status: whose progress."""

    ref: str = one(1, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertex:
    digest: str = one(1, "string")
    inputs: tuple[str, ...] = many(2, "string")
    name: str = one(3, "string")
    cached: bool = one(4, "bool")
    started: Timestamp | None = one(5, Timestamp)
    completed: Timestamp | None = one(6, Timestamp)
    error: str = one(7, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class VertexStatus:
    id: str = one(1, "string")
    vertex: str = one(2, "string")
    name: str = one(3, "string")
    current: int = one(4, "int")
    total: int = one(5, "int")
    timestamp: Timestamp | None = one(6, Timestamp)
    started: Timestamp | None = one(7, Timestamp)
    completed: Timestamp | None = one(8, Timestamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class VertexLog:
    vertex: str = one(1, "string")
    timestamp: Timestamp | None = one(2, Timestamp)
    stream: int = one(3, "int")
    msg: bytes = one(4, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class VertexWarning:
    vertex: str = one(1, "string")
    level: int = one(2, "int")
    short: bytes = one(3, "bytes")
    detail: tuple[bytes, ...] = many(4, "bytes")
    url: str = one(5, "string")
    info: SourceInfo | None = one(6, SourceInfo)
    ranges: tuple[Range, ...] = many(7, Range)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    vertexes: tuple[Vertex, ...] = many(1, Vertex)
    statuses: tuple[VertexStatus, ...] = many(2, VertexStatus)
    logs: tuple[VertexLog, ...] = many(3, VertexLog)
    warnings: tuple[VertexWarning, ...] = many(4, VertexWarning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prune:
    filter: tuple[str, ...] = many(1, "string")
    everything: bool = one(2, "bool")
    keep_duration: int = one(3, "int")
    reserved_space: int = one(4, "int")
    max_used_space: int = one(5, "int")
    min_free_space: int = one(6, "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUsage:
    filter: tuple[str, ...] = many(1, "string")
    age_limit: int = one(2, "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    id: str = one(1, "string")
    mutable: bool = one(2, "bool")
    in_use: bool = one(3, "bool")
    size: int = one(4, "int")
    created_at: Timestamp | None = one(6, Timestamp)
    last_used_at: Timestamp | None = one(7, Timestamp)
    usage_count: int = one(8, "int")
    description: str = one(9, "string")
    record_type: str = one(10, "string")
    shared: bool = one(11, "bool")
    parents: tuple[str, ...] = many(12, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Usages:
    record: tuple[Usage, ...] = many(1, Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenHistory:
    active_only: bool = one(1, "bool")
    ref: str = one(2, "string")
    early_exit: bool = one(3, "bool")
    filter: tuple[str, ...] = many(4, "string")
    limit: int = one(5, "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRecord:
    ref: str = one(1, "string")
    frontend: str = one(2, "string")
    frontend_attrs: Mapping[str, str] = mapping(3, "string")
    exporters: tuple[Exporter, ...] = many(4, Exporter)
    error: Status | None = one(5, Status)
    created_at: Timestamp | None = one(6, Timestamp)
    completed_at: Timestamp | None = one(7, Timestamp)
    exporter_response: Mapping[str, str] = mapping(9, "string")
    generation: int = one(12, "int")
    pinned: bool = one(14, "bool")
    cached_steps: int = one(15, "int")
    total_steps: int = one(16, "int")
    completed_steps: int = one(17, "int")
    warnings: int = one(19, "int")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEvent:
    type: int = one(1, "int")
    record: HistoryRecord | None = one(2, HistoryRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateHistory:
    ref: str = one(1, "string")
    pinned: bool = one(2, "bool")
    delete: bool = one(3, "bool")
    finalize: bool = one(4, "bool")


# moby.buildkit.v1.frontend.LLBBridge


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


# what the daemon asks of the client's session


STAT, REQUEST, DATA, FINISH, ERROR = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """fsutil.types.Packet: one step of a file transfer."""

    type: int = one(1, "int")
    stat: Stat | None = one(2, Stat)
    id: int = one(3, "int")
    data: bytes = one(4, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    data: bytes = one(1, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSecret:
    id: str = one(1, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    data: bytes = one(1, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCredentials:
    host: str = one(1, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    username: str = one(1, "string")
    secret: str = one(2, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """grpc.health.v1: 1 is SERVING."""

    status: int = one(1, "int")
