"""A learner sits down at a terminal with one of the shells; afterwards the terminal is switched off."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.shell.lab import Lab


class SitDown(Protocol):
    def __call__(self, shell: str = "bash", **how: Any) -> Lab: ...


@pytest.fixture
def sit_down(tmp_path: Path) -> Iterator[SitDown]:
    """Start a lab with a shell (`bash-3.2` is bash made to work as of old) and wait for its prompt."""
    labs: list[Lab] = []

    def start(shell: str = "bash", *, wait: bool = True, **how: Any) -> Lab:
        if shutil.which(shell.removesuffix("-3.2")) is None:
            if os.environ.get("LABRUNNER_REQUIRE_DOCKER") == "1":
                pytest.fail(f"{shell} is not installed")
            pytest.skip(f"{shell} is not installed")
        lab = Lab(shell, home=tmp_path, **how)
        labs.append(lab)
        return lab.prompt() if wait else lab

    yield start
    for lab in labs:
        lab.close()
