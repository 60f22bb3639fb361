"""The steps of the classic builder as they are told before the first one: their numbers, names and order."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from labrunner.dockerfile import Instruction, Stage
from labrunner.practice.build import checksum
from labrunner.practice.build.report import Kind, Vertex

_KINDS: Mapping[str, Kind] = {
    "FROM": "base",
    "RUN": "run",
    "COPY": "copy",
    "ADD": "copy",
    "WORKDIR": "workdir",
}


def planned(instructions: Sequence[Instruction]) -> dict[int, Vertex]:
    """By the identity of the instruction, which the Dockerfile keeps alive."""
    found: dict[int, Vertex] = {}
    before = ""
    for number, instruction in enumerate(instructions, 1):
        kind = _KINDS.get(instruction.keyword, "metadata")
        vertex = Vertex(
            id=checksum.of_text(number, instruction.original, before),
            name=f"Step {number}/{len(instructions)} : {instruction.original}",
            number=number,
            total=len(instructions),
            text=instruction.original,
            inputs=(before,) if before and kind != "base" else (),
            kind=kind,
            lines=(instruction.line, instruction.end),
        )
        found[id(instruction)] = vertex
        before = vertex.id
    return found


def with_labels(stages: tuple[Stage, ...], labels: Mapping[str, str]) -> tuple[Stage, ...]:
    """`--label` becomes a LABEL at the end of the last stage for each label."""
    end = stages[-1].instructions[-1].end
    added = tuple(
        Instruction(
            keyword="LABEL",
            text=f"{name}={value}",
            original=f"LABEL {name}={value}",
            arguments=(f"{_literal(name)}={_literal(value)}",),
            line=end,
            end=end,
        )
        for name, value in sorted(labels.items())
    )
    return (*stages[:-1], replace(stages[-1], instructions=(*stages[-1].instructions, *added)))


def _literal(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"
