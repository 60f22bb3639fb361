"""What a proof of lessons found, as still values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from labrunner.errors import Location

Outcome = Literal["ok", "failed", "skipped"]
Kind = Literal[
    "can be read",
    "set up",
    "unmet before",
    "met after solution",
    "met after accept",
    "unmet after reject",
    "says",
    "judging changed nothing",
    "cleaned up",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One thing that had to be shown."""

    kind: Kind
    number: int = 0
    """Which `accept` or `reject` of the step, from 1; 0 where there is only one."""
    outcome: Outcome = "ok"
    at: Location
    found: str = ""
    """What was found instead, or why it was skipped; a sentence."""
    remedy: str = ""
    """What the author can do about it."""
    shown: tuple[str, ...] = ()
    """What labrunner said to the learner meanwhile."""
    shaky: str = ""
    """For a claim that held only when it was tried again: what was found at first."""
    seconds: float = 0.0

    @property
    def name(self) -> str:
        return f"{self.kind} {self.number}" if self.number else self.kind

    @property
    def sentence(self) -> str:
        """For an author: `file:line:column: what was found and what to do.`"""
        return f"{self.at}: {self.found} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProof:
    """A step without checks has no claims."""

    id: str
    title: str
    at: Location
    claims: tuple[Claim, ...] = ()

    @property
    def seconds(self) -> float:
        return sum(claim.seconds for claim in self.claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonProof:
    path: str
    id: str = ""
    """Empty, like the title, where the lesson cannot be read."""
    title: str = ""
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What `{{…}}` stood for in this proof."""
    claims: tuple[Claim, ...] = ()
    """About the lesson as a whole."""
    steps: tuple[StepProof, ...] = ()
    seconds: float = 0.0

    @property
    def every_claim(self) -> Iterator[Claim]:
        yield from self.claims
        for step in self.steps:
            yield from step.claims

    @property
    def ok(self) -> bool:
        return all(claim.outcome != "failed" for claim in self.every_claim)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    engine: str
    """`docker` or `practice`."""
    version: str
    store: str
    """`graph` or `containerd`."""
    lessons: tuple[LessonProof, ...]

    @property
    def ok(self) -> bool:
        return all(lesson.ok for lesson in self.lessons)

    @property
    def failed(self) -> tuple[Claim, ...]:
        return tuple(
            claim for lesson in self.lessons for claim in lesson.every_claim if claim.outcome == "failed"
        )

    @property
    def shaky(self) -> tuple[Claim, ...]:
        """Those that held only when they were tried again."""
        return tuple(claim for lesson in self.lessons for claim in lesson.every_claim if claim.shaky)

    def count(self, outcome: Outcome) -> int:
        return sum(claim.outcome == outcome for lesson in self.lessons for claim in lesson.every_claim)
