"""Fixtures for tests on real engines. Without engines such tests are skipped, or fail where
LABRUNNER_REQUIRE_DOCKER=1 says that there must be some."""

import os
from collections.abc import Iterator, Mapping
from typing import NoReturn

import pytest

from labrunner.engine.locate import Silence, ping
from tests.engine import real


@pytest.fixture
def engines() -> Mapping[str, str]:
    """The env file of `tests/engines/up`: LABRUNNER_MIRROR, LABRUNNER_DOCKER_CLI28, …"""
    told = real.started()
    if not told:
        _unavailable(f"no engine was started: {real.env_file()} is missing (tests/engines/up writes it)")
    return told


@pytest.fixture(params=[real.on(engine) for engine in real.VARIABLES])
def engine_address(request: pytest.FixtureRequest, engines: Mapping[str, str]) -> Iterator[str]:
    """The address of each real engine in turn, held against the tests of other processes."""
    engine: str = request.param
    address = engines.get(real.VARIABLES[engine])
    if address is None:
        _unavailable(f"{engine} was not started: {real.env_file()} does not name it")
    with real.locked(engine):
        answer = ping(address)
        if isinstance(answer, Silence):
            _unavailable(f"{engine} does not answer at {address}: {answer.reason}")
        yield address


@pytest.fixture
def clean_engine(engine_address: str) -> Iterator[str]:
    """The same, with nothing on the engine before the test and nothing left after it."""
    real.wipe(engine_address)
    yield engine_address
    real.wipe(engine_address)


def _unavailable(reason: str) -> NoReturn:
    if os.environ.get("LABRUNNER_REQUIRE_DOCKER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
