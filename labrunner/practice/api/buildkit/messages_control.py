"""moby.buildkit.v1.Control: builds that are asked for, and what is kept of them."""

# ruff: noqa: RUF009  (`one` makes a dataclasses.field, no shared default)

from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.practice.api.buildkit.messages import Status, Timestamp
from labrunner.practice.api.buildkit.wire import many, mapping, one


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
