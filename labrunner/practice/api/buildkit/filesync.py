"""Folders over a session, as fsutil moves them: the sender lists what there is, the receiver asks for contents.

Source: tonistiigi/fsutil, receive.go and send.go.
"""

import posixpath
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote_plus

from labrunner.practice.api.buildkit.grpc import Code, Outgoing, RpcError
from labrunner.practice.api.buildkit.messages import NANOSECONDS, Stat
from labrunner.practice.api.buildkit.messages_session import DATA, ERROR, FINISH, REQUEST, STAT, Packet
from labrunner.practice.api.buildkit.wire import encode
from labrunner.practice.images.tree import Bytes, Node, Part, Tree

LARGEST = 200 << 20
"""Bytes of all files of one context."""
MOST_ENTRIES = 100_000
LONGEST_PATH = 4096
MOST_OPEN = 64
CHUNK = 32 << 10

FOLDER, LINK, DEVICE, PIPE, SOCKET, CHARACTER = 1 << 31, 1 << 27, 1 << 26, 1 << 25, 1 << 24, 1 << 21
SETUID, SETGID, STICKY = 1 << 23, 1 << 22, 1 << 20
KINDS = FOLDER | LINK | DEVICE | PIPE | SOCKET | CHARACTER | 1 << 19
"""Go's bits of a file mode that say what a file is."""

Tell = Callable[[int, bool], Awaitable[None]]
"""How many bytes have come, and whether that is all."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One entry of a folder, with the file that keeps its contents."""

    stat: Stat
    kept: Path | None = None


Arrivals = Mapping[str, Arrived]


def request(
    name: str, *, follow: tuple[str, ...] = (), exclude: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    """What to ask for, as metadata of the call; text beyond printable ASCII goes out escaped."""
    rows: list[tuple[str, str]] = []
    for key, values in (("exclude-patterns", exclude), ("followpaths", follow), ("dir-name", (name,))):
        plain = all(value.isascii() and value.isprintable() for value in values)
        rows += [(key, value if plain else quote_plus(value)) for value in values]
        if not plain:
            rows.append((f"{key}-encoded", "1"))
    return rows


async def receive(
    call: Outgoing[Packet], spool: Callable[[], Path], tell: Tell, known: Arrivals | None = None
) -> dict[str, Arrived]:
    """All entries of the sender's folder. Files in `known` that have not changed are not asked for again."""
    receiver = _Receiver(call, spool, known or {})
    size = 0
    await tell(0, False)
    with receiver.open:
        async for packet in call.answers():
            size += len(encode(packet))
            await receiver.take(packet)
            await tell(size, False)
            if receiver.finished:
                break
        else:
            raise RpcError(Code.INTERNAL, "the client's files ended too early")
    await call.end()
    async for _ in call.answers():
        raise RpcError(Code.INTERNAL, "the client sent more files after the last")
    await tell(size, True)
    return receiver.arrived


class _Receiver:
    def __init__(self, call: Outgoing[Packet], spool: Callable[[], Path], known: Arrivals) -> None:
        self._call = call
        self._spool = spool
        self._known = known
        self._names: list[str] = []
        self._awaited: set[int] = set()
        self._files: dict[int, BinaryIO] = {}
        self._left = LARGEST
        self._listed = False
        self.arrived: dict[str, Arrived] = {}
        self.finished = False
        self.open = ExitStack()

    async def take(self, packet: Packet) -> None:
        match packet.type:
            case 0 if packet.stat is not None:
                await self._list(packet.stat)
            case 0:
                self._listed = True
                await self._finish()
            case 2:
                await self._fill(packet.id, packet.data)
            case 3:
                self.finished = True
            case 4:
                raise RpcError(Code.UNKNOWN, f"error from sender: {packet.data.decode(errors='replace')}")
            case _:
                raise RpcError(Code.INTERNAL, "the client's files came in an unknown form")

    async def _list(self, stat: Stat) -> None:
        self._check(stat)
        number = len(self._names)
        self._names.append(stat.path)
        plain = not stat.mode & KINDS and not stat.link
        before = self._known.get(stat.path)
        if plain and before is not None and before.kept is not None and before.stat == stat:
            self._weigh(stat.size)
            self.arrived[stat.path] = before
        elif plain:
            self.arrived[stat.path] = Arrived(stat, self._spool())
            self._awaited.add(number)
            await self._call.send(Packet(type=REQUEST, id=number))
        else:
            self.arrived[stat.path] = Arrived(stat)

    def _check(self, stat: Stat) -> None:
        """Nothing outside the folder, nothing twice, nothing below a file."""
        path = stat.path
        above = posixpath.dirname(path)
        clean = posixpath.normpath(path) == path and not path.startswith("/") and path.split("/")[0] != ".."
        if not path or path == "." or not clean or len(path) > LONGEST_PATH or "\0" in path + stat.link:
            raise RpcError(Code.UNKNOWN, f"invalid path: {path!r}")
        if path in self.arrived or self._listed:
            raise RpcError(Code.UNKNOWN, f"changes out of order: {path!r}")
        if above and (above not in self.arrived or not self.arrived[above].stat.mode & FOLDER):
            raise RpcError(Code.UNKNOWN, f"changes out of order: {path!r}")
        if len(self._names) >= MOST_ENTRIES:
            raise RpcError(
                Code.UNKNOWN,
                f"practice engine: a build context holds at most {MOST_ENTRIES} files",
            )

    def _weigh(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise RpcError(
                Code.UNKNOWN,
                f"practice engine: a build context is at most {LARGEST >> 20} MB large; a .dockerignore helps",
            )

    async def _fill(self, number: int, data: bytes) -> None:
        if number not in self._awaited:
            raise RpcError(Code.UNKNOWN, f"invalid file request {number}")
        self._weigh(len(data))
        file = self._files.get(number)
        if file is None:
            if len(self._files) >= MOST_OPEN:
                raise RpcError(Code.UNKNOWN, "the client sends too many files at once")
            kept = self.arrived[self._names[number]].kept
            assert kept is not None
            file = self._files[number] = self.open.enter_context(kept.open("xb"))
        file.write(data)
        if not data:
            file.close()
            del self._files[number]
            self._awaited.discard(number)
            await self._finish()

    async def _finish(self) -> None:
        if self._listed and not self._awaited:
            await self._call.send(Packet(type=FINISH))


def tree(arrivals: Arrivals) -> Tree:
    """What has arrived as a tree, owned by root as BuildKit makes it."""
    return Tree({path: node for path, entry in arrivals.items() if (node := _node(entry)) is not None})


def _node(entry: Arrived) -> Node | None:
    stat = entry.stat
    mode = stat.mode & 0o777
    for bit, real in ((SETUID, 0o4000), (SETGID, 0o2000), (STICKY, 0o1000)):
        mode |= real if stat.mode & bit else 0
    when = stat.modified // NANOSECONDS
    if stat.mode & FOLDER:
        return Node(kind="folder", mode=mode, mtime=when)
    if stat.mode & LINK:
        return Node(kind="link", mode=0o777, mtime=when, link=stat.link)
    if stat.mode & PIPE:
        return Node(kind="fifo", mode=mode, mtime=when)
    if stat.mode & KINDS:
        return None
    if stat.link:
        return Node(kind="hardlink", mode=mode, mtime=when, link=stat.link.strip("/"))
    size = entry.kept.stat().st_size if entry.kept is not None and entry.kept.exists() else 0
    content = Part(entry.kept, 0, size) if entry.kept is not None and size else Bytes(b"")
    return Node(kind="file", mode=mode, mtime=when, content=content)


async def deliver(call: Outgoing[Packet], files: Tree, tell: Tell) -> None:
    """Gives a whole tree to the client, which asks for the contents that it wants."""
    entries = list(listing(files))
    size = 0

    async def send(packet: Packet) -> None:
        """What only ends something is not counted, as fsutil does it."""
        nonlocal size
        size += len(encode(packet)) if packet.stat is not None or packet.data else 0
        await call.send(packet)
        await tell(size, False)

    for stat, _ in entries:
        await send(Packet(type=STAT, stat=stat))
    await send(Packet(type=STAT))
    async for packet in call.answers():
        if packet.type == REQUEST and packet.id < len(entries):
            for chunk in entries[packet.id][1].content.chunks():
                for start in range(0, len(chunk), CHUNK):
                    await send(Packet(type=DATA, id=packet.id, data=chunk[start : start + CHUNK]))
            await send(Packet(type=DATA, id=packet.id))
        elif packet.type == FINISH:
            await send(Packet(type=FINISH))
            await call.end()
        elif packet.type == ERROR:
            raise RpcError(Code.UNKNOWN, f"error from receiver: {packet.data.decode(errors='replace')}")
    await tell(size, True)


def listing(files: Tree) -> Iterator[tuple[Stat, Node]]:
    """In fsutil's order: a folder, then what it holds, names compared byte by byte."""
    bits = {"folder": FOLDER, "link": LINK, "fifo": PIPE}
    written = {path: files.nodes.get(path) or Node(kind="folder", mode=0o755) for path in _whole(files)}
    for path in sorted(written, key=lambda path: path.encode("utf-8", "surrogateescape").split(b"/")):
        node = written[path]
        if node.kind == "hardlink":
            target = files.nodes.get(node.link)
            node = target if target is not None else node
        if node.kind not in ("file", "folder", "link", "fifo"):
            continue
        mode = node.mode & 0o777 | bits.get(node.kind, 0)
        for bit, real in ((SETUID, 0o4000), (SETGID, 0o2000), (STICKY, 0o1000)):
            mode |= bit if node.mode & real else 0
        yield (
            Stat(
                path=path,
                mode=mode,
                uid=node.uid,
                gid=node.gid,
                size=node.content.size if node.kind == "file" else 0,
                modified=node.mtime * NANOSECONDS,
                link=node.link if node.kind == "link" else "",
            ),
            node,
        )


def _whole(files: Tree) -> set[str]:
    """Every path and every folder above it."""
    paths: set[str] = set()
    for path in files.nodes:
        while path and path not in paths:
            paths.add(path)
            path = posixpath.dirname(path)
    return paths
