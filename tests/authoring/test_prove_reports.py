"""A proof as a table, as JSON and as JUnit."""

import json
from xml.etree import ElementTree

from labrunner.authoring.claims import is_said
from labrunner.authoring.junit import as_junit
from labrunner.authoring.proof import Claim, LessonProof, Proof, StepProof
from labrunner.authoring.reports import as_json, as_table
from labrunner.errors import Location


def at(line: int) -> Location:
    return Location(path="lessons/02-layers/lesson.md", line=line)


PROOF = Proof(
    engine="docker",
    version="28.5.2",
    store="graph",
    lessons=(
        LessonProof(
            path="lessons/02-layers/lesson.md",
            id="layers",
            title="Layers",
            values={"port": "8081"},
            claims=(Claim(kind="cleaned up", at=at(1)),),
            steps=(
                StepProof(
                    id="pull",
                    title="Fetch it",
                    at=at(20),
                    claims=(
                        Claim(kind="unmet before", at=at(20), seconds=0.25),
                        Claim(
                            kind="met after accept", number=1, at=at(40), seconds=0.5, shaky="It timed out."
                        ),
                        Claim(kind="met after accept", number=2, at=at(44), seconds=0.5),
                        Claim(kind="unmet after reject", number=1, at=at(48), seconds=1.0),
                        Claim(
                            kind="says",
                            number=1,
                            outcome="failed",
                            at=at(48),
                            found="“one name” is not among what the learner is told.",
                            remedy="Change `says`.",
                            shown=("There is no image\nnginx.", "Look \x1b[31magain."),
                        ),
                        Claim(kind="met after solution", at=at(36), seconds=2.0),
                        Claim(kind="judging changed nothing", at=at(20)),
                    ),
                ),
                StepProof(id="think", title="Think", at=at(60)),
                StepProof(
                    id="run",
                    title="Run it",
                    at=at(70),
                    claims=(
                        Claim(kind="unmet before", outcome="skipped", at=at(70), found="Not reached."),
                        Claim(kind="met after solution", outcome="skipped", at=at(75), found="Not reached."),
                    ),
                ),
            ),
            seconds=4.5,
        ),
    ),
)


def test_the_table_has_a_row_for_each_step_and_a_sentence_for_each_failure() -> None:
    assert (
        as_table(PROOF)
        == """\
lessons/02-layers/lesson.md on docker 28.5.2 (graph)
step     before   solution  accept  reject  says    judging  seconds
1 pull   ok       ok        ok 2    ok      failed  ok           4.2
2 think  -        -         -       -       -       -            0.0
3 run    skipped  skipped   -       -       -       -            0.0

lessons/02-layers/lesson.md:48:1: “one name” is not among what the learner is told. Change `says`.
  shown: There is no image nginx.
  shown: Look \x1b[31magain.

lessons/02-layers/lesson.md:40:1: met after accept 1: held only at the second try. At the first: It timed out.

1 lesson, 3 steps: 7 claims hold, 1 does not, 2 were skipped; 4.5 seconds
"""
    )


def test_the_json_has_every_claim_with_its_place() -> None:
    told = json.loads(as_json(PROOF))

    assert (told["format"], told["ok"]) == (1, False)
    assert told["engine"] == {"name": "docker", "version": "28.5.2", "store": "graph"}
    (lesson,) = told["lessons"]
    assert (lesson["id"], lesson["values"], lesson["seconds"]) == ("layers", {"port": "8081"}, 4.5)
    assert [step["line"] for step in lesson["steps"]] == [20, 60, 70]
    assert lesson["steps"][0]["claims"][4] == {
        "claim": "says 1",
        "kind": "says",
        "number": 1,
        "outcome": "failed",
        "path": "lessons/02-layers/lesson.md",
        "line": 48,
        "found": "“one name” is not among what the learner is told.",
        "remedy": "Change `says`.",
        "shown": ["There is no image\nnginx.", "Look \x1b[31magain."],
        "shaky": "",
        "seconds": 0.0,
    }


def test_the_junit_report_has_a_case_for_each_claim() -> None:
    whole = ElementTree.fromstring(as_junit(PROOF))

    assert (whole.get("tests"), whole.get("failures"), whole.get("skipped")) == ("10", "1", "2")
    (suite,) = whole.findall("testsuite")
    assert (suite.get("name"), suite.get("time")) == ("layers", "4.500")
    failed = next(case for case in suite if case.find("failure") is not None)
    assert {name: failed.get(name) for name in ("classname", "name", "file", "line")} == {
        "classname": "layers.pull",
        "name": "says 1",
        "file": "lessons/02-layers/lesson.md",
        "line": "48",
    }
    failure = failed.find("failure")
    assert failure is not None
    assert failure.get("message") == (
        "lessons/02-layers/lesson.md:48:1: “one name” is not among what the learner is told. Change `says`."
    )
    assert failure.text == "There is no image\nnginx.\nLook �[31magain."


def test_a_proof_holds_where_no_claim_failed() -> None:
    lesson = LessonProof(path="a.md", claims=(Claim(kind="cleaned up", outcome="skipped", at=at(1)),))

    assert Proof(engine="docker", version="", store="graph", lessons=(lesson,)).ok
    assert not PROOF.ok


def test_words_are_said_whatever_their_case_spaces_and_markup() -> None:
    shown = ("A pull takes **one name**\nat a time: use `docker image pull`.",)

    assert is_said("One name at a time", shown)
    assert is_said("`docker image` pull", shown)
    assert not is_said("two names", shown)
