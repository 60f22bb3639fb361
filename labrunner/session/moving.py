"""Going from step to step: arriving, going on, going back, the end."""

from dataclasses import replace

from labrunner.checks.check import PlacedCheck
from labrunner.lesson.model import Step
from labrunner.progress.attempt import Attempt, Outcome
from labrunner.session.effects import (
    BeginStep,
    Effect,
    GatherEvidence,
    KeepAttempt,
    Leave,
    RunScripts,
    ShowEnd,
    ShowNotice,
    ShowStep,
    StartOver,
)
from labrunner.session.session import LOUDNESS, Judging, Session

Moved = tuple[Session, tuple[Effect, ...]]


def attempt(
    session: Session, outcome: Outcome, *, command: str = "", findings: tuple[str, ...] = ()
) -> KeepAttempt:
    step = session.step
    met = tuple(check.id for check in step.checks if check.id in session.held)
    return KeepAttempt(
        attempt=Attempt(
            lesson=session.lesson.id,
            step=step.id,
            outcome=outcome,
            at=0.0,
            checks_hash=step.checks_hash,
            met=(*met, "question") if session.answered else met,
            findings=findings,
            command=command,
        )
    )


def arrive(session: Session, *, first: bool = False) -> Moved:
    """Begin the current step: its setup first, then the step itself."""
    step = session.step
    scripts = (*session.lesson.setup, *step.setup) if first else step.setup
    effects: tuple[Effect, ...] = (BeginStep(step=step),)
    if scripts:
        return replace(session, phase="setup"), (*effects, RunScripts(scripts=scripts, purpose="setup"))
    shown, more = show_step(session)
    return shown, effects + more


def show_step(session: Session) -> Moved:
    step = session.step
    session = replace(session, phase="open")
    shown = ShowStep(
        step=step,
        lesson_title=session.lesson.front.title,
        place=session.place,
        engine=session.engine,
        brief=session.brief,
    )
    session = replace(session, brief=False)
    if step.checks and not session.checks_met:
        session, effects = gather(session, Judging(cause="arrival"))
        return session, (shown, *effects)
    if session.unattended and not step.asks:
        session, effects = go_on(session)
        return session, (shown, *effects)
    return session, (shown,)


def gather(session: Session, why: Judging) -> Moved:
    """Ask for evidence; while some is on its way, remember to ask once more."""
    if session.lost or session.phase not in ("open",):
        return session, ()
    if session.judging is not None:
        waiting = session.again
        louder = waiting is None or LOUDNESS[why.cause] >= LOUDNESS[waiting.cause]
        return (replace(session, again=why) if louder else session), ()
    step = session.step
    from_feedback = tuple(told.when for told in step.feedback if isinstance(told.when, PlacedCheck))
    wanted = GatherEvidence(step=step, also=from_feedback, answer=session.answer)
    return replace(session, judging=why), (wanted,)


def go_on(session: Session) -> Moved:
    """Leave a step that is done, or that only wanted to be read."""
    step = session.step
    kept: tuple[Effect, ...] = ()
    session = replace(session, gone=session.gone - {step.id})
    if session.rehearsing_to is None:
        if step.id not in session.done and session.phase != "met":
            kept = (attempt(session, "read"),)
        session = replace(session, done=session.done | {step.id}, skipped=session.skipped - {step.id})
    elif step.id not in session.done:
        kept = (attempt(session, "skipped"),)
        session = replace(session, skipped=session.skipped | {step.id})
    moved, effects = move(session, session.position + 1)
    return moved, kept + effects


def skip(session: Session) -> Moved:
    kept: tuple[Effect, ...] = ()
    step = session.step
    if step.id not in session.done:
        kept = (attempt(session, "skipped"), ShowNotice(notice="skipped", detail=step.title))
        session = replace(session, skipped=session.skipped | {step.id})
    moved, effects = move(session, session.position + 1)
    return moved, kept + effects


def move(session: Session, position: int) -> Moved:
    """Stand before step `position` with everything of the old step forgotten."""
    session = replace(
        session,
        position=position,
        phase="setup",
        held=frozenset(),
        answered=False,
        question_told=False,
        stay_told=False,
        fitted=frozenset(),
        answer=None,
        hints_before=session.hints_before + session.hints,
        hints=0,
        judging=None,
        again=None,
        seen={},
        looked={},
        became={},
        missing=(),
    )
    if position >= len(session.lesson.steps):
        return finish(session)
    if session.rehearsing_to is not None and position >= session.rehearsing_to:
        session = replace(session, rehearsing_to=None)
        arrived, effects = arrive(session)
        return arrived, (ShowNotice(notice="rebuilt"), *effects)
    return arrive(session)


def finish(session: Session) -> Moved:
    skipped = tuple(s.title for s in session.lesson.steps if s.id not in session.done)
    session = replace(session, phase="over", rehearsing_to=None)
    end = ShowEnd(lesson=session.lesson, hints=session.hints_before, skipped=skipped)
    scripts = (*session.lesson.cleanup, *(script for step in session.lesson.steps for script in step.cleanup))
    cleanup: tuple[Effect, ...] = (RunScripts(scripts=scripts, purpose="cleanup"),) if scripts else ()
    return session, (end, *cleanup, Leave(finished=session.finished))


def goto(session: Session, wanted: str) -> Moved:
    place = place_of(session, wanted)
    if place is None:
        return session, (ShowNotice(notice="no such step", detail=wanted),)
    if place == session.position:
        return move(session, place) if session.phase == "met" else show_step(session)
    ahead = session.lesson.steps[session.position : place]
    if place > session.position and any(needs_work(step, session) for step in ahead):
        session = replace(session, rehearsing_to=place)
        notice = ShowNotice(notice="rebuilding", detail=session.lesson.steps[place].title)
        if session.phase == "met" or not session.step.asks:
            moved, effects = go_on(session)
            return moved, (notice, *effects)
        return session, (notice,)
    return move(session, place)


def redo(session: Session) -> Moved:
    """Take away what the lesson made, and type the earlier steps' solutions again."""
    here = session.position
    notice = (
        ShowNotice(notice="rebuilding", detail=session.step.title)
        if any(step.solution is not None for step in session.lesson.steps[:here])
        else ShowNotice(notice="begun anew")
    )
    gone = frozenset(step.id for step in session.lesson.steps if step.solution is not None)
    session = replace(session, done=session.done - {session.step.id}, gone=gone)
    if here == 0:
        moved, effects = move(session, 0)
    else:
        moved, effects = move(replace(session, rehearsing_to=here), 0)
    return moved, (notice, StartOver(), *effects)


def needs_work(step: Step, session: Session) -> bool:
    return step.solution is not None and (step.id not in session.done or step.id in session.gone)


def place_of(session: Session, wanted: str) -> int | None:
    if wanted.isdecimal():
        place = int(wanted) - 1
        return place if 0 <= place < len(session.lesson.steps) else None
    return session.lesson.place(wanted)
