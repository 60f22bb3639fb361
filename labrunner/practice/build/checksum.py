"""What COPY compares: the classic builder's sums of files (they stand in the history), and BuildKit's of contents."""

import hashlib
from collections.abc import Iterable, Sequence

from labrunner.practice.images.node import IMPLIED
from labrunner.practice.images.tree import Node, Tree

_TYPES = {"file": "0", "hardlink": "1", "link": "2", "folder": "5", "opaque": "5", "fifo": "6", "device": "3"}


def classic(files: Tree, paths: Sequence[str]) -> str:
    """`file:…`, `dir:…` or, of several, `multi:…`. Source: moby, pkg/tarsum (version 1) and builder/dockerfile."""
    sums = [_one(files, path) for path in paths]
    return sums[0] if len(sums) == 1 else "multi:" + _joined(sums)


def of_content(files: Tree, path: str) -> str:
    """Of a file or of all that a folder holds: names, modes, owners and bytes, but no times."""
    node = files.node(path)
    if node is None:
        raise FileNotFoundError(path)
    if node.kind not in ("folder", "opaque"):
        return _sum("", node)
    start = len(path) + 1 if path else 0
    parts = [_sum("", node)]
    for below, each in files.under(path):
        real = files.get(each.link) if each.kind == "hardlink" else each
        parts.append(_sum(below[start:], real or each))
    return _joined(parts)


def of_text(*parts: object) -> str:
    """The digest of a step's definition."""
    return (
        "sha256:" + hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()
    )


def _one(files: Tree, path: str) -> str:
    path = files.resolve(path) or path
    if (files.get(path) or IMPLIED).kind not in ("folder", "opaque"):
        return "file:" + _followed(files, path)
    parts = [_followed(files, path)] if path else []
    parts += [_followed(files, below) for below, _ in files.under(path)]
    return "dir:" + _joined(sorted(parts))


def _followed(files: Tree, path: str) -> str:
    """Of what a path leads to; of a link that leads nowhere its own name, as Docker has it."""
    real = files.resolve(path)
    node = files.get(real) if real is not None else None
    if node is not None and node.kind == "hardlink":
        node = files.get(node.link)
    return f"/{path}" if real is None else _sum(real, node or IMPLIED)


def _sum(path: str, node: Node) -> str:
    folder = node.kind in ("folder", "opaque")
    size = node.content.size if node.kind == "file" else 0
    headers = (
        ("name", f"{path}/" if folder and path else path),
        ("mode", str(node.mode & 0o7777)),
        ("uid", str(node.uid)),
        ("gid", str(node.gid)),
        ("size", str(size)),
        ("typeflag", _TYPES[node.kind]),
        ("linkname", node.link),
        ("uname", ""),
        ("gname", ""),
        ("devmajor", str(node.major)),
        ("devminor", str(node.minor)),
    )
    summed = hashlib.sha256()
    for name, value in headers:
        summed.update(f"{name}{value}".encode("utf-8", "surrogateescape"))
    for name in sorted(node.xattrs):
        summed.update(name.encode("utf-8", "surrogateescape") + node.xattrs[name])
    if node.kind == "file":
        for piece in node.content.chunks():
            summed.update(piece)
    return summed.hexdigest()


def _joined(sums: Iterable[str]) -> str:
    return hashlib.sha256(",".join(sums).encode()).hexdigest()
