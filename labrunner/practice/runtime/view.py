"""Files as one process sees them: looked at, read, written, made and removed."""

import errno
import posixpath
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from labrunner.practice.images.layers import DEEPEST, LONGEST_PATH
from labrunner.practice.images.tree import Bytes, Content, Zeros
from labrunner.practice.programs.process import FileKind, FileStat
from labrunner.practice.runtime.inodes import NO_BYTES, Inode, cut, written
from labrunner.practice.runtime.limits import READ_BYTES
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.space import Spot, failure
from labrunner.practice.runtime.walking import EXECUTE, READ, WRITE, Walker


def _nowhere(_special: str, _data: bytes) -> None:
    return


@dataclass(slots=True, kw_only=True)
class View(Walker):
    """The Files of one process."""

    umask: int = 0o022
    emit: Callable[[str, bytes], None] = _nowhere
    """Where bytes go that are written to a device without waiting."""

    # -- looking

    def exists(self, path: str) -> bool:
        try:
            return self.walk(path).inode is not None
        except OSError:
            return False

    def stat(self, path: str) -> FileStat:
        return self.inode(path).stat()

    def lstat(self, path: str) -> FileStat:
        return self.inode(path, follow=False).stat()

    def list(self, path: str) -> tuple[str, ...]:
        spot = self.found(path)
        assert spot.inode is not None
        if spot.inode.kind != "folder":
            raise failure(errno.ENOTDIR, path)
        if not self.may(spot.inode, READ):
            raise failure(errno.EACCES, path)
        return tuple(sorted({*self._names(spot), *self.space.below(spot.path)}))

    def _names(self, spot: Spot) -> "Iterator[str]":
        assert spot.inode is not None
        if spot.mounted.overlay is None:
            return iter(spot.inode.listing())
        return iter(list(spot.mounted.overlay.names(spot.inode)))

    def readlink(self, path: str) -> str:
        inode = self.inode(path, follow=False)
        if inode.kind != "link":
            raise failure(errno.EINVAL, path)
        return inode.link

    def resolve(self, path: str) -> str:
        return self.found(path).path

    def content(self, path: str) -> Content:
        """A file's bytes without reading them."""
        inode = self.inode(path)
        if inode.kind == "folder":
            raise failure(errno.EISDIR, path)
        if not self.may(inode, READ):
            raise failure(errno.EACCES, path)
        return inode.content()

    def chunks(self, path: str) -> Iterator[bytes]:
        return self.content(path).chunks()

    def read(self, path: str) -> bytes:
        content = self.content(path)
        if content.size > READ_BYTES:
            raise failure(errno.EFBIG, path)
        return content.read()

    # -- changing

    def writable(self, path: str, *, create: bool = True, exclusive: bool = False, mode: int = 0o666) -> Spot:
        """The file to write to, made where it is missing."""
        spot = self.walk(path)
        if spot.inode is not None:
            if exclusive:
                raise failure(errno.EEXIST, path)
            if spot.inode.kind == "folder":
                raise failure(errno.EISDIR, path)
            if spot.mounted.read_only and not spot.inode.special:
                raise failure(errno.EROFS, path)
            if not self.may(spot.inode, WRITE):
                raise failure(errno.EACCES, path)
            return spot
        if not create or path.endswith("/"):
            raise failure(errno.EISDIR if path.endswith("/") else errno.ENOENT, path)
        inode = self._made("file", mode & ~self.umask)
        return self.enter(spot, inode, path)

    def _made(self, kind: FileKind, mode: int) -> Inode:
        return Inode(kind, mode, self.uid, self.gid)

    def enter(self, spot: Spot, inode: Inode, path: str) -> Spot:
        """Puts a new inode where a path leads to nothing."""
        overlay = self._may_change(spot, path)
        if spot.path.count("/") > DEEPEST or len(spot.path) > LONGEST_PATH:
            raise failure(errno.ENAMETOOLONG, path)
        overlay.entry()
        if isinstance(inode.body, Bytes):
            overlay.room(inode.size)
        if spot.parent.mode & 0o2000:
            inode.gid = spot.parent.gid
        overlay.names(spot.parent)[spot.name] = inode
        spot.parent.mtime = time.time()
        return Spot(
            path=spot.path,
            name=spot.name,
            inode=inode,
            parent=spot.parent,
            mounted=spot.parent_mounted,
            parent_mounted=spot.parent_mounted,
        )

    def _may_change(self, spot: Spot, path: str) -> Overlay:
        """The overlay of a folder in which a name is to be made or removed."""
        overlay = spot.parent_mounted.overlay
        if overlay is None:
            raise failure(errno.EPERM, path)
        if spot.parent_mounted.read_only:
            raise failure(errno.EROFS, path)
        if not self.may(spot.parent, WRITE | EXECUTE):
            raise failure(errno.EACCES, path)
        return overlay

    def store(self, spot: Spot, data: bytes, at: int) -> None:
        """Writes into an open file at an offset."""
        inode = spot.inode
        assert inode is not None
        if inode.special:
            self.emit(inode.special, data)
            return
        old, size = inode.body, inode.size
        if spot.mounted.overlay is not None and not (isinstance(old, Zeros) and data.count(0) == len(data)):
            spot.mounted.overlay.room(max(at + len(data) - size, 0))
        inode.body = written(old, data, at)
        self._changed(inode)

    def touched(self, spot: Spot) -> None:
        """Marks an open file as changed."""
        assert spot.inode is not None
        self._changed(spot.inode)

    def _changed(self, inode: Inode) -> None:
        inode.dirty = True
        inode.mtime = time.time()

    def write(self, path: str, data: bytes, *, mode: int | None = None) -> None:
        spot = self.writable(path, mode=0o666 if mode is None else mode | self.umask)
        inode = spot.inode
        assert inode is not None
        if inode.special:
            self.emit(inode.special, data)
            return
        if spot.mounted.overlay is not None:
            spot.mounted.overlay.room(len(data) - inode.size)
        inode.body = Bytes(data) if data else NO_BYTES
        self._changed(inode)
        if mode is not None:
            inode.mode = mode

    def put_content(self, path: str, content: Content, *, mode: int = 0o666) -> None:
        """Gives a file this content without taking it into memory."""
        spot = self.writable(path, mode=mode)
        inode = spot.inode
        assert inode is not None
        if inode.special:
            for piece in content.chunks():
                self.emit(inode.special, piece)
            return
        if isinstance(content, Bytes) and spot.mounted.overlay is not None:
            spot.mounted.overlay.room(content.size - inode.size)
        inode.body = content
        self._changed(inode)

    def append(self, path: str, data: bytes) -> None:
        spot = self.writable(path)
        assert spot.inode is not None
        self.store(spot, data, spot.inode.size)

    def truncate(self, path: str, size: int) -> None:
        spot = self.writable(path)
        assert spot.inode is not None
        spot.inode.body = cut(spot.inode.body, 0, size)
        self._changed(spot.inode)

    def mkdir(self, path: str, parents: bool = False, mode: int = 0o777) -> None:
        path = path.rstrip("/") or "/"
        try:
            spot = self.walk(path)
        except FileNotFoundError:
            if not parents:
                raise
            self.mkdir(posixpath.dirname(path), parents=True)
            spot = self.walk(path)
        if spot.inode is not None:
            if parents and spot.inode.kind == "folder":
                return
            raise failure(errno.EEXIST, path)
        made = self._made("folder", mode & ~self.umask)
        if spot.parent.mode & 0o2000:
            made.mode |= 0o2000
        self.enter(spot, made, path)

    def remove(self, path: str, recursive: bool = False) -> None:
        spot = self.found(path.rstrip("/") or "/", follow=False)
        assert spot.inode is not None
        if spot.path == "/" or spot.path in self.space.mounts:
            raise failure(errno.EBUSY, path)
        overlay = self._may_change(spot, path)
        if spot.parent.mode & 0o1000 and self.uid not in (0, spot.inode.uid, spot.parent.uid):
            raise failure(errno.EPERM, path)
        if spot.inode.kind == "folder":
            if not recursive and overlay.names(spot.inode):
                raise failure(errno.ENOTEMPTY, path)
            if any(mount.startswith(f"{spot.path}/") for mount in self.space.mounts):
                raise failure(errno.EBUSY, path)
        overlay.names(spot.parent).pop(spot.name, None)
        overlay.made = max(overlay.made - 1, 0)
        spot.parent.mtime = time.time()

    def rename(self, source: str, target: str) -> None:
        """Raises OSError EXDEV between mounts, as the kernel does."""
        old = self.found(source.rstrip("/"), follow=False)
        new = self.walk(target.rstrip("/") or "/", follow=False)
        assert old.inode is not None
        if old.path in self.space.mounts or new.path in self.space.mounts or "/" in (old.path, new.path):
            raise failure(errno.EBUSY, source)
        left, entered = self._may_change(old, source), self._may_change(new, target)
        if left is not entered:
            raise failure(errno.EXDEV, source)
        if new.inode is old.inode:
            return
        if f"{new.path}/".startswith(f"{old.path}/"):
            raise failure(errno.EINVAL, source)
        if new.inode is not None:
            if new.inode.kind == "folder" and old.inode.kind != "folder":
                raise failure(errno.EISDIR, target)
            if new.inode.kind != "folder" and old.inode.kind == "folder":
                raise failure(errno.ENOTDIR, target)
            if new.inode.kind == "folder" and entered.names(new.inode):
                raise failure(errno.ENOTEMPTY, target)
        if new.path.count("/") + left.height(old.inode) > DEEPEST:
            raise failure(errno.ENAMETOOLONG, target)
        left.names(old.parent).pop(old.name, None)
        entered.names(new.parent)[new.name] = old.inode
        old.parent.mtime = new.parent.mtime = time.time()

    def link(self, source: str, target: str) -> None:
        """A hard link."""
        old = self.found(source, follow=False)
        new = self.walk(target, follow=False)
        assert old.inode is not None
        if new.inode is not None:
            raise failure(errno.EEXIST, target)
        if old.inode.kind == "folder":
            raise failure(errno.EPERM, source)
        if old.mounted.overlay is not new.parent_mounted.overlay:
            raise failure(errno.EXDEV, target)
        self.enter(new, old.inode, target)
        if old.mounted.overlay is not None:
            old.mounted.overlay.linked = True

    def symlink(self, link: str, path: str) -> None:
        spot = self.walk(path, follow=False)
        if spot.inode is not None:
            raise failure(errno.EEXIST, path)
        inode = self._made("link", 0o777)
        inode.link = link
        self.enter(spot, inode, path)

    def mkfifo(self, path: str) -> None:
        spot = self.walk(path)
        if spot.inode is not None:
            raise failure(errno.EEXIST, path)
        self.enter(spot, self._made("fifo", 0o666 & ~self.umask), path)

    def _owned(self, path: str, *, follow: bool = True) -> Inode:
        spot = self.found(path, follow=follow)
        assert spot.inode is not None
        if spot.mounted.overlay is None:
            raise failure(errno.EPERM, path)
        if spot.mounted.read_only:
            raise failure(errno.EROFS, path)
        if self.uid not in (0, spot.inode.uid):
            raise failure(errno.EPERM, path)
        return spot.inode

    def chmod(self, path: str, mode: int) -> None:
        inode = self._owned(path)
        inode.mode = mode & 0o7777
        inode.dirty = True

    def chown(self, path: str, uid: int, gid: int, *, follow: bool = True) -> None:
        """-1 leaves one as it is."""
        inode = self._owned(path, follow=follow)
        if self.uid != 0 and (
            uid not in (-1, inode.uid) or gid not in (-1, inode.gid, self.gid, *self.groups)
        ):
            raise failure(errno.EPERM, path)
        inode.uid = inode.uid if uid < 0 else uid
        inode.gid = inode.gid if gid < 0 else gid
        inode.dirty = True

    def lchown(self, path: str, uid: int, gid: int) -> None:
        self.chown(path, uid, gid, follow=False)

    def same(self, one: str, other: str) -> bool:
        return self.inode(one) is self.inode(other)

    def identity(self, path: str) -> tuple[int, int]:
        spot = self.found(path, follow=False)
        assert spot.inode is not None
        number = id(spot.inode) // 16 % 9_000_000 + 1_000_000
        if spot.inode.kind != "folder":
            return number, spot.mounted.overlay.links(spot.inode) if spot.mounted.overlay else 1
        kinds = [self.inode(f"{spot.path}/{name}", follow=False).kind for name in self.list(path)]
        return number, 2 + kinds.count("folder")

    def utime(self, path: str, mtime: float, *, follow: bool = True) -> None:
        spot = self.found(path, follow=follow)
        assert spot.inode is not None
        if spot.mounted.read_only:
            raise failure(errno.EROFS, path)
        if self.uid != spot.inode.uid and not self.may(spot.inode, WRITE):
            raise failure(errno.EACCES, path)
        spot.inode.mtime = mtime
        spot.inode.dirty = True
