"""The marks that the shell weaves into its output, taken out again: bytes in, the same bytes and marks out.

A mark is `ESC ] 7715 ; NONCE ; KIND ; FIELD ; ... BEL`, its fields percent-encoded as far as needed. The
nonce is part of what is looked for, so a program that prints a mark of its own prints ordinary text, and
a chunk without a mark costs one `bytes.find`.

| kind | fields | said |
|---|---|---|
| `T` | piece of text | before `C`: the beginning of a long command |
| `H` | | what follows up to `C` is no output but an entry of bash's history |
| `C` | rest of the text | a command starts |
| `D` | exit status, the shell's process id, directory | the shell is about to draw its prompt |
| `P` | | the prompt is being drawn (it is part of it) |
| `M` | | the shell wants more lines of a command (line-fed shell only) |
| `W` | word, arguments | one of labrunner's words was said |
| `L` | | `exit` was said |
"""

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

INTRODUCER = b"\x1b]7715;"
LONGEST_MARK = 8192
"""A mark that has not ended by then is ordinary text."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing the shell told."""

    kind: str
    fields: tuple[str, ...] = ()


class MarkReader:
    """Gives back what it was fed in order: text as it came, marks taken out."""

    def __init__(self, nonce: str) -> None:
        self._start = INTRODUCER + nonce.encode() + b";"
        self._unread = b""
        self._quoting = False

    def feed(self, chunk: bytes) -> None:
        """Add what was read from the shell."""
        self._unread += chunk

    def read(self) -> bytes | Mark | None:
        """The next piece of text or mark; None when more has to be fed first."""
        piece = self._read()
        if isinstance(piece, Mark):
            self._quoting = piece.kind == "H"
        elif piece is not None and self._quoting:
            return Mark("H", (piece.decode(errors="surrogateescape"),))
        return piece

    def _read(self) -> bytes | Mark | None:
        unread = self._unread
        if not unread:
            return None
        at = unread.find(self._start)
        if at < 0:
            kept = self._split_introducer(unread)
            self._unread = unread[len(unread) - kept :]
            return unread[: len(unread) - kept] or None
        if at:
            self._unread = unread[at:]
            return unread[:at]
        end = unread.find(b"\a", len(self._start), LONGEST_MARK)
        if end >= 0:
            self._unread = unread[end + 1 :]
            return _decoded(unread[len(self._start) : end])
        if len(unread) < LONGEST_MARK:
            return None
        self._unread = unread[len(self._start) :]
        return self._start

    def rest(self) -> bytes:
        """What was kept back in case it became a mark: to be shown when nothing more will come."""
        rest, self._unread = self._unread, b""
        return rest

    def _split_introducer(self, text: bytes) -> int:
        """How many bytes at the end of `text` may be the beginning of a mark."""
        escape = text.rfind(b"\x1b", -len(self._start) + 1)
        return len(text) - escape if escape >= 0 and self._start.startswith(text[escape:]) else 0


def _decoded(mark: bytes) -> Mark:
    kind, *fields = (unquote_to_bytes(field).decode(errors="surrogateescape") for field in mark.split(b";"))
    return Mark(kind, tuple(fields))
