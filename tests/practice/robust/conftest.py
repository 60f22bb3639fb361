"""One engine for a module's tests."""

from collections.abc import Iterator

import pytest

from tests.practice.robust.place import Engine, engine


@pytest.fixture(scope="module")
def here() -> Iterator[Engine]:
    with engine() as started:
        started.client.pull("alpine")
        yield started
