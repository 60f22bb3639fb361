"""A shell in a pseudo-terminal: started, read, written to, looked at, and buried."""

import errno
import os
import signal
import termios
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labrunner.errors import ShellError
from labrunner.shell.integration import Launch
from labrunner.shell.signals import TAKEN
from labrunner.shell.terminal import Size, set_size

CHUNK = 65536
LONGEST_LINE = 4000
"""The kernel cuts a longer line off in a terminal that reads lines."""


@dataclass(slots=True)
class Pty:
    """The labrunner end of the pseudo-terminal and the shell at the other."""

    pid: int
    master: int
    status: int | None = None
    """The shell's exit status once it is dead and buried."""

    def read(self) -> bytes | None:
        """What was printed, b"" when nothing is there now, None when nothing will ever come."""
        try:
            return os.read(self.master, CHUNK) or None
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno == errno.EIO:
                return None
            raise

    def resize(self, size: Size) -> None:
        set_size(self.master, size)

    def foreground(self) -> int:
        """The process group that has the terminal; 0 when there is none."""
        try:
            return os.tcgetpgrp(self.master)
        except OSError:
            return 0

    def reads_keys(self) -> bool:
        """Whether who reads the terminal wants each key, not lines: a shell at its prompt, an editor."""
        try:
            return not termios.tcgetattr(self.master)[3] & termios.ICANON
        except termios.error:
            return False

    def take_long_lines(self, take: bool) -> None:
        """Let the terminal pass a line of any length, while only a shell without line editing reads it."""
        modes = termios.tcgetattr(self.master)
        wanted = modes[3] & ~termios.ICANON if take else modes[3] | termios.ICANON
        if modes[3] != wanted:
            modes[3] = wanted
            termios.tcsetattr(self.master, termios.TCSANOW, modes)

    def reap(self) -> int | None:
        """The shell's exit status if it is dead."""
        if self.status is None:
            pid, waited = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(waited)
                self.status = code if code >= 0 else 128 - code
        return self.status

    def signal(self, number: int) -> None:
        """Send a signal to the shell, if it lives."""
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def close(self) -> None:
        if self.master >= 0:
            os.close(self.master)
            self.master = -1


def spawn(launch: Launch, *, modes: list[Any] | None, size: Size, output: int | None = None) -> Pty:
    """Start the shell with the terminal modes of the learner's terminal; None for a terminal without echo.

    `output` is where its stdout and stderr go if not to the pseudo-terminal.
    """
    try:
        master, slave = os.openpty()
        termios.tcsetattr(slave, termios.TCSANOW, modes or _without_echo(slave))
        set_size(slave, size)
        pid = os.fork()
    except OSError as error:
        raise ShellError(
            f"The system gives no pseudo-terminal, or no process for the shell in it ({error.strerror}).",
            "Close some terminal windows and programs, and try again.",
        ) from error
    if pid == 0:
        _become_the_shell(launch, slave, output)
    os.close(slave)
    os.set_blocking(master, False)
    return Pty(pid, master)


def command_line_of(pid: int) -> tuple[str, ...]:
    """The program and the arguments that a process runs, which `exec` changes; empty when it is gone."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return tuple(_told_by_ps(pid).split())
    return tuple(line.decode(errors="surrogateescape").rstrip("\0").split("\0")) if line else ()


def directory_of(pid: int) -> str | None:
    """Where a process is, as far as the system tells."""
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return None


def _without_echo(terminal: int) -> list[Any]:
    modes = termios.tcgetattr(terminal)
    modes[3] &= ~termios.ECHO
    return modes


def _become_the_shell(launch: Launch, slave: int, output: int | None) -> None:
    """In the child: never returns."""
    try:
        os.login_tty(slave)
        if output is not None:
            os.dup2(output, 1)
            os.dup2(output, 2)
        for number in (*TAKEN, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.chdir(launch.directory)
        os.execve(launch.argv[0], launch.argv, dict(launch.environment))
    except OSError as error:
        os.write(2, f"labrunner: {launch.argv[0]}: {error.strerror}\r\n".encode())
    finally:
        os._exit(127)


def _told_by_ps(pid: int) -> str:
    """Where there is no /proc (macOS); costs some milliseconds, so it is asked rarely."""
    with os.popen(f"ps -o args= -p {pid} 2>/dev/null") as told:
        return told.read().strip()
