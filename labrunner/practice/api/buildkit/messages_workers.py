"""moby.buildkit.v1.types: who builds."""

# ruff: noqa: RUF009  (`one` makes a dataclasses.field, no shared default)

from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.practice.api.buildkit.messages import Platform
from labrunner.practice.api.buildkit.wire import many, mapping, one


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
