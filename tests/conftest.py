"""Fixtures for tests on real engines. Without engines such tests are skipped, or fail where
LABRUNNER_REQUIRE_DOCKER=1 says that there must be some."""

from collections.abc import Iterator, Mapping

import pytest

from labrunner.engine.locate import Silence, ping
from tests.engine import real
from tests.practice.place import new_engine


@pytest.fixture
def engines() -> Mapping[str, str]:
    """The env file of `tests/engines/up`: LABRUNNER_MIRROR, LABRUNNER_DOCKER_CLI28, …"""
    told = real.started()
    if not told:
        real.unavailable(f"no engine was started: {real.env_file()} is missing (tests/engines/up writes it)")
    return told


@pytest.fixture(scope="session")
def practice_engine() -> Iterator[str]:
    """A practice engine that nobody else uses: no Docker is needed for it, and no lock."""
    with new_engine() as address:
        yield address


@pytest.fixture(params=[real.PRACTICE, *map(real.on, real.VARIABLES)])
def engine_address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the practice engine, and of each real one, held against the tests of other processes."""
    engine: str = request.param
    if engine == real.PRACTICE:
        yield request.getfixturevalue("practice_engine")
        return
    engines: Mapping[str, str] = request.getfixturevalue("engines")
    address = engines.get(real.VARIABLES[engine])
    if address is None:
        real.unavailable(f"{engine} was not started: {real.env_file()} does not name it")
    with real.locked(engine):
        answer = ping(address)
        if isinstance(answer, Silence):
            real.unavailable(f"{engine} does not answer at {address}: {answer.reason}")
        yield address


@pytest.fixture
def clean_engine(engine_address: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The same, with nothing on the engine before the test and nothing left after it."""
    own = request.node.callspec.params["engine_address"] == real.PRACTICE
    wipe = real.empty if own else real.wipe
    wipe(engine_address)
    yield engine_address
    wipe(engine_address)
