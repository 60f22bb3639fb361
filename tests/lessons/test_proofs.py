"""Every lesson of the course, proved on every engine, with the classic builder and with BuildKit, among the belongings
of a learner who has used the engine before."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from labrunner.authoring.prove import prove
from labrunner.engine.sdk import open_engine
from labrunner.lesson.catalogue import pages_at
from labrunner.lesson.loading import load
from tests.engine import real
from tests.lessons.belongings import found, scatter

PAGES = pages_at(Path(__file__).parents[2] / "lessons")
BUILDING = tuple(page for page in PAGES if "docker image build" in page.read_text())


@pytest.mark.timeout(1200, func_only=True)
@pytest.mark.parametrize("page", PAGES, ids=[page.parent.name for page in PAGES])
def test_a_lesson_proves(page: Path, clean_engine: str, engines: Mapping[str, str], tmp_path: Path) -> None:
    old = clean_engine == real.address_of("docker20")
    scatter(clean_engine)
    before = found(clean_engine)
    proof = prove([page], open_engine(clean_engine), environment=surroundings(engines, tmp_path, old=old))

    assert [claim.sentence for claim in proof.failed] == []
    assert [step.id for step in proof.lessons[0].steps if not step.claims] == questions(page)
    assert found(clean_engine) == before


@pytest.mark.timeout(1200, func_only=True)
@pytest.mark.parametrize("engine_address", [real.on("docker28")], indirect=True)
@pytest.mark.parametrize("page", BUILDING, ids=[page.parent.name for page in BUILDING])
def test_a_lesson_that_builds_proves_without_buildx(
    page: Path, clean_engine: str, engines: Mapping[str, str], tmp_path: Path
) -> None:
    proof = prove(
        [page], open_engine(clean_engine), environment=surroundings(engines, tmp_path, plugins=False)
    )

    assert [claim.sentence for claim in proof.failed] == []


def surroundings(
    engines: Mapping[str, str], home: Path, *, old: bool = False, plugins: bool = True
) -> dict[str, str]:
    """What the lab shell starts with: the docker command of the engine's own age, and its plugins."""
    command = engines.get("LABRUNNER_DOCKER_CLI20" if old else "LABRUNNER_DOCKER_CLI28")
    folders = [str(Path(command).parent)] if command else []
    place = engines.get("LABRUNNER_DOCKER_CLI28_PLUGINS")
    if place and plugins and not old:
        (home / ".docker").mkdir()
        (home / ".docker/cli-plugins").symlink_to(place)
    return {
        **os.environ,
        "HOME": str(home),
        "PATH": os.pathsep.join([*folders, os.environ.get("PATH", os.defpath)]),
    }


def questions(page: Path) -> list[str]:
    """The ids of a lesson's steps that have nothing but a question."""
    return [step.id for step in load(page).steps if not step.checks]
