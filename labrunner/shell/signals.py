"""Signals as a descriptor to wait on: window size, dead children, and being asked to go."""

import os
import signal
from collections.abc import Callable
from types import FrameType

TAKEN = (signal.SIGWINCH, signal.SIGCHLD, signal.SIGCONT, signal.SIGTERM, signal.SIGHUP)
_Handler = Callable[[int, FrameType | None], object] | int | None


class Signals:
    """While opened, the signals above make `descriptor` readable; `take` says which came."""

    def __init__(self) -> None:
        self.descriptor = -1
        self._write = -1
        self._wakeup_before = -1
        self._before: dict[signal.Signals, _Handler] = {}

    def open(self) -> None:
        """Take the signals; what others had set is put back by `close`."""
        self.descriptor, self._write = os.pipe()
        os.set_blocking(self.descriptor, False)
        os.set_blocking(self._write, False)
        self._wakeup_before = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, _noted) for number in TAKEN}

    def take(self) -> frozenset[int]:
        """The signals that came since the last time."""
        try:
            return frozenset(os.read(self.descriptor, 65536))
        except BlockingIOError:
            return frozenset()

    def close(self) -> None:
        """Leave the signals to whoever had them."""
        if self.descriptor < 0:
            return
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        signal.set_wakeup_fd(self._wakeup_before)
        os.close(self.descriptor)
        os.close(self._write)
        self.descriptor = self._write = -1


def _noted(_number: int, _frame: FrameType | None) -> None:
    """The wakeup descriptor has the number already."""
