"""`docker cp` and `docker export`: files of a container as a tar, and a tar's files into a container."""

import asyncio
import base64
import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from labrunner.practice.images.layers import read_layer, write_tree
from labrunner.practice.images.node import IMPLIED, Node, parent_of
from labrunner.practice.images.tree import Tree, normalise
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.backend import Machine, Mount, Rootfs
from labrunner.practice.runtime.times import SECOND, rfc3339

_FOLDER, _LINK, _PIPE, _DEVICE = 1 << 31, 1 << 27, 1 << 25, 1 << 26
"""Go's os.FileMode, which the header carries."""
MOST_COPIED = 10_000
"""Files that one `docker cp` may bring: they are laid down without a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStat:
    name: str
    size: int
    mode: int
    mtime: str
    link_target: str

    def header(self) -> str:
        """X-Docker-Container-Path-Stat."""
        facts = {
            "name": self.name,
            "size": self.size,
            "mode": self.mode,
            "mtime": self.mtime,
            "linkTarget": self.link_target,
        }
        return base64.b64encode(json.dumps(facts, separators=(",", ":")).encode()).decode()


@dataclass(frozen=True, slots=True)
class Whole:
    """A machine's files with everything that is mounted over them."""

    machine: Machine
    mounts: tuple[Mount, ...]
    read_only: bool = False

    def tree(self) -> Tree:
        nodes = dict(self.machine.rootfs.tree().nodes)
        for mount in self.mounts:
            at = normalise(mount.target)
            for path in [each for each in nodes if each == at or each.startswith(f"{at}/")]:
                del nodes[path]
            nodes[at] = Node(kind="folder", mode=0o755)
            for path, node in mount.source.tree().nodes.items():
                nodes[_joined(at, path)] = _moved(node, partial(_joined, at))
        return Tree(nodes)

    def place(self, at: str) -> tuple[Rootfs, str]:
        """The files that hold a folder (a path with no links in it), and its path there; raises Refused where they
        are only to be read."""
        inside = [each for each in self.mounts if _within(at, normalise(each.target))]
        if not inside:
            if self.read_only:
                raise Refused(400, "container rootfs is marked read-only")
            return self.machine.rootfs, at
        mount = max(inside, key=lambda each: len(each.target))
        if mount.read_only:
            raise Refused(400, "mounted volume is marked read-only")
        return mount.source, at[len(normalise(mount.target)) :].lstrip("/")


def stat(tree: Tree, path: str, *, asked: str) -> PathStat:
    """Raises Refused with Docker's text where there is nothing; `asked` is the container as it was named."""
    found, node = _found(tree, path, asked)
    link = ""
    if node.kind == "link":
        link = _target(tree, found, node)
    return PathStat(
        name=_name(path),
        size=_size(node),
        mode=_mode(node),
        mtime=rfc3339(node.mtime * SECOND) if node.mtime else "1970-01-01T00:00:00Z",
        link_target=link,
    )


def get(tree: Tree, path: str, *, asked: str) -> tuple[PathStat, Iterator[bytes]]:
    """What is at a path, as a tar whose names begin with the path's last part."""
    about = stat(tree, path, asked=asked)
    found, node = _found(tree, path, asked)
    base = "." if about.name == "/" else about.name
    nodes = {base: node if node.kind != "hardlink" else tree.nodes[node.link]}
    if node.kind in ("folder", "opaque"):
        for where, each in tree.under(found):
            rest = where[len(found) :].lstrip("/")
            name = f"{base}/{rest}" if base else rest
            if each.kind == "hardlink" and not _within(each.link, found):
                each = tree.nodes.get(each.link, each)
            nodes[name] = _moved(each, lambda link: _joined(base, link[len(found) :].lstrip("/")))
    return about, write_tree(Tree(nodes))


async def put(
    whole: Whole,
    path: str,
    tar: Path,
    *,
    asked: str,
    keep: Callable[[Rootfs, Path], Path],
    keep_kind: bool = False,
    owner: tuple[int, int] | None = None,
) -> None:
    """Lays the files of a tar under a folder. `keep_kind`: a folder never replaces a file, nor a file a folder.
    Without `owner` owners are as in the tar. `keep` gives the tar a place beside the files it becomes part of."""
    tree = whole.tree()
    at = tree.resolve(path)
    if at is None:
        raise Refused(404, f"Could not find the file {path} in container {asked}")
    node = tree.get(at)
    if node is not None and node.kind not in ("folder", "opaque"):
        raise Refused(400, "extraction point is not a directory")
    files, inside = whole.place(at)
    given = await asyncio.to_thread(read_layer, keep(files, tar), most=MOST_COPIED)
    if keep_kind:
        _check_kinds(tree, at, given.nodes)
    nodes = _with_folders({where: each for where, each in given.nodes.items() if where}, tree, at)
    if owner is not None:
        nodes = {where: replace(each, uid=owner[0], gid=owner[1]) for where, each in nodes.items()}
    try:
        files.put(Tree(nodes), inside)
    except OSError as error:
        where = str(error.filename or path).removeprefix(f"/{at}").lstrip("/")
        raise Refused(500, f"openat {where}: {(error.strerror or str(error)).lower()}") from error


def export(machine: Machine) -> Iterator[bytes]:
    """The container's own files, without what is mounted."""
    return write_tree(machine.rootfs.tree())


def _found(tree: Tree, path: str, asked: str) -> tuple[str, Node]:
    follow = path.endswith(("/", "/."))
    found = tree.resolve(path, follow_last=follow)
    if found is None:
        raise Refused(404, f"Could not find the file {path} in container {asked}")
    node = tree.get(found) or Node(kind="folder", mode=0o755)
    if node.kind == "hardlink":
        node = tree.get(node.link) or node
    if follow and node.kind not in ("folder", "opaque"):
        raise Refused(500, f"lstat {path}: not a directory")
    return found, node


def _name(path: str) -> str:
    if path.endswith("/."):
        return "."
    return posixpath.basename(posixpath.normpath("/" + path.lstrip("/"))) or "/"


def _target(tree: Tree, found: str, node: Node) -> str:
    """Absolute, as far as there is something."""
    real = tree.resolve(found)
    if real is not None:
        return f"/{real}"
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(found), node.link))


def _size(node: Node) -> int:
    if node.kind in ("folder", "opaque"):
        return 4096
    return len(node.link.encode("utf-8", "surrogateescape")) if node.kind == "link" else node.content.size


def _mode(node: Node) -> int:
    match node.kind:
        case "folder" | "opaque":
            return _FOLDER | node.mode
        case "link":
            return _LINK | 0o777
        case "fifo":
            return _PIPE | node.mode
        case "device":
            return _DEVICE | node.mode
        case "file" | "hardlink" | "whiteout":
            return node.mode


def _with_folders(nodes: dict[str, Node], tree: Tree, at: str) -> dict[str, Node]:
    """And the folders that nobody wrote down."""
    for where in tuple(nodes):
        folder = parent_of(where)
        while folder and folder not in nodes and tree.resolve(_joined(at, folder)) is None:
            nodes[folder] = IMPLIED
            folder = parent_of(folder)
    return nodes


def _check_kinds(tree: Tree, at: str, given: Mapping[str, Node]) -> None:
    for where, node in given.items():
        there = tree.get(_joined(at, where)) if where else None
        if there is None:
            continue
        folder = node.kind in ("folder", "opaque")
        if folder != (there.kind in ("folder", "opaque")):
            kinds = ("non-directory", "directory") if folder else ("directory", "non-directory")
            raise Refused(500, f'cannot overwrite {kinds[0]} "{where}" with {kinds[1]} "/{at}"')


def _moved(node: Node, link: Callable[[str], str]) -> Node:
    return replace(node, link=link(node.link)) if node.kind == "hardlink" else node


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and name else folder or name


def _within(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
