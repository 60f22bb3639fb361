"""One judged try of one step: the only thing that progress is made of."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["met", "unmet", "unknown", "skipped", "read", "hint", "solution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`hint` and `solution` are kept as attempts too: they say that help was shown."""

    lesson: str
    step: str
    outcome: Outcome
    at: float
    """Seconds since the epoch."""
    checks_hash: str = ""
    met: tuple[str, ...] = ()
    """The ids of the checks that hold, `question` among them once it is answered."""
    findings: tuple[str, ...] = ()
    """`check-id.field` for each finding of an unmet check; counted for teachers."""
    command: str = ""
    """What the learner had typed, where a command led to it."""
