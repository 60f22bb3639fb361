"""What the learner's keys say before the shell has read them: function keys, and whether a line is empty."""

import re

INTERRUPT = b"\x03"
END_OF_INPUT = b"\x04"

_FUNCTION_KEYS = {
    **{f"O{letter}".encode(): f"F{n}" for n, letter in enumerate("PQRS", 1)},
    **{f"[[{letter}".encode(): f"F{n}" for n, letter in enumerate("ABCDE", 1)},
    **{f"[{code}~".encode(): f"F{n}" for n, code in enumerate((11, 12, 13, 14, 15, 17, 18, 19, 20, 21), 1)},
}
"""As xterm, the Linux console, and rxvt send them, without the escape byte."""
_FUNCTION_KEY = re.compile(b"\x1b(" + b"|".join(re.escape(code) for code in _FUNCTION_KEYS) + b")")
_LINE_END = re.compile(rb"[\r\n\x03]")
_ERASING = re.compile(rb"[\x08\x7f\x15\x17]")
_PASTE = re.compile(rb"\x1b\[20[01]~")


def split_function_keys(typed: bytes) -> tuple[bytes, tuple[str, ...]]:
    """What is left for the shell, and the names of the function keys that were pressed."""
    if b"\x1b" not in typed:
        return typed, ()
    keys = tuple(_FUNCTION_KEYS[found[1]] for found in _FUNCTION_KEY.finditer(typed))
    return (_FUNCTION_KEY.sub(b"", typed), keys) if keys else (typed, ())


class TypedLine:
    """What was typed since the prompt: enough to tell an empty Enter from Ctrl-C and from a comment."""

    def __init__(self) -> None:
        self._typed = b""

    def took(self, typed: bytes) -> None:
        """Add what was passed to the shell while it was at its prompt."""
        self._typed = (self._typed + _PASTE.sub(b"", typed))[-4096:]

    def clear(self) -> None:
        """A new prompt, or a command: what was typed before says nothing any more."""
        self._typed = b""

    def untouched(self) -> bool:
        """Whether no key was passed on since the prompt, so that the line is surely empty."""
        return not self._typed

    def ended_empty(self, exit_status: int) -> bool:
        """Whether the prompt that comes now, with no command in between, answers Enter on an empty line.

        Ctrl-C at the prompt leaves status 130. An Enter that is not found here was typed before the prompt.
        """
        if exit_status == 130 and INTERRUPT in self._typed:
            self._typed = self._typed.rpartition(INTERRUPT)[2]
            return False
        end = _LINE_END.search(self._typed)
        if end is None:
            return False
        line, self._typed = self._typed[: end.start()], self._typed[end.end() :]
        return not line.strip() or _ERASING.search(line) is not None
