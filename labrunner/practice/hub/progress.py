"""The messages of a pull or push, in the shape and the words of Docker's daemon."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Progress = Callable[[dict[str, Any]], Awaitable[None]]

_BETWEEN = 0.1
"""Seconds between two messages on one layer, as in Docker."""
_UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast stand-ins come: at network speed one sees layers arrive. 0 is as fast as it goes."""

    bytes_per_second: int = 0

    def seconds(self, size: int) -> float:
        return size / self.bytes_per_second if self.bytes_per_second else 0.0


def status(text: str, layer: str | None = None) -> dict[str, Any]:
    """One line of a layer, or of the whole where no layer is named."""
    if layer is None:
        return {"status": text}
    return {"status": text, "progressDetail": {}, "id": layer}


def amount(text: str, layer: str, current: int, total: int) -> dict[str, Any]:
    """One line with a bar."""
    detail: Mapping[str, int] = {"current": current, "total": total}
    return {"status": text, "progressDetail": detail, "progress": bar(current, total), "id": layer}


def bar(current: int, total: int) -> str:
    """`[=====>     ]  5.243MB/52.07MB`; where there is more than was expected the total is left out."""
    shown = human(current)
    if total <= 0:
        return f"{shown:>8}"
    filled = min(50, current * 100 // total // 2)
    numbers = f"{shown:>8}/{human(total)}" if current <= total else f"{shown:>8}"
    return f"[{'=' * filled}>{' ' * (50 - filled)}] {numbers}"


def human(size: float) -> str:
    """Decimal, four digits: `52.07MB`."""
    unit = 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    return f"{size:.4g}{_UNITS[unit]}"


class Meter:
    """Tells how far one layer is, not more often than ten times a second."""

    def __init__(self, progress: Progress, text: str, layer: str, total: int) -> None:
        self._progress = progress
        self._text = text
        self._layer = layer
        self._total = total
        self._told_at = 0.0
        self.current = 0

    async def add(self, size: int) -> None:
        self.current += size
        now = time.monotonic()
        if now - self._told_at >= _BETWEEN or self.current == self._total:
            self._told_at = now
            await self._progress(amount(self._text, self._layer, self.current, self._total))
