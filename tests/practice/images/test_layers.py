"""Layers as tar files: written one way, read in the ways of all builders, hostile ones refused."""

import gzip
import hashlib
import io
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from labrunner.practice.images import layers
from labrunner.practice.images.layers import gz_stored, read_layer, write_layer, write_tree
from labrunner.practice.images.tarheader import Entry, header
from labrunner.practice.images.tree import Bytes, Node, Tree, Zeros
from labrunner.practice.refusal import Refused

EVERYTHING = Tree(
    {
        "": Node(kind="folder", mode=0o755),
        "bin": Node(kind="folder", mode=0o1777, mtime=1_700_000_000),
        "bin/sh": Node(kind="file", mode=0o4755, uid=1000, gid=3_000_000, content=Bytes(b"#!"), mtime=-5),
        "bin/ash": Node(kind="hardlink", mode=0o4755, uid=1000, gid=3_000_000, link="bin/sh", mtime=-5),
        "a-link": Node(kind="link", mode=0o777, link="bin/" + "x" * 120),
        "empty": Node(kind="file"),
        "zeros": Node(kind="file", content=Zeros(1500)),
        "gone": Node(kind="whiteout", mode=0),
        "opt": Node(kind="opaque", mode=0o700),
        "opt/" + "n" * 200: Node(kind="file", content=Bytes(b"long")),
        "grüße": Node(kind="file", xattrs={"security.capability": b"\x01\x00\xff"}),
        "pipe": Node(kind="fifo"),
        "dev/null": Node(kind="device", major=1, minor=3, character=True),
        "dev/sda": Node(kind="device", major=8, minor=0),
    }
)


def stored(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def tar_of(path: Path, *entries: Entry) -> Path:
    """A tar of headers as they are given, with zeros for contents."""
    return stored(
        path, b"".join(header(entry) + bytes(-(-entry.size // 512) * 512) for entry in entries) + bytes(1024)
    )


def plain(tree: Tree) -> dict[str, object]:
    """Everything comparable: the bytes instead of where they lie."""
    return {
        path: (
            node.kind,
            node.mode,
            node.uid,
            node.gid,
            node.mtime,
            node.content.read(),
            node.link,
            node.major,
            node.minor,
            dict(node.xattrs),
            node.character,
        )
        for path, node in tree.nodes.items()
    }


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    with (tmp_path / "layer.tar").open("wb") as out:
        write_layer(EVERYTHING, out)

    read = read_layer(tmp_path / "layer.tar")

    assert plain(read) == plain(EVERYTHING)


def test_the_same_tree_has_the_same_bytes_everywhere() -> None:
    again = Tree(dict(sorted(EVERYTHING.nodes.items(), reverse=True)))
    data = b"".join(write_tree(EVERYTHING))

    assert b"".join(write_tree(again)) == data
    assert (
        hashlib.sha256(data).hexdigest() == "411e20398379d31f43ffd2aa61430a92d40151521c144700a7ef6369fc6675f5"
    )


def test_python_reads_what_is_written() -> None:
    with tarfile.open(fileobj=io.BytesIO(b"".join(write_tree(EVERYTHING)))) as archive:
        names = archive.getnames()
        shell = archive.getmember("bin/sh")

    assert names == [
        ".",
        "a-link",
        "bin",
        "bin/sh",
        "dev/null",
        "dev/sda",
        "empty",
        ".wh.gone",
        "grüße",
        "opt",
        "opt/.wh..wh..opq",
        "opt/" + "n" * 200,
        "pipe",
        "zeros",
        "bin/ash",
    ]
    assert (shell.mode, shell.uid, shell.gid, shell.mtime, shell.uname) == (0o4755, 1000, 3_000_000, -5, "")


@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tars_of_others_are_read(tmp_path: Path, form: int) -> None:
    long = "usr/share/" + "d" * 90 + "/" + "f" * 90
    with tarfile.open(tmp_path / "t.tar", "w", format=form) as archive:
        for name, data in (("./etc/hosts", b"1"), (long, b"22"), ("./etc/hosts", b"333")):
            entry = tarfile.TarInfo(name)
            entry.size, entry.uid, entry.mtime = len(data), 2**22, 1_700_000_000
            archive.addfile(entry, io.BytesIO(data))
        hard = tarfile.TarInfo("hard")
        hard.type, hard.linkname = tarfile.LNKTYPE, "/" + long
        archive.addfile(hard)

    read = read_layer(tmp_path / "t.tar")

    assert sorted(read.nodes) == ["etc/hosts", "hard", long]
    assert read.read("etc/hosts") == b"333"
    assert (read.nodes[long].uid, read.read("hard")) == (2**22, b"22")


def test_whiteouts_and_opaque_folders_are_told_from_files(tmp_path: Path) -> None:
    read = read_layer(
        tar_of(
            tmp_path / "t.tar",
            Entry(name="etc/.wh.passwd"),
            Entry(name="opt/.wh..wh..opq"),
            Entry(name="opt/", type=b"5", mode=0o700),
            Entry(name="srv/", type=b"5", mode=0o711),
            Entry(name="srv/.wh..wh..opq"),
            Entry(name=".wh..wh.plnk/1.2", type=b"1", link="x"),
            Entry(name=".wh.again"),
            Entry(name="again/", type=b"5", mode=0o755),
        )
    )

    assert {path: (node.kind, node.mode) for path, node in read.nodes.items() if ".wh" not in path} == {
        "etc/passwd": ("whiteout", 0),
        "opt": ("opaque", 0o700),
        "srv": ("opaque", 0o711),
        "again": ("opaque", 0o755),
    }


def test_an_entry_below_a_link_goes_where_the_link_leads_inside_the_root(tmp_path: Path) -> None:
    read = read_layer(
        tar_of(
            tmp_path / "t.tar",
            Entry(name="out", type=b"2", link="../../../../tmp"),
            Entry(name="out/x"),
            Entry(name="bin", type=b"2", link="usr/bin"),
            Entry(name="bin/sh"),
        )
    )

    assert sorted(read.nodes) == ["bin", "out", "tmp/x", "usr/bin/sh"]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([Entry(name="/etc/passwd")], 'invalid entry name "/etc/passwd"'),
        ([Entry(name="../../a/")], 'invalid entry name "../../a/"'),
        ([Entry(name="a/../../b")], 'invalid entry name "a/../../b"'),
        ([Entry(name="a", type=b"1", link="../b")], 'invalid entry name "../b"'),
        ([Entry(name="n" * 300)], "n" * 60 + "…: file name too long"),
        ([Entry(name="/".join(["d" * 200] * 25))], "d" * 60 + "…: file name too long"),
        ([Entry(name="a"), Entry(name="a/b")], "/a: not a directory"),
        ([Entry(name="l", type=b"2", link="l"), Entry(name="l/b")], "/l: too many levels of symbolic links"),
        ([Entry(name="x/.wh..")], "invalid whiteout: x/.wh.."),
        ([Entry(name="s", type=b"S")], "sparse files are not supported in a layer: s"),
        ([Entry(name="q", type=b"Q")], "unhandled tar header type 81"),
    ],
)
def test_hostile_entries_are_refused(tmp_path: Path, entries: list[Entry], message: str) -> None:
    with pytest.raises(Refused) as refused:
        read_layer(tar_of(tmp_path / "t.tar", *entries))

    assert (refused.value.status, refused.value.message) == (400, message)


def test_a_pax_sparse_file_is_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "t.tar", "w") as archive:
        entry = tarfile.TarInfo("big")
        entry.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": str(10 * 1024**3)}
        archive.addfile(entry)

    with pytest.raises(Refused, match="sparse files are not supported in a layer: big"):
        read_layer(tmp_path / "t.tar")


def _larger_than_the_file(data: bytes) -> bytes:
    return header(Entry(name="big", size=10 * 1024**3)) + data


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:700], "unexpected EOF"),
        (lambda data: data[:100], "unexpected EOF"),
        (_larger_than_the_file, "unexpected EOF"),
        (lambda data: b"\x01" * 512 + data, "archive/tar: invalid tar header"),
        (
            lambda data: header(Entry(name="x", type=b"x", size=2 * 1024**2)) + data,
            "archive/tar: invalid tar header",
        ),
        (
            lambda data: header(Entry(name="x", type=b"x", size=9)) + b"99 path=a".ljust(512, b"\0") + data,
            "archive/tar: invalid tar header",
        ),
        (lambda data: header(Entry(name="x", type=b"L", size=600)) + b"a", "unexpected EOF"),
    ],
)
def test_broken_tars_are_refused(tmp_path: Path, damage: Callable[[bytes], bytes], message: str) -> None:
    data = b"".join(write_tree(Tree({"a": Node(kind="file", content=Bytes(b"x" * 600))})))

    with pytest.raises(Refused) as refused:
        read_layer(stored(tmp_path / "t.tar", damage(data)))

    assert refused.value.message == message


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "MOST_ENTRIES", 3)

    with pytest.raises(Refused, match="archive has more than 3 entries"):
        read_layer(tar_of(tmp_path / "t.tar", *[Entry(name=f"f{number}") for number in range(4)]))


def test_folders_that_come_and_go_do_not_take_for_ever(tmp_path: Path) -> None:
    turns = [Entry(name="a/b"), Entry(name="a"), Entry(name="a/", type=b"5")] * 1001

    with pytest.raises(Refused, match="layer replaces too many of its own folders"):
        read_layer(tar_of(tmp_path / "t.tar", *turns))


def test_a_large_file_is_never_in_memory(tmp_path: Path) -> None:
    tree = Tree({"big": Node(kind="file", content=Zeros(90_000_000))})
    tracemalloc.start()
    with (tmp_path / "layer.tar").open("wb") as out:
        write_layer(tree, out)
    read = read_layer(tmp_path / "layer.tar")
    length = sum(len(piece) for piece in read.nodes["big"].content.chunks())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert length == 90_000_000
    assert most < 8_000_000


def test_stored_gzip_depends_on_nothing_but_the_bytes() -> None:
    data = bytes(range(256)) * 600
    whole = b"".join(gz_stored([data]))
    pieces = b"".join(gz_stored([data[:7], data[7:100_000], b"", data[100_000:]]))

    assert pieces == whole
    assert gzip.decompress(whole) == data
    assert b"".join(gz_stored([])) == bytes.fromhex("1f8b08000000000000ff 010000ffff 00000000 00000000")
