"""The files that a client sent along with its Dockerfile, as a tree: nothing of them is unpacked on the machine."""

import bz2
import gzip
import lzma
import stat
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from labrunner.practice.images.layers import read_layer
from labrunner.practice.images.tree import Node, Part, Tree
from labrunner.practice.refusal import Refused

LARGEST = 200 * 1024 * 1024
MOST_FILES = 50_000
_CHUNK = 1024 * 1024
_KEPT = ("file", "folder", "link", "hardlink")


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    files: Tree
    """Paths as in every tree: `src/app.js`, no slash at either end. Everything belongs to root."""

    @classmethod
    def of_tree(cls, files: Tree) -> "Context":
        """For BuildKit's DiffCopy: nodes whose contents are `Part`s of a spooled file. Raises `Refused`."""
        _bound(files)
        _check_links(files)
        return cls(
            files=Tree({path: _owned(node) for path, node in files.nodes.items() if node.kind in _KEPT})
        )

    @classmethod
    def of_tar(cls, tar: Path, spool: Path) -> "Context":
        """For POST /build: the body, spooled to the file `tar` (plain, gz, bz2 or xz); `spool` is a folder that
        lives as long as the build. Raises `Refused` for what is hostile or too large."""
        plain = spool / "context.tar"
        if not unpack(tar, plain):
            plain = tar
        if plain.stat().st_size > LARGEST + MOST_FILES * 2048:
            raise _too_large()
        return cls.of_tree(read_layer(plain, most=2 * MOST_FILES))

    @classmethod
    def of_folder(cls, folder: Path) -> "Context":
        """A folder on disk, as the client would send it."""
        nodes: dict[str, Node] = {}
        for path in sorted(folder.rglob("*")):
            name, facts = path.relative_to(folder).as_posix(), path.lstat()
            mode, mtime = stat.S_IMODE(facts.st_mode), int(facts.st_mtime)
            if stat.S_ISLNK(facts.st_mode):
                nodes[name] = Node(kind="link", mode=0o777, mtime=mtime, link=str(path.readlink()))
            elif stat.S_ISDIR(facts.st_mode):
                nodes[name] = Node(kind="folder", mode=mode, mtime=mtime)
            elif stat.S_ISREG(facts.st_mode):
                content = Part(path, 0, facts.st_size)
                nodes[name] = Node(kind="file", mode=mode, mtime=mtime, content=content)
        return cls.of_tree(Tree(nodes))


def unpack(packed: Path, plain: Path) -> bool:
    """Write a compressed file out; False where it is not compressed. Bounded; raises `Refused` for broken data."""
    with packed.open("rb") as file:
        opened = _opened(file)
        if opened is None:
            return False
        size = 0
        try:
            with plain.open("wb") as out:
                for piece in opened:
                    size += len(piece)
                    if size > LARGEST + MOST_FILES * 2048:
                        raise _too_large()
                    out.write(piece)
        except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
            raise Refused(400, f"Error processing tar file(exit status 1): {error}") from error
    return True


def _opened(file: BinaryIO) -> Iterator[bytes] | None:
    start = file.read(6)
    file.seek(0)
    if start.startswith(b"\x1f\x8b"):
        return _pieces(gzip.GzipFile(fileobj=file))
    if start.startswith(b"BZh"):
        return _pieces(bz2.BZ2File(file))
    if start.startswith(b"\xfd7zXZ\0"):
        return _pieces(lzma.LZMAFile(file))
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        raise Refused(
            400, "practice engine: a context packed with zstd is not simulated; gzip, bzip2 and xz are"
        )
    return None


def _pieces(file: gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile) -> Iterator[bytes]:
    while piece := file.read(_CHUNK):
        yield piece


def _owned(node: Node) -> Node:
    return node if node.uid == node.gid == 0 else replace(node, uid=0, gid=0)


def _bound(files: Tree) -> None:
    if len(files) > MOST_FILES:
        raise Refused(400, f"practice engine: the build context has more than {MOST_FILES} files")
    if files.size > LARGEST:
        raise _too_large()


def _check_links(files: Tree) -> None:
    """A hard link's other name is a file that is there."""
    for path, node in files.nodes.items():
        if node.kind != "hardlink":
            continue
        other = files.get(node.link)
        if other is None or other.kind not in ("file", "link"):
            raise Refused(
                400,
                f"Error processing tar file(exit status 1): link /{node.link} /{path}: no such file or directory",
            )


def _too_large() -> Refused:
    return Refused(400, f"practice engine: the build context is larger than {LARGEST // 1024 // 1024} MB")
