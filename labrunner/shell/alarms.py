"""Things to do at a certain time unless something else happens before: no clock ticks while none is set."""

import time
from collections.abc import Callable


class Alarms:
    """One time for each action."""

    def __init__(self) -> None:
        self._set: dict[Callable[[], None], float] = {}

    def set(self, action: Callable[[], None], seconds: float) -> None:
        """Do it so many seconds from now, not when it had been set for before."""
        self._set[action] = time.monotonic() + seconds

    def cancel(self, action: Callable[[], None]) -> None:
        self._set.pop(action, None)

    def clear(self) -> None:
        self._set.clear()

    def is_set(self, action: Callable[[], None]) -> bool:
        return action in self._set

    def patience(self, until: float | None) -> float | None:
        """How long to wait at most; None for as long as it takes."""
        times = list(self._set.values())
        if until is not None:
            times.append(until)
        return max(0.0, min(times) - time.monotonic()) if times else None

    def ring(self) -> None:
        """Do what it is time for."""
        now = time.monotonic()
        for action in [action for action, at in self._set.items() if at <= now]:
            del self._set[action]
            action()
