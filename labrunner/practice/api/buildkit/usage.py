"""`docker builder du` and `docker builder prune`: the build cache's rows in BuildKit's message."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from labrunner.practice.api.buildkit.grpc import Code, RpcError
from labrunner.practice.api.buildkit.host import Daemon
from labrunner.practice.api.buildkit.messages import Timestamp
from labrunner.practice.api.buildkit.messages_control import Prune, Usage
from labrunner.practice.refusal import Refused


def rows(daemon: Daemon) -> tuple[Usage, ...]:
    return tuple(_usage(row) for row in daemon.build_cache())


def prune(daemon: Daemon, asked: Prune) -> tuple[Usage, ...]:
    """The rows that went."""
    before = {row.id: row for row in rows(daemon)}
    filters: dict[str, list[str]] = {}
    for text in asked.filter:
        name, _, value = text.replace("==", "=").partition("=")
        filters.setdefault(name, []).append(value)
    if asked.keep_duration:
        filters["until"] = [f"{asked.keep_duration // 1_000_000_000}s"]
    try:
        gone, _ = daemon.prune_build_cache(filters, everything=asked.everything)
    except Refused as refusal:
        raise RpcError(Code.UNKNOWN, refusal.message) from refusal
    return tuple(before[name] for name in gone if name in before)


def _usage(row: Mapping[str, Any]) -> Usage:
    return Usage(
        id=str(row.get("ID", "")),
        in_use=bool(row.get("InUse")),
        size=int(row.get("Size", 0)),
        created_at=_moment(row.get("CreatedAt")),
        last_used_at=_moment(row.get("LastUsedAt")),
        usage_count=int(row.get("UsageCount", 0)),
        description=str(row.get("Description", "")),
        record_type=str(row.get("Type", "regular")),
        shared=bool(row.get("Shared")),
        parents=tuple(row.get("Parents") or ()),
    )


def _moment(text: Any) -> Timestamp | None:
    if not isinstance(text, str) or not text:
        return None
    head, _, fraction = text.rstrip("Z").partition(".")
    try:
        seconds = int(datetime.fromisoformat(head + "+00:00").timestamp())
    except ValueError:
        return None
    return Timestamp(seconds=seconds, nanos=int((fraction + "000000000")[:9]) if fraction.isdigit() else 0)
