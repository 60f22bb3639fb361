"""An engine under test, and the hand of a learner on it."""

from collections.abc import Iterator
from contextlib import closing

import docker
import pytest

from labrunner.engine.protocol import Engine
from labrunner.engine.sdk import open_engine


@pytest.fixture
def engine(clean_engine: str) -> Iterator[Engine]:
    with closing(open_engine(clean_engine)) as opened:
        yield opened


@pytest.fixture
def hand(clean_engine: str) -> Iterator[docker.APIClient]:
    """A learner's hand on the same engine."""
    with closing(docker.APIClient(base_url=clean_engine, timeout=60)) as client:
        yield client
