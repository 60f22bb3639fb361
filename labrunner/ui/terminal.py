"""The front end for terminals: `draw` prints nothing, dialogues take the keyboard until they are answered.

`draw` is pure: the same show, columns and style give the same text, so that it may be kept. Markdown is
imported for the shows that have prose, prompt_toolkit for the dialogues; a verdict needs neither.
"""

import sys
from collections.abc import Callable

from labrunner.lesson.model import Question
from labrunner.session.effects import Place, Show, StepLine
from labrunner.session.rows import LessonRow
from labrunner.ui import drawing
from labrunner.ui.screen import Screen
from labrunner.ui.style import Style


class TerminalFrontEnd:
    plain = False

    def __init__(self, *, columns: Callable[[], int], style: Style) -> None:
        self.style = style
        self._columns = columns

    def draw(self, show: Show, columns: int) -> str:
        """The text to print; every line ends with a newline."""
        screen = Screen(self.style, columns)
        drawing.draw(screen, show)
        return screen.text

    def footer(self, place: Place, engine: str) -> str:
        screen = Screen(self.style, self._columns())
        screen.footer(place, engine)
        return screen.text

    def course(self, rows: tuple[LessonRow, ...]) -> str:
        """The course as a list to print."""
        screen = Screen(self.style, self._columns())
        drawing.draw_course(screen, rows)
        return screen.text

    def choose_lesson(self, rows: tuple[LessonRow, ...]) -> str | None:
        """The id of the lesson that the learner wants, or None to quit."""
        from labrunner.ui import dialogues  # late: prompt_toolkit, 110 ms

        return dialogues.choose_lesson(rows, self.style)

    def choose_step(self, lines: tuple[StepLine, ...]) -> str | None:
        """The id of the step to go to, or None to stay."""
        from labrunner.ui import dialogues

        return dialogues.choose_step(lines, self.style)

    def choose_option(self, question: Question) -> frozenset[int] | None:
        """The places of the chosen options, from 1, or None to go back."""
        from labrunner.ui import dialogues

        return dialogues.choose_option(question, self.style)

    def ask(self, question: str, default: str) -> str:
        """What the learner types; the default at the end of input. Ctrl-C is a KeyboardInterrupt."""
        from labrunner.ui import dialogues

        return dialogues.ask(question, default, self.style)

    def confirm(self, question: str, *, default: bool) -> bool:
        """Enter means the default; Escape, Ctrl-C and Ctrl-D mean no."""
        from labrunner.ui import dialogues

        return dialogues.confirm(question, default=default, style=self.style)

    def show_text(self, text: str) -> None:
        """Print outside of the relay."""
        sys.stdout.write(self.style.guarded(text if text.endswith("\n") else f"{text}\n"))
        sys.stdout.flush()
