"""The learner's own terminal: made raw while the relay runs, and given back as it was."""

import fcntl
import os
import struct
import sys
import termios
import tty
from typing import NamedTuple

LEAVING = b"\x1b[?1049l"
"""Back from the alternate screen to where the cursor was."""
RESTORING = (
    b"\x1b[?1047l"  # the ordinary screen; 1049 would move the cursor even where nothing has to be left
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l"  # mouse
    b"\x1b[?2004l\x1b[?1l\x1b>\x1b[?25h\x1b[0m"  # bracketed paste, cursor keys, keypad, cursor, colours
)
"""What a killed full-screen program leaves behind, undone; nothing that a terminal in order would show."""


class Size(NamedTuple):
    columns: int
    rows: int


def size_of(descriptor: int) -> Size:
    """The size of a terminal, 80x24 where it does not say."""
    try:
        packed = fcntl.ioctl(descriptor, termios.TIOCGWINSZ, b"\0" * 8)
    except OSError:
        return Size(80, 24)
    rows, columns, _, _ = struct.unpack("HHHH", packed)
    return Size(columns or 80, rows or 24)


def set_size(descriptor: int, size: Size) -> None:
    """Tell a terminal its size; the kernel tells those who run in it."""
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.columns, 0, 0))


class Terminal:
    """The two ends of the learner's terminal; `output` is a private description that may be non-blocking."""

    def __init__(self, terminal_in: int, terminal_out: int) -> None:
        self.input = terminal_in
        self.output, self._private = _opened_again(terminal_out)
        self.modes = termios.tcgetattr(terminal_in)
        self._raw = False

    def make_raw(self) -> None:
        """Every key goes to the shell as it is."""
        tty.setraw(self.input, termios.TCSANOW)
        self._raw = True

    def make_cooked(self) -> None:
        """As it was before the relay."""
        if self._raw:
            termios.tcsetattr(self.input, termios.TCSANOW, self.modes)
            self._raw = False

    def interrupt_key(self) -> bytes:
        key = self.modes[6][termios.VINTR]
        return key if isinstance(key, bytes) else b"\x03"

    def size(self) -> Size:
        return size_of(self.input)

    def close(self) -> None:
        """Let go of the private description; the modes are given back by `make_cooked`."""
        if self._private:
            os.close(self.output)
            self._private = False


def _opened_again(descriptor: int) -> tuple[int, bool]:
    """The same terminal under a description of its own: on the learner's, O_NONBLOCK would outlive us."""
    if sys.platform != "linux":
        return descriptor, False
    try:
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY
        return os.open(os.ttyname(descriptor), flags), True
    except OSError:
        return descriptor, False
