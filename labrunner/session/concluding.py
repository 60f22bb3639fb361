"""From evidence to what the learner is told: when to speak, when to stay quiet, when a step is done."""

from collections.abc import Mapping
from dataclasses import replace

from labrunner.checks.check import PlacedCheck
from labrunner.checks.commandline import docker_commands, matches
from labrunner.checks.container import ContainerCheck
from labrunner.checks.docker_errors import explain
from labrunner.checks.evidence import Command, Evidence
from labrunner.checks.judging import judge_all
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict
from labrunner.lesson.model import Step
from labrunner.session.effects import (
    CheckReport,
    Effect,
    Notice,
    ShowMet,
    ShowNotice,
    ShowUnmet,
    StopForeground,
)
from labrunner.session.moving import Moved, attempt, gather, go_on
from labrunner.session.session import Judging, Session


def conclude(session: Session, evidence: Evidence) -> Moved:
    """Judge the current step by this evidence, tell what has to be told, and keep the attempt."""
    why = session.judging or Judging(cause="change")
    step = session.step
    verdicts = apart(judge_all(step.checks, evidence, session.held))
    now_held = frozenset(name for name, verdict in verdicts.items() if isinstance(verdict, Met))
    newly = now_held - session.held
    looked = {name: signature(verdict) for name, verdict in verdicts.items()}
    missing = fields_of(verdicts)
    became = dict(session.became) | {
        name: verdict for name, verdict in verdicts.items() if isinstance(verdict, Met) and verdict.findings
    }
    moved = bool(session.looked) and looked != dict(session.looked)
    if why.cause in ("change", "still") and session.looked:
        # What a running command changes is told at its end: then it must still be news.
        looked = dict(session.looked)
    before = session
    again = session.again
    session = replace(
        session, held=now_held, looked=looked, missing=missing, became=became, judging=None, again=None
    )
    if session.checks_met and session.running and why.cause in ("change", "command"):
        # It may end in a moment by itself; if not, `StillRunning` says so.
        return session, ()
    if session.checks_met and session.running and has_to_stay(step):
        return wait_for_its_end(session)
    if session.checks_met:
        if step.question is None or session.answered:
            return met(session, verdicts, why)
        waits: Notice = "question waits" if session.running else "question next"
        notice: tuple[Effect, ...] = () if session.question_told else (ShowNotice(notice=waits),)
        session = replace(session, question_told=True)
        return session, (attempt(session, "unmet", command=typed(why)), *notice)
    told, effects = tell(session, before, verdicts, why, evidence, spoke=bool(newly) or moved)
    if again is not None:
        told, more = gather(told, again)
        effects += more
    return told, effects


def has_to_stay(step: Step) -> bool:
    """Whether a container of the step has to be there still when its command has ended."""
    return any(
        isinstance(placed.check, ContainerCheck) and placed.check.state == "running" and placed.holds == "now"
        for placed in step.checks
    )


def wait_for_its_end(session: Session) -> Moved:
    """A container that only lives as long as the foreground command does not meet the step yet."""
    if session.unattended:
        return session, (StopForeground(),)
    if session.stay_told:
        return session, ()
    return replace(session, stay_told=True), (ShowNotice(notice="stays so"),)


def apart(verdicts: Mapping[str, Verdict]) -> Mapping[str, Verdict]:
    """What is right for one check of a step is no near miss of another."""
    right = {
        finding.subject
        for verdict in verdicts.values()
        if isinstance(verdict, Met)
        for finding in verdict.findings
    }
    return {
        name: replace(verdict, near=None)
        if isinstance(verdict, Unmet) and verdict.near is not None and verdict.near.subject in right
        else verdict
        for name, verdict in verdicts.items()
    }


def met(session: Session, verdicts: Mapping[str, Verdict], why: Judging) -> Moved:
    """The step is done."""
    step = session.step
    session = replace(session, phase="met", gone=session.gone - {step.id})
    if session.rehearsing_to is None:
        session = replace(session, done=session.done | {step.id}, skipped=session.skipped - {step.id})
    reports = tuple(
        CheckReport(
            placed=placed, verdict=session.became.get(placed.id, verdicts[placed.id]), with_remedy=False
        )
        for placed in step.checks
        if placed.id in verdicts
    )
    shown = ShowMet(
        step=step,
        place=session.place,
        reports=reports,
        running=session.running,
        arrival=why.cause == "arrival",
        last=session.position == len(session.lesson.steps) - 1,
    )
    kept = attempt(session, "met" if session.rehearsing_to is None else "skipped", command=typed(why))
    effects: tuple[Effect, ...] = (kept, shown)
    if session.unattended and session.running:
        return session, (*effects, StopForeground())
    if session.unattended:
        session, more = go_on(session)
        return session, effects + more
    return session, effects


def tell(
    session: Session,
    before: Session,
    verdicts: Mapping[str, Verdict],
    why: Judging,
    evidence: Evidence,
    *,
    spoke: bool,
) -> Moved:
    """Say field by field what was found, if the learner plausibly tried the step or asked."""
    step = session.step
    asked = why.cause in ("check", "answer", "end")
    tried = why.command is not None and (spoke or plausible(why.command, step))
    said: tuple[str, ...] = ()
    if why.command is not None or asked:
        fitting = fitting_states(step, evidence)
        news = fitting if asked or tried else fitting - session.fitted
        said = sayings(step, why.command, news)
        session = replace(session, fitted=fitting)
    reports = tuple(
        CheckReport(
            placed=placed,
            verdict=verdicts[placed.id],
            with_remedy=session.seen.get(placed.id) == signature(verdicts[placed.id]),
        )
        for placed in worth_telling(session, verdicts, why)
    )
    if not reports and not said and tried:
        return session, (attempt(session, "unmet", command=typed(why)),)
    if not (asked or tried):
        if said:
            return session, (ShowUnmet(step=step, place=session.place, reports=(), said=said),)
        if session.held != before.held:
            return session, (attempt(session, "unmet", command=typed(why)),)
        return session, ()
    seen = {
        report.placed.id: signature(report.verdict)
        for report in reports
        if not isinstance(report.verdict, Met)
    }
    unknown = not any(isinstance(report.verdict, Unmet) for report in reports)
    kept = attempt(
        session,
        "unknown" if unknown else "unmet",
        command=typed(why),
        findings=fields_of({report.placed.id: report.verdict for report in reports}),
    )
    session = replace(session, seen={**session.seen, **seen})
    return session, (kept, ShowUnmet(step=step, place=session.place, reports=reports, said=said))


def worth_telling(session: Session, verdicts: Mapping[str, Verdict], why: Judging) -> tuple[PlacedCheck, ...]:
    """After a wrong answer, what it was about; after a right one, or one that comes too early, all; after a
    command, all but the answer that was told to be wrong before."""
    placed = tuple(each for each in session.step.checks if each.id in verdicts)
    if why.cause == "answer":
        wrong = (each for each in placed if each.kind == "answer" and isinstance(verdicts[each.id], Unmet))
        return tuple(wrong) or placed
    if why.cause != "command" or session.answer is None:
        return placed
    return tuple(
        each
        for each in placed
        if each.kind != "answer" or session.seen.get(each.id) != signature(verdicts[each.id])
    )


def plausible(command: Command, step: Step) -> bool:
    """Whether this command line looks like a try at the step: the same docker command as a right answer uses."""
    scripts = (step.solution, *step.accepts) if step.solution is not None else step.accepts
    texts = (*(script.text for script in scripts), *(reject.run for reject in step.rejects))
    wanted = {docker.path for text in texts for docker in docker_commands(text)}
    return any(
        docker.path in wanted and not docker.option("help") for docker in docker_commands(command.text)
    )


def fitting_states(step: Step, evidence: Evidence) -> frozenset[int]:
    """Which of the author's feedbacks on a state fit it."""
    return frozenset(
        number
        for number, told in enumerate(step.feedback)
        if isinstance(told.when, PlacedCheck)
        and isinstance(judge_all((told.when,), evidence, frozenset()).get(told.when.id), Met)
    )


def sayings(step: Step, command: Command | None, states: frozenset[int]) -> tuple[str, ...]:
    """The author's feedback on these states and on the command; if there is none on the command, a plain sentence for
    a known docker error. What he says of an answer is said when it is given."""
    said: list[str] = []
    explained = command is None or command.exit_status == 0
    for number, told in enumerate(step.feedback):
        if isinstance(told.when, PlacedCheck):
            fits = number in states and (command is None or told.when.kind != "answer")
        else:
            fits = command is not None and matches(told.when.like, command.text)
            explained = explained or fits
        if fits:
            said.append(told.say)
    if command is not None and not explained and (plain := explain(command.output)):
        said.append(plain)
    return tuple(said)


def signature(verdict: Verdict) -> str:
    """What makes two failures the same."""
    match verdict:
        case Met():
            return ""
        case Unmet(findings=findings):
            return "; ".join(f"{f.subject} {f.field} {f.found}" for f in findings)
        case Unknown(because=because):
            return because


def fields_of(verdicts: Mapping[str, Verdict]) -> tuple[str, ...]:
    """`check-id.field` for each finding of the checks that are not met."""
    return tuple(
        f"{name}.{finding.field}"
        for name, verdict in verdicts.items()
        if isinstance(verdict, Unmet)
        for finding in verdict.findings
    )


def typed(why: Judging) -> str:
    return why.command.text if why.command is not None else ""
