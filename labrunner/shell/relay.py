"""The learner's terminal on one side, their shell on the other: bytes pass, and what happens is told.

All methods are for one thread, the main one. While the answer to an event is awaited the relay simply
does not read the shell, so the prompt waits in the kernel; a stalled terminal stops it in the same way.
"""

import atexit
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from select import select

from labrunner.shell.alarms import Alarms
from labrunner.shell.events import KeyPressed, LeaveAsked, Resized, ShellEvent, Woken
from labrunner.shell.front import Front
from labrunner.shell.integration import SHELLS, Launch, rearming
from labrunner.shell.keys import END_OF_INPUT, TypedLine, split_function_keys
from labrunner.shell.life import LAST_WORDS, Life
from labrunner.shell.marks import Mark, MarkReader
from labrunner.shell.outlet import Outlet
from labrunner.shell.pty import CHUNK, directory_of, spawn
from labrunner.shell.screen import Screen
from labrunner.shell.signals import Signals
from labrunner.shell.terminal import LEAVING, Terminal
from labrunner.shell.turns import Doing, Turns

ANSWER_WITHIN = 0.05
"""Seconds the prompt is held for the answer to an event."""
QUIET = 0.25
"""Seconds without output after which it is worth looking who has the terminal."""
KILL_LINE = b"\x15"


class Relay:
    """The learner's shell on the learner's terminal."""

    def __init__(
        self,
        launch: Launch,
        *,
        terminal_in: int,
        terminal_out: int,
        wake: int,
        record: Callable[[bytes], object] | None = None,
    ) -> None:
        """`record` is shown all that the terminal is sent."""
        self._launch = launch
        self._wake = wake
        self._terminal = Terminal(terminal_in, terminal_out)
        self._size = self._terminal.size()
        self._screen = Screen(lambda: self._terminal.output, lambda: self._size.columns, record)
        self._signals = Signals()
        self._alarms = Alarms()
        self._marks = MarkReader(launch.nonce)
        self._typed = TypedLine()
        self._events: list[ShellEvent] = []
        self._later: list[str] = []
        self._obeys_escapes = launch.environment.get("TERM", "dumb") != "dumb"
        self._held = False
        self._hung_up = False

    def start(self) -> None:
        """Start the shell and take the terminal; ShellError when no shell can be started."""
        self._pty = spawn(self._launch, modes=self._terminal.modes, size=self._size)
        self._signals.open()
        self._life = Life(self._pty, self._signals, self._alarms)
        self._front = Front(self._pty)
        self._turns = Turns(self._pty.pid, self._launch, self._typed, self._directory)
        self._keys = Outlet(lambda: self._pty.master)
        atexit.register(self._give_back)
        self._terminal.make_raw()
        if self._obeys_escapes:
            self._screen.restore()

    def wait(self, timeout: float | None = None) -> tuple[ShellEvent, ...]:
        """Pass bytes both ways until something happened or `timeout` seconds are over."""
        until = None if timeout is None else time.monotonic() + timeout
        self._read_marks()
        while not self._events and (until is None or time.monotonic() < until):
            self._pass_bytes(until)
            self._read_marks()
            self._events += self._life.ended()
        events, self._events = tuple(self._events), []
        return events

    def release(self) -> None:
        """Let what follows the end of a command (the prompt) reach the screen."""
        if self._held:
            self._held = False
            self._alarms.cancel(self.release)
            self._screen.begin_prompt()

    def show(self, text: str) -> None:
        """Print labrunner's own text: before the prompt while it is held, above the prompt when it stands.

        While a program has the terminal to itself (an editor, `docker run -it`) it waits for the prompt.
        """
        if self._held or self._turns.doing is Doing.STARTING:
            self._screen.show(text)
        elif self._turns.doing is Doing.PROMPTING:
            self._screen.show_above(text)
        elif self._pty.reads_keys():
            self._later.append(text)
        else:
            self._screen.show(text)

    def type(self, text: str) -> None:
        """Send keys to the shell as if the learner had pressed them; a newline is Enter."""
        self._send(text.replace("\n", "\r").encode())

    def rearm(self) -> None:
        """Type the command that makes the shell in front tell again, if it is one that can."""
        shell = self._front.shell()
        if shell in SHELLS:
            self._turns.rearming()
            command = rearming(self._launch, shell, self._pty.pid).encode() + b"\r"
            self._send(command if self._typed.untouched() else KILL_LINE + command)

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self._keys.put(self._terminal.interrupt_key())

    def at_prompt(self) -> bool:
        """Whether the shell waits for a command, its prompt on the screen."""
        return not self._held and self._prompting() and self._pty.reads_keys()

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """The learner's terminal as it was before, for a dialogue; afterwards the prompt is drawn again."""
        prompting = self._turns.doing is Doing.PROMPTING and not self._held
        if prompting:
            self._screen.lift()
        self._screen.drain()
        self._signals.close()
        self._terminal.make_cooked()
        try:
            yield
        finally:
            self._terminal.make_raw()
            self._signals.open()
            self._resized()
            self._life.look()
            if prompting:
                self._screen.lay()

    def close(self) -> int:
        """End the shell if it still lives, and give the terminal back; the shell's exit status."""
        self._life.hang_up()
        self._held = False
        while not self._life.over():
            self._screen.outlet.drop()
            self._pass_bytes(None)
            self._marks.rest()
        self._give_back()
        return self._pty.status or 0

    # --- the loop ---

    def _pass_bytes(self, until: float | None) -> None:
        """Wait once, for whatever comes first, and pass it on."""
        screen, keys, master = self._screen.outlet, self._keys, self._pty.master
        reads = [self._signals.descriptor]
        writes = []
        if self._wake >= 0:
            reads.append(self._wake)
        if not (keys.stalled() or self._hung_up):
            reads.append(self._terminal.input)
        if screen.stalled():
            writes.append(self._terminal.output)
        if not self._life.said_all:
            if not (self._held or screen.stalled()):
                reads.append(master)
            if keys.stalled():
                writes.append(master)
        readable, writable, _ = select(reads, writes, (), self._alarms.patience(until))
        if self._terminal.input in readable:
            self._typing()
        if master in readable:
            self._printing()
        if self._terminal.output in writable:
            screen.flush()
        if master in writable:
            keys.flush()
        if self._signals.descriptor in readable:
            self._signalled()
        if self._wake in readable:
            os.read(self._wake, CHUNK)
            self._events.append(Woken())
        self._alarms.ring()

    def _typing(self) -> None:
        try:
            typed = os.read(self._terminal.input, CHUNK)
        except OSError:
            typed = b""
        if not typed:
            self._hung_up = True
            self._held = False
            self._life.hang_up()
            return
        if self._prompting():
            typed, pressed = split_function_keys(typed)
            self._events += [KeyPressed(key=key) for key in pressed]
            if typed == END_OF_INPUT and self._typed.untouched() and not self._turns.lost:
                self._events.append(LeaveAsked())
                return
        self._send(typed)

    def _prompting(self) -> bool:
        """Whether keys go to the prompt, and to no program that was started from it."""
        return self._turns.doing is Doing.PROMPTING and (
            self._turns.nested or self._pty.foreground() == self._pty.pid
        )

    def _send(self, typed: bytes) -> None:
        if self._turns.doing is Doing.PROMPTING:
            self._typed.took(typed)
            if self._turns.lost and (b"\r" in typed or b"\n" in typed):
                self._turns.entered()
                self._alarms.set(self._look_around, QUIET)
        self._keys.put(typed)

    def _printing(self) -> None:
        printed = self._pty.read()
        if printed is None:
            self._screen.put(self._marks.rest())
            self._life.hear_no_more()
        else:
            self._marks.feed(printed)

    def _read_marks(self) -> None:
        while not self._held:
            match self._marks.read():
                case None:
                    return
                case Mark() as mark:
                    self._marked(mark)
                case text if self._turns.doing is Doing.PROMPTING:
                    self._screen.draw(text)
                case text:
                    self._screen.put(text)
                    self._turns.printed(text)
                    self._alarms.set(self._look_around, QUIET)

    def _marked(self, mark: Mark) -> None:
        self._front.tells(anew=self._turns.lost)
        told = self._turns.mark(mark)
        self._events += told.events
        if mark.kind == "D":
            self._alarms.cancel(self._look_around)
            if told.full_screen:
                self._screen.put(LEAVING)
                self._screen.restore()
            for text in self._later:
                self._screen.show(text)
            self._later.clear()
            if told.hold:
                self._held = True
                self._alarms.set(self.release, ANSWER_WITHIN)
            else:
                self._screen.begin_prompt()
        elif self._turns.lost and told.events:
            self._screen.find_prompt()

    def _look_around(self) -> None:
        """It has gone quiet: a shell that does not tell may be waiting."""
        if self._turns.doing is not Doing.PROMPTING and (waiting := self._front.waiting()):
            self._events += self._turns.found_prompt(waiting.program, nested=waiting.nested)
            self._screen.find_prompt()

    def _directory(self) -> str:
        return directory_of(self._pty.foreground()) or directory_of(self._pty.pid) or self._launch.directory

    # --- size, signals, and giving the terminal back ---

    def _signalled(self) -> None:
        came = self._life.take_signals()
        if signal.SIGCONT in came:
            self._terminal.make_raw()
        if signal.SIGWINCH in came or signal.SIGCONT in came:
            self._resized()

    def _resized(self) -> None:
        size = self._terminal.size()
        if size != self._size:
            self._size = size
            self._pty.resize(size)
            self._events.append(Resized(columns=size.columns, rows=size.rows))

    def _give_back(self) -> None:
        atexit.unregister(self._give_back)
        if not self._screen.at_line_start():
            self._screen.put(b"\r\n")
        if self._obeys_escapes:
            self._screen.restore()
        self._screen.drain(LAST_WORDS)
        self._signals.close()
        self._terminal.make_cooked()
        self._terminal.close()
        self._pty.close()
