"""The promises that every lesson of labrunner's own course keeps, whatever it teaches."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.authoring.lint import lint
from labrunner.checks.commandline import matches
from labrunner.checks.dockercommand import DockerCommand, docker_commands
from labrunner.lesson.catalogue import find, pages_at
from labrunner.lesson.loading import load
from labrunner.lesson.model import CommandPattern, Lesson, Script, Step
from labrunner.lesson.script import commands

LESSONS = Path(__file__).parents[2] / "lessons"
PAGES = pages_at(LESSONS)
COURSE = tuple(map(load, PAGES))
PLACED = [(f"{lesson.id}-{step.id}", step) for lesson in COURSE for step in lesson.steps]
STEPS = [pytest.param(step, id=place) for place, step in PLACED]
TASKS = [pytest.param(step, id=place) for place, step in PLACED if step.checks]
QUESTIONS = [pytest.param(step, id=place) for place, step in PLACED if step.question]


@pytest.fixture(params=COURSE, ids=[lesson.id for lesson in COURSE])
def lesson(request: pytest.FixtureRequest) -> Lesson:
    found: Lesson = request.param
    return found


def test_lint_has_nothing_to_say_about_the_course() -> None:
    assert [str(remark) for remark in lint([LESSONS]).remarks] == []


def test_the_course_is_found_in_the_order_of_its_folders() -> None:
    course = find(str(LESSONS))

    assert course.troubles == ()
    assert [entry.front.id for entry in course.entries] == [
        page.parent.name.partition("-")[2] for page in PAGES
    ]


def test_a_lesson_comes_after_the_lessons_that_it_builds_on(lesson: Lesson) -> None:
    earlier = [other.id for other in COURSE[: COURSE.index(lesson)]]

    assert set(lesson.front.after) <= set(earlier)


def test_a_lesson_has_eight_to_twelve_steps(lesson: Lesson) -> None:
    assert 8 <= len(lesson.steps) <= 12


def test_a_lesson_says_first_what_one_will_be_able_to_do(lesson: Lesson) -> None:
    assert "you can" in " ".join(passage.markdown for passage in lesson.intro)


def test_a_lesson_ends_with_nothing_left_to_type(lesson: Lesson) -> None:
    last = lesson.steps[-1]

    assert last.question is not None
    assert last.checks == ()


@pytest.mark.parametrize("step", STEPS)
def test_a_step_explains_before_it_asks(step: Step) -> None:
    assert len(" ".join(passage.markdown for passage in step.prose).split()) >= 40


@pytest.mark.parametrize("step", STEPS)
def test_a_step_has_two_or_three_hints(step: Step) -> None:
    assert len(step.hints) in (2, 3)


@pytest.mark.parametrize("step", TASKS)
def test_a_task_has_a_solution_another_spelling_of_it_and_a_typical_mistake(step: Step) -> None:
    assert step.solution is not None
    assert step.accepts != ()
    assert step.rejects != ()


@pytest.mark.parametrize("step", TASKS)
def test_every_script_of_a_task_has_commands(step: Step) -> None:
    for text in scripts(step):
        assert commands(text)


@pytest.mark.parametrize("step", TASKS)
def test_another_right_way_is_not_the_solution_again(step: Step) -> None:
    texts = [script.text for script in rights(step)]

    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("step", QUESTIONS)
def test_every_option_of_a_question_is_answered(step: Step) -> None:
    assert step.question is not None
    assert [option.text for option in step.question.options if not option.reply] == []


@pytest.mark.parametrize("step", TASKS)
def test_words_of_feedback_are_there_for_a_mistake_that_the_step_knows(step: Step) -> None:
    typed = [command for reject in step.rejects for command in commands(reject.run)]
    patterns = [told.when.like for told in step.feedback if isinstance(told.when, CommandPattern)]

    assert [like for like in patterns if not any(matches(like, command) for command in typed)] == []


@pytest.mark.parametrize("step", TASKS)
def test_no_right_way_takes_port_80_of_the_machine(step: Step) -> None:
    published = [port for docker in right_commands(step) for port in docker.option("publish")]

    assert [port for port in published if re.match(r"(.*:)?80:", port)] == []


@pytest.mark.parametrize("step", TASKS)
def test_what_a_step_makes_is_named_lab(step: Step) -> None:
    names = [name for docker in right_commands(step) for name in named_by(docker)]

    assert [name for name in names if not name.rpartition("/")[2].startswith("lab-")] == []


@pytest.mark.parametrize("step", TASKS)
def test_no_step_prunes_more_than_a_label_of_the_lessons_own_allows(step: Step) -> None:
    """Not even as a mistake: the proof does it, too."""
    pruning = [
        docker
        for text in scripts(step)
        for docker in docker_commands(text)
        if docker.path[-1:] == ("prune",) and not docker.option("help")
    ]

    assert [docker for docker in pruning if docker.option("all")] == []
    assert [
        docker
        for docker in pruning
        if not any(each.startswith("label=lab") for each in docker.option("filter"))
    ] == []


@pytest.mark.parametrize("step", TASKS)
def test_no_step_removes_what_it_does_not_name(step: Step) -> None:
    removing = [docker for docker in right_commands(step) if docker.path[-1:] == ("rm",)]

    assert [
        name
        for docker in removing
        for name in docker.arguments
        if not name.rpartition("/")[2].startswith("lab-")
    ] == []


def rights(step: Step) -> tuple[Script, ...]:
    return step.accepts if step.solution is None else (step.solution, *step.accepts)


def scripts(step: Step) -> Iterator[str]:
    yield from (script.text for script in rights(step))
    yield from (reject.run for reject in step.rejects)


def right_commands(step: Step) -> tuple[DockerCommand, ...]:
    return tuple(docker for script in rights(step) for docker in docker_commands(script.text))


def named_by(docker: DockerCommand) -> tuple[str, ...]:
    """The names that a command gives to containers and images."""
    match docker.path:
        case ("container", "run" | "create"):
            return docker.option("name")
        case ("image", "build"):
            return docker.option("tag")
        case ("image", "tag"):
            return docker.arguments[1:2]
        case _:
            return ()
