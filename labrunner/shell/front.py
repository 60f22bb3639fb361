"""Who waits for the learner when no mark tells: the terminal's foreground group and its modes say it."""

from typing import NamedTuple

from labrunner.shell.integration import SHELLS
from labrunner.shell.pty import Pty, program_of

_ALL_SHELLS = frozenset((*SHELLS, "sh", "dash", "ksh", "mksh"))


class Waiting(NamedTuple):
    """A shell at a prompt that it did not announce."""

    program: str
    nested: bool
    """It runs inside the learner's shell."""


class Front:
    """Looks at one pseudo-terminal."""

    def __init__(self, pty: Pty) -> None:
        self._pty = pty
        self._image = b""

    def tells(self, *, anew: bool) -> None:
        """The shell told something, so its process runs what tells; `anew` after a time when it did not."""
        if anew or not self._image:
            self._image = self._pty.image()

    def waiting(self) -> Waiting | None:
        """The shell that reads keys now, if it is a shell that does."""
        if not self._pty.reads_keys():
            return None
        group = self._pty.foreground()
        nested = group != self._pty.pid
        program = program_of(group)
        if program not in _ALL_SHELLS:
            return None
        if not nested and self._pty.image() == self._image:
            # Our shell tells when it prompts; it reads keys for `read -e`, and fish for all that is fish.
            return None
        return Waiting(program, nested)
