"""Somebody who knows the answers: what is typed next, and which mistakes are harmless."""

from dataclasses import replace

from labrunner.lesson.model import Reject, Script
from labrunner.runner.rehearsal import Rehearsal, Stuck, undoable
from labrunner.session.events import CommandRan, Entered, EvidenceArrived, WordSaid
from tests.session.lessons import AT, EMPTY, PULL, PULLED, begun, ran, told


def test_the_solution_is_typed_and_then_nothing_is_left() -> None:
    rehearsal, session = Rehearsal(), begun()

    assert rehearsal.next_line(session) == "docker image pull nginx"
    assert rehearsal.next_line(session) == Stuck(PULL)


def test_a_mistake_comes_first_where_one_is_wanted() -> None:
    rehearsal, session = Rehearsal(mistakes=1), begun()

    assert rehearsal.next_line(session) == "docker image pull alpine"
    session, _ = told(session, CommandRan(ran("docker image pull alpine")), EvidenceArrived("pull", EMPTY))
    assert rehearsal.next_line(session) == "docker image pull nginx"


def test_a_met_step_and_one_to_read_are_left_with_enter() -> None:
    rehearsal = Rehearsal()
    session, _ = told(begun(), CommandRan(ran("docker image pull nginx")), EvidenceArrived("pull", PULLED))
    assert rehearsal.next_line(session) == ""

    session, _ = told(session, Entered())
    assert rehearsal.next_line(session) == ""


def test_a_question_is_answered_with_all_its_right_options() -> None:
    session, _ = told(begun(), WordSaid("skip"), Entered())

    assert Rehearsal().next_line(session) == "answer 2 3"


def test_a_container_that_was_made_by_mistake_is_removed_before_the_right_way() -> None:
    wrong = Reject(run="docker run -d --name lab-web httpd", says="httpd", at=AT)

    assert undoable(wrong) == ["docker run -d --name lab-web httpd", "docker container rm --force lab-web"]


def test_a_mistake_that_cannot_be_taken_back_is_not_made() -> None:
    wrong = Reject(run="docker run -d nginx", says="port", at=AT)

    assert undoable(replace(wrong, run="docker image rm nginx")) is None
    assert undoable(wrong) is None
    assert undoable(replace(wrong, run="rm Dockerfile")) is None


def test_a_solution_is_typed_to_its_end_even_if_the_step_is_met_before() -> None:
    rehearsal, session = Rehearsal(mistakes=0), begun()
    script = "docker image pull nginx\ndocker image ls"
    longer = replace(PULL, solution=Script(text=script, at=AT))
    lesson = replace(session.lesson, steps=(longer, *session.lesson.steps[1:]))
    session = replace(session, lesson=lesson)
    assert rehearsal.next_line(session) == "docker image pull nginx"

    session, _ = told(session, CommandRan(ran("docker image pull nginx")), EvidenceArrived("pull", PULLED))
    assert rehearsal.next_line(session) == "docker image ls"
    assert rehearsal.next_line(session) == ""
