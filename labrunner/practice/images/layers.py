"""Layers as tar files, the form in which images travel: `.wh.` names stand here for what a layer hides."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from labrunner.practice.images.node import IMPLIED, NO_BYTES, Kind, Node, parent_of
from labrunner.practice.images.tarheader import END, Entry, entries, header, padding
from labrunner.practice.images.tree import Part, Tree
from labrunner.practice.refusal import Refused

MOST_ENTRIES = 200_000
LONGEST_PATH = 4096
LONGEST_NAME = 255
DEEPEST = 200
"""Folders in each other, in a layer and in live files: whoever walks them may go down by calling itself."""
WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
LINKS_FOLLOWED = 40
MOST_EMPTIED = 1000

_STORED = 65535
"""The most bytes of one stored block (RFC 1951, 3.2.4)."""

_TYPES: dict[Kind, bytes] = {
    "file": b"0",
    "hardlink": b"1",
    "link": b"2",
    "folder": b"5",
    "opaque": b"5",
    "fifo": b"6",
}
_KINDS: dict[bytes, Kind] = {
    b"0": "file",
    b"7": "file",
    b"1": "hardlink",
    b"2": "link",
    b"3": "device",
    b"4": "device",
    b"5": "folder",
    b"6": "fifo",
}


def write_tree(tree: Tree) -> Iterator[bytes]:
    """A tar of the tree in pieces: the same tree gives the same bytes, everywhere and always."""
    if (root := tree.get("")) is not None:
        yield from _entry("", root)
    late: list[tuple[str, Node]] = []
    for path, node in tree.under(""):
        if node.kind == "hardlink":
            late.append((path, node))
        else:
            yield from _entry(path, node)
    for path, node in late:
        yield header(_heading(path, node))
    yield END


def write_layer(tree: Tree, out: BinaryIO) -> None:
    for piece in write_tree(tree):
        out.write(piece)


def read_layer(path: Path, *, moving_to: Path | None = None, most: int | None = None) -> Tree:
    """A layer's tree, contents left where they are in the tar; refuses names that leave the root, and sparse
    files. A tar that is about to be renamed is told where to."""
    reading = _Reading(moving_to or path)
    most = MOST_ENTRIES if most is None else most
    with path.open("rb") as file:
        for count, entry in enumerate(entries(file)):
            if count >= most:
                raise Refused(400, f"archive has more than {most} entries")
            reading.add(entry)
    return Tree(reading.nodes)


def gz_stored(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A gzip stream that compresses nothing, so that its bytes depend on no version of zlib."""
    yield b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    waiting = bytearray()
    checksum = length = 0
    for chunk in chunks:
        checksum = zlib.crc32(chunk, checksum)
        length += len(chunk)
        waiting += chunk
        whole = len(waiting) - len(waiting) % _STORED
        for start in range(0, whole, _STORED):
            yield b"\0\xff\xff\0\0" + waiting[start : start + _STORED]
        del waiting[:whole]
    last = len(waiting)
    yield b"\x01" + last.to_bytes(2, "little") + (last ^ 0xFFFF).to_bytes(2, "little") + bytes(waiting)
    yield checksum.to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")


def _entry(path: str, node: Node) -> Iterator[bytes]:
    if node.kind == "whiteout":
        folder = parent_of(path)
        name = WHITEOUT + path.rpartition("/")[2]
        yield header(Entry(name=f"{folder}/{name}" if folder else name, mode=0))
        return
    yield header(_heading(path, node))
    if node.kind == "file":
        yield from node.content.chunks()
        yield padding(node.content.size)
    if node.kind == "opaque":
        yield header(Entry(name=f"{path}/{OPAQUE}" if path else OPAQUE, mode=0))


def _heading(path: str, node: Node) -> Entry:
    kind = (b"3" if node.character else b"4") if node.kind == "device" else _TYPES[node.kind]
    return Entry(
        name=f"{path or '.'}/" if kind == b"5" else path,
        type=kind,
        mode=0o777 if node.kind == "link" else node.mode,
        uid=node.uid,
        gid=node.gid,
        mtime=node.mtime,
        size=node.content.size if node.kind == "file" else 0,
        link=node.link,
        major=node.major,
        minor=node.minor,
        xattrs=node.xattrs,
    )


class _Reading:
    """The tree that comes about while a tar is read, entry upon entry as a tar is unpacked."""

    def __init__(self, path: Path) -> None:
        self.nodes: dict[str, Node] = {}
        self._path = path
        self._real: dict[str, str] = {}
        self._holding: set[str] = set()
        self._emptied = 0

    def add(self, entry: Entry) -> None:
        kind = _KINDS.get(entry.type)
        if kind is None:
            raise Refused(400, f"unhandled tar header type {entry.type[0]}")
        path = _clean(entry.name)
        if not path:
            if kind == "folder":
                self._put("", self._node(entry, "folder"))
            return
        folder, _, name = path.rpartition("/")
        folder = self._folder(folder)
        if name == OPAQUE:
            self.nodes[folder] = replace(self.nodes.get(folder, IMPLIED), kind="opaque")
            return
        if name.startswith(WHITEOUT + WHITEOUT):
            return
        if name.startswith(WHITEOUT):
            name, kind = name.removeprefix(WHITEOUT), "whiteout"
            if name in ("", ".", ".."):
                raise Refused(400, f"invalid whiteout: {entry.name}")
        self._put(f"{folder}/{name}" if folder else name, self._node(entry, kind))

    def _node(self, entry: Entry, kind: Kind) -> Node:
        if kind == "whiteout":
            return Node(kind=kind, mode=0)
        link = entry.link
        if kind == "hardlink":
            link = _clean(link.lstrip("/"))
            folder, _, name = link.rpartition("/")
            folder = self._folder(folder)
            link = f"{folder}/{name}" if folder else name
        return Node(
            kind=kind,
            mode=entry.mode,
            uid=entry.uid,
            gid=entry.gid,
            mtime=entry.mtime,
            content=Part(self._path, entry.start, entry.size) if kind == "file" else NO_BYTES,
            link=link if kind in ("link", "hardlink") else "",
            major=entry.major,
            minor=entry.minor,
            xattrs=entry.xattrs,
            character=entry.type == b"3",
        )

    def _put(self, path: str, node: Node) -> None:
        old = self.nodes.get(path)
        if node.kind == "folder":
            if old is not None and old.kind in ("opaque", "whiteout"):
                node = replace(node, kind="opaque")
        elif path in self._holding:
            self._empty(path)
        if node.kind == "link" or (old is not None and old.kind == "link"):
            self._real.clear()
        self.nodes[path] = node

    def _empty(self, path: str) -> None:
        """A folder of this tar becomes something else further on in it."""
        self._emptied += 1
        if self._emptied > MOST_EMPTIED:
            raise Refused(400, "layer replaces too many of its own folders")
        for below in [known for known in self.nodes if known.startswith(path + "/")]:
            del self.nodes[below]
        self._holding = {
            known for known in self._holding if known != path and not known.startswith(path + "/")
        }
        self._real.clear()

    def _folder(self, path: str) -> str:
        """Where a folder really is: links of this same tar lead there, and never out of the root."""
        known = self._real.get(path)
        if known is not None:
            return known
        todo = path.split("/")[::-1] if path else []
        here, followed = "", 0
        while todo:
            name = todo.pop()
            if name in ("", "."):
                continue
            if name == "..":
                here = parent_of(here)
                continue
            there = f"{here}/{name}" if here else name
            node = self.nodes.get(there)
            if node is not None and node.kind == "link":
                followed += 1
                if followed > LINKS_FOLLOWED:
                    raise Refused(400, f"/{path}: too many levels of symbolic links")
                here = "" if node.link.startswith("/") else here
                todo.extend(node.link.split("/")[::-1])
                continue
            if node is not None and node.kind == "whiteout":
                self.nodes[there] = Node(kind="opaque", mode=0o755)
            elif node is not None and node.kind not in ("folder", "opaque"):
                raise Refused(400, f"/{there}: not a directory")
            self._holding.add(there)
            here = there
        self._real[path] = here
        return here


def _clean(name: str) -> str:
    """A name as a tree's path; `./a/../b` is `b`, and nothing above the root is there to be named."""
    if name.startswith("/"):
        raise Refused(400, f'invalid entry name "{name}"')
    path: list[str] = []
    for part in name.split("/"):
        if part == "..":
            if not path:
                raise Refused(400, f'invalid entry name "{name}"')
            path.pop()
        elif part not in ("", "."):
            if len(part.encode("utf-8", "surrogateescape")) > LONGEST_NAME:
                raise Refused(400, f"{part[:60]}…: file name too long")
            path.append(part)
    clean = "/".join(path)
    if len(clean) > LONGEST_PATH or len(path) > DEEPEST:
        raise Refused(400, f"{clean[:60]}…: file name too long")
    return clean
