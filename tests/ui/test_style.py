"""What a terminal is sent, and when."""

import pytest

from labrunner.ui.style import LOOKS, MARKS, Style, style_for
from labrunner.ui.text import Span, width

COLOUR = Style(colour=True)
MONO = Style(colour=False)


def test_text_is_painted_and_ends_as_it_began() -> None:
    assert COLOUR.paint("docker", "code", "strong") == "\x1b[36;1mdocker\x1b[0m"


def test_without_colour_nothing_is_sent() -> None:
    assert MONO.paint("docker", "code", "strong") == "docker"


def test_what_is_painted_is_made_safe() -> None:
    assert COLOUR.paint("\x1b]0;title\x07", "code") == "\x1b[36m^[]0;title^G\x1b[0m"


def test_neighbours_that_look_the_same_are_painted_as_one() -> None:
    assert COLOUR.line([Span("a", ("code",)), Span("b", ("code",)), Span(" c ")]) == "\x1b[36mab\x1b[0m c"


def test_backticks_are_code_and_stay_where_colour_cannot_show_it() -> None:
    assert COLOUR.line(COLOUR.spans("Say `next` now")) == "Say \x1b[36mnext\x1b[0m now"
    assert MONO.line(MONO.spans("Say `next` now")) == "Say `next` now"


def test_text_that_was_painted_keeps_its_paint_and_nothing_else() -> None:
    assert COLOUR.guarded("\x1b[1mA\x1b[0m\x1b[2J\n") == "\x1b[1mA\x1b[0m^[[2J\n"
    assert MONO.guarded("\x1b[1mA\x1b[0m\x1b[2J\n") == "A^[[2J\n"


@pytest.mark.parametrize(
    "hidden", ["\x1b[8m", "\x1b[30;40m", "\x1b[1;8m", "\x1b[38;5;0m", "\x1b[m", "\x1b[;8m"]
)
def test_nothing_can_be_hidden_in_text_that_is_shown(hidden: str) -> None:
    shown = COLOUR.guarded(f"echo hello; {hidden}rm -r ~\n")

    assert shown == f"echo hello; ^[{hidden[1:]}rm -r ~\n"


@pytest.mark.parametrize(
    ("environ", "terminal", "colour"),
    [
        ({"TERM": "xterm-256color"}, True, True),
        ({"TERM": "xterm-256color"}, False, False),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, True, False),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, True, False),
        ({"TERM": "vt100"}, True, False),
        ({"TERM": "vt100", "COLORTERM": "truecolor"}, True, True),
        ({}, True, False),
        ({"COLORTERM": "truecolor"}, True, True),
        ({"COLORTERM": "truecolor", "NO_COLOR": "yes"}, True, False),
    ],
)
def test_colour_follows_the_terminal_and_the_learner(
    environ: dict[str, str], terminal: bool, colour: bool
) -> None:
    assert style_for(environ, encoding="utf-8", terminal=terminal).colour is colour


@pytest.mark.parametrize(
    ("encoding", "unicode"),
    [
        ("utf-8", True),
        ("UTF8", True),
        ("utf_8", True),
        ("ascii", False),
        ("ANSI_X3.4-1968", False),
        ("latin-1", False),
    ],
)
def test_marks_follow_the_encoding(encoding: str, unicode: bool) -> None:
    assert style_for({}, encoding=encoding, terminal=True).unicode is unicode


def test_every_mark_has_an_ascii_form_and_takes_one_cell_in_unicode() -> None:
    assert all(ascii_form.isascii() and ascii_form for _, ascii_form in MARKS.values())
    assert {name for name, (mark, _) in MARKS.items() if width(mark) != 1} == set()


def test_only_colours_that_every_background_shows_are_used() -> None:
    used = {code for codes in LOOKS.values() for code in codes.split(";")}

    assert used == {"1", "2", "4", "9", "32", "35", "36"}
