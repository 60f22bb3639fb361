"""Sizes, times and IDs as the docker command writes them."""

import time
from datetime import UTC, datetime

_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def size(count: float, digits: int = 3) -> str:
    """In powers of a thousand, with so many significant digits: `19.2MB`, `0B`. Sums have four, docker says."""
    unit = 0
    while count >= 1000 and unit < len(_UNITS) - 1:
        count /= 1000
        unit += 1
    return f"{count:.{digits}g}{_UNITS[unit]}"


def binary(count: float) -> str:
    """In powers of 1024, with four digits: `1.5MiB`."""
    unit = 0
    while count >= 1024 and unit < len(_UNITS) - 1:
        count /= 1024
        unit += 1
    return f"{count:.4g}{('B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB')[unit]}"


def short(identity: str) -> str:
    """The first twelve digits of an ID."""
    return identity.removeprefix("sha256:")[:12]


def seconds_of(stamp: str) -> float:
    """An RFC 3339 time with up to nine digits of a second, as seconds since the epoch."""
    text = stamp.rstrip("Z")
    zone = ""
    if not stamp.endswith("Z") and ("+" in text[10:] or "-" in text[10:]):
        at = max(text.rfind("+"), text.rfind("-"))
        text, zone = text[:at], text[at:]
    whole, _, part = text.partition(".")
    moment = datetime.fromisoformat(f"{whole}{zone or '+00:00'}")
    return moment.timestamp() + (float(f"0.{part}") if part else 0.0)


def ago(then: float) -> str:
    """`3 seconds ago`, `About a minute ago`, `2 weeks ago`"""
    return f"{span(time.time() - then)} ago"


def span(seconds: float) -> str:
    """A length of time in its largest unit, as docker rounds it."""
    whole = int(seconds)
    if whole < 1:
        return "Less than a second"
    if whole == 1:
        return "1 second"
    if whole < 60:
        return f"{whole} seconds"
    minutes = int(seconds / 60)
    if minutes == 1:
        return "About a minute"
    if minutes < 60:
        return f"{minutes} minutes"
    hours = int(seconds / 3600 + 0.5)
    if hours == 1:
        return "About an hour"
    if hours < 48:
        return f"{hours} hours"
    if hours < 24 * 7 * 2:
        return f"{hours // 24} days"
    if hours < 24 * 30 * 2:
        return f"{hours // 24 // 7} weeks"
    if hours < 24 * 365 * 2:
        return f"{hours // 24 // 30} months"
    return f"{int(seconds / 3600) // 24 // 365} years"


def written(then: float) -> str:
    """`2026-01-31 12:00:00 +0000 UTC`"""
    return datetime.fromtimestamp(then, UTC).strftime("%Y-%m-%d %H:%M:%S +0000 UTC")


def stamped(then: float) -> str:
    """`2026-01-31T12:00:00Z`"""
    return datetime.fromtimestamp(then, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def cut(text: str, width: int) -> str:
    """At most so many letters, the last of them an ellipsis where something is missing."""
    return text if len(text) <= width else text[: width - 1] + "…"
