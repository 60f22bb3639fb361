"""A step's checks judged together, with the keys that all kinds have in common.

Whatever a check does, a learner never pays for it: one that raises cannot tell, and says so.
"""

from collections.abc import Mapping
from dataclasses import replace

from labrunner.checks.check import PlacedCheck
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.finding import Finding
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict

WAITING = Unknown("Another check of this step has to be met first.")
NOTHING_JUDGED: Mapping[str, Verdict] = {}


def applies(placed: PlacedCheck, seen: Evidence) -> bool:
    """Whether a check is meant for the engine that is there (`only`)."""
    return placed.only is None or placed.only == seen.engine


def judged(placed: PlacedCheck, seen: Evidence, earlier: Mapping[str, Verdict] = NOTHING_JUDGED) -> Verdict:
    """One check's verdict. `earlier` holds the verdicts of the checks that it may need; a check for another
    engine is met, for it asks nothing of this learner."""
    if not applies(placed, seen):
        return Met()
    if placed.needs in earlier and not isinstance(earlier[placed.needs], Met):
        return WAITING
    try:
        verdict = placed.check.judge(seen)
    except Exception as error:
        return Unknown(f"The check `{placed.kind}` broke: {type(error).__name__}: {error}")
    return _negated(verdict) if placed.negated else verdict


def judge_all(placed: tuple[PlacedCheck, ...], seen: Evidence, held: frozenset[str]) -> Mapping[str, Verdict]:
    """Verdicts by check id, in the order of the step. `held` are the ids of checks that were met before in
    this step: with `holds: once` they stay met without being looked at again."""
    by_id = {each.id: each for each in placed}
    verdicts: dict[str, Verdict] = {}

    def settle(each: PlacedCheck, waiting: frozenset[str]) -> None:
        if each.id in verdicts:
            return
        if each.needs in by_id and each.needs not in waiting:
            settle(by_id[each.needs], waiting | {each.id})
        if each.holds == "once" and each.id in held:
            verdicts[each.id] = Met()
        else:
            verdicts[each.id] = judged(each, seen, verdicts)

    for each in placed:
        settle(each, frozenset({each.id}))
    return {each.id: verdicts[each.id] for each in placed}


def probes_for(
    placed: tuple[PlacedCheck, ...], seen: Evidence, held: frozenset[str] = frozenset()
) -> tuple[Probe, ...]:
    """What the checks still have to be shown: each probe once, none that is answered, none for a check that
    is held, that is for another engine, or that needs a check which is not met."""
    verdicts: Mapping[str, Verdict] = NOTHING_JUDGED
    if any(each.needs for each in placed):
        verdicts = judge_all(placed, seen, held)
    wanted: dict[Probe, None] = {}
    for each in placed:
        held_already = each.holds == "once" and each.id in held
        if held_already or not applies(each, seen) or verdicts.get(each.id) is WAITING:
            continue
        wanted.update(dict.fromkeys(_probes(each, seen)))
    return tuple(probe for probe in wanted if probe not in seen.answers)


def _probes(placed: PlacedCheck, seen: Evidence) -> tuple[Probe, ...]:
    try:
        return placed.check.probes(seen)
    except Exception:  # `judged` will say that the check broke
        return ()


def _negated(verdict: Verdict) -> Verdict:
    match verdict:
        case Met(findings):
            told = findings or (Finding(field="", expected="not so", found="so"),)
            return Unmet(tuple(replace(finding, field=f"not.{finding.field}", remedy="") for finding in told))
        case Unmet():
            return Met()
        case Unknown():
            return verdict
