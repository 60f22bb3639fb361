"""The engines that `tests/engines/up` started: where they are, one test at a time on each, a clean slate.

Only engines of the env file are ever touched: what is wiped here is everything that an engine holds.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from _pytest.mark.structures import ParameterSet

VARIABLES = {
    "docker20": "LABRUNNER_DOCKER20",
    "docker28": "LABRUNNER_DOCKER28",
    "docker28-containerd": "LABRUNNER_DOCKER28_CONTAINERD",
}
"""Ids of the engines in tests, and the names of their addresses in the env file."""

PRACTICE = "practice"
"""The id of the engine that needs no Docker: each session of tests starts one of its own."""

CATALOGUE_ENGINE, CATALOGUE_VARIABLE = "docker28-catalogue", "LABRUNNER_DOCKER28_CATALOGUE"
"""One more, which pulls from the practice engine's catalogue while a test serves it."""

_BUILT_IN_NETWORKS = ("bridge", "host", "none")


def on(engine: str) -> ParameterSet:
    """One engine is used by one worker at a time, and waiting for it is no part of a test's own time."""
    marks = (pytest.mark.docker, pytest.mark.xdist_group(engine), pytest.mark.timeout(120, func_only=True))
    return pytest.param(engine, id=engine, marks=marks)


def env_file() -> Path:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("LABRUNNER_ENGINES_ENV") or cache / "labrunner-engines/engines.env")


def started() -> Mapping[str, str]:
    """What the env file says; nothing where there is none."""
    try:
        lines = env_file().read_text().splitlines()
    except FileNotFoundError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def address_of(engine: str) -> str | None:
    return started().get(VARIABLES[engine])


def unavailable(reason: str) -> NoReturn:
    """Skips the test, or fails it where LABRUNNER_REQUIRE_DOCKER=1 says that everything must be there."""
    if os.environ.get("LABRUNNER_REQUIRE_DOCKER") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@contextmanager
def locked(engine: str) -> Iterator[None]:
    """Hold an engine against the tests of other processes, waiting for whoever holds it."""
    with env_file().with_name(f"{engine}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def wipe(address: str) -> None:
    """Remove every container, image, volume, network and build cache of one of the test engines."""
    if address not in {*(address_of(engine) for engine in VARIABLES), started().get(CATALOGUE_VARIABLE)}:
        raise PermissionError(f"{address} is no engine of {env_file()}")
    empty(address)


def empty(address: str) -> None:
    """The same of any engine: only for one that the test itself started."""
    # 0.2 s, which the tests without an engine need not wait for.
    import docker

    client = docker.APIClient(base_url=address, timeout=60)
    for container in client.containers(all=True):
        client.remove_container(container["Id"], v=True, force=True)
    client.prune_images(filters={"dangling": False})  # type: ignore[no-untyped-call]
    client.prune_builds(all=True)
    for volume in client.volumes()["Volumes"] or ():
        client.remove_volume(volume["Name"])
    for network in client.networks():
        if network["Name"] not in _BUILT_IN_NETWORKS:
            client.remove_network(network["Id"])
    client.close()
