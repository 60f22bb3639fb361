"""COPY and ADD: what lands where, whose it is, and in which layer."""

import asyncio
import bz2
import gzip
import io
import lzma
import tarfile

import pytest

from labrunner.practice.build import globs
from labrunner.practice.build.checksum import classic
from labrunner.practice.images.tree import Bytes, Node, Tree
from tests.practice.build.yard import Yard

FILES = Tree(
    {
        "index.html": Node(kind="file", content=Bytes(b"hi\n")),
        "sub": Node(kind="folder", mode=0o755),
        "sub/deep": Node(kind="folder", mode=0o755),
        "sub/deep/y": Node(kind="file", content=Bytes(b"y\n")),
        "sub/link": Node(kind="link", mode=0o777, link="x"),
        "sub/x": Node(kind="file", mode=0o755, content=Bytes(b"x\n")),
    }
)


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["index.html"], "file:b4883d1a3be40d1a7f9633489f9a211e39f5208f873546c1e4919afbdcbbff07"),
        (["sub"], "dir:30a9d17cb6b5cfdbe4d94f9eba39ea89dbd82dcc7f638fbf7be6ec152c22917d"),
        (["index.html", "sub/x"], "multi:d2e762b961af0049e1be4ea632af0d817cc9dd24785220b2b7e19e6e1f7ceea2"),
    ],
)
def test_sums_are_those_of_docker_28(paths: list[str], expected: str) -> None:
    assert classic(FILES, paths) == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("sub", ["sub"]),
        ("./sub/../sub/x", ["sub/x"]),
        ("*", ["index.html", "sub"]),
        ("s*/?", ["sub/x"]),
        ("sub/[a-x]", ["sub/x"]),
        ("sub/[^x]*", ["sub/deep", "sub/link"]),
        ("nothing*", []),
        ("", [""]),
        ("../../sub/x", ["sub/x"]),
    ],
)
def test_wildcards(pattern: str, expected: list[str]) -> None:
    assert globs.find(FILES, pattern) == expected


def test_a_broken_pattern() -> None:
    with pytest.raises(ValueError, match="^syntax error in pattern$"):
        globs.find(FILES, "sub/[a")


@pytest.mark.parametrize("dialect", ["classic", "buildkit"])
def test_where_files_land(site: Yard, dialect: str) -> None:
    text = (
        "FROM scratch\nCOPY a /file\nCOPY a /folder/\nCOPY a b /both/\nCOPY d /contents\nCOPY d/ /folder/\n"
        "WORKDIR /w\nCOPY a .\nCOPY a rel/x\nCOPY . /all/\nCOPY a /folder\n"
    )
    files = {
        "Dockerfile": text,
        "a": "1",
        "b": "2",
        "d/e": "3",
        ".dockerignore": "Dockerfile\n.dockerignore\n",
    }
    build = site.classic if dialect == "classic" else site.buildkit
    image = asyncio.run(build(files))[0]

    expected = [
        *("all/a", "all/b", "all/d/e", "both/a", "both/b", "contents/e", "file"),
        *("folder/a", "folder/e", "w/a", "w/rel/x"),
    ]
    names = [path for path, node in site.tree(image).under("") if node.kind == "file"]
    if dialect == "buildkit":
        names = [name for name in names if "ockerfile" not in name and "dockerignore" not in name]
    assert names == expected


def test_owners_and_modes(site: Yard) -> None:
    text = (
        "FROM alpine\nRUN echo made > /m\nCOPY --chown=nobody --chmod=0640 a /n/a\nCOPY --chown=7 a /seven\n"
        "COPY --chown=7:8 a /both\nFROM scratch\nCOPY --from=0 /n /seven /both /f/\n"
    )
    image, _ = asyncio.run(site.buildkit({"Dockerfile": text, "a": "1"}))
    tree = site.tree(image)

    assert {
        path: (node.mode, node.uid, node.gid) for path, node in tree.under("f") if node.kind == "file"
    } == {"f/a": (0o640, 65534, 65534), "f/both": (0o644, 7, 8), "f/seven": (0o644, 7, 7)}


def test_a_layer_holds_the_folders_above_what_changed(site: Yard) -> None:
    text = "FROM scratch\nCOPY a /x/y/a\nCOPY a /x/y/b\n"
    image, _ = asyncio.run(site.buildkit({"Dockerfile": text, "a": "1"}))

    assert [path for path, _ in site.store.layer(image.layers[1]).under("")] == ["x", "x/y", "x/y/b"]


def test_a_file_at_the_root_gives_the_same_layer_every_time(site: Yard) -> None:
    async def build() -> set[tuple[str, ...]]:
        files = {"Dockerfile": "FROM scratch\nCOPY a /\n", "a": "1"}
        return {(await site.buildkit(files, no_cache=again))[0].layers for again in (False, True)}

    assert len(asyncio.run(build())) == 1


def test_links_in_the_target_are_followed(site: Yard) -> None:
    text = "FROM alpine\nRUN mkdir /real; ln -s /real /link\nCOPY a /link/\n"
    image, _ = asyncio.run(site.buildkit({"Dockerfile": text, "a": "1"}))

    assert site.tree(image).get("real/a") is not None


def test_linked_copies_do_not_depend_on_what_is_below(site: Yard) -> None:
    text = "FROM alpine\nENV A={}\nRUN echo\nCOPY --link a /a\n"

    async def build() -> list[str]:
        return [
            (await site.buildkit({"Dockerfile": text.format(value), "a": "1"}))[1].pattern for value in "12"
        ]

    assert asyncio.run(build()) == ["C..", "C.C"]


def test_exclude(site: Yard) -> None:
    text = "FROM scratch\nCOPY --exclude=*.md --exclude=d/x . /all/\n"
    image, _ = asyncio.run(site.buildkit({"Dockerfile": text, "a.md": "", "d/x": "", "d/y": ""}))

    names = [path for path, node in site.tree(image).under("") if node.kind == "file"]
    assert names == ["all/Dockerfile", "all/d/y"]


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo("in/file")
        info.size, info.uid, info.mode = 2, 5, 0o600
        tar.addfile(info, io.BytesIO(b"hi"))
    return out.getvalue()


@pytest.mark.parametrize("dialect", ["classic", "buildkit"])
def test_add_unpacks_tars(site: Yard, dialect: str) -> None:
    files: dict[str, str | bytes] = {
        "Dockerfile": "FROM scratch\nADD a.tar /a\nADD a.tgz /b\nADD a.tbz c/\nADD a.txz /d\nADD plain.gz /e\n"
        "COPY a.tar /f\n",
        "a.tar": _tar(),
        "a.tgz": gzip.compress(_tar()),
        "a.tbz": bz2.compress(_tar()),
        "a.txz": lzma.compress(_tar()),
        "plain.gz": gzip.compress(b"no tar"),
    }
    build = site.classic if dialect == "classic" else site.buildkit
    tree = site.tree(asyncio.run(build(files))[0])

    for folder in "abcd":
        assert tree.read(f"{folder}/in/file") == b"hi"
    node = tree.get("a/in/file")
    assert node is not None
    assert (node.uid, node.mode) == (5, 0o600)
    assert tree.read("e") == files["plain.gz"]
    assert tree.read("f") == files["a.tar"]
