"""A stand-in daemon behind BuildKit's front, and the real docker command to drive it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A short path: a socket's may not be longer than 104 bytes."""
    with tempfile.TemporaryDirectory(prefix="lrb-") as folder:
        yield Path(folder)


@pytest.fixture
def project(place: Path) -> Path:
    folder = place / "project"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM alpine:3.24\nCOPY hello.txt /\nRUN echo hi\n")
    (folder / "hello.txt").write_text("hello\n")
    return folder
