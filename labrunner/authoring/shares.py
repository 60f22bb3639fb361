"""A lesson proved in several parts, each on an engine of its own, and the parts put together again.

Every part goes the whole lesson by its solutions; the ways beside them are shared out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from labrunner.authoring.proof import Claim, Kind, LessonProof, StepProof

_ORDER: dict[Kind, int] = {
    "can be read": 0,
    "set up": 1,
    "unmet before": 2,
    "met after accept": 3,
    "unmet after reject": 4,
    "says": 4,
    "met after solution": 5,
    "judging changed nothing": 6,
    "cleaned up": 7,
}
_WORST = {"failed": 0, "skipped": 1, "ok": 2}


@dataclass(frozen=True, slots=True)
class Share:
    """Every `of`-th way of a step, from number `first` (from 0) on."""

    first: int = 0
    of: int = 1

    def takes(self, number: int) -> bool:
        return number % self.of == self.first


WHOLE = Share()


def shares(parts: int) -> tuple[Share, ...]:
    return tuple(Share(first, parts) for first in range(parts))


def joined(parts: Sequence[LessonProof]) -> LessonProof:
    """One proof of the lesson. A claim that several parts have shown is as good as the worst of them found it."""
    first = parts[0]
    return replace(
        first,
        claims=_joined(claim for part in parts for claim in part.claims),
        steps=tuple(_step(steps) for steps in zip(*(part.steps for part in parts), strict=True)),
        seconds=max(part.seconds for part in parts),
    )


def _step(steps: Sequence[StepProof]) -> StepProof:
    return replace(steps[0], claims=_joined(claim for step in steps for claim in step.claims))


def _joined(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    worst: dict[tuple[Kind, int], Claim] = {}
    for claim in claims:
        known = worst.get((claim.kind, claim.number))
        if known is None or _badness(claim) < _badness(known):
            worst[claim.kind, claim.number] = claim
    return tuple(
        sorted(worst.values(), key=lambda claim: (_ORDER[claim.kind], claim.number, claim.kind == "says"))
    )


def _badness(claim: Claim) -> tuple[int, bool]:
    return _WORST[claim.outcome], not claim.shaky
