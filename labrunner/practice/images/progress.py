"""How far something is, drawn as Docker's daemon draws it into the `progress` of a stream's line."""

_WIDTH = 50
_UNITS = ("B", "kB", "MB", "GB", "TB")


def bar(current: int, total: int) -> str:
    """`[=====>     ]  10.24kB/1.2MB`"""
    if current <= 0 and total <= 0:
        return ""
    if total <= 0 or current > total:
        return f"{human(current):>8}"
    done = min(_WIDTH, int(current / total * 100) // 2)
    return f"[{'=' * done}>{' ' * (_WIDTH - done)}]  {human(current)}/{human(total)}"


def human(size: int) -> str:
    """Four digits and a unit of 1000: `2.135MB`."""
    value = float(size)
    unit = 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value /= 1000
        unit += 1
    return f"{value:.4g}{_UNITS[unit]}"
