"""Saving, loading and importing: what comes out goes in again, in the forms of old engines and new ones."""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import tarfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.happenings import Happenings
from labrunner.practice.images import archive, inflating, loading
from labrunner.practice.images.layers import gz_stored, write_tree
from labrunner.practice.images.store import Store
from labrunner.practice.images.tarheader import Entry, header
from labrunner.practice.images.tree import Tree
from labrunner.practice.refusal import Refused
from labrunner.reference import parse
from tests.practice.images.stores import file, made, opened, tree

Files = Mapping[str, bytes | str]


def packed(path: Path, files: Files) -> Path:
    """A tar of files; a text is a symbolic link's."""
    with tarfile.open(path, "w") as out:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            if isinstance(data, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, data
                out.addfile(entry)
            else:
                entry.size = len(data)
                out.addfile(entry, io.BytesIO(data))
    return path


def unpacked(data: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(data)) as found:
        return {
            entry.name: content.read() for entry in found if (content := found.extractfile(entry)) is not None
        }


def loaded(store: Store, path: Path) -> list[str]:
    return [line["stream"] for line in archive.load(store, path, quiet=True)]


def refusal(store: Store, path: Path) -> str:
    with pytest.raises(Refused) as refused:
        list(archive.load(store, path))
    return refused.value.message


def config_of(*layers: bytes, **more: Any) -> bytes:
    diff_ids = ["sha256:" + hashlib.sha256(layer).hexdigest() for layer in layers]
    return json.dumps({"os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}, **more}).encode()


LAYER = b"".join(write_tree(tree(hello="world")))
CONFIG = config_of(LAYER)


def docker_archive(layer: bytes = LAYER, config: bytes = CONFIG, **more: Any) -> dict[str, bytes | str]:
    manifest = [{"Config": "c.json", "RepoTags": ["web:1"], "Layers": ["1/layer.tar"], **more}]
    return {"manifest.json": json.dumps(manifest).encode(), "c.json": config, "1/layer.tar": layer}


def test_what_is_saved_loads_elsewhere_with_the_same_ids_and_names(tmp_path: Path) -> None:
    here, there = opened(tmp_path / "here"), opened(tmp_path / "there")
    base = made(here, "base", tags=("base",))
    image = made(here, "base", "top", parent=base, tags=("localhost:5001/student/web:1", "web:2"))
    data = b"".join(archive.save(here, ["localhost:5001/student/web:1", "web:2", "base"]))
    (tmp_path / "saved.tar").write_bytes(data)

    assert loaded(there, tmp_path / "saved.tar") == [
        "Loaded image: localhost:5001/student/web:1\n",
        "Loaded image: web:2\n",
        "Loaded image: base:latest\n",
    ]
    assert there.references() == here.references()
    assert there.parent(image.id) == base.id
    assert there.tree(image).read("top") == b"top"
    assert there.last_tagged(image.id) == 0
    assert b"".join(archive.save(there, ["localhost:5001/student/web:1", "web:2", "base"])) == data


def test_the_archive_is_a_docker_archive_and_an_oci_layout(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web:1",))
    (diff_id,) = image.layers
    blob = f"blobs/sha256/{diff_id[7:]}"
    size = store.layer_path(diff_id).stat().st_size

    files = unpacked(b"".join(archive.save(store, ["web:1"])))

    assert json.loads(files["manifest.json"]) == [
        {
            "Config": f"blobs/sha256/{image.id[7:]}",
            "RepoTags": ["web:1"],
            "Layers": [blob],
            "LayerSources": {
                diff_id: {
                    "mediaType": "application/vnd.oci.image.layer.v1.tar",
                    "size": size,
                    "digest": diff_id,
                }
            },
        }
    ]
    assert json.loads(files["repositories"]) == {"web": {"1": diff_id[7:]}}
    assert files["oci-layout"] == b'{"imageLayoutVersion": "1.0.0"}'
    (descriptor,) = json.loads(files["index.json"])["manifests"]
    assert descriptor["annotations"] == {
        "io.containerd.image.name": "docker.io/library/web:1",
        "org.opencontainers.image.ref.name": "1",
    }
    manifest = json.loads(files["blobs/" + descriptor["digest"].replace(":", "/")])
    assert manifest["config"]["digest"] == image.id
    assert [layer["digest"] for layer in manifest["layers"]] == [diff_id]
    assert all(
        hashlib.sha256(data).hexdigest() == name.rpartition("/")[2]
        for name, data in files.items()
        if name.startswith("blobs/")
    )


def test_a_repository_stands_for_its_tags_and_an_id_for_no_name(tmp_path: Path) -> None:
    store = opened(tmp_path)
    made(store, "a", tags=("web:1", "web:2", "other"))
    unnamed = made(store, "b")

    def tags(*names: str) -> list[list[str] | None]:
        return [
            entry["RepoTags"]
            for entry in json.loads(unpacked(b"".join(archive.save(store, names)))["manifest.json"])
        ]

    assert tags("web") == [["web:1", "web:2"]]
    assert tags("other", unnamed.id[7:19]) == [["other:latest"], None]
    assert tags(unnamed.id) == [None]


@pytest.mark.parametrize(
    ("name", "status", "message"),
    [
        ("nosuch", 404, "No such image: nosuch"),
        ("nosuch:1", 404, "reference does not exist"),
        ("No", 500, "invalid reference format: repository name (library/No) must be lowercase"),
    ],
)
def test_unknown_names_are_refused_before_anything_is_written(
    tmp_path: Path, name: str, status: int, message: str
) -> None:
    with pytest.raises(Refused) as refused:
        archive.save(opened(tmp_path), [name])

    assert (refused.value.status, refused.value.message) == (status, message)


@pytest.mark.parametrize(
    "compress",
    [
        bytes,
        gzip.compress,
        bz2.compress,
        lzma.compress,
        lambda data: b"".join(gz_stored([data])),
        lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:]),
        lambda data: bz2.compress(data[:99]) + bz2.compress(data[99:]),
    ],
)
def test_archives_and_layers_may_be_compressed(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    store = opened(tmp_path)
    plain = packed(tmp_path / "plain.tar", docker_archive(layer=compress(LAYER)))
    (tmp_path / "a.tar").write_bytes(compress(plain.read_bytes()))

    assert loaded(store, tmp_path / "a.tar") == ["Loaded image: web:1\n"]
    assert store.tree(store.find("web:1")).read("hello") == b"world"
    assert [path.name for path in (tmp_path / "store/layers").iterdir()] == [
        f"{hashlib.sha256(LAYER).hexdigest()}.tar"
    ]


def test_an_old_archive_links_layers_that_it_holds_once(tmp_path: Path) -> None:
    store = opened(tmp_path)
    files = docker_archive(config=config_of(LAYER, LAYER), Layers=["1/layer.tar", "2/layer.tar"])

    assert loaded(store, packed(tmp_path / "a.tar", {**files, "2/layer.tar": "../1/layer.tar"})) == [
        "Loaded image: web:1\n"
    ]


def test_progress_is_told_unless_quiet(tmp_path: Path) -> None:
    lines = list(archive.load(opened(tmp_path), packed(tmp_path / "a.tar", docker_archive())))

    assert lines[-2:] == [
        {
            "status": "Loading layer",
            "progressDetail": {"current": 2048, "total": 2048},
            "progress": "[==================================================>]  2.048kB/2.048kB",
            "id": hashlib.sha256(LAYER).hexdigest()[:12],
        },
        {"stream": "Loaded image: web:1\n"},
    ]


def test_an_image_without_a_name_is_told_by_its_id(tmp_path: Path) -> None:
    happenings = Happenings()
    store = opened(tmp_path, happenings)
    image_id = "sha256:" + hashlib.sha256(CONFIG).hexdigest()

    assert loaded(store, packed(tmp_path / "a.tar", docker_archive(RepoTags=None))) == [
        f"Loaded image ID: {image_id}\n"
    ]
    assert [(event.action, event.actor) for event in happenings.kept()] == [("load", image_id)]


def test_a_name_that_moves_is_told(tmp_path: Path) -> None:
    store = opened(tmp_path)
    old = made(store, "old", tags=("web:1",))

    assert loaded(store, packed(tmp_path / "a.tar", docker_archive())) == [
        f"The image web:1 already exists, renaming the old one with ID {old.id} to empty string\n",
        "Loaded image: web:1\n",
    ]


def oci_layout(**more: Any) -> dict[str, bytes | str]:
    files: dict[str, bytes | str] = {}

    def blob(data: bytes, **about: Any) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        files[f"blobs/sha256/{digest}"] = data
        return {"digest": f"sha256:{digest}", "size": len(data), **about}

    manifest = {
        "config": blob(CONFIG, mediaType="application/vnd.oci.image.config.v1+json"),
        "layers": [blob(gzip.compress(LAYER), mediaType="application/vnd.oci.image.layer.v1.tar+gzip")],
    }
    attestation = {
        "config": blob(b"{}", mediaType="application/vnd.oci.image.config.v1+json"),
        "layers": [blob(b"{}", mediaType="application/vnd.in-toto+json")],
    }
    index = {
        "manifests": [
            blob(json.dumps(attestation).encode(), platform={"architecture": "unknown", "os": "unknown"}),
            blob(json.dumps(manifest).encode(), platform={"architecture": "amd64", "os": "linux"}),
        ]
    }
    names = {"io.containerd.image.name": "docker.io/library/web:3"}
    top = {"manifests": [blob(json.dumps(index).encode(), annotations=names)]}
    return files | {"index.json": json.dumps(top).encode(), "oci-layout": b"{}"} | more


def test_an_oci_layout_loads_down_to_the_image_that_runs_here(tmp_path: Path) -> None:
    store = opened(tmp_path)

    assert loaded(store, packed(tmp_path / "a.tar", oci_layout())) == ["Loaded image: web:3\n"]
    assert store.find("web:3").config_bytes == CONFIG


def test_an_oci_index_of_itself_is_refused(tmp_path: Path) -> None:
    digest = "sha256:" + "a" * 64
    index = json.dumps({"manifests": [{"digest": digest}]}).encode()
    files = {"index.json": index, f"blobs/sha256/{digest[7:]}": index}

    assert (
        refusal(opened(tmp_path), packed(tmp_path / "a.tar", files))
        == "invalid OCI layout: indexes within indexes"
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "open manifest.json: no such file or directory"),
        ({"manifest.json": b"null"}, "invalid manifest, manifest cannot be null (but can be [])"),
        ({"manifest.json": b"{}"}, "invalid manifest: not a list of images"),
        ({"manifest.json": b"[1]"}, "invalid manifest: not a list of images"),
        ({"manifest.json": b"[{}]"}, "invalid manifest: an image without the paths of its parts"),
        (
            {"manifest.json": b'[{"Config":"a","Layers":"b"}]'},
            "invalid manifest: an image without the paths of its parts",
        ),
        ({"manifest.json": b'[{"Config":"a"}]'}, "open a: no such file or directory"),
        ({"manifest.json": b'[{"Config":"d"}]', "d/x": b""}, "read d: is a directory"),
        ({"manifest.json": b"[" * 100_000}, None),
        ({"manifest.json": b"["}, None),
        (docker_archive(config=b"{}"), "invalid image JSON, no RootFS key"),
        (docker_archive(Layers=[]), "invalid manifest, layers length mismatch: expected 0, got 1"),
        (docker_archive(Layers=["../../etc/passwd"]), "open ../../etc/passwd: no such file or directory"),
        (docker_archive(config=config_of(LAYER, os="windows")), "cannot load windows image on linux"),
        (
            docker_archive(RepoTags=["No"]),
            "invalid reference format: repository name (library/No) must be lowercase",
        ),
        (docker_archive(RepoTags=["a@sha256:" + "a" * 64]), 'invalid tag "a@sha256:' + "a" * 64 + '"'),
        (docker_archive(layer=b"x" * 100), "unexpected EOF"),
        (docker_archive(layer=gzip.compress(LAYER)[:-9]), "unexpected EOF"),
        (
            docker_archive(layer=b"\x28\xb5\x2f\xfd" + bytes(9)),
            "archives compressed with zstd are not supported; use gzip, or none",
        ),
        ({**docker_archive(), "../out": b""}, 'invalid entry name "../out"'),
    ],
)
def test_hostile_archives_are_refused_and_leave_nothing(
    tmp_path: Path, files: Files, message: str | None
) -> None:
    store = opened(tmp_path)
    said = refusal(store, packed(tmp_path / "a.tar", files))

    assert message is None or said == message
    assert list((tmp_path / "store/layers").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "store"]


def test_a_layer_that_is_not_what_the_configuration_says_is_refused(tmp_path: Path) -> None:
    store = opened(tmp_path)
    other = b"".join(write_tree(tree(other="other")))
    said = refusal(store, packed(tmp_path / "a.tar", docker_archive(layer=other)))

    right, wrong = hashlib.sha256(LAYER).hexdigest(), hashlib.sha256(other).hexdigest()
    assert said == f'invalid diffID for layer 0: expected "sha256:{right}", got "sha256:{wrong}"'
    assert list((tmp_path / "store/layers").iterdir()) == []


def test_an_archive_is_not_unpacked_beyond_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LARGEST_LAYER", 1000)
    bomb = docker_archive(layer=gzip.compress(bytes(1_000_000)))

    assert (
        refusal(opened(tmp_path), packed(tmp_path / "a.tar", bomb))
        == "archive is larger than 1000 bytes when it is unpacked"
    )


def test_a_bomb_is_inflated_piece_by_piece() -> None:
    data = gzip.compress(bytes(50_000_000))

    assert max(len(piece) for piece in inflating.inflated([data], most=10**9)) <= 1024 * 1024


def test_streams_one_after_the_other_are_one_even_where_some_are_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = gzip.compress(b"a") + gzip.compress(b"") * 5 + gzip.compress(b"b") + gzip.compress(b"")

    assert b"".join(inflating.inflated([data], most=10)) == b"ab"
    monkeypatch.setattr(inflating, "MOST_STREAMS", 7)
    with pytest.raises(Refused, match="archive consists of more than 7 compressed streams"):
        list(inflating.inflated([data], most=10))


def test_garbage_is_refused_in_dockers_words(tmp_path: Path) -> None:
    (tmp_path / "short").write_bytes(b"garbage\n")
    (tmp_path / "long").write_bytes(b"garbage\n" * 100)
    (tmp_path / "cut").write_bytes(packed(tmp_path / "a.tar", docker_archive()).read_bytes()[:1500])
    (tmp_path / "big").write_bytes(header(Entry(name="manifest.json", size=10**10)))

    store = opened(tmp_path)
    assert [refusal(store, tmp_path / name) for name in ("short", "long", "cut", "big")] == [
        "unexpected EOF",
        "archive/tar: invalid tar header",
        "unexpected EOF",
        "unexpected EOF",
    ]


def test_a_root_filesystem_is_imported_with_changes(tmp_path: Path) -> None:
    happenings = Happenings()
    store = opened(tmp_path, happenings)
    (tmp_path / "rootfs.tar.gz").write_bytes(gzip.compress(LAYER))

    image_id = archive.import_(
        store,
        tmp_path / "rootfs.tar.gz",
        changes=lambda run: {**run, "Cmd": ["sh"]},
        reference=parse("tiny:1"),
        now=datetime(2024, 5, 1, 10, tzinfo=UTC),
    )

    image = store.find("tiny:1")
    assert image.id == image_id
    assert image.run == {"Cmd": ["sh"]}
    assert image.config["comment"] == "Imported from -"
    assert image.history == [{"comment": "Imported from -", "created": "2024-05-01T10:00:00.000000Z"}]
    assert image.layers == ("sha256:" + hashlib.sha256(LAYER).hexdigest(),)
    assert [event.action for event in happenings.kept()] == ["tag", "import"]


def test_an_export_is_a_tar_of_the_whole_tree(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", "b")

    exported = b"".join(archive.write_tree(store.tree(image)))

    assert unpacked(exported) == {"a": b"a", "b": b"b"}
    assert b"".join(archive.write_tree(Tree({"x": file("x")}))) == b"".join(write_tree(tree(x="x")))
