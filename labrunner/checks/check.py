"""The contract of a check, and how a lesson places one in a step."""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.verdict import Verdict
from labrunner.errors import Location


@runtime_checkable
class Check(Protocol):
    """A frozen dataclass whose fields are the keys an author writes."""

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        """What has to be found out beyond one look. Asked with an evidence whose `answers` may be empty or partial:
        called again until it asks for nothing new (at most 3 rounds)."""
        ...

    def judge(self, seen: Evidence) -> Verdict: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCheck:
    """A check with the keys that all kinds have in common, at its place in a step."""

    kind: str
    check: Check
    id: str
    """The author's, or `KIND-N`."""
    because: str = ""
    holds: Literal["once", "now"] = "once"
    only: Literal["docker", "practice"] | None = None
    negated: bool = False
    """The author wrote `not: true`."""
    needs: str = ""
    """The id of a check of this step that has to be met first."""
    at: Location
