"""A verdict is drawn from points: one for each field that was looked at."""

from collections.abc import Iterable
from dataclasses import dataclass

from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """One field, and whether it is as expected."""

    finding: Finding
    holds: bool


def point(subject: str, field: str, expected: str, found: str | None, holds: bool, remedy: str = "") -> Point:
    """A point; an empty `found` is none, and a remedy is kept only where there is something to mend."""
    return Point(
        Finding(
            field=field,
            expected=expected,
            found=found or None,
            subject=subject,
            remedy="" if holds else remedy,
        ),
        holds,
    )


def concluded(points: Iterable[Point | Unknown], near: NearMiss | None = None) -> Verdict:
    """Unmet as soon as one field surely differs; otherwise what could not be told decides; otherwise Met."""
    told = tuple(points)
    missed = tuple(point.finding for point in told if isinstance(point, Point) and not point.holds)
    if missed:
        return Unmet(missed, near)
    for point in told:
        if isinstance(point, Unknown):
            return point
    return Met(tuple(point.finding for point in told if isinstance(point, Point)))
