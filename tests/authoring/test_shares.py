"""A lesson that is proved in parts is proved as well as in one piece."""

import os
from pathlib import Path

from labrunner.authoring.proof import Claim, LessonProof, StepProof
from labrunner.authoring.prove import prove
from labrunner.authoring.shares import WHOLE, Share, joined, shares
from labrunner.errors import Location
from tests.authoring.prove_engine import FolderEngine

AT = Location(path="lesson.md")


def lesson(*claims: Claim) -> LessonProof:
    return LessonProof(
        path="lesson.md", id="tiny", steps=(StepProof(id="a", title="A", at=AT, claims=claims),)
    )


def outcomes(proof: LessonProof) -> list[tuple[str, str, str]]:
    return sorted((step.id, claim.name, claim.outcome) for step in proof.steps for claim in step.claims)


def test_the_parts_have_every_claim_once(tmp_path: Path) -> None:
    page = Path(__file__).parent / "lessons" / "holes.md"

    def told(share: Share, name: str) -> LessonProof:
        engine = FolderEngine(tmp_path / name)
        environment = {**os.environ, "PATH": f"{engine.programs}:{os.environ['PATH']}"}
        return prove([page], engine, environment=environment, share=share).lessons[0]

    whole = told(WHOLE, "whole")
    parts = [told(share, f"part{share.first}") for share in shares(2)]

    assert all(len(list(part.every_claim)) < len(list(whole.every_claim)) for part in parts)
    assert outcomes(joined(parts)) == outcomes(whole)


def test_what_fails_in_one_part_has_failed() -> None:
    good = Claim(kind="met after solution", at=AT)
    shaky = Claim(kind="met after solution", at=AT, shaky="not at first")
    bad = Claim(kind="met after solution", at=AT, outcome="failed", found="It is not met.")

    assert joined([lesson(good), lesson(bad)]).steps[0].claims == (bad,)
    assert joined([lesson(good), lesson(shaky)]).steps[0].claims == (shaky,)
