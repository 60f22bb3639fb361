"""What the runner needs of a shell and of a front end, whoever plays the part."""

from contextlib import AbstractContextManager
from typing import Protocol

from labrunner.lesson.model import Question
from labrunner.session.effects import Show, StepLine
from labrunner.session.rows import LessonRow
from labrunner.shell.events import ShellEvent


class Shell(Protocol):
    """The learner's own shell behind a relay, or one that is fed from a file."""

    def start(self) -> None: ...

    def wait(self, timeout: float | None = None) -> tuple[ShellEvent, ...]:
        """Pass bytes both ways until something happened or the time (seconds) is over."""
        ...

    def release(self) -> None:
        """Let what follows the end of a command (the prompt) reach the screen."""
        ...

    def show(self, text: str) -> None:
        """Print labrunner's own text: between output and prompt, or above a prompt that stands already."""
        ...

    def type(self, text: str) -> None:
        """Bytes to the shell, as if typed."""
        ...

    def interrupt(self) -> None: ...

    def at_prompt(self) -> bool: ...

    def rearm(self) -> None:
        """Make a shell tell again after its marks were lost."""
        ...

    def suspended(self) -> AbstractContextManager[None]:
        """The outer terminal in its usual mode, for a dialogue."""
        ...

    def close(self) -> int: ...


class FrontEnd(Protocol):
    """How a lesson looks. `draw` prints nothing; the dialogues block until they are answered."""

    plain: bool

    def draw(self, show: Show, columns: int) -> str: ...

    def choose_lesson(self, rows: tuple[LessonRow, ...]) -> str | None: ...

    def choose_step(self, lines: tuple[StepLine, ...]) -> str | None: ...

    def choose_option(self, question: Question) -> frozenset[int] | None: ...

    def ask(self, question: str, default: str) -> str: ...

    def confirm(self, question: str, *, default: bool) -> bool: ...

    def show_text(self, text: str) -> None: ...
