"""One lesson from its first step to its last, each claim of each step shown in a world that stands before that step."""

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from labrunner.authoring import claims as say
from labrunner.authoring.bench import Bench
from labrunner.authoring.holdings import differences
from labrunner.authoring.proof import Claim, StepProof
from labrunner.authoring.sitting import Sitting, Way
from labrunner.authoring.worlds import Snapshot, Worlds
from labrunner.errors import EngineError, Location
from labrunner.lesson.model import Lesson, Step
from labrunner.session.advance import advance
from labrunner.session.events import Opened, WordSaid
from labrunner.session.moving import finish, go_on
from labrunner.session.session import opened

Doing = Callable[[Step, str], None]
"""Told what is tried now: the step, and which claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walked:
    steps: tuple[StepProof, ...]
    claims: tuple[Claim, ...]
    """About the lesson as a whole."""


def walk(lesson: Lesson, bench: Bench, doing: Doing) -> Walked:
    """Prove every step. Raises EngineUnreachable, ShellError; the engine is put back even then."""
    worlds = Worlds(bench)
    try:
        on = _Walk(lesson, bench, worlds, doing)
        with closing(on):
            steps = tuple(on.steps())
            failed = on.end()
        worlds.undo(worlds.empty)
        left = differences(worlds.empty.holdings, worlds.look())
    except BaseException:
        with suppress(EngineError):
            worlds.undo(worlds.empty)
        raise
    return Walked(steps=steps, claims=(say.cleaned_up(Location(path=lesson.path), left, failed),))


class _Unreached(Exception):
    """An earlier step, met once, is not met when it is done again."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.id)
        self.step = step


class _Walk:
    """Stands before one step after the other; where a try cannot be undone, all earlier steps are done again."""

    def __init__(self, lesson: Lesson, bench: Bench, worlds: Worlds, doing: Doing) -> None:
        self._lesson = lesson
        self._bench = bench
        self._worlds = worlds
        self._doing = doing
        self._files = lesson.workspace + tuple(file for step in lesson.steps for file in step.files)
        worlds.renew(self._files)
        self._shell = bench.shell()
        self._sitting = self._sit()
        self._reached = True

    def steps(self) -> Iterator[StepProof]:
        arrival = self._open(watch=True)
        missed: Step | None = None
        for place, step in enumerate(self._lesson.steps):
            if missed is not None:
                because = f"“{missed.title}” is not met after its solution, so this step cannot be reached."
                claims = tuple(say.skipped(claim, because) for claim in say.planned(step, self._checks(step)))
            else:
                claims, met = self._prove(place, step, arrival)
                if met:
                    arrival = self._next(step, watch=True)
                else:
                    missed = step
            yield StepProof(id=step.id, title=step.title, at=step.at, claims=claims)

    def end(self) -> str:
        """Leave the lesson; what a cleanup said that failed."""
        if self._sitting.session.phase != "over":
            self._sitting.go(finish)
        return self._sitting.script_failed

    def close(self) -> None:
        self._shell.close()

    # --- one step ---

    def _prove(self, place: int, step: Step, arrival: Way) -> tuple[tuple[Claim, ...], bool]:
        """The step's claims, and whether it is met after its solution."""
        found = say.set_up(step, self._sitting.script_failed)
        if not self._checks(step):
            return found, True
        changed = self._sitting.changed
        found += (say.unmet_before(step, arrival),)
        if arrival.met:
            because = "The step is met before anything is done."
            left = say.planned(step, checks=True)[1:]
            self._solve(step)
            return found + tuple(say.skipped(claim, because) for claim in left), True
        self._remember()
        try:
            shown = (*self._accepts(place, step), *self._rejects(place, step))
            self._doing(step, "met after solution")
            self._stand_before(place)
        except _Unreached as unreached:
            return (*found, say.unreached(step, unreached.step)), False
        way = self._solve(step, watch=True)
        solution = say.met_after_solution(step, way)
        judging = say.judging_changed_nothing(step, changed + self._sitting.changed)
        return (*found, solution, *shown, judging), way is not None and way.met

    def _rejects(self, place: int, step: Step) -> Iterator[Claim]:
        for number, reject in enumerate(step.rejects, 1):
            self._doing(step, f"unmet after reject {number}")
            way = self._try(place, reject.run, right=False)
            yield from say.unmet_after_reject(step, reject, number, way)

    def _accepts(self, place: int, step: Step) -> Iterator[Claim]:
        for number, script in enumerate(step.accepts, 1):
            self._doing(step, f"met after accept {number}")
            way = self._try(place, script.text, right=True)
            yield say.met_after_accept(step, script, number, way)

    def _try(self, place: int, script: str, *, right: bool) -> Way:
        """In a shell of its own, as after `start` took the lesson up here; then undone."""
        self._stand_before(place)
        self._sitting.session = self._arrived
        with closing(self._bench.shell(self._shell.directory)) as typist:
            way = self._sitting.take(script, typist, right=right)
        same = self._worlds.undo(self._before)
        self._reached = same and Path(self._shell.directory).is_dir()
        return way

    def _solve(self, step: Step, *, watch: bool = False) -> Way | None:
        if step.solution is None:
            return None
        self._sitting.session = self._arrived
        return self._sitting.take(step.solution.text, self._shell, right=True, watch=watch)

    # --- from step to step ---

    def _sit(self) -> Sitting:
        return Sitting(opened(self._lesson, self._bench.world.kind), self._bench, self._worlds.look)

    def _open(self, *, watch: bool = False) -> Way:
        way = self._sitting.go(lambda session: advance(session, Opened()), watch=watch)
        self._arrived = self._sitting.session
        return way

    def _next(self, step: Step, *, watch: bool = False) -> Way:
        question = step.question
        if question is not None and not self._sitting.session.answered:
            right = tuple(str(number) for number in sorted(question.right))
            self._sitting.tell(WordSaid("answer", right))
        way = self._sitting.go(go_on, watch=watch)
        self._arrived = self._sitting.session
        return way

    def _remember(self) -> None:
        self._before = self._worlds.snapshot()

    def _stand_before(self, place: int) -> None:
        """Do the earlier steps again, if the world is not the one before this step any more."""
        if self._reached:
            return
        # An image that is there too early may be in the way of an earlier step: then without.
        if self._do_again(place, keeping=self._before) and (missed := self._do_again(place, keeping=None)):
            raise _Unreached(missed)
        self._remember()
        self._reached = True

    def _do_again(self, place: int, keeping: Snapshot | None) -> Step | None:
        """The steps before `place` from the beginning; the one that is not met now after its solution."""
        self._shell.close()
        self._worlds.renew(self._files, keeping)
        self._shell = self._bench.shell()
        self._sitting = self._sit()
        self._open()
        for step in self._lesson.steps[:place]:
            if self._checks(step):
                way = self._solve(step)
                if way is not None and not way.met:
                    return step
            self._next(step)
        return None

    def _checks(self, step: Step) -> bool:
        """Whether the step has a check for this engine."""
        return any(placed.only in (None, self._bench.world.kind) for placed in step.checks)
