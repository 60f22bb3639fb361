"""A prompt can be erased and drawn again, judged by a terminal (pyte) that does what it is told."""

import pyte
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from labrunner.shell.cursor import erasing, redrawable

ABOVE = "what was there before"
TEXTS = ("$ ", "docker image ls", "x" * 30, "é", "日本語")
CONTROLS = ("\r", "\r\n", "\b", "\t", "\x1b[K", "\x1b[J", "\x1b[3C", "\x1b[2D", "\x1b[A", "\x1b[7G")
COLOURS = ("\x1b[1;32m", "\x1b[0m", "\x1b]133;A\a", "\x1b[?2004h")
PIECES = st.lists(st.sampled_from(TEXTS + CONTROLS + COLOURS), max_size=12)


def screen_after(*parts: bytes) -> pyte.Screen:
    screen = pyte.Screen(40, 30)
    stream = pyte.ByteStream(screen)
    for part in (ABOVE.encode() + b"\r\n", *parts):
        stream.feed(part)
    return screen


def lines(screen: pyte.Screen) -> list[str]:
    try:
        return [line.rstrip() for line in screen.display if line.strip()]
    except IndexError:
        # pyte cannot draw a wide character of which one half was overwritten.
        reject()


@given(PIECES)
def test_what_is_erased_is_gone_and_nothing_else(pieces: list[str]) -> None:
    drawn = "".join(pieces).encode()
    erase = erasing(drawn, 40)
    if erase is None:
        return

    screen = screen_after(drawn, erase)

    assert lines(screen) == [ABOVE]
    assert (screen.cursor.x, screen.cursor.y) == (0, 1)


@given(PIECES)
def test_what_is_drawn_again_looks_the_same(pieces: list[str]) -> None:
    drawn = "".join(pieces).encode()
    if erasing(drawn, 40) is None:
        return

    assert lines(screen_after(redrawable(drawn))) == lines(screen_after(drawn))


@pytest.mark.parametrize("strange", [b"\x1b[5;5H", b"\x1b7", b"\x1b[S", b"\x01"])
def test_ways_that_are_not_followed_are_admitted(strange: bytes) -> None:
    assert erasing(b"$ " + strange, 40) is None


def test_a_wrapped_line_is_erased_with_all_its_rows() -> None:
    assert erasing(b"$ " + b"x" * 100, 40) == b"\r\x1b[2A\x1b[J"


def test_a_full_line_waits_for_its_next_character() -> None:
    assert erasing(b"x" * 40, 40) == b"\r\x1b[J"
    assert erasing(b"x" * 41, 40) == b"\r\x1b[1A\x1b[J"


def test_drawing_again_rings_no_bell_and_asks_nothing() -> None:
    drawn = b"\a\x1b[6n\x1b[c\x1b[?u\x1b]11;?\a\x1b]0;title\a\x1b]133;A\a$ \x1bP+q544e\x1b\\ls\x1b[>q"

    assert redrawable(drawn) == b"\x1b]0;title\a\x1b]133;A\a$ ls"


def test_drawing_again_begins_after_the_last_cleared_screen() -> None:
    assert redrawable(b"$ cle\x1b[H\x1b[2J$ ls\x1b[H\x1b[J\x1b[3J$ l") == b"$ l"
