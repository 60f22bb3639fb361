"""Checks made of checks: one of several ways, or several together as one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from labrunner.checks.check import PlacedCheck
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.judging import judged, probes_for
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyCheck:
    """One of several checks is enough. The body is a list of checks by kind."""

    example: ClassVar[str] = """\
- container: {of: hello-world, state: exited}
- event: {type: container, action: die, object: hello-world}
"""

    checks: tuple[PlacedCheck, ...]

    def __post_init__(self) -> None:
        if not self.checks:
            raise ValueError("The list of checks is empty.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return probes_for(self.checks, seen)

    def judge(self, seen: Evidence) -> Verdict:
        verdicts = _judged(self.checks, seen)
        for kind in (Met, Unknown):
            for verdict in verdicts:
                if isinstance(verdict, kind):
                    return verdict
        # The way that is nearest is told; the others would only confuse.
        unmet = [verdict for verdict in verdicts if isinstance(verdict, Unmet)]
        return min(unmet, key=lambda verdict: (len(verdict.findings), verdict.near is None))


@dataclass(frozen=True, slots=True, kw_only=True)
class AllCheck:
    """Several checks must hold together. Useful inside `any`; a step's checks must all hold anyway."""

    example: ClassVar[str] = """\
- image: {name: lab-web}
- file: {path: Dockerfile}
"""

    checks: tuple[PlacedCheck, ...]

    def __post_init__(self) -> None:
        if not self.checks:
            raise ValueError("The list of checks is empty.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return probes_for(self.checks, seen)

    def judge(self, seen: Evidence) -> Verdict:
        verdicts = _judged(self.checks, seen)
        unmet = [verdict for verdict in verdicts if isinstance(verdict, Unmet)]
        if unmet:
            near = next((verdict.near for verdict in unmet if verdict.near is not None), None)
            return Unmet(tuple(finding for verdict in unmet for finding in verdict.findings), near)
        unknown = next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), None)
        if unknown is not None:
            return unknown
        return Met(
            tuple(each for verdict in verdicts if isinstance(verdict, Met) for each in verdict.findings)
        )


def _judged(checks: tuple[PlacedCheck, ...], seen: Evidence) -> list[Verdict]:
    """The verdicts of the checks within, whose findings say of which kind of check they are: `image.name`."""
    return [_marked(judged(placed, seen), placed.kind) for placed in checks]


def _marked(verdict: Verdict, kind: str) -> Verdict:
    match verdict:
        case Met(findings):
            return Met(_of_kind(findings, kind))
        case Unmet(findings, near):
            if near is not None:
                near = NearMiss(subject=near.subject, finding=_of_kind((near.finding,), kind)[0])
            return Unmet(_of_kind(findings, kind), near)
        case Unknown():
            return verdict


def _of_kind(findings: Iterable[Finding], kind: str) -> tuple[Finding, ...]:
    return tuple(replace(finding, field=f"{kind}.{finding.field}") for finding in findings)
