"""A home for the command line, with and without an engine."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from labrunner.practice.start import stop
from tests.cli.program import Home


@pytest.fixture
def home() -> Iterator[Home]:
    """Short enough for a socket's path."""
    folder = Path(tempfile.mkdtemp(prefix="lr-", dir="/tmp"))
    yield Home(path=folder)
    stop(folder / "data" / "practice")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home_with_engine(clean_engine: str, engines: Mapping[str, str]) -> Iterator[Home]:
    """With the docker command of that engine's age."""
    folder = Path(tempfile.mkdtemp(prefix="lr-", dir="/tmp"))
    old = clean_engine == engines.get("LABRUNNER_DOCKER20")
    command = engines.get("LABRUNNER_DOCKER_CLI20" if old else "LABRUNNER_DOCKER_CLI28")
    programs = (str(Path(command).parent),) if command else ()
    yield Home(path=folder, docker_host=clean_engine, programs=programs)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can run a program as another user")
