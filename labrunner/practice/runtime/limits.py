"""What one machine, and all machines together, may take: a runaway program ends with a clear message, not the daemon."""

from typing import Protocol
from weakref import WeakSet

PROCESSES = 200
"""Processes of one machine at a time; a fork bomb hears `can't fork: Resource temporarily unavailable`."""
MACHINE_BYTES = 64 * 1024 * 1024
"""Bytes written into one machine's files; then `No space left on device`. Zeros cost nothing."""
ALL_BYTES = 384 * 1024 * 1024
"""Bytes written into all machines' files."""
READ_BYTES = 64 * 1024 * 1024
"""The largest file that is taken into memory whole."""
ENTRIES = 20_000
"""Files and folders made in one machine."""
RUN_SECONDS = 600.0
"""A RUN instruction may take this long."""


class Weighed(Protocol):
    """Something that knows how much memory it holds."""

    @property
    def held(self) -> int: ...
    def recount(self) -> int: ...


class Purse:
    """All bytes that machines hold in memory; counted up as files grow and recounted when it seems spent."""

    def __init__(self, limit: int = ALL_BYTES, each: int = MACHINE_BYTES) -> None:
        self._limit = limit
        self._each = each
        self._holders: WeakSet[Weighed] = WeakSet()

    def join(self, holder: Weighed) -> None:
        self._holders.add(holder)

    def allow(self, holder: Weighed, more: int) -> bool:
        """Whether a holder may take this many bytes more."""
        if holder.held + more > self._each and holder.recount() + more > self._each:
            return False
        if sum(each.held for each in self._holders) + more <= self._limit:
            return True
        return sum(each.recount() for each in self._holders) + more <= self._limit


PURSE = Purse()
