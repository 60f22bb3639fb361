"""The built-in docker command says what the real one says, word for word, on the practice engine and on Docker's.

What the real one said on Docker's engines is kept in golden/ (python -m tests.dockercli.playing records it anew).
"""

from pathlib import Path

import pytest

from tests.dockercli import playing
from tests.dockercli.playing import TRANSCRIPTS, own_command, played, real_command
from tests.engine import real
from tests.practice.fidelity.transcript import Said
from tests.practice.place import new_engine


@pytest.mark.timeout(200, func_only=True)
@pytest.mark.usefixtures("engines")
@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_on_the_practice_engine(name: str, tmp_path: Path) -> None:
    with new_engine() as address:
        wanted = played(name, address, tmp_path / "real", real_command())
    with new_engine() as address:
        said = played(name, address, tmp_path / "own", own_command(tmp_path))

    assert different(said, texts(wanted)) == []


@pytest.mark.timeout(200, func_only=True)
@pytest.mark.parametrize("engine_address", [real.on("docker20"), real.on("docker28")], indirect=True)
@pytest.mark.parametrize("name", TRANSCRIPTS)
def test_on_docker_s_engine(
    name: str, clean_engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    engine = request.node.callspec.params["engine_address"]

    said = played(name, clean_engine, tmp_path / "own", own_command(tmp_path))

    assert different(said, playing.golden(name, engine).read_text().split("\n\n")) == []


def texts(said: tuple[Said, ...]) -> list[str]:
    return [str(each) for each in said]


def different(said: tuple[Said, ...], wanted: list[str]) -> list[tuple[str, str]]:
    """What was said, and what was to be said."""
    pairs = zip(texts(said), wanted, strict=True)
    return [(ours.strip(), theirs.strip()) for ours, theirs in pairs if ours.strip() != theirs.strip()]
