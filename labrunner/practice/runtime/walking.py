"""Walks paths: links followed, mounts in place, permissions of a user kept."""

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field

from labrunner.practice.runtime.inodes import Inode
from labrunner.practice.runtime.space import Mounted, Space, Spot, failure

LINKS_FOLLOWED = 40
READ, WRITE, EXECUTE = 4, 2, 1


@dataclass(slots=True, kw_only=True)
class Walker:
    """Paths as one user walks them."""

    space: Space
    uid: int = 0
    gid: int = 0
    groups: frozenset[int] = frozenset()
    magic: Mapping[str, Inode] = field(default_factory=dict)
    """What differs between processes, such as /proc/self; absolute paths."""

    def walk(self, path: str, *, follow: bool = True) -> Spot:
        """Raises what the kernel says, but not for a last name that is missing."""
        mounted = self.space.root
        chain: list[tuple[str, Inode, Mounted]] = [("", mounted.inode, mounted)]
        todo = [part for part in path.split("/") if part and part != "."][::-1]
        must_be_folder = path.endswith(("/", "/.")) and bool(todo)
        followed = 0
        while todo:
            name = todo.pop()
            here, folder, mounted = chain[-1]
            if folder.kind != "folder":
                raise failure(errno.ENOTDIR, path)
            if not self.may(folder, EXECUTE):
                raise failure(errno.EACCES, path)
            if name == "..":
                if len(chain) > 1:
                    chain.pop()
                continue
            if len(name.encode("utf-8", "surrogateescape")) > 255:
                raise failure(errno.ENAMETOOLONG, path)
            there = f"{here}/{name}"
            inode, owner = self._child(there, name, folder, mounted)
            if inode is None:
                if todo:
                    raise failure(errno.ENOENT, path)
                return Spot(
                    path=there, name=name, inode=None, parent=folder, mounted=mounted, parent_mounted=mounted
                )
            if inode.kind == "link" and (todo or follow or must_be_folder):
                followed += 1
                if followed > LINKS_FOLLOWED:
                    raise failure(errno.ELOOP, path)
                if inode.link.startswith("/"):
                    del chain[1:]
                todo.extend([part for part in inode.link.split("/") if part and part != "."][::-1])
                continue
            chain.append((there, inode, owner))
        last, inode, owner = chain[-1]
        if must_be_folder and inode.kind != "folder":
            raise failure(errno.ENOTDIR, path)
        parent = chain[-2] if len(chain) > 1 else chain[-1]
        return Spot(
            path=last or "/",
            name=last.rpartition("/")[2],
            inode=inode,
            parent=parent[1],
            mounted=owner,
            parent_mounted=parent[2],
        )

    def _child(self, path: str, name: str, folder: Inode, mounted: Mounted) -> tuple[Inode | None, Mounted]:
        magic = self.magic.get(path)
        if magic is not None:
            return magic, Mounted(inode=magic, read_only=True)
        other = self.space.mounts.get(path)
        if other is not None:
            return other.inode, other
        if mounted.overlay is None:
            return folder.lookup(name), mounted
        return mounted.overlay.names(folder).get(name), mounted

    def found(self, path: str, *, follow: bool = True) -> Spot:
        spot = self.walk(path, follow=follow)
        if spot.inode is None:
            raise failure(errno.ENOENT, path)
        return spot

    def inode(self, path: str, *, follow: bool = True) -> Inode:
        inode = self.walk(path, follow=follow).inode
        if inode is None:
            raise failure(errno.ENOENT, path)
        return inode

    def may(self, inode: Inode, wanted: int) -> bool:
        """Whether this user may read (4), write (2) or execute (1)."""
        if self.uid == 0:
            return not wanted & EXECUTE or inode.kind == "folder" or bool(inode.mode & 0o111)
        if self.uid == inode.uid:
            allowed = inode.mode >> 6
        elif self.gid == inode.gid or inode.gid in self.groups:
            allowed = inode.mode >> 3
        else:
            allowed = inode.mode
        return allowed & wanted == wanted

    def access(self, path: str, wanted: int) -> bool:
        try:
            spot = self.walk(path)
        except OSError:
            return False
        if spot.inode is None or (wanted & WRITE and spot.mounted.read_only and not spot.inode.special):
            return False
        return self.may(spot.inode, wanted)
