"""Standing before a step of a lesson: ways through it are tried and undone, and what cannot be undone is rebuilt."""

from contextlib import closing
from pathlib import Path

from labrunner.authoring.bench import Bench
from labrunner.authoring.sitting import Sitting, Way
from labrunner.authoring.worlds import Snapshot, Worlds
from labrunner.lesson.model import Lesson, Step
from labrunner.session.advance import advance
from labrunner.session.events import Opened, WordSaid
from labrunner.session.moving import finish, go_on
from labrunner.session.session import opened


class Unreached(Exception):
    """An earlier step, met once, is not met when it is done again."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.id)
        self.step = step


class Standing:
    """Goes through a lesson, in one shell and one world, as a learner who knows every solution.

    Methods raise EngineUnreachable and ShellError; those that may rebuild the world, Unreached.
    """

    def __init__(self, lesson: Lesson, bench: Bench, worlds: Worlds) -> None:
        self._lesson = lesson
        self._bench = bench
        self._worlds = worlds
        self._files = lesson.files
        self._place = 0
        self._same = True
        self.arrival = self._begin(watch=True)
        """What was met when the current step began."""

    @property
    def script_failed(self) -> str:
        """What a setup of the current step, or the cleanup at the end, said when it failed."""
        return self._sitting.script_failed

    @property
    def changed(self) -> tuple[str, ...]:
        """What judging changed since the current step began, or since its solution was typed."""
        return self._sitting.changed

    def checks(self, step: Step) -> bool:
        """Whether a step has a check for this engine."""
        return any(placed.only in (None, self._bench.world.kind) for placed in step.checks)

    def remember(self) -> None:
        """What is here now is what the current step begins with."""
        self._before = self._worlds.snapshot()

    def attempt(self, script: str, *, right: bool, anew: bool = False) -> Way:
        """One way through the current step, in a shell of its own, as after `start` took the lesson up here.

        `anew`: in a world that is built from nothing for it.
        """
        self._stand(anew=anew)
        self._sitting.session = self._arrived
        with closing(self._bench.shell(self._shell.directory)) as typist:
            way = self._sitting.take(script, typist, right=right)
        same = self._worlds.undo(self._before)
        self._same = same and Path(self._shell.directory).is_dir()
        return way

    def solve(self, *, anew: bool = False) -> Way | None:
        """The current step's solution, in the shell of the steps before it. None where there is no solution."""
        self._stand(anew=anew)
        self._same = False
        return self._solve(self._lesson.steps[self._place], watch=True)

    def go_on(self) -> None:
        """To the next step, once this one is met."""
        self.arrival = self._next(self._lesson.steps[self._place], watch=True)
        self._place += 1
        self._same = True

    def leave(self) -> None:
        """End the lesson, with its cleanups."""
        if self._sitting.session.phase != "over":
            self._sitting.go(finish)

    def close(self) -> None:
        self._shell.close()

    def _stand(self, *, anew: bool) -> None:
        if self._same and not anew:
            return
        # An image that is there too early may be in the way of an earlier step: then without.
        if (anew or self._do_again(keeping=self._before)) and (missed := self._do_again(keeping=None)):
            raise Unreached(missed)
        self.remember()
        self._same = True

    def _do_again(self, keeping: Snapshot | None) -> Step | None:
        """The earlier steps, from the beginning; the one that is not met now after its solution."""
        self.close()
        self._begin(keeping=keeping)
        for step in self._lesson.steps[: self._place]:
            if self.checks(step):
                way = self._solve(step)
                if way is not None and not way.met:
                    return step
            self._next(step)
        return None

    def _begin(self, *, keeping: Snapshot | None = None, watch: bool = False) -> Way:
        self._worlds.renew(self._files, keeping)
        self._shell = self._bench.shell()
        session = opened(self._lesson, self._bench.world.kind)
        self._sitting = Sitting(session, self._bench, self._worlds.look)
        way = self._sitting.go(lambda session: advance(session, Opened()), watch=watch)
        self._arrived = self._sitting.session
        return way

    def _solve(self, step: Step, *, watch: bool = False) -> Way | None:
        if step.solution is None:
            return None
        self._sitting.session = self._arrived
        return self._sitting.take(step.solution.text, self._shell, right=True, watch=watch)

    def _next(self, step: Step, *, watch: bool = False) -> Way:
        if step.question is not None and not self._sitting.session.answered:
            right = tuple(str(number) for number in sorted(step.question.right))
            self._sitting.tell(WordSaid("answer", right))
        way = self._sitting.go(go_on, watch=watch)
        self._arrived = self._sitting.session
        return way
