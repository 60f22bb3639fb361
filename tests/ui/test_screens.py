"""Everything that can be shown, as it stands on a screen: `screens/HOW.txt`, read off a terminal emulator."""

import re
from collections.abc import Mapping
from pathlib import Path

import pyte
import pytest

from labrunner.checks.words import met_sentences, sentences
from labrunner.session.effects import Place
from labrunner.ui.plain import PlainFrontEnd
from labrunner.ui.style import Style
from labrunner.ui.terminal import TerminalFrontEnd
from labrunner.ui.text import UNSAFE
from tests.ui.shows import IMAGE_THERE, NAME_DIFFERS, REPORTED, ROWS, SHOWS, place

SCREENS = Path(__file__).parent / "screens"
COLOUR = Style(colour=True)


def terminal(columns: int, style: Style = COLOUR) -> TerminalFrontEnd:
    return TerminalFrontEnd(columns=lambda: columns, style=style)


def plain(columns: int, style: Style = COLOUR) -> PlainFrontEnd:
    return PlainFrontEnd(columns=lambda: columns, style=style)


HOW: Mapping[str, tuple[TerminalFrontEnd | PlainFrontEnd, int]] = {
    "terminal-40": (terminal(40), 40),
    "terminal-80": (terminal(80), 80),
    "terminal-120": (terminal(120), 120),
    "ascii-80": (terminal(80, Style(unicode=False)), 80),
    "plain-40": (plain(40), 40),
    "plain-80": (plain(80), 80),
}


def on_screen(text: str, columns: int) -> str:
    """What a terminal of that width shows."""
    screen = pyte.Screen(columns, 60)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    return "\n".join(line.rstrip() for line in screen.display).rstrip() + "\n"


def all_screens(how: str) -> str:
    front, columns = HOW[how]
    drawn = {name: front.draw(show, columns) for name, show in SHOWS.items()}
    drawn["the course"] = front.course(ROWS)
    drawn["the footer"] = front.footer(place(2, "dctt"), "docker")
    return "\n".join(f"=== {name}\n{on_screen(text, columns)}" for name, text in drawn.items())


@pytest.mark.parametrize("how", HOW)
def test_everything_is_shown_as_expected(how: str) -> None:
    assert all_screens(how) == (SCREENS / f"{how}.txt").read_text()


@pytest.mark.parametrize("how", HOW)
def test_what_is_drawn_is_lines_of_safe_text_and_always_the_same(how: str) -> None:
    front, columns = HOW[how]
    for show in SHOWS.values():
        drawn = front.draw(show, columns)

        assert drawn.endswith("\n")
        assert UNSAFE.search(re.sub(r"\x1b\[[0-9;]+m", "", drawn)) is None
        assert drawn == front.draw(show, columns)


def test_plain_mode_is_said_in_words_alone() -> None:
    drawn = "".join(plain(80).draw(show, 80) for show in SHOWS.values())

    assert re.search(r"[\x1b─-◿✓✗☐-☒●◐○◌▸│]", drawn) is None


def test_where_there_is_ascii_only_ascii_is_sent() -> None:
    for show in SHOWS.values():
        assert terminal(80, Style(unicode=False)).draw(show, 80).isascii()
        assert plain(80, Style(unicode=False)).draw(show, 80).isascii()


def words_of(text: str) -> str:
    return " ".join(text.split())


def test_verdicts_are_told_with_a_mark_each_in_the_terminal() -> None:
    met = met_sentences(IMAGE_THERE.placed, IMAGE_THERE.verdict)
    unmet = sentences(NAME_DIFFERS.placed, NAME_DIFFERS.verdict, with_remedy=False)

    drawn = words_of(terminal(200, Style()).draw(REPORTED, 200))

    assert drawn.startswith("✓ " + words_of(met[0]))
    assert words_of(f"○ {' '.join(unmet)} ? ") in drawn
    assert "Nothing answered within 5 seconds." in drawn


def test_verdicts_are_told_with_their_state_in_plain_mode() -> None:
    lines = plain(100).draw(REPORTED, 100).splitlines()

    assert lines[0].startswith("check: met: ")
    assert any(line.startswith("check: not met: ") for line in lines)
    assert any(line.startswith("check: cannot tell: ") for line in lines)


def test_prose_stays_readable_on_a_wide_terminal() -> None:
    widest = max(len(line) for line in terminal(300, Style()).draw(SHOWS["a step to do"], 300).splitlines())

    assert widest == 99


def test_the_keys_have_lines_of_their_own_where_the_dots_leave_no_room() -> None:
    nine = Place(number=3, marks=("done", "done", "current", *("todo",) * 6))

    assert terminal(100, Style()).footer(nine, "practice") == (
        " ●●◐○○○○○○  F1 hint · F2 solution · F3 check · F4 steps · F10 leave · practice engine\n"
    )
    assert terminal(80, Style()).footer(nine, "practice") == (
        " ●●◐○○○○○○  practice engine\n F1 hint · F2 solution · F3 check · F4 steps · F10 leave\n"
    )


def test_many_steps_are_counted_instead_of_dotted() -> None:
    sixty = Place(number=12, marks=("todo",) * 60)

    assert terminal(40, Style()).footer(sixty, "docker").startswith(" 12/60  docker engine\n")
