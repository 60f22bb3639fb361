"""Verdicts in plain English: what was found, what is expected, and on request what would mend it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from labrunner.checks.check import PlacedCheck
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.judging import WAITING
from labrunner.checks.met_words import MET
from labrunner.checks.telling import Words, thing
from labrunner.checks.unmet_words import UNMET
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict

_COMMANDS = ("docker ", "rm ", "mv ")
_GIVEN = ("is on the engine", "is there", "is in the workspace", "can be read", "answers", "has been run")


def sentences(placed: PlacedCheck, verdict: Verdict, *, with_remedy: bool) -> tuple[str, ...]:
    """Why a check is not met: the author's own sentence first, then each finding, then the near miss. A
    check that only waits for another one has nothing to say."""
    match verdict:
        case Met():
            return ()
        case Unknown(because):
            return () if verdict == WAITING else (because,)
        case Unmet(findings, near):
            said = [placed.because] if placed.because else []
            told = _telling(placed.kind, findings)
            said += [_unmet(placed.kind, finding) for finding in told if not _nothing_more(placed, finding)]
            if near is not None:
                said += _near(placed.kind, near, findings)
            if with_remedy:
                mending = (*((near.finding,) if near else ()), *findings)
                said += list(_remedies(placed.kind, mending))[:1]
            return tuple(dict.fromkeys(said))


def met_sentences(placed: PlacedCheck, verdict: Verdict) -> tuple[str, ...]:
    """What is now true, one sentence for each thing: `lab-web is running and publishes port 8080 to its
    port 80.`"""
    if not isinstance(verdict, Met):
        return ()
    things: dict[str, list[str]] = {}
    for finding in verdict.findings:
        clause = _clause(placed.kind, finding)
        if clause:
            things.setdefault(_whole(finding), []).append(clause)
    return tuple(_joined(name, clauses) for name, clauses in things.items())


def _telling(kind: str, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Of what should not be so, not that the thing is there at all, if more is wrong about it."""

    def given(finding: Finding) -> bool:
        inner, field, negated = _place(kind, finding.field)
        return negated and _clause(inner, replace(finding, field=field)) in _GIVEN

    return tuple(finding for finding in findings if not given(finding)) or findings


def _nothing_more(placed: PlacedCheck, finding: Finding) -> bool:
    """That something has not happened yet is what the author's own sentence says, in better words."""
    return bool(placed.because) and placed.kind in ("asked", "event") and finding.found is None


def _unmet(kind: str, finding: Finding) -> str:
    kind, field, negated = _place(kind, finding.field)
    if negated:
        clause = _clause(kind, replace(finding, field=field))
        return f"{thing(finding)} {clause}; that should not be so." if clause else "This should not be so."
    sentence = _filled(UNMET, kind, field, finding)
    if sentence:
        return sentence
    found = finding.found if finding.found is not None else "nothing"
    about = f"{finding.subject}: " if finding.subject else ""
    return f"{about}{field} is {found}; {finding.expected} is expected."


def _near(kind: str, near: NearMiss, findings: tuple[Finding, ...]) -> Iterator[str]:
    """One thing that differs from all that is asked in one field; the finding itself may have been told
    already."""
    if near.finding not in findings:
        yield _unmet(kind, near.finding)
    elif _place(kind, near.finding.field)[0] == "container":
        yield f"All else about {thing(near.finding)} is as expected."


def _remedies(kind: str, findings: Iterable[Finding]) -> Iterator[str]:
    """What would mend it; where something is to be looked at, what shows it."""
    for finding in findings:
        if finding.remedy.startswith(_COMMANDS):
            yield f"`{finding.remedy}` {'shows' if kind in ('answer', 'asked') else 'mends'} it."
        elif finding.remedy:
            yield finding.remedy


def _clause(kind: str, finding: Finding) -> str:
    kind, field, negated = _place(kind, finding.field)
    return "" if negated else _filled(MET, kind, field, finding)


def _place(kind: str, field: str) -> tuple[str, str, bool]:
    """Kind, field and whether it was negated, of a check that may stand in `any` or `all`:
    `image.not.name`."""
    negated = False
    while field.startswith("not.") or kind in ("any", "all"):
        first, _, field = field.partition(".")
        if first == "not":
            negated = not negated
        else:
            kind = first
    return kind, field, negated


def _filled(table: Mapping[str, Words], kind: str, field: str, finding: Finding) -> str:
    """The words for a field; `form.CMD` is looked up as `form` where it has none of its own."""
    words = table.get(f"{kind}.{field}") or table.get(f"{kind}.{field.partition('.')[0]}") or ""
    match words:
        case str():
            template = words
        case (something, nothing):
            template = something if finding.found is not None else nothing
        case _:
            return words(finding)
    found = finding.found if finding.found is not None else "none"
    return template.format(
        thing=thing(finding), subject=finding.subject, expected=finding.expected, found=found
    )


def _whole(finding: Finding) -> str:
    """The thing of which a sentence tells all that holds: a file rather than its lines."""
    return re.sub(r" line \d+$", "", thing(finding))


def _joined(name: str, clauses: list[str]) -> str:
    """That a thing is there goes without saying where more is said of it."""
    told = list(dict.fromkeys(clauses))
    if told[-1].endswith("."):
        return told[-1]
    if len(told) > 1 and told[0] in _GIVEN:
        told = told[1:]
    *first, last = told
    return f"{name} {', '.join(first)} and {last}." if first else f"{name} {last}."
