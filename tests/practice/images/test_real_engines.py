"""Archives between the store and real engines, both ways, with the same IDs, sizes and files."""

import io
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import docker
import pytest

from labrunner.practice.images import archive
from labrunner.practice.images.history import image_history
from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.layers import read_layer
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Bytes, Node, Tree, Zeros, difference
from labrunner.reference import parse
from tests.practice.images.stores import file, opened

LOWER = Tree(
    {
        "bin": Node(kind="folder", mode=0o755, mtime=1_700_000_000),
        "bin/busybox": file("#!/bin/sh\n", mode=0o4755, uid=1000, gid=1000, mtime=1_700_000_000),
        "bin/sh": Node(
            kind="hardlink", mode=0o4755, uid=1000, gid=1000, link="bin/busybox", mtime=1_700_000_000
        ),
        "lib64": Node(kind="link", mode=0o777, link="usr/lib"),
        "etc/hidden": file("hidden"),
        "opt/old": file("old"),
        "usr": Node(kind="folder", mode=0o755),
        "usr/" + "n" * 150: Node(kind="folder", mode=0o750, gid=4_000_000),
        "usr/" + "n" * 150 + "/grüße": file("long"),
        "srv": Node(kind="folder", mode=0o1777),
        "srv/zeros": Node(kind="file", content=Zeros(3_000_000)),
        "srv/capable": Node(
            kind="file",
            content=Bytes(b"x"),
            xattrs={"security.capability": bytes.fromhex("0100000200040000" + "00" * 12)},
        ),
    }
)
UPPER = Tree(
    {
        "etc/hidden": Node(kind="whiteout", mode=0),
        "opt": Node(kind="opaque", mode=0o700),
        "opt/new": file("new"),
        "srv": Node(kind="folder", mode=0o1777),
        "srv/zeros": file("no longer"),
    }
)


MADE_FOR_A_CONTAINER = {".dockerenv", "dev", "etc", "proc", "sys"}


def told_apart(one: Tree, other: Tree) -> set[str]:
    """The first parts of the paths at which two trees differ."""
    return {path.partition("/")[0] for path, _ in difference(one, other).under("")}


@pytest.fixture
def client(clean_engine: str) -> Iterator[docker.APIClient]:
    talking = docker.APIClient(base_url=clean_engine, timeout=60)
    yield talking
    talking.close()


def ours(store: Store) -> Image:
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2024-05-01T10:00:00Z",
        "config": {"Cmd": ["/bin/sh"], "Labels": {"org.labrunner.standin": "true"}},
        "rootfs": {"type": "layers", "diff_ids": [store.add_layer(LOWER), store.add_layer(UPPER)]},
        "history": [
            {"created": "2024-05-01T10:00:00Z", "created_by": step} for step in ("COPY lower", "COPY upper")
        ],
    }
    image = store.add_image(compose(config))
    store.tag(image.id, parse("practice/made:1"))
    return image


def on_containerd(client: docker.APIClient) -> bool:
    """Where an image's ID is the digest of its manifest, and sizes count blobs too."""
    return bool(client.info()["Driver"] == "overlayfs")


def spooled(path: Path, chunks: Iterator[bytes]) -> Path:
    with path.open("wb") as out:
        out.writelines(chunks)
    return path


@pytest.mark.docker
def test_an_engine_loads_what_is_saved(client: docker.APIClient, tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = ours(store)

    list(client.load_image(b"".join(archive.save(store, ["practice/made:1"]))))  # type: ignore[no-untyped-call]

    there: Mapping[str, Any] = client.inspect_image("practice/made:1")  # type: ignore[no-untyped-call]
    assert there["RootFS"]["Layers"] == list(image.layers)
    if not on_containerd(client):
        assert there["Id"] == image.id
        assert there["Size"] == store.size(image)
        rows = client.history("practice/made:1")  # type: ignore[no-untyped-call]
        assert [(row["CreatedBy"], row["Size"]) for row in rows] == [
            (row["CreatedBy"], row["Size"]) for row in image_history(store, image)
        ]
    container = client.create_container("practice/made:1")
    exported = read_layer(spooled(tmp_path / "exported.tar", client.export(container)))
    seen = store.tree(image)
    assert told_apart(seen, exported) <= MADE_FOR_A_CONTAINER
    assert exported.get("etc/hidden") is None
    assert exported.children("opt") == ("new",)
    assert exported.node("bin/sh") is not None
    assert exported.read("bin/sh") == b"#!/bin/sh\n"


@pytest.mark.docker
def test_what_an_engine_saves_is_loaded(client: docker.APIClient, tmp_path: Path) -> None:
    client.pull("alpine", "3.24")
    dockerfile = (
        "FROM alpine:3.24\n"
        "RUN rm -rf /etc/apk; mkdir /x; echo hi > /x/y; ln /x/y /x/z; ln -s /etc /x/e\n"
        "RUN rm -rf /x; mkdir /x; echo new > /x/n\n"
        "LABEL step=three\n"
    )
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as out:
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(dockerfile)
        out.addfile(entry, io.BytesIO(dockerfile.encode()))
    context.seek(0)
    said = list(client.build(fileobj=context, custom_context=True, tag="built:1", decode=True))
    assert said[-1] == {"stream": "Successfully tagged built:1\n"}
    saved = spooled(tmp_path / "saved.tar", client.get_image("built:1"))
    container = client.create_container("built:1")
    exported = read_layer(spooled(tmp_path / "exported.tar", client.export(container)))
    store = opened(tmp_path)

    lines = [line["stream"] for line in archive.load(store, saved, quiet=True)]

    assert lines == ["Loaded image: built:1\n"]
    image = store.find("built:1")
    there = client.inspect_image("built:1")  # type: ignore[no-untyped-call]
    assert list(image.layers) == there["RootFS"]["Layers"]
    if not on_containerd(client):
        assert image.id == there["Id"]
        assert store.size(image) == there["Size"]
    tree = store.tree(image)
    assert tree.children("x") == ("n",)
    assert tree.get("etc/apk") is None
    assert told_apart(tree, exported) <= MADE_FOR_A_CONTAINER


@pytest.mark.docker
def test_a_saved_image_goes_to_an_engine_and_back(client: docker.APIClient, tmp_path: Path) -> None:
    store = opened(tmp_path / "here")
    image = ours(store)
    list(client.load_image(b"".join(archive.save(store, ["practice/made:1"]))))  # type: ignore[no-untyped-call]
    back = opened(tmp_path / "back")

    list(archive.load(back, spooled(tmp_path / "back.tar", client.get_image("practice/made:1"))))

    assert back.find("practice/made:1") == image
    assert back.size(image) == store.size(image)
    assert not difference(back.tree(image), store.tree(image)).nodes
