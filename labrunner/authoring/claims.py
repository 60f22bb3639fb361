"""What was found on each way through a step, put into claims: sentences that tell an author where and what to do."""

import re
from collections.abc import Iterable

from labrunner.authoring.proof import Claim
from labrunner.authoring.sitting import Way
from labrunner.checks.check import PlacedCheck
from labrunner.checks.verdict import Met
from labrunner.checks.words import sentences
from labrunner.errors import LessonError, Location
from labrunner.lesson.model import Reject, Script, Step

_MARKUP = re.compile(r"[`*_]+")


def unreadable(errors: Iterable[LessonError]) -> tuple[Claim, ...]:
    return tuple(
        Claim(kind="can be read", outcome="failed", at=error.at, found=error.what, remedy=error.remedy)
        for error in errors
    )


def set_up(step: Step, failed: str) -> tuple[Claim, ...]:
    """Only a setup that fails is worth a claim."""
    if not failed:
        return ()
    what, remedy = f"The setup failed: {failed}", "Mend the script; it runs with `sh -e` in the workspace."
    return (Claim(kind="set up", outcome="failed", at=step.at, found=what, remedy=remedy),)


def unreached(step: Step, earlier: Step) -> Claim:
    return Claim(
        kind="set up",
        outcome="failed",
        at=earlier.solution.at if earlier.solution is not None else earlier.at,
        found=f"“{earlier.title}” was met after its solution; done again to show “{step.title}”, it is not met.",
        remedy="Let the solution wait for what it starts, and depend on nothing that a first run leaves behind.",
    )


def unmet_before(step: Step, way: Way) -> Claim:
    if not way.met:
        return Claim(kind="unmet before", at=step.at, seconds=way.seconds)
    return Claim(
        kind="unmet before",
        outcome="failed",
        at=step.at,
        found=f"Every check of “{step.title}” holds before the learner does anything: {_listed(step.checks)}.",
        remedy="Ask for something that is not so yet, or take it away in a `setup`.",
        shown=way.shown,
        seconds=way.seconds,
    )


def met_after_solution(step: Step, way: Way | None) -> Claim:
    script = step.solution
    if script is None or way is None:
        return Claim(
            kind="met after solution",
            outcome="failed",
            at=step.at,
            found=f"“{step.title}” has checks and no solution.",
            remedy="Add an `sh solution` block.",
        )
    if way.met and not way.troubles:
        return Claim(kind="met after solution", at=script.at, seconds=way.seconds)
    return Claim(
        kind="met after solution",
        outcome="failed",
        at=script.at,
        found=_why_not(step, way, "solution"),
        remedy="Change the solution, or the checks.",
        shown=way.shown,
        seconds=way.seconds,
    )


def met_after_accept(step: Step, script: Script, number: int, way: Way) -> tuple[Claim, ...]:
    met = way.met and not way.troubles
    claim = Claim(
        kind="met after accept",
        number=number,
        outcome="ok" if met else "failed",
        at=script.at,
        found="" if met else _why_not(step, way, "accepted way"),
        remedy="" if met else "Let the checks take this way too, or delete the `accept`.",
        shown=() if met else way.shown,
        seconds=way.seconds,
    )
    return (claim,)


def unmet_after_reject(step: Step, reject: Reject, number: int, way: Way) -> tuple[Claim, ...]:
    """That the step is not met, and that the learner is told what the author wants said."""
    unmet = Claim(
        kind="unmet after reject",
        number=number,
        outcome="failed" if way.met else "ok",
        at=reject.at,
        found=f"“{step.title}” is met after this wrong way." if way.met else "",
        remedy="Let a check tell it from the right way, or make it an `accept`." if way.met else "",
        shown=way.shown if way.met else (),
        seconds=way.seconds,
    )
    if not reject.says:
        return (unmet,)
    said = way.met or is_said(reject.says, way.shown)
    told = (
        "is not among what the learner is told"
        if way.shown
        else "is not said, for the learner is told nothing"
    )
    says = Claim(
        kind="says",
        number=number,
        outcome="skipped" if way.met else "ok" if said else "failed",
        at=reject.at,
        found="The step is met, so nothing is said."
        if way.met
        else ""
        if said
        else f"“{reject.says}” {told}.",
        remedy="" if said else "Change `says`, or add a `feedback` that fits this way.",
        shown=() if said else way.shown,
    )
    return unmet, says


def judging_changed_nothing(step: Step, changed: tuple[str, ...]) -> Claim:
    if not changed:
        return Claim(kind="judging changed nothing", at=step.at)
    return Claim(
        kind="judging changed nothing",
        outcome="failed",
        at=step.at,
        found=f"Judging “{step.title}” changed the engine: {'; '.join(changed)}.",
        remedy=f"A check may only look: report it to whoever wrote {_kinds(step.checks)}.",
    )


def cleaned_up(at: Location, left: tuple[str, ...], failed: str) -> Claim:
    found = [f"The cleanup failed: {failed}"] if failed else []
    if left:
        found.append(f"The engine is not what it was before the lesson: {'; '.join(left)}.")
    return Claim(
        kind="cleaned up",
        outcome="failed" if found else "ok",
        at=at,
        found=" ".join(found),
        remedy="Let the lesson work only on what it made, and mend or add a `cleanup`." if found else "",
    )


def skipped(claim: Claim, because: str) -> Claim:
    return Claim(kind=claim.kind, number=claim.number, outcome="skipped", at=claim.at, found=because)


def is_said(words: str, shown: Iterable[str]) -> bool:
    """Whether the words stand together in something that was shown; case, spaces and Markdown's marks aside."""
    wanted = _plain(words)
    return any(wanted in _plain(text) for text in shown)


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).split()).casefold()


def _why_not(step: Step, way: Way, what: str) -> str:
    told = [] if way.met else [f"“{step.title}” is not met after this {what}: {_unmet(step, way)}."]
    told += [f"The command {trouble}" for trouble in way.troubles]
    failed = [command for command in way.ran if command.exit_status not in (0, None, 130)]
    if failed and not way.met:
        last = failed[-1]
        said = [line for line in last.output.splitlines() if line.strip()]
        words = f": {said[-1].strip()}" if said else ""
        told.append(f"`{last.text.splitlines()[0]}` ended with status {last.exit_status}{words}.")
    return " ".join(told)


def _unmet(step: Step, way: Way) -> str:
    """Each check that does not hold, with its line and what it says."""
    told = []
    for placed in step.checks:
        verdict = way.verdicts.get(placed.id)
        if verdict is not None and not isinstance(verdict, Met):
            words = " ".join(sentences(placed, verdict, with_remedy=False)).rstrip(".")
            told.append(f"{placed.id} (line {placed.at.line}): {words}")
    return "; ".join(told) or "nothing was judged"


def _listed(checks: tuple[PlacedCheck, ...]) -> str:
    return ", ".join(f"{placed.id} (line {placed.at.line})" for placed in checks)


def _kinds(checks: tuple[PlacedCheck, ...]) -> str:
    return ", ".join(dict.fromkeys(f"`{placed.kind}`" for placed in checks))


def planned(step: Step, checks: bool) -> tuple[Claim, ...]:
    """The claims to be shown of a step, before any is tried; none where it has no checks for this engine."""
    if not checks:
        return ()
    solution = step.solution.at if step.solution is not None else step.at
    return (
        Claim(kind="unmet before", at=step.at),
        Claim(kind="met after solution", at=solution),
        *(
            Claim(kind="met after accept", number=number, at=script.at)
            for number, script in enumerate(step.accepts, 1)
        ),
        *(
            Claim(kind="unmet after reject", number=number, at=reject.at)
            for number, reject in enumerate(step.rejects, 1)
        ),
        Claim(kind="judging changed nothing", at=step.at),
    )
