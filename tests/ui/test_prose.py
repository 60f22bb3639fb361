"""Pages of Markdown, and how they look: `pages/NAME.md` is drawn as in `pages/NAME.HOW.txt`."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labrunner.ui.prose import Page, render, render_line
from labrunner.ui.style import Style
from labrunner.ui.text import UNSAFE

PAGES = Path(__file__).parent / "pages"
HOW = {
    "72": Page(columns=72, style=Style()),
    "40": Page(columns=40, style=Style()),
    "ascii": Page(columns=60, style=Style(unicode=False)),
    "spoken": Page(columns=60, style=Style(), boxes=False),
    "colour": Page(columns=60, style=Style(colour=True)),
}
"""In colour, `␛` stands for Escape."""

EXPECTED = sorted(PAGES.glob("*.txt"))


@pytest.mark.parametrize("expected", EXPECTED, ids=[file.stem for file in EXPECTED])
def test_a_page_is_drawn_as_expected(expected: Path) -> None:
    page, how = expected.stem.split(".")

    drawn = render((PAGES / f"{page}.md").read_text(), HOW[how])

    assert drawn.replace("\x1b", "␛") == expected.read_text()


def test_every_page_is_expected_in_some_way() -> None:
    assert {file.stem.split(".")[0] for file in EXPECTED} == {file.stem for file in PAGES.glob("*.md")}


def test_nothing_is_drawn_of_nothing() -> None:
    assert render("<!-- only a remark -->", HOW["72"]) == ""


def test_deep_nesting_is_still_given_some_room() -> None:
    drawn = render("> " * 15 + "one two three", HOW["40"])

    assert "one two" in drawn


def test_one_paragraph_can_be_put_into_a_line_of_something_else() -> None:
    line = render_line("`tag` makes a *copy*", Style(colour=True))

    assert Style(colour=True).line(line) == "\x1b[36mtag\x1b[0m makes a \x1b[4mcopy\x1b[0m"


SYNTAX = (
    *("- ", "1. ", "> ", "# ", "- [x] ", "---\n", "```sh\n", "```\n", "\n", "\n\n", "**", "*", "`", "|"),
    *("[", "](", ")", "![", "<b>", "<!--", "-->", "&#x", "27", "202e", ";", "$X ", "'", '"'),
)
MARKDOWN = st.lists(
    st.one_of(
        st.sampled_from(SYNTAX),
        st.sampled_from(["| a | b |\n|---|--:|\n", "| "]),
        st.text(max_size=8),
        st.sampled_from(
            ["\x1b[31m", "\x9b", "\u202e", "\x07", "\t", "\r\n", "\x00", "\x7f", "\u2066", "\x1b]0;x\x07"]
        ),
    ),
    max_size=25,
).map("".join)


@settings(max_examples=100, deadline=None)
@given(MARKDOWN, st.sampled_from(list(HOW.values())))
def test_nothing_but_text_newlines_and_our_own_colours_is_ever_sent(markdown: str, page: Page) -> None:
    drawn = render(markdown, page)

    text = re.sub(r"\x1b\[(?:[0-9]+)(?:;[0-9]+)*m", "", drawn) if page.style.colour else drawn
    assert UNSAFE.search(text) is None
    assert page.style.unicode or text.isascii()
    assert drawn == "" or drawn.endswith("\n")


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="abc $'\"#\\{}=;\n日", max_size=60),
    st.sampled_from(["sh", "dockerfile", "console", "nothing"]),
)
def test_colours_never_change_code(code: str, language: str) -> None:
    markdown = f"~~~{language}\n{code}\n~~~"

    coloured = render(markdown, HOW["colour"])

    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in coloured.split("\n")]
    assert "\n".join(plain) == render(markdown, Page(columns=60, style=Style()))
