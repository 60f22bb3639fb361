"""Types commands into the real lab shell, as a learner would, and says what became of each."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pexpect

from labrunner.errors import ShellError
from labrunner.shell.events import CommandEnded, CommandStarted, ShellEvent, WordSaid
from labrunner.shell.integration import Launch
from labrunner.shell.keys import TypedLine
from labrunner.shell.marks import Mark, MarkReader
from labrunner.shell.pty import directory_of
from labrunner.shell.turns import Doing, Turns

LOOK_EVERY = 0.3
"""Seconds between two looks at what a running command has done."""
STARTING = 20.0
"""Seconds a shell has to draw its first prompt."""
UNFINISHED = 3.0
"""Seconds after which a command that has not even begun is taken for an unfinished one."""
PRESSES = 4
"""Times that Ctrl-C is pressed before a command is killed."""
STOPPING = 2.0
"""Seconds between two presses."""

CTRL_C = "\x03"
QUOTE_NEXT = "\x16"
"""Ctrl-V: the key after it is text. A Tab in a script must not ask for completion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A command that has not ended yet; times are seconds."""

    lasted: float
    silent: float
    """Since it printed something."""
    word: bool
    """It may be one of labrunner's words, whose arguments are still being found out: nobody was told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What became of one command."""

    ended: CommandEnded | None = None
    """None for one of labrunner's words, and where there was trouble."""
    words: tuple[WordSaid, ...] = ()
    stopped: bool = False
    """Ctrl-C was pressed."""
    trouble: str = ""
    """Why the command never ended as commands do; a sentence."""


def _hear_ctrl_c() -> None:
    """What a script starts in the background ignores Ctrl-C, and so would the shell and all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Typist:
    """A lab shell with somebody at its keyboard. Raises ShellError where none can be started."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        try:
            self._shell: pexpect.spawn[bytes] = pexpect.spawn(
                launch.argv[0],
                list(launch.argv[1:]),
                env=dict(launch.environment),
                cwd=launch.directory,
                dimensions=(24, 80),
                maxread=65536,
                preexec_fn=_hear_ctrl_c,
            )
        except (pexpect.ExceptionPexpect, OSError) as error:
            raise ShellError(f"{launch.argv[0]} could not be started: {error}", "Install bash.") from error
        self._shell.delaybeforesend = None
        self._shell.delayafterread = None
        self._pid: int = self._shell.pid or 0
        self._marks = MarkReader(launch.nonce)
        self._turns = Turns(self._pid, launch, TypedLine(), lambda: self.directory)
        self._prompted = False
        self._over = False
        self._printed_at = time.monotonic()
        self._wait_for_prompt(STARTING)
        if not self._prompted:
            self.close()
            raise ShellError("The lab shell drew no prompt.", "Try `labrunner doctor`.")

    @property
    def directory(self) -> str:
        """Where the shell is."""
        return directory_of(self._pid) or self._launch.directory

    @property
    def over(self) -> bool:
        """Whether the shell has ended."""
        return self._over

    def run(self, command: str, looking: Callable[[Running], bool]) -> Typed:
        """Type one complete command and wait until it is over.

        While it runs, `looking` is called every 0.3 seconds; when it says True, Ctrl-C is pressed.
        """
        began = self._printed_at = time.monotonic()
        self._prompted = told = False
        look_at = began + LOOK_EVERY
        self._press(command.replace("\t", QUOTE_NEXT + "\t").replace("\n", "\r") + "\r")
        while True:
            events = self._read(look_at - time.monotonic())
            if ended := self._ended(events):
                return ended
            told = told or any(isinstance(event, CommandStarted) for event in events)
            if (now := time.monotonic()) < look_at:
                continue
            if self._turns.doing is Doing.PROMPTING and now - began > UNFINISHED:
                self._stop()
                return Typed(
                    trouble="The shell waited for more: a quote, a bracket or a block is not closed."
                )
            running = Running(lasted=now - began, silent=now - self._printed_at, word=not told)
            if self._turns.doing is Doing.RUNNING and looking(running):
                return self._stop()
            look_at = time.monotonic() + LOOK_EVERY

    def close(self) -> None:
        """Hang up, as a terminal window that is closed."""
        if not self._shell.closed:
            with suppress(OSError):
                self._shell.kill(signal.SIGHUP)
                self._shell.kill(signal.SIGCONT)
            ends: Any = self._shell
            ends.ptyproc.delayafterclose = ends.ptyproc.delayafterterminate = 0.02
            try:
                self._shell.close(force=True)
            except pexpect.ExceptionPexpect:
                # On a busy machine what was killed takes its time to be gone.
                ends.ptyproc.wait()
        self._over = True

    def _stop(self) -> Typed:
        """Press Ctrl-C, more than once if need be, and kill what still does not listen."""
        for _ in range(PRESSES):
            self._press(CTRL_C)
            until = time.monotonic() + STOPPING
            while time.monotonic() < until and not self._prompted:
                if ended := self._ended(self._read(LOOK_EVERY)):
                    return Typed(ended=ended.ended, words=ended.words, stopped=True, trouble=ended.trouble)
            if self._prompted:
                return Typed(stopped=True)
        group = os.tcgetpgrp(self._shell.fileno())
        if group != self._pid:
            os.killpg(group, signal.SIGKILL)
        ended = self._ended(self._read(STOPPING)) or Typed()
        if ended.ended is None:
            self.close()
            return Typed(stopped=True, trouble="It did not stop on Ctrl-C, and the shell was closed.")
        return Typed(ended=ended.ended, stopped=True, trouble="It did not stop on Ctrl-C, and was killed.")

    def _ended(self, events: tuple[ShellEvent, ...]) -> Typed | None:
        """What the events say about the command, once it is over; the prompt is there then."""
        if self._over:
            return Typed(trouble="It ended the shell.")
        over = next((event for event in events if isinstance(event, CommandEnded)), None)
        words = tuple(event for event in events if isinstance(event, WordSaid))
        if over is None and not words:
            return None
        self._wait_for_prompt(STOPPING)
        return Typed(ended=over, words=words)

    def _press(self, keys: str) -> None:
        with suppress(OSError):
            self._shell.send(keys.encode(errors="surrogateescape"))

    def _wait_for_prompt(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not (self._prompted or self._over) and (left := until - time.monotonic()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> tuple[ShellEvent, ...]:
        """What the shell told, as soon as it told something; at the latest after so many seconds."""
        until = time.monotonic() + seconds
        events: list[ShellEvent] = []
        while not events and not self._over:
            try:
                printed = self._shell.read_nonblocking(65536, max(0.0, until - time.monotonic()))
            except pexpect.TIMEOUT:
                break
            except pexpect.EOF:
                self._over = True
                break
            self._printed_at = time.monotonic()
            self._marks.feed(printed)
            prompted = self._prompted
            events += self._take_marks()
            if (self._prompted and not prompted) or time.monotonic() >= until:
                break
        return tuple(events)

    def _take_marks(self) -> list[ShellEvent]:
        events: list[ShellEvent] = []
        while (piece := self._marks.read()) is not None:
            if isinstance(piece, Mark):
                events += self._turns.mark(piece).events
                self._prompted = piece.kind == "P" or (self._prompted and piece.kind not in "CD")
            else:
                self._turns.printed(piece)
        return events
