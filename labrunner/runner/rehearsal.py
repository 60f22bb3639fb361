"""A learner who knows the answers: types a lesson's solutions, for `demo`, `goto` and `redo`."""

from collections import deque
from dataclasses import dataclass

from labrunner.checks.commandline import docker_commands
from labrunner.lesson.model import Reject, Step
from labrunner.lesson.script import commands
from labrunner.session.session import Session

LOOKING = frozenset(
    {("image", verb) for verb in ("history", "inspect", "ls", "pull", "push", "tag")}
    | {("container", verb) for verb in ("diff", "inspect", "logs", "ls", "top")}
)
"""Docker commands after which the right answer works as before."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """All that is known was typed, and the step is still not met."""

    step: Step


class Rehearsal:
    """Says what to type next. `mistakes`: so many typical wrong ways are tried before the right one."""

    def __init__(self, *, mistakes: int = 0) -> None:
        self._mistakes = mistakes
        self._position = -1
        self._lines: deque[str] = deque()
        self._begun = False
        self._left: list[str] = []

    def next_line(self, session: Session) -> str | Stuck:
        """The next command; "" is Enter on an empty line. Ask only while the session is idle and at its prompt."""
        if session.position != self._position:
            # What is left of a solution whose step was met before its end is typed all the same.
            self._position = session.position
            if self._begun:
                self._left += self._lines
            self._lines, self._begun = deque(self._script(session.step)), False
        step = session.step
        if self._left:
            return self._left.pop(0)
        if session.phase == "met" and self._begun and self._lines:
            return self._lines.popleft()
        if session.phase == "met" or not step.asks:
            return ""
        if step.checks and not session.checks_met:
            self._begun = True
            return self._lines.popleft() if self._lines else Stuck(step)
        if step.question is not None and not session.answered:
            right = " ".join(str(number) for number in sorted(step.question.right))
            return f"answer {right}"
        return ""

    def _script(self, step: Step) -> list[str]:
        lines: list[str] = []
        wrong = next((undone for reject in step.rejects if (undone := undoable(reject))), None)
        if self._mistakes and wrong is not None:
            self._mistakes -= 1
            lines += wrong
        if step.solution is not None:
            lines += commands(step.solution.text)
        return lines


def undoable(reject: Reject) -> list[str] | None:
    """A wrong way with what takes it back, so that the right one works after it; None where that is not certain."""
    undo: list[str] = []
    found = docker_commands(reject.run)
    for command in found:
        names = command.option("name")
        if command.path == ("container", "run") and names:
            undo += [f"docker container rm --force {name}" for name in names]
        elif command.path not in LOOKING:
            return None
    return [*commands(reject.run), *undo] if found else None
