"""A turn is a prompt, a command, its output and its end; here marks become turns."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from labrunner.shell.events import (
    CommandEnded,
    CommandStarted,
    EmptyEnter,
    LeaveAsked,
    MarksBack,
    MarksLost,
    ShellEvent,
    WordSaid,
)
from labrunner.shell.integration import Launch
from labrunner.shell.keys import TypedLine
from labrunner.shell.marks import Mark

OUTPUT_KEPT = 65536
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\\.", re.DOTALL)
_OPERATORS = frozenset(";|&<>\n`$(")
_HISTORY_NUMBER = re.compile(r"\A *\d+[* ] ")
_UNFINISHED_LINE = re.compile(
    rb"(?:\x1b\[[\d;]*m)*(?:[%#]|\xe2\x8f\x8e)?(?:\x1b\(B|\x1b\[[\d;]*m|\x0f)* +\r"
    rb"(?:\xe2\x8f\x8e)? \r(?:\x1b\[K)?\Z"
)
"""What zsh and fish print after every command, visible where its last line has no end."""


class Doing(Enum):
    """What the shell is doing, as far as its marks tell."""

    STARTING = "starting"
    PROMPTING = "prompting"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Told:
    """What a mark meant: events, and whether the prompt that follows is to be held for the answer."""

    events: tuple[ShellEvent, ...] = ()
    hold: bool = False
    full_screen: bool = False
    """The program that ran was killed before it left the alternate screen."""


class Turns:
    """Follows the shell `pid` and what runs inside it. `where` says the directory when no mark does."""

    def __init__(self, pid: int, launch: Launch, typed: TypedLine, where: Callable[[], str]) -> None:
        self._pid = str(pid)
        self._shell = launch.shell
        self.doing = Doing.STARTING
        self.lost = False
        self.nested = False
        self._words = frozenset((*launch.words, "lab", "exit"))
        self._typed = typed
        self._where = where
        self._pieces: list[str] = []
        self._from_history = False
        self._text = ""
        self._announced = True
        self._output = bytearray()
        self._said: list[ShellEvent] = []
        self._rearming = False

    def printed(self, data: bytes) -> None:
        """Remember what a running command prints, the last of it."""
        self._output += data
        if len(self._output) > 2 * OUTPUT_KEPT:
            del self._output[:-OUTPUT_KEPT]

    def mark(self, mark: Mark) -> Told:
        """What a mark of the shell means here."""
        match mark.kind, mark.fields:
            case "H", ():
                self._pieces.clear()
                self._from_history = True
            case "T" | "H", (piece,):
                self._pieces.append(piece)
            case "C", (piece,):
                return Told(self._started(piece))
            case "D", (status, pid, directory) if status.isdigit():
                return self._ended(int(status), directory, inside=pid != self._pid)
            case "P", () if self.doing is Doing.RUNNING:
                return Told((*self._losing(self._shell), *self._ended_unmarked()))
            case "W", (word, *arguments):
                self._said.append(_word(word, tuple(arguments)))
            case "L", () if self.doing is Doing.PROMPTING:
                return Told((LeaveAsked(),))
            case "L", ():
                self._said.append(LeaveAsked())
            case _:
                pass
        return Told()

    def found_prompt(self, shell: str, *, nested: bool) -> tuple[ShellEvent, ...]:
        """No mark came, yet a shell waits for a command: ours, or one that runs inside it."""
        first = not self.lost
        events = self._losing(shell)
        self.nested = nested
        if nested and first:
            self.doing = Doing.PROMPTING
            self._output.clear()
            return events
        return (*events, *self._ended_unmarked())

    def entered(self) -> None:
        """Enter was pressed in a shell that does not tell what it runs."""
        if self.lost and self.doing is Doing.PROMPTING:
            self.doing = Doing.RUNNING
            if not self.nested:
                self._text = ""
            self._output.clear()

    def rearming(self) -> None:
        """The next command is labrunner's own, which makes the shell tell again."""
        self._rearming = True

    def _started(self, piece: str) -> tuple[ShellEvent, ...]:
        text = "".join((*self._pieces, piece))
        if self._from_history:
            text = _HISTORY_NUMBER.sub("", text).replace("\r\n", "\n")
            self._from_history = False
        # A character cut in two by a shell that counts bytes becomes whole again.
        before = self._ended_unmarked() if self.doing is Doing.RUNNING and not self.lost else ()
        self._text = text.encode(errors="surrogateescape").decode(errors="surrogateescape").rstrip("\n")
        self._pieces.clear()
        self._output.clear()
        self._said.clear()
        self._typed.clear()
        self.doing = Doing.RUNNING
        self._announced = not (self._rearming or self._may_be_a_word())
        return (*before, CommandStarted(text=self._text)) if self._announced else before

    def _ended(self, status: int, directory: str, *, inside: bool) -> Told:
        back: tuple[ShellEvent, ...] = (MarksBack(),) if self.lost else ()
        was, self.doing = self.doing, Doing.PROMPTING
        left = self.nested and not inside
        self.lost = self.nested = False
        if self._rearming:
            self._rearming = False
            return Told(back, hold=bool(back))
        events: tuple[ShellEvent, ...] = ()
        full_screen = self._output.rfind(b"\x1b[?1049h") > self._output.rfind(b"\x1b[?1049l")
        if left or (was is Doing.RUNNING and not (inside and back)):
            events = self._command_over(status, directory)
            self._typed.clear()
        elif was is Doing.PROMPTING and not back and self._typed.ended_empty(status):
            events = (EmptyEnter(),)
        self._output.clear()
        return Told((*back, *events), hold=bool(events), full_screen=full_screen)

    def _command_over(self, status: int, directory: str) -> tuple[ShellEvent, ...]:
        said, self._said = tuple(self._said), []
        if said and not self._announced:
            return said
        ended = CommandEnded(
            text=self._text,
            exit_status=status,
            directory=directory,
            output=self._kept_output(),
        )
        started = () if self._announced else (CommandStarted(text=self._text),)
        return (*started, ended, *said)

    def _losing(self, shell: str) -> tuple[ShellEvent, ...]:
        if self.lost:
            return ()
        self.lost = True
        return (MarksLost(shell=shell),)

    def _ended_unmarked(self) -> tuple[ShellEvent, ...]:
        was, self.doing = self.doing, Doing.PROMPTING
        self._typed.clear()
        if was is not Doing.RUNNING:
            return ()
        text = "" if self.nested else self._text
        return (
            CommandEnded(text=text, exit_status=None, directory=self._where(), output=self._kept_output()),
        )

    def _kept_output(self) -> bytes:
        tail = _UNFINISHED_LINE.search(self._output, max(0, len(self._output) - 2048))
        return bytes(self._output[: tail.start()] if tail else self._output)[-OUTPUT_KEPT:]

    def _may_be_a_word(self) -> bool:
        first = self._text.split(None, 1)[:1]
        return bool(first) and first[0] in self._words and _OPERATORS.isdisjoint(_QUOTED.sub("", self._text))


def _word(word: str, arguments: tuple[str, ...]) -> WordSaid:
    """`lab hint 2` says what `hint 2` says."""
    if word == "lab" and arguments:
        word, *rest = arguments
        return WordSaid(word=word, arguments=tuple(rest))
    return WordSaid(word=word, arguments=arguments)
