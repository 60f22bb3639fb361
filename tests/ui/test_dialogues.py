"""What a learner types into a dialogue, and what comes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from labrunner.session.effects import ShowSteps
from labrunner.session.rows import LessonRow
from labrunner.ui.style import Style
from labrunner.ui.terminal import TerminalFrontEnd
from tests.ui.shows import QUESTION, ROWS, SEVERAL, SHOWS

UP, DOWN, END, ESCAPE, ENTER = "\x1b[A", "\x1b[B", "\x1b[F", "\x1b", "\r"
T = TypeVar("T")

CTRL_C, CTRL_D = "\x03", "\x04"

FRONT = TerminalFrontEnd(columns=lambda: 80, style=Style(colour=True))


@contextmanager
def typing(keys: str) -> Iterator[None]:
    with create_pipe_input() as pipe:
        pipe.send_text(keys)
        with create_app_session(input=pipe, output=DummyOutput()):
            yield


def answer(keys: str, dialogue: Callable[[], T]) -> T:
    with typing(keys):
        return dialogue()


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (ENTER, "layers"),
        (DOWN + ENTER, "tagging"),
        (DOWN + DOWN + DOWN + ENTER, "tagging"),
        (UP + UP + UP + ENTER, "find"),
        ("k" + ENTER, "find"),
        (END + ENTER, "tagging"),
        ("3" + ENTER, "tagging"),
        ("9" + ENTER, "layers"),
        ("0" + ENTER, "layers"),
        ("q", None),
        (ESCAPE, None),
        (CTRL_C, None),
        (CTRL_D, None),
    ],
)
def test_a_lesson_is_chosen_with_arrows_or_its_number(keys: str, chosen: str | None) -> None:
    assert answer(keys, lambda: FRONT.choose_lesson(ROWS)) == chosen


def test_numbers_of_two_digits_can_be_typed() -> None:
    rows = tuple(LessonRow(id=f"lesson-{n}", title="A lesson", summary="") for n in range(1, 16))

    assert answer("1" + ENTER, lambda: FRONT.choose_lesson(rows)) == "lesson-1"
    assert answer("12" + ENTER, lambda: FRONT.choose_lesson(rows)) == "lesson-12"
    assert answer("19" + ENTER, lambda: FRONT.choose_lesson(rows)) == "lesson-9"
    assert answer("1" + DOWN + "2" + ENTER, lambda: FRONT.choose_lesson(rows)) == "lesson-2"


def test_of_no_lessons_none_is_chosen() -> None:
    assert FRONT.choose_lesson(()) is None


def test_the_steps_begin_at_the_current_one() -> None:
    steps = SHOWS["the steps"]
    assert isinstance(steps, ShowSteps)

    assert answer(ENTER, lambda: FRONT.choose_step(steps.lines)) == "push"
    assert answer(UP + ENTER, lambda: FRONT.choose_step(steps.lines)) == "before"
    assert answer("q", lambda: FRONT.choose_step(steps.lines)) is None


def test_one_option_is_chosen() -> None:
    assert answer(DOWN + ENTER, lambda: FRONT.choose_option(QUESTION)) == frozenset({2})
    assert answer("3" + ENTER, lambda: FRONT.choose_option(QUESTION)) == frozenset({3})
    assert answer(ESCAPE, lambda: FRONT.choose_option(QUESTION)) is None


def test_several_options_are_ticked_and_unticked() -> None:
    assert answer(" " + DOWN + " " + ENTER, lambda: FRONT.choose_option(SEVERAL)) == frozenset({1, 2})
    assert answer("233" + "1" + ENTER, lambda: FRONT.choose_option(SEVERAL)) == frozenset({1, 2})


def test_nothing_ticked_is_no_answer() -> None:
    assert answer(ENTER + "2" + ENTER, lambda: FRONT.choose_option(SEVERAL)) == frozenset({2})


def test_a_question_has_a_default_that_can_be_changed() -> None:
    assert answer(ENTER, lambda: FRONT.ask("Your name:", "student")) == "student"
    assert answer("42" + ENTER, lambda: FRONT.ask("Your name:", "student")) == "student42"
    assert answer("\x15  " + ENTER, lambda: FRONT.ask("Your name:", "student")) == "student"
    assert answer("\x15" + CTRL_D, lambda: FRONT.ask("Your name:", "student")) == "student"


def test_a_question_can_be_broken_off() -> None:
    with pytest.raises(KeyboardInterrupt):
        answer(CTRL_C, lambda: FRONT.ask("Your name:", "student"))


@pytest.mark.parametrize(
    ("keys", "default", "answered"),
    [
        (ENTER, True, True),
        (ENTER, False, False),
        ("y", False, True),
        ("Y", False, True),
        ("n", True, False),
        ("x?y", False, True),
        (ESCAPE, True, False),
        (CTRL_C, True, False),
        (CTRL_D, True, False),
    ],
)
def test_a_yes_or_a_no_is_one_key(keys: str, default: bool, answered: bool) -> None:
    assert answer(keys, lambda: FRONT.confirm("Leave?", default=default)) is answered


def test_what_is_typed_after_an_answer_is_not_the_answer_to_what_comes_next() -> None:
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        pipe.send_text("pat\rn")
        assert FRONT.ask("Your account", "") == "pat"

        pipe.send_text("y")
        assert FRONT.confirm("Leave the lesson?", default=False)
