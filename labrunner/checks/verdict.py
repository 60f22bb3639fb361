"""What a check concludes. A learner's failure is a value, never an exception."""

from dataclasses import dataclass

from labrunner.checks.finding import Finding, NearMiss


@dataclass(frozen=True, slots=True)
class Met:
    """The check holds; `findings` say what is now true (expected == found)."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmet:
    """The check does not hold; at least one finding says why."""

    findings: tuple[Finding, ...]
    near: NearMiss | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """It could not be told: the engine is gone, a probe failed, something it needs is not met yet."""

    because: str


Verdict = Met | Unmet | Unknown
