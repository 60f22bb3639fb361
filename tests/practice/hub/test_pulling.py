"""What `docker pull` shows and refuses, word for word as Docker 28 does."""

import asyncio
import gzip
import hashlib
import json
import zlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from labrunner.practice.hub import pulling
from labrunner.practice.hub.manifest import DOCKER_CONFIG, DOCKER_LAYER, Blob, Manifest, compose_manifest
from labrunner.practice.hub.progress import Pace, bar
from labrunner.practice.hub.pulling import pull
from labrunner.practice.images.image import compose
from labrunner.practice.images.layers import write_tree
from labrunner.practice.images.tree import Bytes, Node, Tree
from labrunner.reference import Reference, parse
from tests.practice.hub.corner import ANA, STUDENT, Corner, lab_registry, refusal_of


def test_a_first_pull(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    lines = asyncio.run(corner.pull("hello-world"))

    digest = corner.hub.catalogue.locked["hello-world:latest"]["digest"]
    assert lines == [
        "latest: Pulling from library/hello-world",
        "62559c7ac552: Pulling fs layer",
        "62559c7ac552: Verifying Checksum",
        "62559c7ac552: Download complete",
        "62559c7ac552: Pull complete",
        f"Digest: {digest}",
        "Status: Downloaded newer image for hello-world:latest",
    ]
    assert corner.store.find("hello-world").id == corner.hub.catalogue.locked["hello-world:latest"]["id"]


def test_messages_have_docker_s_shape(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    asyncio.run(corner.pull("hello-world"))

    assert corner.told[0] == {"status": "Pulling from library/hello-world", "id": "latest"}
    assert corner.told[1] == {"status": "Pulling fs layer", "progressDetail": {}, "id": "62559c7ac552"}
    assert corner.told[2] == {
        "status": "Downloading",
        "progressDetail": {"current": 2071, "total": 2071},
        "progress": "[==================================================>]  2.071kB/2.071kB",
        "id": "62559c7ac552",
    }
    assert set(corner.told[-1]) == {"status"}


def test_a_second_pull_is_up_to_date(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def twice() -> list[str]:
        await corner.pull("hello-world")
        return await corner.pull("hello-world")

    lines = asyncio.run(twice())

    assert lines[0] == "latest: Pulling from library/hello-world"
    assert lines[1].startswith("Digest: sha256:")
    assert lines[2:] == ["Status: Image is up to date for hello-world:latest"]


def test_a_new_name_of_an_image_that_is_here_downloads_nothing(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def both() -> list[str]:
        await corner.pull("nginx:1.31-alpine")
        return await corner.pull("nginx:1.31.6-alpine")

    lines = asyncio.run(both())

    assert [line for line in lines if "layer" in line] == []
    assert lines[-1] == "Status: Downloaded newer image for nginx:1.31.6-alpine"
    image = corner.store.find("nginx:1.31-alpine")
    assert [name.familiar for name in corner.store.names(image.id)] == [
        "nginx:1.31-alpine",
        "nginx:1.31.6-alpine",
    ]
    assert [name.familiar_repository for name in corner.store.digests(image.id)] == ["nginx"]


def test_a_base_that_is_here_already_exists_and_the_rest_waits_its_turn(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def both() -> list[str]:
        await corner.pull("alpine:3.24")
        return await corner.pull("nginx:1.31-alpine")

    lines = asyncio.run(both())
    kinds = [line.partition(": ")[2] for line in lines]

    assert kinds[1] == "Already exists"
    assert kinds[2:9] == ["Pulling fs layer"] * 7
    assert kinds[9:13] == ["Waiting"] * 4
    assert kinds.count("Pull complete") == 7


def test_a_pull_by_digest(tmp_path: Path) -> None:
    corner = Corner(tmp_path)
    digest = corner.hub.catalogue.locked["hello-world:latest"]["digest"]

    lines = asyncio.run(corner.pull(f"hello-world@{digest}"))

    assert lines[0] == f"docker.io/library/hello-world@{digest}: Pulling from library/hello-world"
    assert lines[-1] == f"Status: Downloaded newer image for hello-world@{digest}"
    image = corner.store.find(f"hello-world@{digest}")
    assert corner.store.names(image.id) == ()


def test_all_tags(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    lines = asyncio.run(corner.pull("hello-world", all_tags=True))

    assert [line for line in lines if "Pulling from" in line] == [
        "latest: Pulling from library/hello-world",
        "linux: Pulling from library/hello-world",
    ]
    assert lines[-1] == "Status: Downloaded newer image for hello-world"


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        (
            "nosuch",
            (
                404,
                "pull access denied for nosuch, repository does not exist or may require 'docker login': "
                "denied: requested access to the resource is denied",
            ),
        ),
        ("nginx:9.99", (404, "manifest for nginx:9.99 not found: manifest unknown: manifest unknown")),
        ("scratch", (403, "'scratch' is a reserved name")),
        (
            "quay.io/some/thing",
            (500, 'Get "https://quay.io/v2/": dial tcp: lookup quay.io: no such host'),
        ),
        (
            "10.1.2.3:5000/some/thing",
            (500, 'Get "https://10.1.2.3:5000/v2/": dial tcp 10.1.2.3:5000: connect: network is unreachable'),
        ),
        (
            "localhost:1/some/thing",
            (500, 'Get "http://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused'),
        ),
    ],
)
def test_what_is_refused_before_anything_is_told(tmp_path: Path, name: str, refusal: tuple[int, str]) -> None:
    corner = Corner(tmp_path)

    assert asyncio.run(refusal_of(corner.pull(name))) == refusal
    assert corner.told == []


def test_a_pull_is_an_event(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    asyncio.run(corner.pull("hello-world"))

    (happened,) = corner.happenings.kept()
    assert (happened.kind, happened.action, happened.actor) == ("image", "pull", "hello-world:latest")
    assert happened.attributes["name"] == "hello-world"
    assert happened.attributes["org.labrunner.standin"] == "true"


def test_what_was_pushed_to_the_lab_registry_comes_back_the_same(tmp_path: Path) -> None:
    mine, other = Corner(tmp_path / "mine"), Corner(tmp_path / "other")

    async def round_trip() -> tuple[list[str], list[str], tuple[int, str], tuple[int, str]]:
        async with lab_registry(tmp_path) as server:
            name = f"localhost:{server.port}/student/hello:1"
            await mine.pull("hello-world")
            mine.tag("hello-world", name)
            pushed = await mine.push(name, auth=STUDENT)
            anonymous = await refusal_of(other.pull(name))
            missing = await refusal_of(other.pull(name + "x", auth=ANA))
            return pushed, await other.pull(name, auth=ANA), anonymous, missing

    pushed, pulled, anonymous, missing = asyncio.run(round_trip())
    name = pushed[0].partition("[")[2].removesuffix("]")

    assert other.store.find(f"{name}:1").config_bytes == mine.store.find("hello-world").config_bytes
    assert pulled[0] == "1: Pulling from student/hello"
    assert pulled[-1] == f"Status: Downloaded newer image for {name}:1"
    assert anonymous == (
        500,
        f'Head "http://{name.removesuffix("/student/hello")}/v2/student/hello/manifests/1": no basic auth credentials',
    )
    assert missing == (404, f"manifest for {name}:1x not found: manifest unknown: manifest unknown")


class Liar:
    """A source in whose hands one thing is not what it should be."""

    def __init__(self, layer: bytes, *, packed: bytes | None = None, sent: bytes | None = None) -> None:
        diff_id = "sha256:" + hashlib.sha256(layer).hexdigest()
        self.packed = gzip.compress(layer) if packed is None else packed
        self.config = compose(
            {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [diff_id]}}
        )
        self.layer = Blob(
            digest="sha256:" + hashlib.sha256(self.packed).hexdigest(),
            size=len(self.packed),
            media_type=DOCKER_LAYER,
        )
        config = Blob(
            digest="sha256:" + hashlib.sha256(self.config).hexdigest(),
            size=len(self.config),
            media_type=DOCKER_CONFIG,
        )
        self.told = compose_manifest(config, [self.layer])
        self.sent = self.packed if sent is None else sent

    async def manifest(self, reference: Reference) -> Manifest:
        return self.told

    async def tags(self, reference: Reference) -> tuple[str, ...]:
        return ("latest",)

    async def blob(self, reference: Reference, blob: Blob) -> AsyncIterator[bytes]:
        yield self.sent if blob == self.layer else self.config


LAYER = b"".join(write_tree(Tree({"hello": Node(kind="file", content=Bytes(b"hi\n"))})))


def lied_to(corner: Corner, liar: Liar, name: str = "localhost:5001/a/b") -> tuple[int, str]:
    work = pull(corner.store, parse(name), source=liar, progress=corner.tell, spool=corner.folder / "spool")
    refusal = asyncio.run(refusal_of(work))
    assert corner.store.images() == ()
    assert list((corner.folder / "spool").glob("*")) == []
    return refusal


def test_an_honest_source_is_believed(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    asyncio.run(
        pull(
            corner.store,
            parse("localhost:5001/a/b"),
            source=Liar(LAYER),
            progress=corner.tell,
            spool=tmp_path / "spool",
        )
    )

    assert corner.store.tree(corner.store.find("localhost:5001/a/b")).read("hello") == b"hi\n"


def test_a_layer_that_is_not_its_digest_is_refused(tmp_path: Path) -> None:
    liar = Liar(LAYER)
    liar.sent = liar.packed[:-1] + b"x"

    assert lied_to(Corner(tmp_path), liar) == (
        500,
        f"filesystem layer verification failed for digest {liar.layer.digest}",
    )


def test_a_layer_longer_than_it_says_is_cut_off(tmp_path: Path) -> None:
    liar = Liar(LAYER)
    liar.sent = liar.packed + b"x" * 5_000_000

    assert lied_to(Corner(tmp_path), liar)[1].startswith("filesystem layer verification failed for digest")


def test_a_layer_whose_tar_is_not_its_diff_id_is_refused(tmp_path: Path) -> None:
    liar = Liar(LAYER, packed=gzip.compress(LAYER + bytes(512)))

    assert lied_to(Corner(tmp_path), liar)[1].startswith("invalid diffID")


def test_a_layer_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    liar = Liar(LAYER, packed=gzip.compress(LAYER)[:-9])

    assert lied_to(Corner(tmp_path), liar)[1] == "failed to register layer: unexpected EOF"


def test_a_gzip_bomb_is_stopped_at_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "LARGEST_UNPACKED", 10_000_000)
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = bomb.compress(bytes(200_000_000)) + bomb.flush()

    assert lied_to(Corner(tmp_path), Liar(LAYER, packed=packed))[1] == (
        "failed to register layer: unpacked, the image is larger than 10000000 bytes"
    )


def test_a_manifest_that_is_not_the_digest_asked_for_is_refused(tmp_path: Path) -> None:
    corner, digest = Corner(tmp_path), "sha256:" + "1" * 64

    refusal = lied_to(corner, Liar(LAYER), f"localhost:5001/a/b@{digest}")

    assert refusal == (500, f"manifest verification failed for digest {digest}")


def test_a_configuration_with_other_layers_is_refused(tmp_path: Path) -> None:
    liar = Liar(LAYER)
    assert liar.told.config is not None
    liar.told = compose_manifest(liar.told.config, [liar.layer, liar.layer])

    assert lied_to(Corner(tmp_path), liar) == (500, "layers from manifest don't match image configuration")


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", json.dumps([]).encode()],
)
def test_a_broken_registry_is_a_refusal(tmp_path: Path, answer: bytes) -> None:
    corner = Corner(tmp_path)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async def work() -> tuple[int, str]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            return await refusal_of(corner.pull(f"localhost:{port}/a/b"))

    assert asyncio.run(work())[0] == 500


def test_a_pace_takes_its_time() -> None:
    assert Pace(bytes_per_second=1_000_000).seconds(500_000) == 0.5
    assert Pace().seconds(500_000) == 0.0


@pytest.mark.parametrize(
    ("current", "total", "shown"),
    [
        (310, 310, "[==================================================>]     310B/310B"),
        (552960, 52066790, "[>                                                  ]    553kB/52.07MB"),
        (36445, 1064647, "[=>                                                 ]  36.45kB/1.065MB"),
        (2048, 305, "[==================================================>]  2.048kB"),
    ],
)
def test_bars_are_docker_s(current: int, total: int, shown: str) -> None:
    """The four lines were recorded from Docker 28.5."""
    assert bar(current, total) == shown
