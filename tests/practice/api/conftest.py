"""A practice engine for a whole module of tests, and the unmodified docker CLI to talk to it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from labrunner.practice import start

_ENV_FILE = Path.home() / ".cache" / "labrunner-engines" / "engines.env"
Docker = Callable[..., "subprocess.CompletedProcess[str]"]


def _cli() -> str | None:
    named = os.environ.get("LABRUNNER_DOCKER_CLI28")
    if named is None and _ENV_FILE.exists():
        facts = dict(line.split("=", 1) for line in _ENV_FILE.read_text().splitlines() if "=" in line)
        named = facts.get("LABRUNNER_DOCKER_CLI28")
    return named if named and Path(named).exists() else shutil.which("docker")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of a fresh engine."""
    with tempfile.TemporaryDirectory(prefix="lr-") as place:
        folder = Path(place) / "engine"
        address = start.start(folder)
        try:
            yield address
        finally:
            log = (folder / "engine.log").read_text()
            start.stop(folder)
        assert "Traceback" not in log, log


@pytest.fixture(scope="module")
def environment(address: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="lr-") as place:
        yield {
            **os.environ,
            "DOCKER_HOST": address,
            "DOCKER_CONFIG": place,
            "DOCKER_CLI_HINTS": "false",
            "DOCKER_BUILDKIT": "0",
        }


@pytest.fixture(scope="module")
def docker(environment: dict[str, str]) -> Docker:
    """Runs the docker CLI; `cwd` and `stdin` by name, `ok=False` where it should fail."""
    cli = _cli()
    if cli is None:
        pytest.skip("no docker CLI on this machine")

    def run(
        *words: str, cwd: Path | None = None, stdin: str | None = None, ok: bool = True
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [cli, *words],
            env=environment,
            cwd=cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if ok:
            assert done.returncode == 0, f"docker {' '.join(words)}: {done.stdout}{done.stderr}"
        return done

    return run


@pytest.fixture(scope="module")
def cli_path() -> str:
    cli = _cli()
    if cli is None:
        pytest.skip("no docker CLI on this machine")
    return cli
