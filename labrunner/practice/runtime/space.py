"""The root and all mounts of one machine, and where in them a path leads."""

import os
from dataclasses import dataclass

from labrunner.practice.runtime.inodes import Inode
from labrunner.practice.runtime.overlay import Overlay


@dataclass(frozen=True, slots=True, kw_only=True)
class Mounted:
    """An inode that stands at a path instead of what the root has there."""

    inode: Inode
    overlay: Overlay | None = None
    """Whose it is; None for what the engine itself provides."""
    read_only: bool = False


class Space:
    """The root and all mounts of one machine."""

    def __init__(self, root: Overlay, *, read_only: bool = False) -> None:
        self.root = Mounted(inode=root.root, overlay=root, read_only=read_only)
        self.mounts: dict[str, Mounted] = {}
        self._below: dict[str, set[str]] = {}

    def mount(self, path: str, mounted: Mounted) -> None:
        """`path` is absolute and has no links in it."""
        self.mounts[path] = mounted
        parent, _, name = path.rpartition("/")
        self._below.setdefault(parent or "/", set()).add(name)

    def below(self, path: str) -> set[str]:
        """The names of mounts that stand in a folder."""
        return self._below.get(path, set())


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a path leads."""

    path: str
    name: str
    inode: Inode | None
    parent: Inode
    mounted: Mounted
    """What `inode`, or for a missing one `parent`, belongs to."""
    parent_mounted: Mounted


def failure(number: int, path: str) -> OSError:
    """The OSError of the right class, with the kernel's words."""
    return OSError(number, os.strerror(number), path)
