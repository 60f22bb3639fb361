"""One lesson from its first step to its last: which claims are shown, in which order, and which get a second try."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial

from labrunner.authoring import claims as say
from labrunner.authoring.bench import Bench
from labrunner.authoring.holdings import differences
from labrunner.authoring.proof import Claim, StepProof
from labrunner.authoring.shares import WHOLE, Share
from labrunner.authoring.sitting import Way
from labrunner.authoring.standing import Standing, Unreached
from labrunner.authoring.worlds import Worlds
from labrunner.errors import EngineError, Location
from labrunner.lesson.model import Lesson, Step

Doing = Callable[[Step, str], None]
"""Told what is tried now: the step, and which claim."""
Claims = tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    steps: tuple[StepProof, ...]
    claims: Claims
    """About the lesson as a whole."""


def walk(lesson: Lesson, bench: Bench, doing: Doing, share: Share = WHOLE) -> Walked:
    """Prove every step, with this share of the ways beside its solution.

    Raises EngineUnreachable, ShellError; the engine is put back even then.
    """
    worlds = Worlds(bench)
    try:
        with closing(Standing(lesson, bench, worlds)) as standing:
            steps = tuple(_steps(lesson, standing, doing, share))
            standing.leave()
            failed = standing.script_failed
        worlds.undo(worlds.empty)
        left = differences(worlds.empty.holdings, worlds.look())
    except BaseException:
        with suppress(EngineError):
            worlds.undo(worlds.empty)
        raise
    return Walked(steps=steps, claims=(say.cleaned_up(Location(path=lesson.path), left, failed),))


def _steps(lesson: Lesson, standing: Standing, doing: Doing, share: Share) -> Iterator[StepProof]:
    missed: Step | None = None
    for step in lesson.steps:
        if missed is not None:
            because = f"“{missed.title}” is not met after its solution, so this step cannot be reached."
            claims = _skipped(say.planned(step, standing.checks(step)), because)
        else:
            claims, met = _prove(step, standing, doing, share)
            if met:
                standing.go_on()
            else:
                missed = step
        yield StepProof(id=step.id, title=step.title, at=step.at, claims=claims)


def _prove(step: Step, standing: Standing, doing: Doing, share: Share) -> tuple[Claims, bool]:
    """A step's claims, and whether it is met after its solution."""
    arrival, changed = standing.arrival, standing.changed
    claims = say.set_up(step, standing.script_failed)
    if not standing.checks(step):
        return claims, True
    claims += (say.unmet_before(step, arrival),)
    standing.remember()
    if arrival.met:
        standing.solve()
        left = say.planned(step, checks=True)[1:]
        return claims + _skipped(left, "The step is met before anything is done."), True
    try:
        claims += tuple(_other_ways(step, standing, doing, share))
        doing(step, "met after solution")
        way = standing.solve()
        solution = say.met_after_solution(step, way)
        if solution.outcome == "failed" and way is not None:
            way = standing.solve(anew=True)
            (solution,) = _after_second_try((solution,), (say.met_after_solution(step, way),))
    except Unreached as unreached:
        return (*claims, say.unreached(step, unreached.step)), False
    judging = say.judging_changed_nothing(step, (*changed, *standing.changed))
    return (*claims, solution, judging), way is not None and way.met


def _other_ways(step: Step, standing: Standing, doing: Doing, share: Share) -> Iterator[Claim]:
    for number, script in enumerate(step.accepts, 1):
        if not share.takes(number):
            continue
        doing(step, f"met after accept {number}")
        yield from _tried(
            standing, script.text, partial(say.met_after_accept, step, script, number), right=True
        )
    for number, reject in enumerate(step.rejects, len(step.accepts) + 1):
        if not share.takes(number):
            continue
        number -= len(step.accepts)
        doing(step, f"unmet after reject {number}")
        yield from _tried(
            standing, reject.run, partial(say.unmet_after_reject, step, reject, number), right=False
        )


def _tried(standing: Standing, script: str, claims: Callable[[Way], Claims], *, right: bool) -> Claims:
    """An engine may fail once; a learner types the command again then, and so it is done here.

    A wrong way that was taken for a right one is a hole, whatever happens the next time.
    """
    first = claims(standing.attempt(script, right=right))
    if any(claim.kind == "unmet after reject" and claim.outcome == "failed" for claim in first):
        return first
    if all(claim.outcome == "ok" for claim in first):
        return first
    return _after_second_try(first, claims(standing.attempt(script, right=right, anew=True)))


def _after_second_try(first: Claims, second: Claims) -> Claims:
    return tuple(
        replace(after, shaky=before.found) if before.outcome == "failed" and after.outcome == "ok" else after
        for before, after in zip(first, second, strict=True)
    )


def _skipped(claims: Claims, because: str) -> Claims:
    return tuple(say.skipped(claim, because) for claim in claims)
