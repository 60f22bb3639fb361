"""An end that takes bytes at its own speed: what it does not take now waits here."""

import os
from collections.abc import Callable


class Outlet:
    """Writes to a descriptor in order, through short writes and EAGAIN."""

    def __init__(self, descriptor: Callable[[], int]) -> None:
        self.descriptor = descriptor
        self._waiting = bytearray()

    def put(self, data: bytes) -> None:
        """Write what can be written now and keep the rest."""
        if not self._waiting:
            data = data[self._write(data) :]
        self._waiting += data

    def flush(self) -> None:
        """The descriptor is ready: go on."""
        del self._waiting[: self._write(bytes(self._waiting))]

    def drop(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def stalled(self) -> bool:
        """Whether something waits: read no more of what would come here."""
        return bool(self._waiting)

    def _write(self, data: bytes) -> int:
        written = 0
        while written < len(data):
            try:
                written += os.write(self.descriptor(), data[written:] if written else data)
            except BlockingIOError:
                break
            except OSError:
                # Nobody is at the other end; the relay learns it from the end that it reads.
                return len(data)
        return written
