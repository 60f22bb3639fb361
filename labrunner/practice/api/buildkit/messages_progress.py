"""moby.buildkit.v1.StatusResponse: how far a build is."""

# ruff: noqa: RUF009  (`one` makes a dataclasses.field, no shared default)

from dataclasses import dataclass

from labrunner.practice.api.buildkit.messages import Range, SourceInfo, Timestamp
from labrunner.practice.api.buildkit.wire import many, one


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
