"""What an engine has made outlives it, whether it ends in order or is killed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from labrunner.practice import start


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "engine"
    yield place
    start.stop(place)


def client(folder: Path) -> Any:
    return docker.DockerClient(base_url=start.start(folder), timeout=20)


def made(folder: Path) -> str:
    """An image with a name, a running container that wrote a file, and a volume."""
    engine = client(folder)
    image = engine.images.pull("alpine", tag="latest")
    image.tag("mine", "1")
    engine.volumes.create("data")
    container = engine.containers.run(
        "alpine",
        ["sh", "-c", "echo kept > /kept; echo said; read line"],
        name="one",
        detach=True,
        stdin_open=True,
    )
    next(iter(container.logs(stream=True)))
    engine.close()
    identity: str = image.id
    return identity


def test_after_an_orderly_end_all_is_there_again(folder: Path) -> None:
    image_id = made(folder)
    start.stop(folder)
    engine = client(folder)

    assert engine.images.get("mine:1").id == image_id
    assert engine.volumes.get("data").name == "data"
    container = engine.containers.get("one")
    assert container.status == "exited"
    assert container.attrs["State"]["ExitCode"] == 137
    assert container.logs() == b"said\n"
    assert b"kept\n" in b"".join(container.get_archive("/kept")[0])
    container.start()
    container.reload()
    assert container.status == "running"
    container.remove(force=True)
    engine.close()


def test_after_a_crash_images_are_whole_and_containers_exited(folder: Path) -> None:
    image_id = made(folder)
    pid = start.status(folder).pid
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    engine = client(folder)

    assert engine.images.get("mine:1").id == image_id
    container = engine.containers.get("one")
    assert (container.status, container.attrs["State"]["ExitCode"]) == ("exited", 255)
    assert engine.containers.run("mine:1", ["echo", "alive"], remove=True) == b"alive\n"
    engine.close()
