"""Text is safe, measured and wrapped."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from labrunner.ui.text import UNSAFE, Span, clean, to_ascii, width, wrap

NASTY = st.text(
    alphabet=st.one_of(st.characters(), st.sampled_from("\x00\x1b\x7f\x9b\u202e\u2066\ufeff\t\r\n "))
)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[31mred", "^[[31mred"),
        ("a\x07b\x00c\x7f", "a^Gb^@c^?"),
        ("\x9b31m", "<U+009B>31m"),
        ("user\u202eexe.txt", "user<U+202E>exe.txt"),
        ("\u2066isolate\u2069", "<U+2066>isolate<U+2069>"),
        ("\ufeffbom", "<U+FEFF>bom"),
        ("\udc80", "<U+DC80>"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("two\r\nlines\n", "two\nlines\n"),
        ("over\rwritten", "over^Mwritten"),
        ("a\tb\nab\tc", "a   b\nab  c"),
        ("日本語, e\u0301, 👋", "日本語, e\u0301, 👋"),
    ],
)
def test_what_a_terminal_would_obey_is_shown_instead(text: str, safe: str) -> None:
    assert clean(text) == safe


@given(NASTY)
def test_clean_text_has_nothing_unsafe_and_stays_as_it_is(text: str) -> None:
    once = clean(text)

    assert UNSAFE.search(once) is None
    assert clean(once) == once


@given(NASTY)
def test_ascii_text_is_ascii(text: str) -> None:
    assert to_ascii(clean(text)).isascii()


def test_typography_is_simplified_where_there_is_ascii_only() -> None:
    assert to_ascii("“Café” – 3 × 4 → 12 … 日") == '"Cafe" - 3 x 4 -> 12 ... ?'


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("docker", 6),
        ("日本語", 6),
        ("e\u0301", 1),
        ("👋", 2),
        ("👋🏽", 2),
        ("👨‍👩‍👧", 2),
        ("❤", 1),
        ("❤️", 2),
        ("각", 2),
        ("\u1100\u1161\u11a8", 2),
        ("●◐○✓─│•", 7),
    ],
)
def test_width_is_counted_in_cells(text: str, cells: int) -> None:
    assert width(text) == cells == wcswidth(text)


@given(st.text(alphabet=st.sampled_from("abz 0é日本語ｶﾞ가각한ñü—…●◐○✓→👋🐳\u0301\u0308")))
def test_width_agrees_with_wcwidth(text: str) -> None:
    assert width(text) == wcswidth(text)


def lines_of(text: str, columns: int) -> list[str]:
    return ["".join(span.text for span in line) for line in wrap([Span(text)], columns)]


def test_lines_are_broken_at_spaces() -> None:
    assert lines_of("one image, many names; give it yours", 14) == [
        "one image,",
        "many names;",
        "give it yours",
    ]


def test_a_word_that_is_too_long_stays_whole() -> None:
    assert lines_of("see sha256:0123456789abcdef now", 10) == ["see", "sha256:0123456789abcdef", "now"]


def test_a_newline_is_kept() -> None:
    assert lines_of("one\n\ntwo ", 20) == ["one", "", "two"]


def test_chinese_is_broken_between_characters_but_not_before_a_full_stop() -> None:
    assert lines_of("日本語です。はい", 10) == ["日本語で", "す。はい"]


def test_a_command_is_not_broken_at_its_spaces() -> None:
    spans = [Span("Say "), Span("docker image ls", whole=True), Span(", then look.")]

    assert [["".join(s.text for s in line)] for line in wrap(spans, 16)] == [
        ["Say"],
        ["docker image ls,"],
        ["then look."],
    ]


def test_looks_survive_the_wrapping() -> None:
    spans = [Span("a "), Span("very strong", ("strong",)), Span("!")]

    assert wrap(spans, 8) == (
        (Span("a"), Span(" "), Span("very", ("strong",))),
        (Span("strong", ("strong",)), Span("!")),
    )


def test_nothing_is_one_empty_line() -> None:
    assert wrap([], 20) == ((),)


@given(st.text(alphabet="ab cd\n日本。 "), st.integers(1, 30))
def test_wrapping_loses_nothing_but_spaces_and_fits_what_can_be_broken(text: str, columns: int) -> None:
    lines = lines_of(text, columns)

    assert re.sub(r"[ \n]", "", "".join(lines)) == re.sub(r"[ \n]", "", text)
    for line in lines:
        assert width(line) <= columns or " " not in line
