"""What stands at one path of a root filesystem."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from labrunner.practice.images.content import Bytes, Content

Kind = Literal["file", "folder", "link", "hardlink", "whiteout", "opaque", "fifo", "device"]

NO_BYTES = Bytes(b"")
_NO_XATTRS: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A file, folder or link; in a layer also a `whiteout`, which hides what was at its path, and an
    `opaque`, a folder which hides what an older one at its path holds."""

    kind: Kind
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    content: Content = NO_BYTES
    link: str = ""
    """The text of a symbolic link; for a hard link the path of its other name, as a path of this tree."""
    major: int = 0
    minor: int = 0
    xattrs: Mapping[str, bytes] = field(default_factory=lambda: _NO_XATTRS)
    character: bool = False
    """Of a device: read by characters, not by blocks."""


IMPLIED = Node(kind="folder", mode=0o755)
"""A folder that nobody wrote down, as it comes about for the files in it."""


def normalise(path: str, cwd: str = "/") -> str:
    """A container's path as a tree has it: `../etc//nginx/` seen from /usr is `etc/nginx`."""
    return posixpath.normpath(posixpath.join("/", cwd, path)).strip("/")


def parent_of(path: str) -> str:
    return path.rpartition("/")[0]
