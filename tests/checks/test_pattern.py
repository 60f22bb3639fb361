"""The one pattern language of checks."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.checks.pattern import Pattern, like


def test_plain_text_is_looked_for_as_it_stands() -> None:
    pattern = Pattern.read("Welcome to nginx (1.31)")

    assert pattern.found_in("<h1>Welcome to nginx (1.31)!</h1>")
    assert not pattern.found_in("welcome to nginx (1.31)")
    assert pattern.plain == "Welcome to nginx (1.31)"


def test_between_slashes_stands_a_regular_expression_for_one_line() -> None:
    pattern = Pattern.read("/^RUN .*npm (ci|install)/")

    assert pattern.found_in("FROM node\nRUN --mount=x npm ci")
    assert not pattern.found_in("RUN\nnpm ci")
    assert pattern.plain == ""


def test_a_path_is_plain_text_and_a_slash_in_an_expression_is_escaped() -> None:
    assert Pattern.read("/usr/src/").plain == "/usr/src/"
    assert Pattern.read(r"/^COPY .*\/app$/").found_in("COPY . /app")
    assert Pattern.read("/usr/share/nginx").found_in("WORKDIR /usr/share/nginx/html")


@pytest.mark.parametrize("text", ["/(/", "/[a/", "/*a/"])
def test_a_broken_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a regular expression"):
        Pattern.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "/(a+)+b/",
        "/(a|a)*b/",
        "/(a|aa)+$/",
        "/((a*)b?)*c/",
        "/(a?a?)*b/",
        "/(?:x+x+)+y/",
        "/(a{1,5}){2,}b/",
        "/a*a*a*a*b/",
        "/a{1,9}a{1,9}a{1,9}a{1,9}b/",
        f"/{'a?' * 11}b/",
        f"/{'(a|a)' * 11}b/",
        r"/(a)\1/",
        r"/(?<=a)b/",
    ],
)
def test_an_expression_that_could_run_for_ever_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="repeats|choices|looks back"):
        Pattern.read(text)


@pytest.mark.parametrize(
    "text", ["/npm (ci|install)/", "/(foo)+/", r"/\d+\.\d+/", "/[a-z(+]+x?/", "/(?:a|b)c*/", "/^#(?i:a)/"]
)
def test_an_expression_that_ends_soon_is_accepted(text: str) -> None:
    assert Pattern.read(text).text == text


def test_an_empty_or_very_long_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be empty"):
        Pattern.read("")
    with pytest.raises(ValueError, match="at most 200 characters"):
        Pattern.read(f"/{'a' * 201}/")


def test_the_worst_accepted_expression_is_still_quick() -> None:
    began = time.monotonic()
    Pattern.read("/a.*a.*b/").found_in("a" * 700)

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("nginx:*", "nginx:1.31", True),
        ("nginx:*", "nginx", False),
        ("node:*-alpine", "node:24-alpine", True),
        ("node:*-alpine", "node:24-slim", False),
        ("*", "", True),
        ("a*a", "a", False),
        ("*.json", "package.json", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*c*b", "a-b-c", False),
        ("[x]*", "[x]y", True),
    ],
)
def test_a_star_stands_for_any_characters(pattern: str, text: str, fits: bool) -> None:
    assert like(pattern, text) is fits


@given(st.text(alphabet="ab*", max_size=12), st.text(alphabet="ab", max_size=12))
def test_like_agrees_with_the_regular_expression_of_the_same_meaning(pattern: str, text: str) -> None:
    import re

    assert like(pattern, text) == bool(re.fullmatch(re.sub(r"\*+", ".*", pattern), text))
