"""A small table of check kinds in which every type stands once that a key may have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from labrunner.checks.check import PlacedCheck
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.verdict import Unknown, Verdict


class _Silent:
    """Never judged in these tests."""

    __slots__ = ()

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return ()

    def judge(self, seen: Evidence) -> Verdict:
        return Unknown("a fake")


@dataclass(frozen=True, slots=True)
class Grade:
    """`A`, `B` or `C`."""

    letter: str

    @classmethod
    def read(cls, text: str) -> Self:
        if text not in {"A", "B", "C"}:
            raise ValueError(f"{text} is no grade")
        return cls(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lid:
    """What closes a box."""

    colour: str
    """Any colour."""
    tight: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxCheck(_Silent):
    """A box is there. It may have a lid."""

    example = "name: red box\n"

    name: str
    """What is written on it."""
    from_: str | None = None
    size: int | None = None
    """In centimetres."""
    weight: float = 1.0
    empty: bool = False
    tags: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    state: Literal["open", "closed"] = "closed"
    grade: Grade | None = None
    grades: tuple[Grade, ...] = ()
    lid: Lid | None = None

    def __post_init__(self) -> None:
        if self.empty and self.weight > 1:
            raise ValueError("an empty box is light")


@dataclass(frozen=True, slots=True, kw_only=True)
class SomeCheck(_Silent):
    """One of several."""

    checks: tuple[PlacedCheck, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneCheck(_Silent):
    """A check in a check."""

    inner: PlacedCheck


KINDS: Mapping[str, type] = {"box": BoxCheck, "some": SomeCheck, "one": OneCheck}
