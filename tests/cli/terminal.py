"""A learner at a terminal: types, and reads what is on the screen."""

import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

import pexpect
import pyte

from labrunner.practice import start as practice
from tests.cli.program import Home

COLUMNS, ROWS = 100, 40
SCROLLBACK = 2000


class Terminal:
    """labrunner in a pseudo-terminal, with a screen that remembers what scrolled away."""

    def __init__(self, home: Home, *words: str) -> None:
        (home.path / ".bashrc").write_text("PS1='lab> '\n")
        self.screen = pyte.HistoryScreen(COLUMNS, ROWS, history=SCROLLBACK)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(
            sys.executable,
            ["-m", "labrunner", *words],
            env=home.environment(),
            cwd=str(home.path),
            dimensions=(ROWS, COLUMNS),
            timeout=30,
        )
        self.child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.child.close(force=True)

    def reads(self, text: str) -> None:
        """Wait until this stands on the screen, in what is new since it was waited for last."""
        came = self.child.expect_exact([text, pexpect.TIMEOUT, pexpect.EOF])
        seen: tuple[object, ...] = (self.child.before, self.child.after)
        for part in seen:
            if isinstance(part, bytes):
                self._stream.feed(part)
        assert came == 0, f"{text!r} did not come:\n" + "\n".join(self.screen.display)

    def prompt(self) -> None:
        self.reads("lab> ")

    def types(self, line: str) -> None:
        self.child.send(f"{line}\r")

    def presses(self, keys: str) -> None:
        self.child.send(keys)

    def kill(self) -> None:
        self.child.kill(signal.SIGKILL)
        self.child.wait()

    def leaves(self, lesson: str) -> int | None:
        """The exit status, after Ctrl-D at a prompt, the learner's yes, and how to come back."""
        self.presses(CTRL_D)
        self.reads("Leave the lesson?")
        self.presses("y\r")
        self.reads(f"labrunner start {lesson}")
        return self.ends()

    def ends(self) -> int | None:
        """The exit status, once the program is over."""
        self.child.expect_exact(pexpect.EOF)
        self.child.wait()
        status: int | None = self.child.exitstatus
        return status


F1, F2, F3, F4, F10 = "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[21~"
CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"


def restart(engine_address: str) -> None:
    """Restart the daemon at that address, as its administrator would."""
    folder = Path(engine_address.removeprefix("unix://")).parent
    if practice.status(folder).running:
        practice.stop(folder)
        practice.start(folder)
        return
    up = Path(__file__).parents[1] / "engines" / "up"
    subprocess.run([str(up), "restart", folder.name], check=True, capture_output=True, timeout=100)
