"""The same commands through the real docker command and through the built-in one, on the same engine."""

from dataclasses import replace
from pathlib import Path

from labrunner.dockercli.launcher import install
from tests.engine import real
from tests.practice.fidelity import transcript
from tests.practice.fidelity.transcript import Said

HERE = Path(__file__).parent
TRANSCRIPTS = HERE / "transcripts"


def played(
    name: str, address: str, folder: Path, command: Path, transcripts: Path = TRANSCRIPTS
) -> list[Said]:
    """What was said in a workspace below `folder`."""
    folder.mkdir()
    environment = transcript.environment(address, folder / "home", str(command), None)
    # No ports nor folders of the machine are told.
    said = transcript.played(name, environment, folder, transcripts)
    return [
        replace(each, lines=tuple(line.replace(str(folder.resolve()), "<folder>") for line in each.lines))
        for each in said
    ]


def real_command() -> Path:
    return Path(real.started()["LABRUNNER_DOCKER_CLI28"])


def own_command(folder: Path) -> Path:
    return install(folder / "bin") / "docker"
