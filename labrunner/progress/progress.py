"""What the attempts add up to: which steps of which lessons are done, and where to go on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from labrunner.progress.attempt import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    done: bool = False
    skipped: bool = False
    """Passed over and not done since."""
    met_at: float | None = None
    """When it was first done; seconds since the epoch."""
    attempts: int = 0
    """Judged tries; where it could not be told (`unknown`), nothing is counted."""
    hints: int = 0
    solution: bool = False
    """The solution was shown."""
    held: frozenset[str] = frozenset()
    """The ids of the checks that held at the last attempt, which was made with `checks_hash`."""
    checks_hash: str = ""
    done_with: frozenset[str] = frozenset()
    """Every hash it was done with: an updated lesson that is rolled back finds its steps done as before."""

    def stands(self, checks_hash: str) -> bool:
        """Whether it is done, and what it asked for then is what it asks for now."""
        return self.done and ("" in self.done_with or checks_hash in ("", *self.done_with))

    def after(self, attempt: Attempt) -> "StepProgress":
        match attempt.outcome:
            case "met" | "read":
                return replace(
                    self.judged(attempt) if attempt.outcome == "met" else self,
                    done=True,
                    skipped=False,
                    met_at=attempt.at if self.met_at is None else self.met_at,
                    done_with=self.done_with | {attempt.checks_hash},
                )
            case "unmet":
                return self.judged(attempt)
            case "unknown":
                before = self.held if attempt.checks_hash == self.checks_hash else frozenset()
                return replace(self, held=before | set(attempt.met), checks_hash=attempt.checks_hash)
            case "skipped":
                return replace(self, skipped=not self.done)
            case "hint":
                return replace(self, hints=self.hints + 1)
            case "solution":
                return replace(self, solution=True)

    def judged(self, attempt: Attempt) -> "StepProgress":
        return replace(
            self, attempts=self.attempts + 1, held=frozenset(attempt.met), checks_hash=attempt.checks_hash
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonProgress:
    lesson: str
    steps: Mapping[str, StepProgress] = field(default_factory=lambda: MappingProxyType({}))
    """By step id; a step that was never tried is not in it."""

    def stands(self, step_id: str, checks_hash: str) -> bool:
        step = self.steps.get(step_id)
        return step is not None and step.stands(checks_hash)

    def next_step(self, steps: Sequence[tuple[str, str]]) -> str | None:
        """The first of the lesson's (step id, checks hash) that is neither done as it stands now nor skipped.

        A done step whose checks have changed since is next again, even if it had been skipped before that.
        """
        for step_id, checks_hash in steps:
            step = self.steps.get(step_id, StepProgress())
            if not (step.skipped or step.stands(checks_hash)):
                return step_id
        return None


def fold(attempts: Iterable[Attempt]) -> Mapping[str, LessonProgress]:
    """Progress by lesson id, from attempts in the order they were kept."""
    steps: dict[str, dict[str, StepProgress]] = {}
    for attempt in attempts:
        lesson = steps.setdefault(attempt.lesson, {})
        lesson[attempt.step] = lesson.get(attempt.step, StepProgress()).after(attempt)
    return MappingProxyType(
        {name: LessonProgress(lesson=name, steps=MappingProxyType(found)) for name, found in steps.items()}
    )
