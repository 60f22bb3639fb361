"""Who waits for the learner when no mark tells: the terminal's foreground group and its modes say it."""

from typing import NamedTuple

from labrunner.shell.pty import Pty, command_line_of

_SHELLS = frozenset(("bash", "zsh", "fish", "sh", "dash", "ksh", "mksh"))
_WITH_VALUE = frozenset(("--rcfile", "--init-file", "-o", "+o", "-O", "+O", "-C", "--init-command"))


class Waiting(NamedTuple):
    """A shell at a prompt that it did not announce."""

    program: str
    nested: bool
    """It runs inside the learner's shell."""


class Front:
    """Looks at one pseudo-terminal."""

    def __init__(self, pty: Pty) -> None:
        self._pty = pty
        self._own: tuple[str, ...] = ()
        self._seen: tuple[int, tuple[str, ...]] = (0, ())

    def tells(self, *, anew: bool) -> None:
        """The shell told something, so its process runs what tells; `anew` after a time when it did not."""
        if anew or not self._own:
            self._own = command_line_of(self._pty.pid)

    def waiting(self) -> Waiting | None:
        """The shell that reads keys now, if it is a shell that does."""
        if not self._pty.reads_keys():
            return None
        group = self._pty.foreground()
        if group == self._pty.pid:
            command_line = command_line_of(group)
            if command_line == self._own:
                # Our shell tells when it prompts; it reads keys for `read -e`, and fish for all that is fish.
                return None
        else:
            if self._seen[0] != group:
                self._seen = group, command_line_of(group)
            command_line = self._seen[1]
        shell = shell_in(command_line)
        return Waiting(shell, nested=group != self._pty.pid) if shell else None

    def shell(self) -> str | None:
        """The shell in front, if a shell is there."""
        return shell_in(command_line_of(self._pty.foreground()))


def shell_in(command_line: tuple[str, ...]) -> str | None:
    """The name of the shell that this starts for somebody who types, not for a script."""
    if not command_line:
        return None
    program = command_line[0].rpartition("/")[2].lstrip("-")
    arguments = iter(command_line[1:])
    for argument in arguments:
        if argument in _WITH_VALUE:
            next(arguments, None)
        elif not argument.startswith(("-", "+")) or (argument[0:2] != "--" and "c" in argument):
            return None
    return program if program in _SHELLS else None
