"""A home for the command line, with and without an engine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Home


@pytest.fixture
def home() -> Iterator[Home]:
    """Short enough for a socket's path."""
    folder = Path(tempfile.mkdtemp(prefix="lr-", dir="/tmp"))
    yield Home(path=folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home_with_engine(clean_engine: str) -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="lr-", dir="/tmp"))
    yield Home(path=folder, docker_host=clean_engine)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def root() -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can run a program as another user")
