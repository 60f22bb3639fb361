"""Where a learner is in a lesson, as a still value, with what can be read off it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from labrunner.checks.evidence import Command
from labrunner.checks.verdict import Met
from labrunner.lesson.model import EngineName, Lesson, Step
from labrunner.progress.progress import LessonProgress
from labrunner.session.effects import Place, StepLine, StepMark

Phase = Literal["setup", "open", "met", "over"]
Cause = Literal["arrival", "change", "still", "command", "check", "answer", "end"]

LOUDNESS: Mapping[Cause, int] = MappingProxyType(
    {"arrival": 0, "change": 1, "still": 2, "command": 3, "answer": 4, "check": 5, "end": 6}
)
"""Which of two reasons to judge counts when they come together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """Why evidence is being gathered."""

    cause: Cause
    command: Command | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    lesson: Lesson
    engine: EngineName
    position: int = 0
    phase: Phase = "setup"
    """Of the current step: its setup runs; it is to be done; it is done and Enter goes on; the lesson is over."""
    done: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    """Steps whose work was taken away by `redo` and was not done again since."""
    held: frozenset[str] = frozenset()
    """Checks of the current step that were met in it."""
    answered: bool = False
    """Whether the current step's question was answered rightly."""
    question_told: bool = False
    """Whether the learner knows that the current step's question comes next."""
    fitted: frozenset[int] = frozenset()
    """Feedbacks of the current step on a state that fitted when it was last told something."""
    stay_told: bool = False
    """Whether the learner knows that what the running command made has to stay when it has ended."""
    answer: str | None = None
    """The last answer typed for the current step's `answer` check."""
    hints: int = 0
    """Hints of the current step that were shown."""
    hints_before: int = 0
    """Hints shown in other steps, and in this one before the lesson was left."""
    judging: Judging | None = None
    """Evidence is on its way."""
    again: Judging | None = None
    """Something happened meanwhile: judge once more."""
    seen: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """For each check the failure that was told last."""
    looked: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """For each check the failure that was found last, told or not."""
    became: Mapping[str, Met] = field(default_factory=lambda: MappingProxyType({}))
    """What became true when a check of the current step was met; one that is held is not looked at again."""
    missing: tuple[str, ...] = ()
    """`check-id.field` of all that was not met when the step was last judged."""
    running: bool = False
    """A foreground command is running."""
    lost: bool = False
    """The engine does not answer."""
    unattended: bool = False
    """Commands come from a file: a met step goes on by itself, and nothing is asked."""
    rehearsing_to: int | None = None
    """Earlier solutions are being typed, up to (not with) that step."""
    ending: bool = False
    """Nothing more will be typed."""
    brief: bool = False
    """The learner comes back to a step that was shown before."""

    @property
    def step(self) -> Step:
        """The current step; the last one once the lesson is over."""
        return self.lesson.steps[min(self.position, len(self.lesson.steps) - 1)]

    @property
    def finished(self) -> bool:
        return all(step.id in self.done for step in self.lesson.steps)

    @property
    def checks_met(self) -> bool:
        return all(check.id in self.held for check in self.step.checks if check.only in (None, self.engine))

    @property
    def waits_for_answer(self) -> bool:
        """Whether a bare number at the prompt can be an answer."""
        if self.phase != "open":
            return False
        return self.waits_for_text or (self.step.question is not None and not self.answered)

    @property
    def waits_for_text(self) -> bool:
        """Whether an `answer` check of the current step is open."""
        return self.phase == "open" and any(
            check.kind == "answer" and check.id not in self.held for check in self.step.checks
        )

    @property
    def may_go_on(self) -> bool:
        return self.phase == "met" or not self.step.asks or self.step.id in self.done

    @property
    def next_up(self) -> int:
        """The position of the step at which the lesson is taken up if it is left now."""
        return first_open(self.lesson, self.done, self.skipped)

    @property
    def idle(self) -> bool:
        """Nothing is being gathered or set up: the next command may come."""
        return self.phase in ("open", "met", "over") and self.judging is None

    @property
    def place(self) -> Place:
        return Place(
            number=min(self.position + 1, len(self.lesson.steps)),
            marks=tuple(self._mark(n, step) for n, step in enumerate(self.lesson.steps)),
        )

    @property
    def lines(self) -> tuple[StepLine, ...]:
        return tuple(
            StepLine(id=step.id, title=step.title, mark=self._mark(n, step))
            for n, step in enumerate(self.lesson.steps)
        )

    def _mark(self, place: int, step: Step) -> StepMark:
        if place == self.position and not (step.id in self.done and self.phase == "met"):
            return "current"
        if step.id in self.done:
            return "done"
        if step.id in self.skipped:
            return "skipped"
        return "todo"


def first_open(lesson: Lesson, done: frozenset[str], skipped: frozenset[str]) -> int:
    """The position of the first step that is neither done nor skipped; of the first of all where there is none."""
    return next((n for n, s in enumerate(lesson.steps) if s.id not in done and s.id not in skipped), 0)


def opened(
    lesson: Lesson,
    engine: EngineName,
    progress: LessonProgress | None = None,
    *,
    at: str = "",
    unattended: bool = False,
) -> Session:
    """A session at step `at`, or at the first step that is not done (the first of all in a lesson once finished)."""
    if progress is None:
        done: frozenset[str] = frozenset()
        skipped: frozenset[str] = frozenset()
    else:
        done = frozenset(s.id for s in lesson.steps if progress.stands(s.id, s.checks_hash))
        skipped = frozenset(
            s.id for s in lesson.steps if s.id in progress.steps and progress.steps[s.id].skipped
        )
    position = lesson.place(at) if at else None
    if position is None:
        position = first_open(lesson, done, skipped)
    step = lesson.steps[position]
    kept = progress.steps.get(step.id) if progress is not None else None
    held = kept.held if kept is not None and kept.checks_hash == step.checks_hash else frozenset()
    return Session(
        lesson=lesson,
        engine=engine,
        position=position,
        done=done,
        skipped=skipped - done,
        held=held - {"question"},
        answered="question" in held,
        hints_before=sum(each.hints for each in progress.steps.values()) if progress is not None else 0,
        unattended=unattended,
    )
