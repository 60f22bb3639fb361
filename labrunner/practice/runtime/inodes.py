"""What stands in live files: an entry with its owner and time, whose bytes stay in the image until they change."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from labrunner.practice.images.tree import Bytes, Content, Node, Zeros
from labrunner.practice.programs.process import FileKind, FileStat

NO_XATTRS: Mapping[str, bytes] = MappingProxyType({})
NO_BYTES = Bytes(b"")
BIG = 256 * 1024
"""Bytes from which a file's old content is kept as it is when something is appended."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Several contents, one after the other."""

    parts: tuple[Content, ...]

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts)

    def read(self) -> bytes:
        return b"".join(part.read() for part in self.parts)

    def chunks(self) -> Iterator[bytes]:
        for part in self.parts:
            yield from part.chunks()


class Inode:
    """One file, folder, link or device; hard links are several names for one inode."""

    __slots__ = (
        "body",
        "character",
        "dirty",
        "gid",
        "kind",
        "link",
        "major",
        "minor",
        "mode",
        "mtime",
        "names",
        "origin",
        "special",
        "uid",
        "xattrs",
    )

    def __init__(
        self, kind: FileKind, mode: int, uid: int = 0, gid: int = 0, mtime: float | None = None
    ) -> None:
        self.kind: FileKind = kind
        self.mode = mode
        self.uid = uid
        self.gid = gid
        self.mtime = time.time() if mtime is None else mtime
        self.body: Content | bytearray = NO_BYTES
        self.link = ""
        self.major = 0
        self.minor = 0
        self.character = False
        self.xattrs = NO_XATTRS
        self.names: dict[str, Inode] | None = {} if kind == "folder" else None
        """What a folder holds; None while it is still only in the image."""
        self.origin: str | None = None
        """Its path in the image; None where it was made since."""
        self.dirty = False
        """Whether it differs from the image, apart from what a folder holds."""
        self.special = ""
        """For devices: what answers, such as `null` or `fd:1`."""

    @property
    def size(self) -> int:
        if isinstance(self.body, bytearray):
            return len(self.body)
        return len(self.link.encode()) if self.kind == "link" else self.body.size

    def content(self) -> Content:
        return Bytes(bytes(self.body)) if isinstance(self.body, bytearray) else self.body

    def stat(self) -> FileStat:
        return FileStat(
            kind=self.kind,
            size=4096 if self.kind == "folder" else self.size,
            mode=self.mode,
            uid=self.uid,
            gid=self.gid,
            mtime=int(self.mtime),
            link=self.link,
        )

    def node(self) -> Node:
        """As an entry of a tree."""
        return Node(
            kind=self.kind,
            mode=self.mode,
            uid=self.uid,
            gid=self.gid,
            mtime=int(self.mtime),
            content=self.content() if self.kind == "file" else NO_BYTES,
            link=self.link,
            major=self.major,
            minor=self.minor,
            xattrs=self.xattrs,
            character=self.character,
        )

    def listing(self) -> Sequence[str]:
        return sorted(self.names or ())

    def lookup(self, name: str) -> "Inode | None":
        return (self.names or {}).get(name)


class Generated(Inode):
    """A folder whose entries are made when asked for, as in /proc; nothing in it can be changed."""

    __slots__ = ("_list", "_look")

    def __init__(self, look: Callable[[str], Inode | None], names: Callable[[], Sequence[str]]) -> None:
        super().__init__("folder", 0o555)
        self._look = look
        self._list = names

    def listing(self) -> Sequence[str]:
        return sorted(self._list())

    def lookup(self, name: str) -> Inode | None:
        return self._look(name)


def from_node(node: Node, origin: str | None) -> Inode:
    """An inode for an entry of a tree that is not a hard link, a whiteout or an opaque mark."""
    kind: FileKind = "folder" if node.kind == "opaque" else node.kind  # type: ignore[assignment]
    inode = Inode(kind, node.mode, node.uid, node.gid, node.mtime)
    inode.body = node.content
    inode.link = node.link
    inode.major, inode.minor, inode.character = node.major, node.minor, node.character
    inode.xattrs = node.xattrs
    inode.origin = origin
    if kind == "folder" and origin is not None:
        inode.names = None
    return inode


def text(data: str | bytes, mode: int = 0o444) -> Inode:
    inode = Inode("file", mode)
    inode.body = Bytes(data.encode() if isinstance(data, str) else data)
    return inode


def symbolic(link: str) -> Inode:
    inode = Inode("link", 0o777)
    inode.link = link
    return inode


def device(special: str, mode: int = 0o666, major: int = 1, minor: int = 3) -> Inode:
    inode = Inode("device", mode)
    inode.special, inode.major, inode.minor, inode.character = special, major, minor, True
    return inode


def folder(names: Mapping[str, Inode], mode: int = 0o755) -> Inode:
    inode = Inode("folder", mode)
    inode.names = dict(names)
    return inode


def all_zero(data: bytes) -> bool:
    return data.count(0) == len(data)


def written(body: Content | bytearray, data: bytes, at: int) -> Content | bytearray:
    """The body of a file after `data` was written at an offset; zeros and big old content take no memory."""
    size = len(body) if isinstance(body, bytearray) else body.size
    if not data:
        return body
    if at >= size and not isinstance(body, bytearray):
        if len(data) >= 512 and all_zero(data) and (size == 0 or isinstance(body, Zeros)):
            return Zeros(at + len(data))
        if size >= BIG or at - size >= BIG:
            return _appended(body, data, at - size)
    if not isinstance(body, bytearray):
        if at == 0 and len(data) >= size:
            return Bytes(data) if len(data) >= 4096 else bytearray(data)
        if size > 16 * 1024 * 1024:
            return _replaced(body, data, at)
        body = bytearray(body.read())
    if at > len(body):
        body.extend(bytes(at - len(body)))
    body[at : at + len(data)] = data
    return body


def _appended(body: Content, data: bytes, gap: int) -> Content:
    parts = body.parts if isinstance(body, Joined) else (body,) if body.size else ()
    if gap:
        parts = (*parts, Zeros(gap))
    last = parts[-1] if parts else None
    if isinstance(last, Zeros) and len(data) >= 512 and all_zero(data):
        return Joined((*parts[:-1], Zeros(last.size + len(data))))
    if isinstance(last, Bytes) and len(parts) > 1 and last.size < BIG:
        return Joined((*parts[:-1], Bytes(last.data + data)))
    return Joined((*parts, Bytes(data)))


def _replaced(body: Content, data: bytes, at: int) -> Content:
    return Joined((cut(body, 0, at), Bytes(data), cut(body, at + len(data), body.size)))


def cut(body: Content | bytearray, start: int, end: int) -> Content:
    """The bytes from `start` to `end`; where the body is shorter, zeros follow."""
    if isinstance(body, bytearray):
        body = Bytes(bytes(body))
    end = max(end, start)
    if start == 0 and end == body.size:
        return body
    if isinstance(body, Zeros):
        return Zeros(end - start)
    if end > body.size:
        rest = cut(body, start, body.size) if start < body.size else NO_BYTES
        return Joined((rest, Zeros(end - start - rest.size))) if rest.size else Zeros(end - start)
    if isinstance(body, Joined):
        parts: list[Content] = []
        here = 0
        for part in body.parts:
            low, high = max(start - here, 0), min(end - here, part.size)
            if low < high:
                parts.append(cut(part, low, high))
            here += part.size
        return Joined(tuple(parts))
    if isinstance(body, Bytes):
        return Bytes(body.data[start:end])
    return Bytes(body.read()[start:end])
