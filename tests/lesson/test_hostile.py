"""Whatever stands in a lesson file, the answer is a lesson or a LessonError, and it comes soon."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from labrunner.errors import LessonError
from labrunner.lesson.markdown import examine, parse
from labrunner.lesson.problems import MOST_PROBLEMS
from labrunner.lesson.source import decoded
from tests.lesson.fakes import KINDS

PAGES = Path(__file__).parent / "pages"
HEAD = "---\nformat: 1\nid: a\ntitle: A\nsummary: S.\n---\n# A\n\n## S\n\n"
PIECES = [
    *(line + "\n" for file in sorted(PAGES.glob("*.md")) for line in set(file.read_text().split("\n"))),
    *(
        "\t",
        "\r",
        "\0",
        "\ufeff",
        "\u202e",
        "\x85",
        "😀",
        "{{",
        "}}",
        "\\{{",
        "```",
        "~~~",
        "---\n",
        "<!--",
        "-->",
    ),
    *(
        "yaml check image",
        "name: ",
        "- [x] ",
        "[",
        "]",
        "{",
        "}",
        ": ",
        "&a ",
        "*a",
        "!!x ",
        "<<: ",
        "? ",
        "|\n",
        "\n",
    ),
]


def block(text: str) -> str:
    return f"{HEAD}```yaml check box\n{text}\n```\n"


def told(text: str) -> str:
    lesson, errors = examine(text, "l.md", kinds=KINDS)
    assert (lesson is None) == bool(errors)
    return errors[0].what if errors else ""


@pytest.mark.timeout(6)
@pytest.mark.parametrize(
    ("text", "what"),
    [
        (block("[" * 100_000), "This YAML block is 97 KiB long; the limit is 64 KiB."),
        (block("[" * 60_000), "This YAML is nested deeper than 20 levels."),
        (block("{a: " * 15_000), "This YAML is nested deeper than 20 levels."),
        (block("- " * 30_000), "This YAML is nested deeper than 20 levels."),
        (
            block("a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]"),
            "The anchor `&a` is not known in lessons.",
        ),
        (block("a" * 60_000 + ": 1"), "A second `: ` stands in this line, or the indentation is off."),
        (block(f"name: a\nsize: {'9' * 60_000}"), "`size` is a whole number, not `" + "9" * 59 + "…`."),
        (HEAD + "word " * 400_000, "The lesson is 1.9 MiB long; the limit is 1 MiB."),
        (HEAD + "word\n" * 60_000, "A step is longer than 256 KiB."),
        (HEAD + "a\0b", "Control character U+0000 stands here."),
        (HEAD + "a\ud800b", "Control character U+D800 stands here."),
        (HEAD + "a\u2028b", "Control character U+2028 stands here."),
        (HEAD + ">" * 5_000 + " x\n", "Lists and quotes are nested deeper than 16 levels here."),
        (
            HEAD + "".join(" " * 2 * depth + "- a\n" for depth in range(300)),
            "Lists and quotes are nested deeper than 16 levels here.",
        ),
        (HEAD + "- [ ] wrong\n" * 10_000, "No option of this question is right."),
        (HEAD + "- [ ] wrong\n  Because.\n" * 10_000 + "- [x] right\n", ""),
        (HEAD + "## S\n" * 200_000, "A lesson has at most 200 steps."),
        (HEAD + "## S\n" * 201, "A lesson has at most 200 steps."),
        (HEAD + "```\n" * 60_001, "This fence is never closed, so all that follows is part of it."),
        (HEAD + "<!-- " * 50_000, "This comment is never closed, so all that follows is part of it."),
        (HEAD + "[a]: b\n" * 35_000, ""),
        (HEAD + "[" * 250_000, ""),
        (HEAD + "a`" * 125_000, ""),
        (HEAD + "\t- x\n" * 50_000, ""),
        (HEAD + "\u202etxet\u202c\n", ""),
        (HEAD + "```yaml check box\nname: x\n```\n" * 4_000, ""),
    ],
    ids=lambda value: value[len(HEAD) : len(HEAD) + 20] if len(value) > len(HEAD) else None,
)
def test_a_hostile_page_is_refused_or_read_in_time(text: str, what: str) -> None:
    assert told(text) == what


@pytest.mark.timeout(6)
def test_there_is_an_end_to_mistakes() -> None:
    _, errors = examine(HEAD + "{{unknown}}\n" * 20_000, "l.md", kinds=KINDS)

    assert len(errors) == MOST_PROBLEMS + 1
    assert errors[-1].what == "There may be more mistakes than these 200."


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("")
@example("---\n---\n")
def test_nothing_but_lesson_errors_is_raised_for_pieces_of_lessons(text: str) -> None:
    told(HEAD + text)
    told(text)


@settings(deadline=None, max_examples=300)
@given(st.text())
def test_nothing_but_lesson_errors_is_raised_for_any_yaml(text: str) -> None:
    told(block(text))
    told(f"---\nformat: 1\nid: a\ntitle: A\nsummary: S.\n{text}\n---\n# A\n\n## S\n")


@settings(deadline=None, max_examples=300)
@given(st.binary())
def test_nothing_but_lesson_errors_is_raised_for_any_bytes(content: bytes) -> None:
    try:
        parse(decoded(content, "l.md"), "l.md", kinds=KINDS)
    except LessonError as error:
        told(str(error))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_any_change_of_one_place_is_a_lesson_or_an_error_on_a_line_of_the_page(data: st.DataObject) -> None:
    text = (PAGES / "everything.md").read_text()
    place = data.draw(st.integers(0, len(text)))
    size = data.draw(st.integers(0, 5))
    changed = text[:place] + data.draw(st.text(max_size=3)) + text[place + size :]

    _, errors = examine(changed, "l.md", kinds=KINDS)

    lines = changed.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert all(1 <= error.at.line <= lines for error in errors)
