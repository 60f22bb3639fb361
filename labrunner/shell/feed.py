"""The shell for a stdin that is no terminal: lines are fed, each when the one before it has been judged.

It is the learner's interactive shell with the same marks; its stdin is a pseudo-terminal, its output one
pipe, so that programs print plain lines. After CommandEnded, EmptyEnter, WordSaid and LeaveAsked the next
line waits for `release`.
"""

import codecs
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from select import select
from typing import TextIO

from labrunner.shell.alarms import Alarms
from labrunner.shell.events import EmptyEnter, InputEnded, ShellEvent, Woken
from labrunner.shell.integration import Launch, rearming
from labrunner.shell.keys import TypedLine
from labrunner.shell.life import Life
from labrunner.shell.lines import Lines
from labrunner.shell.marks import Mark, MarkReader
from labrunner.shell.outlet import Outlet
from labrunner.shell.pty import CHUNK, LONGEST_LINE, directory_of, spawn
from labrunner.shell.signals import Signals
from labrunner.shell.terminal import Size
from labrunner.shell.turns import Doing, Turns


class FedShell:
    """A shell told what to do line by line; `echo` goes before each line in the output, None for no echo."""

    def __init__(
        self,
        launch: Launch,
        *,
        commands: TextIO,
        output: TextIO,
        wake: int,
        echo: str | None = None,
        held: bool = False,
    ) -> None:
        """`held`: the first line waits for `release` as well."""
        self._launch = launch
        self._lines = Lines(commands)
        self._output = output
        self._wake = wake
        self._echo = echo
        self._signals = Signals()
        self._alarms = Alarms()
        self._marks = MarkReader(launch.nonce)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._events: list[ShellEvent] = []
        self._line_open = False
        self._wants_line = False
        self._wants_more = False
        self._held = held
        self._ended = False

    def start(self) -> None:
        """Start the shell; ShellError when no shell can be started."""
        self._printed, printing = os.pipe()
        self._pty = spawn(self._launch, modes=None, size=Size(80, 24), output=printing)
        os.close(printing)
        self._signals.open()
        os.set_blocking(self._printed, False)
        self._life = Life(self._pty, self._signals, self._alarms)
        self._turns = Turns(self._pty.pid, self._launch, TypedLine(), self._directory)
        self._keys = Outlet(lambda: self._pty.master)

    def wait(self, timeout: float | None = None) -> tuple[ShellEvent, ...]:
        """Feed lines and pass output on until something happened or `timeout` seconds are over."""
        until = None if timeout is None else time.monotonic() + timeout
        self._read_marks()
        while not self._events and (until is None or time.monotonic() < until):
            if not self._feed():
                self._pass_bytes(until)
            self._read_marks()
            self._events += self._life.ended()
        events, self._events = tuple(self._events), []
        return events

    def release(self) -> None:
        """Go on with the next line."""
        self._held = False

    def show(self, text: str) -> None:
        """Print labrunner's own text on lines of its own."""
        self._print(("\n" if self._line_open else "") + text + ("" if text.endswith("\n") else "\n"))

    def type(self, text: str) -> None:
        """Lines to be fed before all others; to a program that runs, its input."""
        if self._turns.doing is Doing.RUNNING:
            self._keys.put(text.encode())
        else:
            self._lines.put_first(text)

    def rearm(self) -> None:
        """Feed the command that makes the shell tell again."""
        self._turns.rearming()
        self._lines.put_first(rearming(self._launch, self._launch.shell, self._pty.pid) + "\n")

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._keys.put(b"\x03")

    def at_prompt(self) -> bool:
        """Whether the shell waits for a command."""
        return self._wants_line and not self._wants_more and not self._held

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """There is no terminal to give back."""
        yield

    def close(self) -> int:
        """End the shell if it still lives; its exit status."""
        self._life.hang_up()
        while not self._life.over():
            self._pass_bytes(None)
            self._read_marks()
        self._signals.close()
        self._pty.close()
        os.close(self._printed)
        return self._pty.status or 0

    def _feed(self) -> bool:
        """Give the shell its next line; False when it wants none, or there is none yet."""
        if not self._wants_line or self._held or self._ended:
            return False
        line = self._lines.take()
        if line is None:
            return self._lines.ended() and self._end()
        if not self._wants_more and not line.strip():
            self._events.append(EmptyEnter())
            self._held = True
        elif self._wants_more or not line.lstrip().startswith("#"):
            if self._echo is not None:
                self.show(("> " if self._wants_more else self._echo) + line)
            data = line.encode(errors="surrogateescape") + b"\n"
            self._pty.take_long_lines(len(data) > LONGEST_LINE)
            self._wants_line = self._wants_more = False
            self._keys.put(data)
        return True

    def _end(self) -> bool:
        if self._wants_more:
            # The command is not finished and never will be: the shell says so.
            self._wants_line = self._wants_more = False
            self._keys.put(b"\x04")
        else:
            self._ended = True
            self._events.append(InputEnded())
        return True

    def _pass_bytes(self, until: float | None) -> None:
        reads = [self._signals.descriptor]
        if not self._life.said_all:
            reads += [self._printed, self._pty.master]
        if self._wake >= 0:
            reads.append(self._wake)
        if self._wants_line and not self._held and self._lines.waited_for():
            reads.append(self._lines.descriptor)
        writes = [self._pty.master] if self._keys.stalled() and not self._life.said_all else []
        readable, writable, _ = select(reads, writes, (), self._alarms.patience(until))
        if self._printed in readable:
            self._read_printed()
        if self._pty.master in readable:
            # What a program says to the terminal itself, such as a question for a password.
            self._print((self._pty.read() or b"").replace(b"\r\n", b"\n").decode(errors="replace"))
        if self._pty.master in writable:
            self._keys.flush()
        if self._lines.descriptor in readable:
            self._lines.read()
        if self._signals.descriptor in readable:
            self._life.take_signals()
        if self._wake in readable:
            os.read(self._wake, CHUNK)
            self._events.append(Woken())
        self._alarms.ring()

    def _read_printed(self) -> None:
        try:
            printed = os.read(self._printed, CHUNK)
        except BlockingIOError:
            return
        if printed:
            self._marks.feed(printed)
        else:
            self._passed_on(self._marks.rest())
            self._life.hear_no_more()

    def _read_marks(self) -> None:
        while True:
            match self._marks.read():
                case None:
                    return
                case Mark() as mark:
                    self._marked(mark)
                case text:
                    self._passed_on(text)

    def _marked(self, mark: Mark) -> None:
        told = self._turns.mark(mark)
        self._events += told.events
        self._held = self._held or told.hold
        if mark.kind in "PM":
            self._pty.take_long_lines(False)
            self._wants_line, self._wants_more = True, mark.kind == "M"

    def _passed_on(self, printed: bytes) -> None:
        self._turns.printed(printed)
        self._print(self._decoder.decode(printed))

    def _print(self, text: str) -> None:
        if text:
            self._output.write(text)
            self._output.flush()
            self._line_open = not text.endswith("\n")

    def _directory(self) -> str:
        return directory_of(self._pty.pid) or self._launch.directory
