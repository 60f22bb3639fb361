"""Whether instructions stand in the order that keeps the build cache useful."""

from collections.abc import Iterator
from itertools import pairwise

from labrunner.checks.instructions import InstructionPattern, shown
from labrunner.checks.point import Point, point
from labrunner.dockerfile import Instruction


def order_points(
    patterns: tuple[InstructionPattern, ...], instructions: tuple[Instruction, ...], path: str
) -> Iterator[Point]:
    """One point for each two neighbours: the first instruction that fits the one must come before the first
    that fits the other, on another line."""
    firsts = [next((each for each in instructions if pattern.fits(each)), None) for pattern in patterns]
    for pattern, instruction in zip(patterns, firsts, strict=True):
        if instruction is None:
            yield point(path, "order", pattern.written, None, False)
    for (early, first), (late, second) in pairwise(zip(patterns, firsts, strict=True)):
        if first is None or second is None:
            continue
        holds = first.line < second.line
        expected = f"{early.written} before {late.written}"
        found = (
            expected
            if holds
            else f"{shown(second)} on line {second.line}, {shown(first)} on line {first.line}"
        )
        yield point(f"{path} line {second.line}", "order", expected, found, holds)
