"""The front end for screen readers, pipes and CI: the same lessons line by line, with every state in words.

Each line begins with what it is about: `step 3 of 9:`, `check:`, `hint:`. Lines never depend on colour or on
their place on the screen.
"""

import os
import sys
from collections.abc import Callable, Sequence

from labrunner.lesson.model import Question
from labrunner.session.effects import Place, Show, StepLine
from labrunner.session.rows import LessonRow
from labrunner.ui import sentences as say
from labrunner.ui import spoken
from labrunner.ui.style import Style

STDIN = 0


def read_line() -> str:
    """One line of standard input, "" at its end; not a byte more, for what follows is for the shell."""
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(STDIN, 1)
        if not byte:
            break
        line += byte
    return line.decode(errors="replace")


def write_out(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


class PlainFrontEnd:
    plain = True

    def __init__(
        self,
        *,
        columns: Callable[[], int],
        style: Style,
        read: Callable[[], str] = read_line,
        write: Callable[[str], None] = write_out,
    ) -> None:
        self.style = Style(colour=False, unicode=style.unicode)
        self._columns = columns
        self._read = read
        self._write = write

    def draw(self, show: Show, columns: int) -> str:
        """The text to print; every line ends with a newline. Pure, as the terminal's."""
        page = spoken.Lines(self.style, columns)
        spoken.draw(page, show)
        return page.text

    def footer(self, place: Place, engine: str) -> str:
        page = spoken.Lines(self.style, self._columns())
        done = sum(mark == "done" for mark in place.marks)
        page.say(f"step {place.number} of {place.total}: {done} done, {engine} engine")
        return page.text

    def course(self, rows: tuple[LessonRow, ...]) -> str:
        """The course as a list to print."""
        page = spoken.Lines(self.style, self._columns())
        spoken.draw_course(page, rows)
        return page.text

    def choose_lesson(self, rows: tuple[LessonRow, ...]) -> str | None:
        """The id of the lesson that the learner wants, or None to quit."""
        if not rows:
            return None
        self._write(self.course(rows))
        onward = next((n for n, row in enumerate(rows, 1) if row.next), 0)
        default = f"Enter for {onward}, " if onward else ""
        chosen = self._choose(f"Which lesson? Number or name, {default}q to quit:", [row.id for row in rows])
        if chosen == "":
            return rows[onward - 1].id if onward else None
        return chosen

    def choose_step(self, lines: tuple[StepLine, ...]) -> str | None:
        """The id of the step to go to, or None to stay."""
        page = spoken.Lines(self.style, self._columns())
        spoken.draw_steps(page, lines)
        self._write(page.text)
        names = [line.id for line in lines]
        return self._choose("Which step? Number or name, Enter to stay:", names) or None

    def choose_option(self, question: Question) -> frozenset[int] | None:
        """The places of the chosen options, from 1, or None to go back."""
        page = spoken.Lines(self.style, self._columns())
        spoken.draw_options(page, question)
        self._write(page.text)
        several = "numbers" if len(question.right) > 1 else "number"
        total = len(question.options)
        while True:
            said = self._asked(f"Which one? The {several}, Enter to go back:")
            numbers = (said or "").replace(",", " ").split()
            if not numbers or numbers == ["q"]:
                return None
            if all(number.isdecimal() and 1 <= int(number) <= total for number in numbers):
                return frozenset(int(number) for number in numbers)
            self.show_text(f"Say a number from 1 to {total}.")

    def ask(self, question: str, default: str) -> str:
        """What the learner types; the default for an empty line and at the end of input."""
        said = self._asked(say.prompt(f"{question} [{default}]" if default else question))
        return said or default

    def confirm(self, question: str, *, default: bool) -> bool:
        """An empty line and the end of input mean the default."""
        while True:
            said = self._asked(f"{question} Yes or no [{'yes' if default else 'no'}]:")
            if not said:
                return default
            if said.lower() in say.YES or said.lower() in say.NO:
                return said.lower() in say.YES
            self.show_text("Say yes or no.")

    def show_text(self, text: str) -> None:
        """Print outside of the relay."""
        self._write(self.style.guarded(text if text.endswith("\n") else f"{text}\n"))

    def _asked(self, question: str) -> str | None:
        """The answer without spaces around it; None at the end of input."""
        self._write(f"{self.style.letters(question)} ")
        line = self._read()
        if not line:
            self._write("\n")
            return None
        return line.strip()

    def _choose(self, question: str, names: Sequence[str]) -> str | None:
        """One of the names, "" for an empty line, None to quit and at the end of input."""
        while True:
            said = self._asked(question)
            if said is None or said.lower() in ("q", "quit"):
                return None
            if said == "" or said in names:
                return said
            if said.isdecimal() and 1 <= int(said) <= len(names):
                return names[int(said) - 1]
            self.show_text(f"There is no {said}. Say a number from 1 to {len(names)}, or a name.")
