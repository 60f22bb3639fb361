"""A proof to read: as a table for people, as JSON for programs. Both are stable."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from labrunner.authoring.proof import Claim, Kind, LessonProof, Proof

COLUMNS: Mapping[str, tuple[Kind, ...]] = MappingProxyType(
    {
        "before": ("set up", "unmet before"),
        "solution": ("met after solution",),
        "accept": ("met after accept",),
        "reject": ("unmet after reject",),
        "says": ("says",),
        "judging": ("judging changed nothing",),
    }
)
"""The table's columns, and the claims that each is made of."""


def as_json(proof: Proof) -> str:
    """The whole proof; keys are added in later versions, never renamed or removed.

    {"format": 1, "ok": bool, "engine": {"name", "version", "store"}, "lessons": [LESSON…]}
    LESSON: {"path", "id", "title", "ok", "seconds", "values": {name: text}, "claims": [CLAIM…],
    "steps": [STEP…]}
    STEP: {"id", "title", "line", "seconds", "claims": [CLAIM…]}
    CLAIM: {"claim", "kind", "number", "outcome": "ok" | "failed" | "skipped", "path", "line", "found",
    "remedy", "shown": [text…], "shaky", "seconds"}
    """
    lessons = [
        {
            "path": lesson.path,
            "id": lesson.id,
            "title": lesson.title,
            "ok": lesson.ok,
            "seconds": round(lesson.seconds, 3),
            "values": dict(lesson.values),
            "claims": [_claim(claim) for claim in lesson.claims],
            "steps": [
                {
                    "id": step.id,
                    "title": step.title,
                    "line": step.at.line,
                    "seconds": round(step.seconds, 3),
                    "claims": [_claim(claim) for claim in step.claims],
                }
                for step in lesson.steps
            ],
        }
        for lesson in proof.lessons
    ]
    engine = {"name": proof.engine, "version": proof.version, "store": proof.store}
    whole = {"format": 1, "ok": proof.ok, "engine": engine, "lessons": lessons}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _claim(claim: Claim) -> dict[str, object]:
    return {
        "claim": claim.name,
        "kind": claim.kind,
        "number": claim.number,
        "outcome": claim.outcome,
        "path": claim.at.path,
        "line": claim.at.line,
        "found": claim.found,
        "remedy": claim.remedy,
        "shown": list(claim.shown),
        "shaky": claim.shaky,
        "seconds": round(claim.seconds, 3),
    }


def as_table(proof: Proof) -> str:
    """For people, and stable enough for `grep`: a row a step, each failed claim, each shaky one, the sums.

        lessons/02-layers/lesson.md on docker 28.5.2 (graph)
        step          before  solution  accept  reject  says  judging  seconds
        1 two-names   ok      ok        ok 2    ok      ok    ok           3.1
        2 how-many    ok      failed    -       -       -     ok           0.9

        lessons/02-layers/lesson.md:41:1: The step is not met after its solution. …
          shown: …

        1 lesson, 2 steps: 7 claims hold, 1 does not, 3 were skipped; 4.0 seconds

    `ok 2`: two such claims, both hold; `failed 1/2`: one of two does not; `-`: nothing to show; `skipped`:
    not tried.
    """
    parts = [_table(lesson, proof) for lesson in proof.lessons]
    parts += [
        "\n".join((claim.sentence, *(f"  shown: {' '.join(text.split())}" for text in claim.shown)))
        for claim in proof.failed
    ]
    parts += [
        f"{claim.at}: {claim.name}: held only at the second try. At the first: {claim.shaky}"
        for claim in proof.shaky
    ]
    return "\n\n".join((*parts, _sums(proof))) + "\n"


def _table(lesson: LessonProof, proof: Proof) -> str:
    rows = [["step", *COLUMNS, "seconds"]]
    for number, step in enumerate(lesson.steps, 1):
        cells = [_cell([claim for claim in step.claims if claim.kind in kinds]) for kinds in COLUMNS.values()]
        rows.append([f"{number} {step.id}", *cells, f"{step.seconds:.1f}"])
    room = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.rjust(width) if last else cell.ljust(width)
            for cell, width, last in zip(row, room, [False] * (len(row) - 1) + [True], strict=True)
        )
        for row in rows
    ]
    return "\n".join(
        (f"{lesson.path} on {proof.engine} {proof.version} ({proof.store})", *lines[: len(rows)])
    )


def _cell(claims: list[Claim]) -> str:
    tried = [claim for claim in claims if claim.outcome != "skipped"]
    failed = sum(claim.outcome == "failed" for claim in tried)
    if not tried:
        return "skipped" if claims else "-"
    if len(tried) == 1:
        return "failed" if failed else "ok"
    return f"failed {failed}/{len(tried)}" if failed else f"ok {len(tried)}"


def _sums(proof: Proof) -> str:
    def counted(number: int, one: str, many: str) -> str:
        return f"{number} {one if number == 1 else many}"

    seconds = sum(lesson.seconds for lesson in proof.lessons)
    lessons = counted(len(proof.lessons), "lesson", "lessons")
    steps = counted(sum(len(lesson.steps) for lesson in proof.lessons), "step", "steps")
    holds = counted(proof.count("ok"), "claim holds", "claims hold")
    fails = counted(proof.count("failed"), "does not", "do not")
    left = counted(proof.count("skipped"), "was skipped", "were skipped")
    return f"{lessons}, {steps}: {holds}, {fails}, {left}; {seconds:.1f} seconds"
