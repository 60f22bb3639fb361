"""Which API version to speak: engines agree on no single one (20.10 ends at 1.41, 29.0 begins at 1.44)."""

from typing import Any

OLDEST = "1.24"
NEWEST_READ = "1.52"
"""The newest API version whose JSON `reading` has been shown."""


def choose(told: dict[str, Any]) -> str | None:
    """From what `/version` told: the engine's newest, as far as `reading` knows it and the engine goes back.

    None where the engine ends before `OLDEST`.
    """
    newest, oldest = str(told["ApiVersion"]), str(told.get("MinAPIVersion") or OLDEST)
    if _numbers(newest) < _numbers(OLDEST):
        return None
    return max(oldest, min(newest, NEWEST_READ, key=_numbers), key=_numbers)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
