"""What the daemon gives to this front: a builder, a store, and its cache."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from labrunner.practice.build.context import Context
from labrunner.practice.build.options import Dialect, Options
from labrunner.practice.build.report import Report
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store


class Daemon(Protocol):
    @property
    def folder(self) -> Path:
        """This front keeps what clients send in `buildkit` below it, and empties that at its start."""
        ...

    @property
    def store(self) -> Store: ...

    async def build(
        self,
        context: Context,
        options: Options,
        dialect: Dialect,
        report: Report,
        *,
        accounts: Mapping[str, Any],
    ) -> Image:
        """`accounts` are those of `X-Registry-Config`: by registry, with `username` and `password`."""
        ...

    def build_cache(self) -> list[dict[str, Any]]:
        """Its rows as GET /system/df has them: ID, Parents, Type, Description, InUse, Shared, Size, …"""
        ...

    def prune_build_cache(
        self, filters: Mapping[str, Any], *, everything: bool = False
    ) -> tuple[list[str], int]:
        """The IDs of the rows that went, and the bytes that they took."""
        ...
