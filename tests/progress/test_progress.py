"""Attempts go in, progress comes out."""

from labrunner.progress.attempt import Attempt, Outcome
from labrunner.progress.progress import LessonProgress, StepProgress, fold


def tried(
    outcome: Outcome,
    *,
    step: str = "push",
    at: float = 1.0,
    checks_hash: str = "A",
    met: tuple[str, ...] = (),
    lesson: str = "tagging",
) -> Attempt:
    return Attempt(lesson=lesson, step=step, outcome=outcome, at=at, checks_hash=checks_hash, met=met)


def step_after(*attempts: Attempt) -> StepProgress:
    return fold(attempts)["tagging"].steps["push"]


def lesson_after(*attempts: Attempt) -> LessonProgress:
    return fold(attempts)["tagging"]


def test_nothing_tried_is_no_progress() -> None:
    assert fold([]) == {}


def test_a_met_step_is_done_when_it_was_first_met() -> None:
    step = step_after(tried("unmet", at=1.0), tried("met", at=2.0), tried("met", at=3.0))

    assert (step.done, step.met_at, step.attempts) == (True, 2.0, 3)


def test_a_step_that_was_read_is_done_without_an_attempt() -> None:
    step = step_after(tried("read", at=5.0))

    assert (step.done, step.met_at, step.attempts) == (True, 5.0, 0)


def test_help_is_counted_and_is_no_attempt() -> None:
    step = step_after(tried("hint"), tried("hint"), tried("solution"), tried("unmet"))

    assert (step.hints, step.solution, step.attempts, step.done) == (2, True, 1, False)


def test_what_could_not_be_told_is_no_attempt_and_takes_nothing_away() -> None:
    step = step_after(tried("unmet", met=("image-1",)), tried("unknown", met=("http-1",)))

    assert (step.attempts, step.held) == (1, frozenset({"image-1", "http-1"}))


def test_the_checks_that_held_are_those_of_the_last_attempt() -> None:
    step = step_after(tried("unmet", met=("image-1", "image-2")), tried("unmet", met=("image-2",)))

    assert step.held == frozenset({"image-2"})


def test_checks_that_held_do_not_count_for_other_checks() -> None:
    step = step_after(tried("unmet", met=("image-1",)), tried("unknown", checks_hash="B"))

    assert (step.held, step.checks_hash) == (frozenset(), "B")


def test_a_later_failure_does_not_undo_a_step() -> None:
    assert step_after(tried("met"), tried("unmet", checks_hash="B")).done


def test_a_step_stands_as_long_as_it_asks_for_the_same() -> None:
    lesson = lesson_after(tried("met", checks_hash="A"))

    assert lesson.stands("push", "A")
    assert not lesson.stands("push", "B")
    assert not lesson.stands("log-in", "A")


def test_a_step_stands_where_one_side_has_no_hash() -> None:
    assert lesson_after(tried("met", checks_hash="A")).stands("push", "")
    assert lesson_after(tried("met", checks_hash="")).stands("push", "B")


def test_a_step_done_again_after_an_update_stands_in_both_versions() -> None:
    lesson = lesson_after(tried("met", checks_hash="A"), tried("met", checks_hash="B"))

    assert lesson.stands("push", "A")
    assert lesson.stands("push", "B")


def test_a_skipped_step_is_not_done_until_it_is_met() -> None:
    assert step_after(tried("skipped")) == StepProgress(skipped=True)

    later = step_after(tried("skipped"), tried("met"))
    assert (later.done, later.skipped) == (True, False)


def test_skipping_a_done_step_leaves_it_done() -> None:
    step = step_after(tried("met"), tried("skipped"))

    assert (step.done, step.skipped) == (True, False)


def test_the_next_step_is_the_first_that_is_neither_done_nor_skipped() -> None:
    lesson = lesson_after(
        tried("met", step="tag"), tried("skipped", step="log-in"), tried("unmet", step="push")
    )

    assert lesson.next_step([("tag", "A"), ("log-in", "A"), ("push", "A"), ("clean", "A")]) == "push"


def test_the_next_step_is_a_done_one_that_asks_for_something_else_now() -> None:
    lesson = lesson_after(tried("met", step="tag"), tried("met", step="push"))

    assert lesson.next_step([("tag", "B"), ("push", "A")]) == "tag"


def test_there_is_no_next_step_where_all_are_done_or_skipped() -> None:
    lesson = lesson_after(tried("met", step="tag"), tried("skipped", step="push"))

    assert lesson.next_step([("tag", "A"), ("push", "A")]) is None


def test_lessons_are_kept_apart() -> None:
    progress = fold([tried("met"), tried("hint", lesson="layers")])

    assert progress["tagging"].steps["push"].done
    assert progress["layers"].steps["push"] == StepProgress(hints=1)
