"""The real docker command with buildx, with a private configuration."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

PATIENCE = 60


def _environment() -> dict[str, str]:
    """What tests/engines/up has written, unless the surroundings say it."""
    found: dict[str, str] = {}
    file = Path.home() / ".cache/labrunner-engines/engines.env"
    if file.exists():
        found = dict(line.partition("=")[::2] for line in file.read_text().splitlines() if "=" in line)
    return found | {name: value for name, value in os.environ.items() if name.startswith("LABRUNNER_")}


ENGINES = _environment()


def program() -> str:
    """The docker command to drive; the test is skipped where there is none with buildx."""
    command = ENGINES.get("LABRUNNER_DOCKER_CLI28") or shutil.which("docker")
    if command is None or not _plugins():
        pytest.skip("no docker command with buildx here; tests/engines/up 28 makes one")
    return command


def _plugins() -> list[Path]:
    folders = [ENGINES.get("LABRUNNER_DOCKER_CLI28_PLUGINS", ""), "/usr/libexec/docker/cli-plugins"]
    return [path for folder in folders if folder for path in Path(folder).glob("docker-buildx")]


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    out: str
    err: str


class Docker:
    def __init__(self, host: str, folder: Path) -> None:
        self._command = program()
        plugins = folder / "config" / "cli-plugins"
        if not plugins.exists():
            plugins.mkdir(parents=True)
            (plugins / "docker-buildx").symlink_to(_plugins()[0])
        self.config = folder / "config"
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "DOCKER_HOST": host,
            "DOCKER_CONFIG": str(self.config),
            "BUILDX_CONFIG": str(folder / "buildx"),
            "DOCKER_CLI_HINTS": "false",
        }

    async def start(self, *words: str, cwd: Path, stdin: bytes | None = None) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            self._command,
            *words,
            cwd=cwd,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def __call__(self, *words: str, cwd: Path, stdin: bytes | None = None) -> Said:
        process = await self.start(*words, cwd=cwd, stdin=stdin)
        try:
            async with asyncio.timeout(PATIENCE):
                out, err = await process.communicate(stdin)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Said(process.returncode or 0, out.decode(), err.decode())

    def in_terminal(self, *words: str, cwd: Path) -> str:
        """What a terminal of 100 columns has shown at the end."""
        import pexpect

        child = pexpect.spawn(
            self._command,
            list(words),
            cwd=str(cwd),
            env=self._environment | {"TERM": "xterm"},
            dimensions=(30, 100),
            timeout=PATIENCE,
            encoding="utf-8",
        )
        child.expect(pexpect.EOF)
        child.close()
        return str(child.before)
