"""Folders from a client: what is kept, what is not asked for again, and what no client may send."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from labrunner.practice.api.buildkit import filesync
from labrunner.practice.api.buildkit.filesync import FOLDER, LINK, Arrived, deliver, receive, request, tree
from labrunner.practice.api.buildkit.grpc import Outgoing, RpcError, call, send, trailers
from labrunner.practice.api.buildkit.grpc import receive as messages
from labrunner.practice.api.buildkit.http2 import Stream
from labrunner.practice.api.buildkit.messages import Stat, Status
from labrunner.practice.api.buildkit.messages_session import DATA, FINISH, REQUEST, STAT, Packet
from labrunner.practice.images.tree import Bytes, Node, Tree
from tests.practice.buildkit.pair import connected

END = Packet(type=STAT)


def _file(path: str, size: int = 0, *, modified: int = 0, uid: int = 0) -> Packet:
    return Packet(type=STAT, stat=Stat(path=path, mode=0o644, size=size, modified=modified, uid=uid, gid=uid))


def _folder(path: str) -> Packet:
    return Packet(type=STAT, stat=Stat(path=path, mode=FOLDER | 0o755))


@asynccontextmanager
async def _sender(
    packets: Sequence[Packet], contents: dict[int, bytes]
) -> AsyncIterator[tuple[Outgoing[Packet], list[int]]]:
    """A client that sends these packets, then what it is asked for."""
    asked: list[int] = []

    async def accept(stream: Stream) -> None:
        await stream.headers()
        await stream.send_headers([(":status", "200")])
        for packet in packets:
            await send(stream, packet)
        async for packet in messages(stream, Packet):
            if packet.type == REQUEST:
                asked.append(packet.id)
                for start in range(0, len(contents[packet.id]), 1000):
                    await send(
                        stream,
                        Packet(type=DATA, id=packet.id, data=contents[packet.id][start : start + 1000]),
                    )
                await send(stream, Packet(type=DATA, id=packet.id))
            elif packet.type == FINISH:
                await send(stream, Packet(type=FINISH))
                await stream.send_headers(trailers(Status()), end=True)
                return

    async with connected(accept) as connection:
        yield await call(connection, "/moby.filesync.v1.FileSync/DiffCopy", Packet), asked


def _spool(folder: Path) -> Callable[[], Path]:
    numbers = itertools.count()
    return lambda: folder / str(next(numbers))


async def _quiet(_size: int, _last: bool) -> None:
    pass


def _receive(
    folder: Path,
    packets: Sequence[Packet],
    contents: dict[int, bytes] | None = None,
    known: dict[str, Arrived] | None = None,
) -> tuple[dict[str, Arrived], list[int]]:
    async def run() -> tuple[dict[str, Arrived], list[int]]:
        async with _sender(packets, contents or {}) as (outgoing, asked):
            return await receive(outgoing, _spool(folder), _quiet, known), asked

    return asyncio.run(asyncio.wait_for(run(), 10))


def test_files_folders_and_links_arrive(tmp_path: Path) -> None:
    link = Packet(type=STAT, stat=Stat(path="src/link", mode=LINK | 0o777, link="../hello.txt"))
    hard = Packet(type=STAT, stat=Stat(path="src/same", mode=0o644, link="hello.txt"))
    run = Packet(
        type=STAT, stat=Stat(path="run.sh", mode=0o4755 & 0o777 | filesync.SETUID, modified=5_000_000_007)
    )
    packets = [_file("hello.txt", 6), run, _folder("src"), link, hard, END]

    arrived, asked = _receive(tmp_path, packets, {0: b"hello\n", 1: b"#!/bin/sh\n" * 500})

    files = tree(arrived)
    assert asked == [0, 1]
    assert files.read("hello.txt") == b"hello\n"
    assert files.read("src/link") == b"hello\n"
    assert files.nodes["src/same"] == Node(kind="hardlink", link="hello.txt", mode=0o644)
    assert files.nodes["src"] == Node(kind="folder", mode=0o755)
    assert (files.nodes["run.sh"].mode, files.nodes["run.sh"].mtime) == (0o4755, 5)
    assert files.nodes["run.sh"].content.size == 5000


def test_the_owner_is_root_whoever_it_was(tmp_path: Path) -> None:
    arrived, _ = _receive(tmp_path, [_file("a", uid=1000), END], {0: b""})

    assert (tree(arrived).nodes["a"].uid, tree(arrived).nodes["a"].gid) == (0, 0)


def test_what_has_not_changed_is_not_asked_for(tmp_path: Path) -> None:
    before, _ = _receive(
        tmp_path, [_file("a", 1, modified=1), _file("b", 1, modified=1), END], {0: b"a", 1: b"b"}
    )
    (tmp_path / "later").mkdir()

    after, asked = _receive(
        tmp_path / "later", [_file("a", 1, modified=1), _file("b", 1, modified=2), END], {1: b"B"}, before
    )

    assert asked == [1]
    assert tree(after).read("a") == b"a"
    assert tree(after).read("b") == b"B"


@pytest.mark.parametrize(
    ("packets", "why"),
    [
        ([_file("../x")], "invalid path: '../x'"),
        ([_file("/etc/passwd")], "invalid path: '/etc/passwd'"),
        ([_file("a/../../b")], "invalid path: 'a/../../b'"),
        ([_file("..")], "invalid path: '..'"),
        ([_file(".")], "invalid path: '.'"),
        ([_file("")], "invalid path: ''"),
        ([_file("a//b")], "invalid path: 'a//b'"),
        ([_file("a\0b")], "invalid path"),
        ([_file("a" * 5000)], "invalid path"),
        ([_file("nowhere/x")], "changes out of order: 'nowhere/x'"),
        ([_file("a"), _file("a/b")], "changes out of order: 'a/b'"),
        ([_file("a"), _file("a")], "changes out of order: 'a'"),
        ([END, _file("a")], "changes out of order: 'a'"),
        ([Packet(type=DATA, id=7, data=b"x")], "invalid file request 7"),
        ([Packet(type=4, data=b"permission denied")], "error from sender: permission denied"),
        ([Packet(type=9)], "the client's files came in an unknown form"),
    ],
)
def test_what_a_client_may_not_send(tmp_path: Path, packets: list[Packet], why: str) -> None:
    with pytest.raises(RpcError, match=why):
        _receive(tmp_path, packets, {0: b"", 1: b""})


def test_a_context_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesync, "LARGEST", 10_000)

    with pytest.raises(RpcError, match="a build context is at most 0 MB large; a .dockerignore helps"):
        _receive(tmp_path, [_file("a", 1), END], {0: bytes(20_000)})


def test_a_context_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filesync, "MOST_ENTRIES", 3)

    with pytest.raises(RpcError, match="a build context holds at most 3 files"):
        _receive(tmp_path, [_folder(name) for name in "abcd"])


def test_a_request_names_what_is_wanted_in_plain_ascii() -> None:
    assert request("context", follow=("a b", "ü"), exclude=("*.md",)) == [
        ("exclude-patterns", "*.md"),
        ("followpaths", "a+b"),
        ("followpaths", "%C3%BC"),
        ("followpaths-encoded", "1"),
        ("dir-name", "context"),
    ]


def test_a_tree_is_given_in_order_with_its_folders() -> None:
    files = Tree(
        {
            "b.txt": Node(kind="file", content=Bytes(b"b" * 100_000), mode=0o600),
            "b/c.txt": Node(kind="file", content=Bytes(b"c")),
            "link": Node(kind="link", link="b.txt", mode=0o777),
            "twin": Node(kind="hardlink", link="b/c.txt"),
        }
    )
    listed: list[Stat] = []
    contents: dict[int, bytes] = {}

    async def accept(stream: Stream) -> None:
        """A client that writes a folder: asks for every file, then has enough."""
        await stream.headers()
        await stream.send_headers([(":status", "200")])
        left: set[int] = set()
        async for packet in messages(stream, Packet):
            if packet.type == STAT and packet.stat is not None:
                if not packet.stat.mode & (FOLDER | LINK):
                    left.add(len(listed))
                    await send(stream, Packet(type=REQUEST, id=len(listed)))
                listed.append(packet.stat)
            elif packet.type == DATA:
                contents[packet.id] = contents.get(packet.id, b"") + packet.data
                if not packet.data:
                    left.discard(packet.id)
                    if not left:
                        await send(stream, Packet(type=FINISH))
        await stream.send_headers(trailers(Status()), end=True)

    async def run() -> None:
        async with connected(accept) as connection:
            await deliver(
                await call(connection, "/moby.filesync.v1.FileSend/DiffCopy", Packet), files, _quiet
            )

    asyncio.run(asyncio.wait_for(run(), 10))

    assert [stat.path for stat in listed] == ["b", "b/c.txt", "b.txt", "link", "twin"]
    assert contents == {1: b"c", 2: b"b" * 100_000, 4: b"c"}
    assert [stat.size for stat in listed] == [0, 1, 100_000, 0, 1]
