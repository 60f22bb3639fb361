"""Lessons proved from the first step to the last: a sound one, one full of holes, some that cannot be proved."""

import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from labrunner.authoring.proof import Proof
from labrunner.authoring.prove import Trying, prove
from labrunner.authoring.reports import as_table
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.finding import Finding
from labrunner.checks.kinds import CHECK_KINDS
from labrunner.checks.verdict import Unmet, Verdict
from labrunner.engine.facts import Observation
from labrunner.engine.sdk import open_engine
from tests.authoring.prove_engine import FolderEngine, for_real

LESSONS = Path(__file__).parent / "lessons"


@pytest.fixture
def engine(tmp_path: Path) -> FolderEngine:
    return FolderEngine(tmp_path / "engine")


def surroundings(engine: FolderEngine) -> Mapping[str, str]:
    return {**os.environ, "PATH": f"{engine.programs}:{os.environ['PATH']}"}


def proved(page: Path, engine: FolderEngine) -> Proof:
    return prove([page], engine, environment=surroundings(engine))


@pytest.fixture(scope="module")
def holes(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return proved(LESSONS / "holes.md", FolderEngine(tmp_path_factory.mktemp("holes")))


def written(folder: Path, body: str, front: str = "") -> Path:
    page = folder / "lesson.md"
    page.write_text(f"---\nformat: 1\nid: tiny\ntitle: Tiny\nsummary: Small.\n{front}---\n# Tiny\n\n{body}")
    return page


def found(proof: Proof) -> list[tuple[str, int, str]]:
    """Claim, line and sentence of all that failed."""
    return [(claim.name, claim.at.line, f"{claim.found} {claim.remedy}") for claim in proof.failed]


HOLES = [
    (
        "unmet before",
        10,
        "Every check of “It is so already” holds before the learner does anything: file-1 (line 17). "
        "Ask for something that is not so yet, or take it away in a `setup`.",
    ),
    (
        "met after accept 2",
        37,
        "“Another way that is none” is not met after this accepted way: image-1 (line 28): There is no image "
        "hello-world:latest on this engine. Let the checks take this way too, or delete the `accept`.",
    ),
    (
        "says 1",
        51,
        "“out.txt” is not said, for the learner is told nothing. "
        "Change `says`, or add a `feedback` that fits this way.",
    ),
    (
        "unmet after reject 2",
        55,
        "“A wrong way that is right” is met after this wrong way. "
        "Let a check tell it from the right way, or make it an `accept`.",
    ),
    (
        "says 1",
        70,
        "“the moon is made of cheese” is not among what the learner is told. "
        "Change `says`, or add a `feedback` that fits this way.",
    ),
    (
        "met after solution",
        87,
        "“A solution that is none” is not met after this solution: there (line 83): There is no image alpine:3.24 "
        "on this engine. `docker image pull --no-such-option alpine:3.24` ended with status 125: unknown flag: "
        "--no-such-option. Change the solution, or the checks.",
    ),
]


def test_every_hole_is_named_with_its_line_and_what_to_do(holes: Proof) -> None:
    assert found(holes) == HOLES


def test_steps_behind_one_that_cannot_be_solved_are_skipped_and_say_why(holes: Proof) -> None:
    last = holes.lessons[0].steps[-1]

    assert [(claim.name, claim.outcome) for claim in last.claims] == [
        ("unmet before", "skipped"),
        ("met after solution", "skipped"),
        ("unmet after reject 1", "skipped"),
        ("judging changed nothing", "skipped"),
    ]
    assert last.claims[0].found == (
        "“A solution that is none” is not met after its solution, so this step cannot be reached."
    )


def test_a_sound_lesson_has_every_claim_shown(engine: FolderEngine) -> None:
    (lesson,) = proved(LESSONS / "sound.md", engine).lessons

    assert [(step.id, [claim.name for claim in step.claims]) for step in lesson.steps] == [
        (
            "fetch-it",
            [
                "unmet before",
                "met after accept 1",
                "unmet after reject 1",
                "says 1",
                "met after solution",
                "judging changed nothing",
            ],
        ),
        ("what-is-it", []),
        (
            "run-it",
            [
                "unmet before",
                "unmet after reject 1",
                "says 1",
                "met after solution",
                "judging changed nothing",
            ],
        ),
        (
            "stop-it",
            [
                "unmet before",
                "met after accept 1",
                "unmet after reject 1",
                "says 1",
                "unmet after reject 2",
                "says 2",
                "met after solution",
                "judging changed nothing",
            ],
        ),
    ]
    assert [claim.name for claim in lesson.claims] == ["cleaned up"]
    assert {claim.outcome for claim in lesson.every_claim} == {"ok"}


def test_what_was_on_the_engine_before_is_there_afterwards_and_nothing_else(
    engine: FolderEngine, tmp_path: Path
) -> None:
    images, containers = tmp_path / "engine" / "images", tmp_path / "engine" / "containers"
    (images / "alpine:3.24").write_text("sha256:mine")
    (containers / "mine").write_text("c0ffee alpine:3.24 running")
    before = engine.observe()
    page = written(
        tmp_path,
        "## Tag it\n\n```yaml check image\nname: mine:2\n```\n"
        "```sh solution\ndocker image tag sha256:mine mine:2\n```\n"
        "```yaml reject\nrun: docker image tag sha256:other alpine:3.24\nsays: mine:2\n```\n",
    )

    proof = proved(page, engine)

    assert found(proof) == []
    assert engine.observe() == before


def test_what_a_lesson_takes_away_from_the_author_is_told(engine: FolderEngine, tmp_path: Path) -> None:
    (tmp_path / "engine" / "containers" / "mine").write_text("c0ffee alpine:3.24 running")
    page = written(
        tmp_path,
        "## Remove it\n\n```yaml check container\nname: mine\nstate: absent\n```\n"
        "```sh solution\ndocker container rm --force mine\n```\n",
    )

    assert found(proved(page, engine)) == [
        (
            "cleaned up",
            1,
            "The engine is not what it was before the lesson: container mine is gone. "
            "Let the lesson work only on what it made, and mend or add a `cleanup`.",
        )
    ]


def test_a_command_that_goes_on_for_ever_is_stopped_once_the_step_is_met(
    engine: FolderEngine, tmp_path: Path
) -> None:
    page = written(
        tmp_path,
        "## Serve\n\n```yaml check file\npath: served\n```\n"
        "```sh solution\ntouch served; sleep 1000\ntouch after\n```\n"
        "## Afterwards\n\n```yaml check file\npath: moved\n```\n```sh solution\nmv after moved\n```\n",
    )

    proof = proved(page, engine)

    assert found(proof) == []
    assert proof.lessons[0].seconds < 10


def test_a_quote_that_is_never_closed_is_told(engine: FolderEngine, tmp_path: Path) -> None:
    page = written(
        tmp_path,
        '## Say\n\n```yaml check file\npath: said\n```\n```sh solution\ntouch said\necho "unfinished\n```\n',
    )

    assert found(proved(page, engine)) == [
        (
            "met after solution",
            14,
            'The command `echo "unfinished`: The shell waited for more: a quote, a bracket or a block is not '
            "closed. Change the solution, or the checks.",
        )
    ]


def test_a_setup_that_fails_is_told(engine: FolderEngine, tmp_path: Path) -> None:
    page = written(
        tmp_path,
        "## Begin\n\n```sh setup\necho no such thing >&2; false\n```\n"
        "```yaml check file\npath: a\n```\n```sh solution\ntouch a\n```\n",
    )

    ((claim, line, sentence),) = found(proved(page, engine))

    assert (claim, line) == ("set up", 9)
    assert sentence == (
        f"The setup failed: {page}:11:1: no such thing "
        "Mend the script; it runs with `sh -e` in the workspace."
    )


def test_a_lesson_that_cannot_be_read_says_where(engine: FolderEngine, tmp_path: Path) -> None:
    page = written(tmp_path, "## Step\n\n```yaml check imagge\nname: x\n```\n")

    ((claim, line, sentence),) = found(proved(page, engine))

    assert (claim, line) == ("can be read", 11)
    assert "`imagge`" in sentence


def test_values_are_those_of_a_started_lesson(engine: FolderEngine, tmp_path: Path) -> None:
    page = written(
        tmp_path,
        "## Write\n\nWrite `{{word}}` and `{{port}}` to `{{name}}` in `{{workspace}}`.\n\n"
        '```yaml check file\npath: "{{name}}"\ncontains: "{{word}} {{port}}"\n```\n'
        "```sh solution\necho {{word}} {{port}} > {{workspace}}/{{name}}\n```\n",
        'values:\n  word: {random: word}\n  port: {free_port: 8080}\n  name: {ask: "Name", default: me}\n',
    )

    proof = proved(page, engine)

    assert found(proof) == []
    values = proof.lessons[0].values
    assert (values["word"], values["name"]) == ("amber", "me")
    assert re.fullmatch(r"localhost:5\d\d\d", values["registry"])
    assert 8080 < int(values["port"]) < 9000


def test_the_authors_own_shell_settings_are_not_read(engine: FolderEngine, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / ".bashrc").write_text("touch() { echo not today; }\n")
    page = written(tmp_path, "## Touch\n\n```yaml check file\npath: a\n```\n```sh solution\ntouch a\n```\n")

    proof = prove([page], engine, environment={**surroundings(engine), "HOME": str(home)})

    assert found(proof) == []
    assert sorted(each.name for each in home.iterdir()) == [".bashrc"]


def test_what_is_tried_is_told_while_it_is_tried(engine: FolderEngine) -> None:
    told: list[Trying] = []

    prove([LESSONS / "sound.md"], engine, environment=surroundings(engine), on_progress=told.append)

    assert [(each.lesson, each.number, each.total, each.claim) for each in told][:3] == [
        ("sound", 1, 4, "met after accept 1"),
        ("sound", 1, 4, "unmet after reject 1"),
        ("sound", 1, 4, "met after solution"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeddlingCheck:
    """Does what no check may do: it makes an image whenever it judges."""

    images: ClassVar[Path]
    name: str

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return ()

    def judge(self, seen: Evidence) -> Verdict:
        (self.images / self.name).write_text("sha256:meddled")
        return Unmet((Finding(field="name", expected=self.name),))


def test_a_check_that_changes_the_engine_is_told(engine: FolderEngine, tmp_path: Path) -> None:
    MeddlingCheck.images = tmp_path / "engine" / "images"
    page = written(
        tmp_path,
        "## Look\n\n```yaml check meddling\nname: meddled:1\n```\n```sh solution\ntrue\n```\n",
    )

    proof = prove(
        [page], engine, environment=surroundings(engine), kinds={**CHECK_KINDS, "meddling": MeddlingCheck}
    )

    assert [claim.kind for claim in proof.failed] == ["met after solution", "judging changed nothing"]
    assert proof.failed[1].sentence == (
        f"{page}:9:1: Judging “Look” changed the engine: image meddled:1 appeared. "
        "A check may only look: report it to whoever wrote `meddling`."
    )


@pytest.mark.docker
@pytest.mark.timeout(300, func_only=True)
def test_the_same_holes_are_found_on_a_real_engine(
    clean_engine: str, engines: Mapping[str, str], tmp_path: Path
) -> None:
    with closing(open_engine(clean_engine)) as engine:
        proof = prove([LESSONS / "holes.md"], engine, environment=for_real(clean_engine, engines, tmp_path))
        left = engine.observe()

    assert [(claim.name, claim.at.line) for claim in proof.failed] == [
        (name, line) for name, line, _ in HOLES
    ]
    assert left == Observation()


@pytest.mark.docker
@pytest.mark.timeout(300, func_only=True)
def test_the_sound_lesson_is_proved_on_a_real_engine(
    clean_engine: str, engines: Mapping[str, str], tmp_path: Path
) -> None:
    with closing(open_engine(clean_engine)) as engine:
        proof = prove([LESSONS / "sound.md"], engine, environment=for_real(clean_engine, engines, tmp_path))
        left = engine.observe()

    assert proof.ok, as_table(proof)
    assert left == Observation()


@pytest.mark.docker
@pytest.mark.timeout(300, func_only=True)
def test_all_kinds_of_traces_are_removed_from_a_real_engine(
    clean_engine: str, engines: Mapping[str, str], tmp_path: Path
) -> None:
    page = written(
        tmp_path,
        "## Leave traces\n\n```yaml check file\npath: made\n```\n"
        "```sh solution\n"
        "docker network create traces-net\n"
        "docker volume create traces-1\n"
        "docker container run -d --name traces --network traces-net -v traces-1:/a -v traces-2:/b -v /c "
        "busybox:1 sleep 1000\n"
        "printf 'FROM busybox:1\\nRUN echo hi > /hi\\n' > Dockerfile\n"
        "docker image build -t traces .\n"
        "printf 'FROM busybox:1\\nRUN false\\n' > Dockerfile\n"
        "docker image build -t traces .\n"
        "docker image tag traces traces:2; docker image rm traces\n"
        "touch made\n```\n",
    )
    surroundings = for_real(clean_engine, engines, tmp_path / "home")
    with closing(open_engine(clean_engine)) as engine:
        for _ in engine.pull("alpine:3.24"):
            pass
        before = engine.observe()
        proof = prove([page], engine, environment=surroundings)
        after = engine.observe()

    assert proof.ok, as_table(proof)
    assert after == before
    listed = [
        subprocess.run(
            ["docker", *words.split()],
            env={**surroundings, "DOCKER_HOST": clean_engine},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for words in ("volume ls --quiet", "network ls --format {{.Name}}")
    ]
    assert listed == [[], ["bridge", "host", "none"]]
