"""What the shell room reports to whoever listens: the closed union `ShellEvent`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandStarted:
    """The learner pressed Enter on a command."""

    text: str
    """As typed, several lines joined by newlines; empty where the shell keeps no history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEnded:
    """A command is over, and what follows it (the prompt) is held until `release`."""

    text: str
    exit_status: int | None
    """None when the shell's marks were lost."""
    directory: str
    """Where the shell is now."""
    output: bytes
    """What was printed between start and end, escape sequences and all, the last 64 KiB of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyEnter:
    """Enter on an empty line, typed at the prompt (an impatient Enter during a command does not count)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSaid:
    """One of labrunner's own words, such as `hint`; `lab hint` says the same as `hint`."""

    word: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed:
    """F1 to F10, pressed at the prompt."""

    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveAsked:
    """`exit` or Ctrl-D at the prompt; the shell is still alive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksLost:
    """The shell in front does not tell when commands start and end (`bash` in `bash`, `exec bash`)."""

    shell: str
    """What is in front now: `bash`, `zsh`, `fish`, or another program's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarksBack:
    """The shell tells again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resized:
    """The learner's terminal has a new size."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Woken:
    """The wake descriptor became readable (and was emptied)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputEnded:
    """The commands came from a file or a pipe, and there are no more of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellEnded:
    """The shell is gone, and all it printed has been shown."""

    exit_status: int
    """As a shell says it: 128 and the signal's number for a shell that was killed."""


ShellEvent = (
    CommandStarted
    | CommandEnded
    | EmptyEnter
    | WordSaid
    | KeyPressed
    | LeaveAsked
    | MarksLost
    | MarksBack
    | Resized
    | Woken
    | InputEnded
    | ShellEnded
)
