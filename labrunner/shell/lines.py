"""Commands that come from a file or a pipe, one line at a time, and not read before they are wanted."""

import io
import os
from collections import deque
from typing import TextIO


class Lines:
    """The lines of a text stream; `descriptor` is what to wait on for one, -1 when one is always there."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        try:
            self.descriptor = stream.fileno()
        except (OSError, io.UnsupportedOperation):
            self.descriptor = -1
        self._ready: deque[str] = deque()
        self._first: deque[str] = deque()
        self._begun = ""
        self._unfinished = b""
        self._ended = False

    def put_first(self, text: str) -> None:
        """These lines come before those of the stream; a line counts once its end was put."""
        *lines, self._begun = (self._begun + text).split("\n")
        self._first.extend(lines)

    def take(self) -> str | None:
        """The next line without its end, if it is there."""
        if self._first:
            return self._first.popleft()
        if not self._ready and self.descriptor < 0 and not self._ended:
            line = self._stream.readline()
            self._ended = not line
            return line.rstrip("\r\n") if line else None
        return self._ready.popleft() if self._ready else None

    def ended(self) -> bool:
        """Whether there are no more lines and never will be."""
        return self._ended and not self._ready and not self._first

    def waited_for(self) -> bool:
        """Whether `descriptor` has to become readable before there is a line."""
        return self.descriptor >= 0 and not (self._first or self._ready or self._ended)

    def read(self) -> None:
        """Read what there is on `descriptor`."""
        data = os.read(self.descriptor, 65536)
        self._ended = not data
        *lines, self._unfinished = (self._unfinished + data).split(b"\n")
        if self._ended and self._unfinished:
            lines.append(self._unfinished)
        self._ready.extend(line.decode(errors="surrogateescape").rstrip("\r") for line in lines)
