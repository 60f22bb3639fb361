"""The last lines on the learner's terminal: where labrunner's text belongs, and how the prompt makes way."""

import re
from collections.abc import Callable
from select import select

from labrunner.shell.outlet import Outlet
from labrunner.shell.terminal import RESTORING

_KEPT = 32768
_AT_LINE_START = re.compile(rb"(?:.*\r)?(?:\x1b\[[0-9;?]*[mhlKJ]|\x1b\][^\a]*\a)*", re.DOTALL)


class Screen:
    """Passes everything on, and remembers what the shell drew since its prompt began."""

    def __init__(
        self,
        descriptor: Callable[[], int],
        columns: Callable[[], int],
        record: Callable[[bytes], object] | None = None,
    ) -> None:
        """`record` is shown all that the terminal is sent."""
        self.outlet = Outlet(descriptor)
        self._columns = columns
        self._record = record
        self._line = b""
        self._drawn = b""
        self._drawn_whole = False

    def put(self, data: bytes) -> None:
        """Pass on what the shell or a program printed."""
        self.outlet.put(data)
        if self._record is not None:
            self._record(data)
        newline = data.rfind(b"\n")
        self._line = data[newline + 1 :] if newline >= 0 else (self._line + data)[-_KEPT:]

    def draw(self, data: bytes) -> None:
        """Pass on what the shell prints at its prompt, and remember it."""
        self.put(data)
        self._drawn += data
        if len(self._drawn) > _KEPT:
            self._drawn, self._drawn_whole = self._line, False

    def begin_prompt(self) -> None:
        """What comes now is a prompt."""
        self._drawn, self._drawn_whole = b"", self.at_line_start()

    def find_prompt(self) -> None:
        """The last line is a prompt, which nobody had announced."""
        self._drawn, self._drawn_whole = self._line, True

    def restore(self) -> None:
        """Undo what a killed full-screen program may have left on."""
        self.outlet.put(RESTORING)

    def drain(self, patience: float | None = None) -> None:
        """Wait until the terminal has taken everything, or has taken nothing for so many seconds."""
        while self.outlet.stalled() and select((), (self.outlet.descriptor(),), (), patience)[1]:
            self.outlet.flush()

    def at_line_start(self) -> bool:
        """Whether the cursor is in column 0, as far as plain reading tells."""
        return _AT_LINE_START.fullmatch(self._line) is not None

    def show(self, text: str) -> None:
        """Print lines of labrunner's own, on lines of their own."""
        if not self.at_line_start():
            self.put(b"\r\n")
        if text and not text.endswith("\n"):
            text += "\n"
        self.put(text.replace("\n", "\r\n").encode(errors="replace"))

    def show_above(self, text: str) -> None:
        """Print lines above the prompt, and draw it again with what was typed."""
        self.lift()
        self.show(text)
        self.lay()

    def lift(self) -> None:
        """Erase the prompt, or, where it cannot be known how, leave it and begin a new line."""
        from labrunner.shell.cursor import (
            erasing,
            redrawable,
        )  # 6 ms of patterns that a first prompt does not need

        drawn = redrawable(self._drawn)
        erase = erasing(drawn, self._columns()) if self._drawn_whole else None
        if erase is not None:
            self.put(erase)
            self._line = b""
        elif not self.at_line_start():
            self.put(b"\r\n")

    def lay(self) -> None:
        """Draw the prompt again, the cursor being in column 0."""
        from labrunner.shell.cursor import redrawable

        self._drawn, self._drawn_whole = redrawable(self._drawn), True
        self.put(self._drawn)
