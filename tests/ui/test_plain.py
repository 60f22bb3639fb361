"""Plain mode's dialogues: questions on one line, answers on the next."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import TypeVar

import pytest

from labrunner.session.effects import ShowSteps
from labrunner.session.rows import LessonRow
from labrunner.ui.plain import PlainFrontEnd
from labrunner.ui.style import Style
from tests.ui.shows import QUESTION, ROWS, SEVERAL, SHOWS

T = TypeVar("T")


def talk(typed: str, dialogue: Callable[[PlainFrontEnd], T]) -> tuple[T, str]:
    """What the dialogue gives, and all that was printed."""
    waiting = typed.splitlines(keepends=True)
    printed: list[str] = []
    front = PlainFrontEnd(
        columns=lambda: 80,
        style=Style(colour=True),
        read=lambda: waiting.pop(0) if waiting else "",
        write=printed.append,
    )
    return dialogue(front), "".join(printed)


def test_the_course_is_listed_and_a_lesson_asked_for() -> None:
    chosen, printed = talk("3\n", lambda front: front.choose_lesson(ROWS))

    assert chosen == "tagging"
    assert printed == (
        "lesson 1: Find good images (find): 15 min, 7 steps, done\n"
        "lesson 2: Images and their layers (layers): 20 min, 3 of 9 steps done, next\n"
        "lesson 3: Tag and push images (tagging): new\n"
        "Which lesson? Number or name, Enter for 2, q to quit: "
    )


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("\n", "layers"),
        ("find\n", "find"),
        (" 1 \n", "find"),
        ("q\n", None),
        ("", None),
        ("7\nx\n2\n", "layers"),
    ],
)
def test_a_lesson_is_chosen_by_number_or_name(typed: str, chosen: str | None) -> None:
    assert talk(typed, lambda front: front.choose_lesson(ROWS))[0] == chosen


def test_where_no_lesson_is_next_enter_chooses_none() -> None:
    rows = (LessonRow(id="find", title="Find good images", summary="", state="done"),)

    assert talk("\n", lambda front: front.choose_lesson(rows))[0] is None
    assert talk("", lambda front: front.choose_lesson(()))[0] is None


def test_what_does_not_exist_is_said() -> None:
    _, printed = talk("layer\x1b\nq\n", lambda front: front.choose_lesson(ROWS))

    assert "There is no layer^[. Say a number from 1 to 3, or a name.\n" in printed


def test_a_step_is_chosen_or_not() -> None:
    steps = SHOWS["the steps"]
    assert isinstance(steps, ShowSteps)

    assert talk("size\n", lambda front: front.choose_step(steps.lines))[0] == "size"
    assert talk("\n", lambda front: front.choose_step(steps.lines))[0] is None


def test_options_are_chosen_by_their_numbers() -> None:
    assert talk("2\n", lambda front: front.choose_option(QUESTION))[0] == frozenset({2})
    assert talk("2, 3\n", lambda front: front.choose_option(SEVERAL))[0] == frozenset({2, 3})
    assert talk("9\nzwei\n1\n", lambda front: front.choose_option(QUESTION))[0] == frozenset({1})
    assert talk("\n", lambda front: front.choose_option(QUESTION))[0] is None
    assert talk("", lambda front: front.choose_option(QUESTION))[0] is None


def test_a_question_shows_its_default() -> None:
    assert talk("\n", lambda front: front.ask("Your name", "student")) == ("student", "Your name [student]: ")
    assert talk("ada\n", lambda front: front.ask("Your name", "student"))[0] == "ada"
    assert talk("", lambda front: front.ask("Your name", "student"))[0] == "student"


@pytest.mark.parametrize(
    ("typed", "default", "answered"),
    [
        ("yes\n", False, True),
        ("N\n", True, False),
        ("\n", True, True),
        ("", False, False),
        ("what\ny\n", False, True),
    ],
)
def test_a_yes_or_a_no_is_a_word(typed: str, default: bool, answered: bool) -> None:
    assert talk(typed, lambda front: front.confirm("Leave?", default=default))[0] is answered


def test_text_is_printed_without_colours_and_with_a_newline() -> None:
    assert talk("", lambda front: front.show_text("\x1b[1mdone\x1b[0m"))[1] == "done\n"


def test_a_dialogue_reads_its_own_line_and_leaves_the_rest_to_the_shell() -> None:
    program = (
        "import os; from labrunner.ui.plain import PlainFrontEnd; from labrunner.ui.style import Style;"
        "front = PlainFrontEnd(columns=lambda: 80, style=Style());"
        "front.ask('Your name', 'student'); print(repr(os.read(0, 100)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        input="ada\ndocker image ls\n",
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )

    assert done.stdout == "Your name [student]: b'docker image ls\\n'\n"
