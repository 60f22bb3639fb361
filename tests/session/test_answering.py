"""The rules of answers: to an `answer` check, and to a question."""

from dataclasses import replace

from labrunner.checks.answer import AnswerCheck
from labrunner.checks.check import PlacedCheck
from labrunner.checks.evidence import Evidence
from labrunner.engine.facts import Observation
from labrunner.lesson.model import Feedback, Step
from labrunner.progress.attempt import Attempt
from labrunner.progress.progress import fold
from labrunner.session.effects import Effect, ShowMet, ShowNotice, ShowUnmet
from labrunner.session.events import (
    CommandBegan,
    CommandRan,
    EngineChanged,
    EvidenceArrived,
    Opened,
    StillRunning,
    WordSaid,
)
from labrunner.session.session import Session, opened
from tests.session.lessons import ASK, AT, EMPTY, LESSON, PULL, PULLED, READ, begun, image, ran, told

COUNT = PlacedCheck(kind="answer", check=AnswerCheck(text=("seven",)), id="answer-1", at=AT)
EIGHT = PlacedCheck(kind="answer", check=AnswerCheck(text=("eight",)), id="when-1", at=AT)
LOOK = replace(
    PULL,
    checks=(COUNT,),
    feedback=(Feedback(when=EIGHT, say="One less.", at=AT),),
    question=ASK.question,
)


def at(step: Step) -> Session:
    lesson = replace(LESSON, steps=(step, *LESSON.steps[1:]))
    return told(opened(lesson, "docker"), Opened(), EvidenceArrived("pull", EMPTY))[0]


def answering(session: Session, text: str) -> tuple[Session, tuple[Effect, ...]]:
    return told(session, WordSaid("answer", (text,)), EvidenceArrived("pull", answer(text)))


def answer(text: str) -> Evidence:
    return Evidence(docker=Observation(), answer=text)


def shown(effects: tuple[Effect, ...]) -> list[ShowUnmet]:
    return [effect for effect in effects if isinstance(effect, ShowUnmet)]


def test_a_wrong_answer_is_told_once_and_not_again_after_the_next_look() -> None:
    session, effects = answering(at(LOOK), "eight")
    assert [(len(each.reports), each.said) for each in shown(effects)] == [(1, ("One less.",))]

    looking = CommandRan(ran("docker pull nginx"))
    session, effects = told(session, looking, EvidenceArrived("pull", answer("eight")))
    assert shown(effects) == []

    _, effects = told(session, WordSaid("check"), EvidenceArrived("pull", answer("eight")))
    assert [len(each.reports) for each in shown(effects)] == [1]


def test_what_else_is_missing_is_told_without_the_answer_that_was_wrong() -> None:
    session, _ = answering(at(replace(LOOK, checks=(image("nginx"), COUNT))), "eight")

    looking = CommandRan(ran("docker pull alpine"))
    _, effects = told(session, looking, EvidenceArrived("pull", answer("eight")))
    assert [[report.placed.id for report in each.reports] for each in shown(effects)] == [["image-1"]]


def test_an_answer_to_a_check_that_waits_is_told_what_comes_first() -> None:
    session = at(replace(LOOK, checks=(image("nginx"), replace(COUNT, needs="image-1"))))

    _, effects = answering(session, "seven")
    assert [report.placed.id for each in shown(effects) for report in each.reports][:1] == ["image-1"]


def test_a_right_answer_is_told_with_what_is_missing_besides() -> None:
    session = at(replace(LOOK, checks=(image("nginx"), COUNT)))

    _, effects = answering(session, "seven")
    assert [report.placed.id for each in shown(effects) for report in each.reports] == ["image-1", "answer-1"]


def test_a_number_where_nothing_is_asked_is_told_so() -> None:
    assert told(at(PULL), CommandRan(ran("1", 127)))[1] == (ShowNotice(notice="nothing to answer"),)


def test_what_was_found_typed_without_the_word_is_told_how_to_answer() -> None:
    _, effects = told(at(LOOK), CommandRan(ran("seven", 127)))

    assert effects == (ShowNotice(notice="which answer"),)


def test_a_program_that_a_container_does_not_have_is_no_answer() -> None:
    _, effects = told(at(LOOK), CommandRan(ran("docker run alpine bash", 127)))

    assert ShowNotice(notice="which answer") not in effects


def test_an_option_before_the_task_is_done_is_told_what_is_missing() -> None:
    session = at(replace(PULL, question=ASK.question))

    _, effects = told(session, WordSaid("answer", ("2",)), EvidenceArrived("pull", EMPTY))
    assert ShowNotice(notice="task first") in effects
    assert [len(each.reports) for each in shown(effects)] == [1]


def test_check_at_nothing_but_a_question_says_how_to_answer_it() -> None:
    session, _ = told(begun(), WordSaid("skip"), WordSaid("next"))

    assert told(session, WordSaid("check"))[1] == (ShowNotice(notice="which answer", detail="3"),)


def test_what_the_author_says_of_a_command_stands_in_place_of_the_general_sentence() -> None:
    output = "Error: No such container: web"
    _, effects = told(at(PULL), CommandRan(ran("docker stop web", 1, output)), EvidenceArrived("pull", EMPTY))
    assert [each.said for each in shown(effects)] == [("There is no container web, running or stopped.",)]


def test_the_hints_of_a_lesson_that_was_left_are_counted_at_its_end() -> None:
    hint = Attempt(lesson="small", step="pull", outcome="hint", at=1.0, checks_hash="p1")
    progress = fold((hint, hint))["small"]

    session, _ = told(opened(LESSON, "docker", progress, at="pull"), Opened(), WordSaid("hint"))
    assert session.hints_before + session.hints == 3


def test_a_right_answer_is_kept_whatever_comes_between_it_and_the_question() -> None:
    session, effects = answering(at(LOOK), "seven")
    assert effects[-1] == ShowNotice(notice="question next")

    session, _ = told(session, CommandRan(ran("ls")))
    _, effects = told(session, WordSaid("answer", ("2", "3")))
    assert isinstance(effects[-1], ShowMet)


def test_several_options_where_one_is_right_give_nothing_away() -> None:
    question = replace(ASK.question, options=ASK.question.options[:2]) if ASK.question else None
    session = at(replace(READ, id="pull", question=question))

    assert told(session, WordSaid("answer", ("1", "2")))[1] == (ShowNotice(notice="one option"),)
    assert session.phase == "open"


def test_a_question_that_comes_while_a_command_runs_waits_for_ctrl_c() -> None:
    session = at(replace(PULL, question=ASK.question))
    session, _ = told(session, CommandBegan("docker run nginx"), EngineChanged())
    session, _ = told(session, EvidenceArrived("pull", PULLED))

    _, effects = told(session, StillRunning(), EvidenceArrived("pull", PULLED))
    assert effects[-1] == ShowNotice(notice="question waits")
