"""Menus as they stand on a real terminal, and that nothing is left of them."""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pyte
import pytest

PROGRAM = """
import sys
from labrunner.session.rows import LessonRow
from labrunner.ui.style import Style
from labrunner.ui.terminal import TerminalFrontEnd
from tests.ui.shows import ROWS, SEVERAL

front = TerminalFrontEnd(columns=lambda: 80, style=Style(colour=True))
many = tuple(
    LessonRow(id=f"l{n}", title=f"Lesson number {n}", summary=f"About {n}.", next=n == 28)
    for n in range(1, 31)
)
print("$ before")
ask = {
    "lessons": lambda: front.choose_lesson(ROWS),
    "many": lambda: front.choose_lesson(many),
    "several": lambda: front.choose_option(SEVERAL),
    "confirm": lambda: front.confirm("Leave the lesson?", default=True),
}
print("chosen:", ask[sys.argv[1]]())
"""


class Terminal:
    """A terminal emulator around one program."""

    def __init__(self, dialogue: str, columns: int, rows: int) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.received = b""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.environ["TERM"] = "xterm-256color"
            os.execv(sys.executable, [sys.executable, "-c", PROGRAM, dialogue])

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]

    def wait_for(self, text: str) -> list[str]:
        """Read until the screen has that text and stands still."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.master], [], [], 0.05)
            if ready:
                try:
                    received = os.read(self.master, 65536)
                except OSError:
                    received = b""
                self.received += received
                self.stream.feed(received)
                if received:
                    continue
            if any(text in line for line in self.lines()):
                return self.lines()
        pytest.fail(f"{text!r} never came:\n" + "\n".join(self.lines()))

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())


@contextmanager
def terminal(dialogue: str, columns: int = 80, rows: int = 24) -> Iterator[Terminal]:
    started = Terminal(dialogue, columns, rows)
    try:
        yield started
    finally:
        os.close(started.master)
        os.waitpid(started.pid, 0)


def test_the_course_is_a_menu_that_leaves_nothing_behind() -> None:
    with terminal("lessons") as seen:
        assert seen.wait_for("q to quit")[:10] == [
            "$ before",
            " Lessons",
            " " + "─" * 78,
            "   1 ● Find good images         15 min · 7 steps · done",
            " ▸ 2 ◐ Images and their layers  20 min · 3 of 9 steps done  next",
            "   3 ○ Tag and push images      new",
            "",
            " What an image is made of, and how to see it.",
            "",
            " ↑ ↓ or a number to choose, Enter to start, q to quit",
        ]
        seen.type("\x1b[B")
        assert " One image, many names." in seen.wait_for("One image")
        seen.type("\r")
        assert [line for line in seen.wait_for("chosen") if line] == ["$ before", "chosen: tagging"]
        assert b"\x1b[6n" not in seen.received  # where is the cursor?
        assert b"\x1b[?1049h" not in seen.received  # take the whole screen


def test_a_long_course_scrolls_to_the_lesson_that_is_picked() -> None:
    with terminal("many", rows=14) as seen:
        shown = seen.wait_for("q to quit")
        assert any(line.startswith(" ▸ 28 ○ Lesson number 28") for line in shown)
        assert " About 28." in shown
        seen.type("\x1b[H")
        assert any(line.startswith(" ▸  1 ○ Lesson number 1") for line in seen.wait_for("About 1."))
        seen.type("q")
        seen.wait_for("chosen: None")


@pytest.mark.parametrize("columns", [40, 120])
def test_a_menu_fits_the_terminal(columns: int) -> None:
    with terminal("several", columns=columns) as seen:
        shown = seen.wait_for("back")
        assert " ▸ 1 ☐ tag makes a copy" in shown
        seen.type("2")
        assert " ▸ 2 ☑ A tag is a label" in seen.wait_for("☑")
        seen.type("\r")
        seen.wait_for("chosen: frozenset({2})")


def test_a_question_leaves_nothing_behind() -> None:
    with terminal("confirm") as seen:
        assert " Leave the lesson? [Y/n]" in seen.wait_for("[Y/n]")
        seen.type("n")
        assert [line for line in seen.wait_for("chosen") if line] == ["$ before", "chosen: False"]
        assert b"\x1b[?1049h" not in seen.received
