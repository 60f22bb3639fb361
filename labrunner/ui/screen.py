"""Lines being put together for a terminal: margin, hanging indents, title line, dots and footer."""

from collections.abc import Iterable, Mapping

from labrunner.session.effects import Place, StepMark
from labrunner.ui import sentences
from labrunner.ui.style import Style
from labrunner.ui.text import Span, width, width_of, wrap

WIDEST = 100
"""Columns; longer lines are hard to read."""
NARROWEST = 20
MARGIN = " "

LOOK_OF: Mapping[StepMark, str] = {"done": "met", "current": "current", "skipped": "quiet", "todo": "quiet"}


class Screen:
    """A piece of screen that grows line by line; `text` is what is to be printed."""

    def __init__(self, style: Style, columns: int) -> None:
        self.style = style
        self.room = max(min(columns, WIDEST), NARROWEST) - 2 * len(MARGIN)
        self._lines: list[str] = []

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self._lines)

    def put(self, line: str = "") -> None:
        """One line that is painted already."""
        self._lines.append(f"{MARGIN}{line}" if line else "")

    def spans(self, spans: Iterable[Span], *, head: str = "", look: str = "quiet") -> None:
        """Wrapped; the lines after the first hang under the first one's text where there is a head."""
        hang = width(head) + 1 if head else 0
        for n, line in enumerate(wrap(spans, self.room - hang)):
            before = f"{self.style.paint(head, look)} " if head and n == 0 else " " * hang
            self.put(f"{before}{self.style.line(line)}")

    def say(self, sentence: str, *looks: str, head: str = "", look: str = "quiet") -> None:
        self.spans(self.style.spans(sentence, *looks), head=head, look=look)

    def prose(self, markdown: str, *, indent: int = 0) -> None:
        from labrunner.ui.prose import Page, render  # late: markdown-it-py, 45 ms

        page = Page(columns=self.room - indent, style=self.style)
        for line in render(markdown, page).split("\n")[:-1]:
            self.put(" " * indent + line if line else "")

    def code(self, text: str) -> None:
        """Commands, to be copied: never wrapped."""
        for line in self.style.letters(text).rstrip("\n").split("\n"):
            comment = line.lstrip().startswith("#")
            self.put(f"   {self.style.paint(line, 'comment' if comment else 'code')}" if line else "")

    def title(self, title: str, right: str) -> None:
        title, right = self.style.letters(title), self.style.letters(right)
        gap = self.room - width(title) - width(right)
        if gap >= 2:
            self.put(f"{self.style.paint(title, 'title')}{' ' * gap}{self.style.paint(right, 'quiet')}")
        else:
            self.say(title, "title")
            self.say(right, "quiet")
        self.put(self.style.paint(self.style.mark("rule") * self.room, "quiet"))

    def dots(self, place: Place) -> list[Span]:
        """One dot for each step; the numbers where they would be too many."""
        if place.total > self.room // 2:
            return [Span(f"{place.number}/{place.total}", ("current",))]
        return [Span(self.style.mark(mark), (LOOK_OF[mark],)) for mark in place.marks]

    def row(self, place: Place, sentence: str) -> None:
        """The dots, and how to go on beside them, or below where there is no room."""
        dots, beside = self.dots(place), self.style.spans(sentence)
        if width_of(dots) + 2 + width_of(beside) <= self.room:
            self.put(self.style.line([*dots, Span("  "), *beside]))
        else:
            self.put(self.style.line(dots))
            self.spans(beside)

    def footer(self, place: Place, engine: str) -> None:
        """Dots, keys and engine on one line; where there is no room, the keys on lines of their own."""
        between = Span(f" {self.style.mark('dot')} ", ("quiet",))
        keys: list[Span] = []
        for key, word in sentences.KEYS.items():
            keys += [
                *([between] if keys else []),
                Span(f"{key} ", ("key",), whole=True),
                Span(word, ("quiet",)),
            ]
        which = Span(self.style.letters(f"{engine} engine"), ("quiet",))
        dots = self.dots(place)
        if width_of([*dots, *keys, between, which]) + 2 <= self.room:
            self.put(self.style.line([*dots, Span("  "), *keys, between, which]))
        else:
            self.put(self.style.line([*dots, Span("  "), which]))
            self.spans(keys)
