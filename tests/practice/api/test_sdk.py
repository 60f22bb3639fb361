"""The docker SDK for Python against the practice engine."""

import io
import tarfile
import threading
from collections.abc import Iterator
from typing import Any

import docker
import pytest
from docker.errors import APIError, BuildError, ContainerError, ImageNotFound, NotFound


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Any]:
    client = docker.DockerClient(base_url=address, timeout=20)
    client.images.pull("alpine")
    yield client
    client.close()


def test_the_version_is_negotiated(client: Any) -> None:
    told = client.version()

    assert told["ApiVersion"] == "1.51"
    assert told["Platform"]["Name"] == "labrunner practice engine"


def test_pulled_images_are_listed(client: Any) -> None:
    image = client.images.get("alpine")

    assert image.tags == ["alpine:latest"]
    assert image.id in [each.id for each in client.images.list(filters={"reference": "alpine"})]
    assert client.images.list(filters={"reference": "nosuch"}) == []
    with pytest.raises(ImageNotFound):
        client.images.get("nosuch")


def test_run_and_its_errors(client: Any) -> None:
    assert client.containers.run("alpine", ["echo", "hello"], remove=True) == b"hello\n"
    with pytest.raises(ContainerError) as failed:
        client.containers.run("alpine", ["sh", "-c", "echo bad >&2; exit 3"], remove=True)
    assert failed.value.exit_status == 3
    stderr: Any = failed.value.stderr
    assert stderr == b"bad\n"


def test_logs_exec_and_stop(client: Any) -> None:
    container = client.containers.run("alpine", ["sh", "-c", "echo up; sleep 300"], detach=True, name="sdk")
    try:
        assert next(iter(container.logs(stream=True, follow=True))) == b"up\n"
        done = container.exec_run(["sh", "-c", "echo out; echo err >&2; exit 7"], demux=True)
        assert done.exit_code == 7
        assert done.output == (b"out\n", b"err\n")
        container.stop(timeout=1)
        container.reload()
        assert container.status == "exited"
        assert container.wait()["StatusCode"] in (137, 143)
    finally:
        container.remove(force=True)
    with pytest.raises(NotFound):
        client.containers.get("sdk")


def test_files_go_in_and_out(client: Any) -> None:
    container = client.containers.create("alpine", "true")
    try:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            info = tarfile.TarInfo("note")
            info.size = 3
            tar.addfile(info, io.BytesIO(b"abc"))
        assert container.put_archive("/root", packed.getvalue())
        pieces, stat = container.get_archive("/root/note")
        assert (stat["name"], stat["size"]) == ("note", 3)
        with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as tar:
            member = tar.extractfile("note")
            assert member is not None
            assert member.read() == b"abc"
    finally:
        container.remove()


def test_a_build_finds_its_image(client: Any) -> None:
    image, lines = client.images.build(
        fileobj=io.BytesIO(b"FROM alpine\nRUN echo x > /x\nLABEL a=b\n"), tag="sdk-built:1", rm=True
    )

    assert image.labels["a"] == "b"
    assert any("Successfully built" in line.get("stream", "") for line in lines)
    with pytest.raises(BuildError, match="returned a non-zero code: 2"):
        client.images.build(fileobj=io.BytesIO(b"FROM alpine\nRUN exit 2\n"), rm=True)
    client.images.remove("sdk-built:1")


def test_events_are_sent_from_the_first_moment(client: Any) -> None:
    events: Any = client.events(decode=True, filters={"type": "image"})
    seen: list[dict[str, Any]] = []
    listener = threading.Thread(target=lambda: seen.append(next(events)))
    listener.start()
    client.images.get("alpine").tag("sdk-tagged", "1")
    listener.join(10)

    assert not listener.is_alive()
    assert (seen[0]["Action"], seen[0]["Actor"]["Attributes"]["name"]) == ("tag", "sdk-tagged:1")
    events.close()
    client.images.remove("sdk-tagged:1")


def test_disk_usage(client: Any) -> None:
    told = client.df()

    assert told["LayersSize"] > 0
    assert any("alpine:latest" in row["RepoTags"] for row in told["Images"])


def test_a_swarm_is_not_there(client: Any) -> None:
    with pytest.raises(APIError) as refused:
        client.services.list()
    assert refused.value.status_code == 503
