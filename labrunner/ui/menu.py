"""A list to pick from, drawn by prompt_toolkit below the cursor and gone without a trace.

It never takes the whole screen, and never asks the terminal where its cursor is: a late answer would reach
the learner's shell.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.application.current import get_app_session
from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, Window
from prompt_toolkit.output import Output
from prompt_toolkit.output.vt100 import Vt100_Output

from labrunner.ui.screen import Screen
from labrunner.ui.style import Style
from labrunner.ui.text import Line, Span, width, width_of

ESCAPE_PATIENCE = 0.1
"""Seconds after which Escape is Escape, and not the beginning of an arrow key."""


T = TypeVar("T")


def run_alone(app: Application[T], at_end: T) -> T:
    """What a dialogue is answered; `at_end` where nothing more comes.

    Keys typed on after the answer are dropped: the next dialogue would take them for its own.
    """
    try:
        return app.run()
    except EOFError:
        return at_end
    finally:
        clear_typeahead(app.input)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a menu."""

    mark: str
    look: str
    text: Line
    beside: Line = ()
    """Aligned in a second column where there is room."""
    about: str = ""
    """One sentence that is shown while the item is picked."""


class Menu:
    """A list to pick from with the arrow keys or by number; with `ticked`, several may be ticked."""

    def __init__(
        self,
        items: Sequence[Item],
        style: Style,
        *,
        title: str,
        keys: str,
        picked: int = 0,
        ticked: set[int] | None = None,
    ) -> None:
        self.items = items
        self.style = style
        self.title = title
        self.keys = keys
        self.picked = picked
        self.ticked = ticked
        self._typed = ""

    def run(self) -> int | None:
        """The place of the picked item from 0, or None where the learner wants none."""
        if not self.items:
            return None
        parts = [self._head, self._list, self._foot]
        windows = [
            Window(
                FormattedTextControl(part, get_cursor_position=self._at if part == self._list else None),
                dont_extend_height=True,
                always_hide_cursor=True,
            )
            for part in parts
        ]
        app: Application[int | None] = Application(
            layout=Layout(HSplit(windows)),
            key_bindings=self._bindings(),
            erase_when_done=True,
            output=quiet_output(),
        )
        app.ttimeoutlen = ESCAPE_PATIENCE
        return run_alone(app, None)

    def _screen(self) -> Screen:
        return Screen(self.style, get_app().output.get_size().columns)

    def _head(self) -> ANSI:
        screen = self._screen()
        screen.title(self.title, "")
        return drawn(screen)

    def _foot(self) -> ANSI:
        screen = self._screen()
        screen.put()
        if any(item.about for item in self.items):
            screen.say(self.items[self.picked].about)
            screen.put()
        screen.say(self.keys, "quiet")
        return drawn(screen)

    def _list(self) -> ANSI:
        screen = self._screen()
        for n in range(len(self.items)):
            self._draw(screen, n)
        return drawn(screen)

    def _at(self) -> Point:
        """The first line of the picked item, so that the window scrolls to it."""
        screen = self._screen()
        for n in range(self.picked):
            self._draw(screen, n)
        return Point(x=0, y=screen.text.count("\n"))

    def _draw(self, screen: Screen, n: int) -> None:
        item = self.items[n]
        pointer = self.style.mark("pointer")
        head = pointer if n == self.picked else " " * width(pointer)
        head += f" {n + 1:>{len(str(len(self.items)))}}"
        if self.ticked is not None:
            head += f" {self.style.mark('ticked' if n in self.ticked else 'unticked')}"
        head += f" {item.mark}" if item.mark else ""
        look = "current" if n == self.picked else item.look
        widest = max(width_of(other.text) for other in self.items)
        beside = max(width_of(other.beside) for other in self.items)
        fits = width(head) + 1 + widest + 2 + beside <= screen.room
        gap = Span(" " * (widest - width_of(item.text) + 2) if fits else "  ")
        text = (Span(span.text, (*span.looks, "strong")) for span in item.text)
        shown = tuple(text) if n == self.picked else item.text
        screen.spans((*shown, gap, *item.beside) if item.beside else shown, head=head, look=look)

    def _bindings(self) -> KeyBindings:
        keys = KeyBindings()

        def bind(names: Sequence[str], act: Callable[[KeyPressEvent], None]) -> None:
            def acted(event: KeyPressEvent) -> None:
                if not event.data.isdecimal():
                    self._typed = ""
                act(event)

            for name in names:
                keys.add(name)(acted)

        last = len(self.items) - 1
        bind(["up", "k", "c-p", "s-tab"], lambda _: self._pick(self.picked - 1))
        bind(["down", "j", "c-n", "tab"], lambda _: self._pick(self.picked + 1))
        bind(["home", "pageup"], lambda _: self._pick(0))
        bind(["end", "pagedown"], lambda _: self._pick(last))
        bind(list("0123456789"), lambda event: self._number(event.data))
        bind(["space"], lambda _: self._tick())
        bind(["enter"], lambda event: self._enter(event.app))
        bind(["q", "escape", "c-c", "c-d"], lambda event: event.app.exit(result=None))
        return keys

    def _pick(self, place: int) -> None:
        self.picked = min(max(place, 0), len(self.items) - 1)

    def _number(self, digit: str) -> None:
        """Digits typed one after the other are one number as long as there is such an item."""
        for typed in (self._typed + digit, digit):
            if 1 <= int(typed) <= len(self.items):
                self._typed = typed
                self._pick(int(typed) - 1)
                self._tick()
                return

    def _tick(self) -> None:
        if self.ticked is not None:
            self.ticked ^= {self.picked}

    def _enter(self, app: "Application[int | None]") -> None:
        if self.ticked != set():
            app.exit(result=self.picked)


def drawn(screen: Screen) -> ANSI:
    return ANSI(screen.text.rstrip("\n"))


def quiet_output() -> Output:
    """The terminal, never asked for the cursor's position."""
    output = get_app_session().output
    if isinstance(output, Vt100_Output):
        output.enable_cpr = False
    return output
