"""What labrunner keeps for a learner, whoever keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from labrunner.engine.protocol import Thing
from labrunner.progress.attempt import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A lesson that was begun: what was fixed when it started, so that coming back finds the same."""

    lesson: str
    values: Mapping[str, str]
    engine: str
    """`docker` or `practice`."""
    workspace: str
    begun: float
    lesson_hash: str = ""
    before: tuple[Thing, ...] = ()
    """Images (name and ID) that were on the engine before: they are never removed."""


class ProgressStore(Protocol):
    """Durable: what a `keep` returned from is there after a power cut. Two processes may use it at once.

    Every method raises `StoreError` where it cannot read or keep.
    """

    def keep(self, attempt: Attempt) -> None: ...

    def attempts(self, lesson: str | None = None) -> tuple[Attempt, ...]:
        """In the order they were kept."""
        ...

    def open_lesson(self, opening: Opening) -> None:
        """Remember how a lesson was begun; replaces an earlier opening of the same lesson."""
        ...

    def opening(self, lesson: str) -> Opening | None: ...

    def openings(self) -> tuple[Opening, ...]: ...

    def keep_made(self, lesson: str, things: tuple[Thing, ...]) -> None:
        """Add to the ledger of what a lesson made; the same thing twice is one."""
        ...

    def made(self, lesson: str | None = None) -> tuple[tuple[str, Thing], ...]:
        """(lesson, thing) in the order they were made."""
        ...

    def forget_made(self, lesson: str, things: tuple[Thing, ...]) -> None: ...

    def forget(self, lesson: str) -> None:
        """Forget attempts and opening of a lesson (its ledger stays until it is cleaned)."""
        ...

    def agreed(self, content_hash: str) -> bool:
        """Whether the learner agreed to the scripts of a lesson with that hash."""
        ...

    def agree(self, content_hash: str) -> None: ...

    def close(self) -> None: ...
