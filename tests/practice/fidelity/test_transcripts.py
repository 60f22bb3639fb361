"""The same commands through the real docker command, on the real engine and on the practice engine.

`golden/` holds what Docker 28.5 said; with the engines up it is held against them again. What the practice engine
says otherwise stands in differences.txt, with the reason, and nothing else may: a difference that is gone has to go
from the file as well.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine import real
from tests.practice.fidelity import transcript
from tests.practice.fidelity.catalogue import served
from tests.practice.place import opened

HERE = Path(__file__).parent
NAMES = ("images", "builds", "containers")


@pytest.mark.timeout(300, func_only=True)
@pytest.mark.parametrize("name", NAMES)
def test_the_practice_engine_says_what_docker_said(
    name: str, engines: Mapping[str, str], tmp_path: Path
) -> None:
    golden = (HERE / "golden" / f"{name}.txt").read_text()

    with opened(tmp_path) as place:
        environment = transcript.environment(
            place.address,
            place.home,
            engines["LABRUNNER_DOCKER_CLI28"],
            engines.get("LABRUNNER_DOCKER_CLI28_PLUGINS"),
        )
        said = transcript.played(name, environment, tmp_path)

    pairs = zip(said, golden.split("\n\n"), strict=True)
    different = [(each, told) for each, told in pairs if str(each).strip() != told.strip()]
    unknown = [
        (str(each).splitlines(), told.splitlines())
        for each, told in different
        if each.command not in known(name)
    ]
    assert not unknown
    assert sorted(each.command for each, _ in different) == sorted(known(name))


@pytest.mark.docker
@pytest.mark.timeout(400, func_only=True)
@pytest.mark.xdist_group("transcripts")
@pytest.mark.parametrize("name", NAMES)
def test_docker_still_says_it(name: str, engines: Mapping[str, str], tmp_path: Path) -> None:
    engine, variable = (
        (real.CATALOGUE_ENGINE, real.CATALOGUE_VARIABLE)
        if name == "images"
        else ("docker28", real.VARIABLES["docker28"])
    )
    address = engines[variable]
    with real.locked(engine), served(engines["LABRUNNER_CATALOGUE"]):
        real.wipe(address)
        environment = transcript.environment(
            address,
            tmp_path / "home",
            engines["LABRUNNER_DOCKER_CLI28"],
            engines.get("LABRUNNER_DOCKER_CLI28_PLUGINS"),
        )
        said = transcript.played(name, environment, tmp_path)
        real.wipe(address)

    assert transcript.written(said) == (HERE / "golden" / f"{name}.txt").read_text()


def known(name: str) -> list[str]:
    """The commands of a transcript that are known to be answered otherwise."""
    lines = (HERE / "differences.txt").read_text().splitlines()
    return [line.partition(": ")[2] for line in lines if line.startswith(f"{name}: ")]
