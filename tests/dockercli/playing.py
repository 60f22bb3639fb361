"""A transcript's commands through the real docker command or through the built-in one, and what was said.

usage: python -m tests.dockercli.playing ENGINE...     records anew what the real command says on docker20, docker28
"""

import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from labrunner.dockercli.launcher import install
from tests.engine import real
from tests.engine.hand import free_port
from tests.practice.fidelity import transcript
from tests.practice.fidelity.transcript import Said

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
TRANSCRIPTS = {
    "containers": transcript.HERE / "transcripts",
    "builds": HERE / "transcripts",
    "images": HERE / "transcripts",
    "more": HERE / "transcripts",
}
_MADE_UP = re.compile(r"docker-builder\d+")
_PORTS = ("18098", "18099")
"""Those of the transcripts; other tests play them at the same time."""


def played(name: str, address: str, folder: Path, command: Path) -> tuple[Said, ...]:
    """In a workspace below `folder`, on ports that are free."""
    folder.mkdir(parents=True)
    ports = {port: str(free_port()) for port in _PORTS}
    text = (TRANSCRIPTS[name] / f"{name}.txt").read_text()
    for port, free in ports.items():
        text = text.replace(port, free)
    (folder / f"{name}.txt").write_text(text)
    environment = transcript.environment(address, folder / "home", str(command), None)
    words = {str(folder.resolve()): "<folder>", **{free: port for port, free in ports.items()}}
    # A slip of Docker 28.5, which is not copied.
    words["SRun 'docker"] = "Run 'docker"
    return tuple(_common(said, words) for said in transcript.played(name, environment, folder, folder))


def _common(said: Said, words: dict[str, str]) -> Said:
    def common(text: str) -> str:
        for found, word in words.items():
            text = text.replace(found, word)
        return text

    lines = tuple(
        _MADE_UP.sub("docker-builder<number>", common(line))
        for line in said.lines
        # Told only where it lasts.
        if not line.endswith(": Verifying Checksum")
    )
    return replace(said, command=common(said.command), lines=lines)


def real_command() -> Path:
    return Path(real.started()["LABRUNNER_DOCKER_CLI28"])


def own_command(folder: Path) -> Path:
    return install(folder / "bin") / "docker"


def golden(name: str, engine: str) -> Path:
    return GOLDEN / engine / f"{name}.txt"


def main(*engines: str) -> None:
    for engine in engines:
        address = real.address_of(engine)
        assert address is not None, f"{engine} was not started"
        with real.locked(engine), tempfile.TemporaryDirectory(dir="/tmp") as folder:
            for name in TRANSCRIPTS:
                real.wipe(address)
                said = played(name, address, Path(folder, name), real_command())
                golden(name, engine).parent.mkdir(parents=True, exist_ok=True)
                golden(name, engine).write_text(transcript.written(said))
            real.wipe(address)


if __name__ == "__main__":
    main(*sys.argv[1:])
