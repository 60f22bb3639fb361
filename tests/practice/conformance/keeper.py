"""A plugin of the suite's pytest: the images that its tests expect are there before each of them.

Some tests remove them, and count on a Docker Hub that brings them again.
"""

import os
from functools import cache

import docker
import pytest

_KEPT: dict[str, bytes] = {}


def pytest_sessionstart(session: pytest.Session) -> None:
    for pair in os.environ["SUITE_IMAGES"].split():
        name, _, source = pair.partition("=")
        if not _client().images(source, quiet=True):
            _client().pull(source)
        repository, _, tag = name.rpartition(":")
        _client().tag(source, repository, tag)
        _KEPT[name] = b"".join(_client().get_image(name))


def pytest_runtest_setup(item: pytest.Item) -> None:
    there = {tag for image in _client().images() for tag in image["RepoTags"] or ()}
    for name in _KEPT.keys() - there:
        list(_client().load_image(_KEPT[name]))  # type: ignore[no-untyped-call]


@cache
def _client() -> docker.APIClient:
    return docker.APIClient(version="auto", base_url=os.environ["DOCKER_HOST"])
