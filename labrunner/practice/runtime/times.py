"""Moments and durations as Docker writes and reads them: nanoseconds since the epoch, 0 where there is none yet."""

import re
from datetime import UTC, datetime

SECOND = 1_000_000_000
NEVER = "0001-01-01T00:00:00Z"

_DURATION = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)")
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3600 * SECOND,
}
_UNIX = re.compile(r"(-?\d{1,15})(?:\.(\d{1,9}))?")
_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII
)


def rfc3339(moment: int) -> str:
    """`2026-11-23T13:40:31.806888216Z`, without zeros at the end, as Go writes it."""
    if not moment:
        return NEVER
    fraction = f"{moment % SECOND:09d}".rstrip("0")
    return f"{_seconds(moment)}{'.' if fraction else ''}{fraction}Z"


def rfc3339_fixed(moment: int) -> str:
    """With all nine digits, as `docker logs --timestamps` has them."""
    return f"{_seconds(moment)}.{moment % SECOND:09d}Z"


def _seconds(moment: int) -> str:
    return datetime.fromtimestamp(moment // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def from_rfc3339(text: str) -> int:
    """The other way round; raises ValueError."""
    if text == NEVER:
        return 0
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    day, clock, fraction, zone = found.groups()
    clock = clock or "00:00:00"
    clock = clock if clock.count(":") == 2 else f"{clock}:00"
    zone = "+00:00" if zone in (None, "Z") else zone
    whole = int(datetime.fromisoformat(f"{day}T{clock}{zone}").timestamp())
    return whole * SECOND + int((fraction or "").ljust(9, "0") or 0)


def moment(text: str, now: int) -> int:
    """What `--until` and `--since` take: seconds since 1970, a date, or a duration before now; raises ValueError."""
    unix = _UNIX.fullmatch(text)
    if unix is not None:
        return int(unix[1]) * SECOND + int((unix[2] or "").ljust(9, "0") or 0)
    if (length := duration(text)) is not None:
        return now - length
    return from_rfc3339(text)


def duration(text: str) -> int | None:
    """Go's `1h30m`, in nanoseconds."""
    parts = _DURATION.findall(text)
    if not parts or "".join(parts) != text or len(text) > 40:
        return None
    total = 0
    for part in parts:
        unit = part.lstrip("0123456789.")
        total += int(float(part.removesuffix(unit)) * _UNITS[unit])
    return total


def spoken(nanoseconds: int) -> str:
    """`About a minute`, `3 hours`: the words of `docker ps`."""
    seconds = nanoseconds // SECOND
    if seconds < 1:
        return "Less than a second"
    if seconds == 1:
        return "1 second"
    if seconds < 60:
        return f"{seconds} seconds"
    minutes = seconds // 60
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
    return f"{seconds // 3600 // 24 // 365} years"
