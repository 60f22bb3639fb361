"""A small image of each family, and a way to run commands in it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from labrunner.practice.images.tree import Bytes, Node, Tree, Zeros
from labrunner.practice.programs.coreutils import APPLETS
from labrunner.practice.programs.process import Program
from labrunner.practice.runtime.backend import Machine, Running, Spec, Streams
from labrunner.practice.runtime.bash import BashkitBackend

THEN = 1_700_000_000


def file(text: str | bytes, mode: int = 0o644, uid: int = 0, gid: int = 0) -> Node:
    data = text.encode() if isinstance(text, str) else text
    return Node(kind="file", mode=mode, uid=uid, gid=gid, content=Bytes(data), mtime=THEN)


def folder(mode: int = 0o755, uid: int = 0, gid: int = 0) -> Node:
    return Node(kind="folder", mode=mode, uid=uid, gid=gid, mtime=THEN)


def link(target: str) -> Node:
    return Node(kind="link", mode=0o777, link=target, mtime=THEN)


def standin(name: str) -> Node:
    return file(
        f"#!/usr/libexec/labrunner-standin {name}\n# A stand-in of labrunner's practice engine.\n", 0o755
    )


PASSWD = "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n"
GROUP = "root:x:0:\nnode:x:1000:\nstaff:x:50:node\nnogroup:x:65534:\n"


def _common() -> dict[str, Node]:
    nodes = {
        path: folder()
        for path in ("", "bin", "etc", "home", "root", "srv", "usr", "usr/bin", "var", "var/log")
    }
    nodes["tmp"] = folder(0o1777)
    nodes["home/node"] = folder(0o755, 1000, 1000)
    nodes["etc/passwd"] = file(PASSWD)
    nodes["etc/group"] = file(GROUP)
    nodes["etc/motd"] = file("welcome\n")
    nodes["etc/secret"] = file("s3cret\n", 0o600)
    nodes["usr/filler"] = Node(kind="file", content=Zeros(20_000_000), mtime=THEN)
    nodes["usr/bin/real"] = file(b"\x7fELF\x02\x01\x01\0\0", 0o755)
    return nodes


def busybox() -> Tree:
    """As alpine: everything is a link to busybox."""
    nodes = _common()
    nodes["bin/busybox"] = standin("busybox")
    for name in (*APPLETS, "sh"):
        if name not in ("bash", "dash", "busybox"):
            nodes[f"bin/{name}"] = link("/bin/busybox")
    nodes["usr/bin/env"] = link("/bin/busybox")
    return Tree(nodes)


def debian() -> Tree:
    """As debian: sh is dash, and bash is there."""
    nodes = _common()
    for name in APPLETS:
        if name not in ("ash", "busybox", "bash", "dash"):
            nodes[f"bin/{name}"] = standin("coreutils")
    nodes["bin/dash"], nodes["bin/bash"], nodes["bin/sh"] = standin("dash"), standin("bash"), link("dash")
    return Tree(nodes)


BUSYBOX, DEBIAN = busybox(), debian()


@dataclass
class Heard:
    """An output that can be waited on."""

    data: bytearray = field(default_factory=bytearray)
    _waiting: list[asyncio.Event] = field(default_factory=list)

    async def write(self, data: bytes) -> None:
        self.data += data
        for event in self._waiting:
            event.set()

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")

    async def until(self, text: str, *, seconds: float = 10) -> str:
        """Waits until this was written; what was written so far."""
        event = asyncio.Event()
        self._waiting.append(event)
        try:
            async with asyncio.timeout(seconds):
                while text not in self.text:
                    event.clear()
                    await event.wait()
        except TimeoutError:
            raise AssertionError(f"{text!r} was not written; so far: {self.text!r}") from None
        finally:
            self._waiting.remove(event)
        return self.text


class Typed:
    """An input that a test types into."""

    def __init__(self, text: bytes | None = None) -> None:
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._rest = b""
        if text is not None:
            self.type(text)
            self.end()

    def type(self, text: bytes | str) -> None:
        self._queue.put_nowait(text.encode() if isinstance(text, str) else text)

    def end(self) -> None:
        self._queue.put_nowait(b"")

    async def read(self, n: int = -1) -> bytes:
        if not self._rest:
            self._rest = await self._queue.get()
            if not self._rest:
                self._queue.put_nowait(b"")
        size = len(self._rest) if n < 0 else n
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


@dataclass
class Ran:
    """What one run left behind."""

    out: str
    err: str
    status: int
    machine: Machine


@dataclass
class Going:
    """A process that runs."""

    running: Running
    out: Heard
    err: Heard
    stdin: Typed
    machine: Machine

    async def ended(self, *, seconds: float = 20) -> int:
        async with asyncio.timeout(seconds):
            return await self.running.wait()


def backend(programs: Mapping[str, Program] | None = None) -> BashkitBackend:
    return BashkitBackend(programs or {}, APPLETS)


def machine(tree: Tree = BUSYBOX, programs: Mapping[str, Program] | None = None) -> Machine:
    return backend(programs).machine(
        tree, hostname="0123456789ab", name="web", image_id="sha256:1", image="alpine"
    )


async def begin(
    argv: tuple[str, ...] | str,
    *,
    tree: Tree = BUSYBOX,
    on: Machine | None = None,
    stdin: bytes | None = None,
    attached: bool = False,
    main: bool = True,
    tty: bool = False,
    init: bool = False,
    user: str = "",
    cwd: str = "/",
    env: Mapping[str, str] | None = None,
    programs: Mapping[str, Program] | None = None,
) -> Going:
    world = on or machine(tree, programs)
    words = ("sh", "-c", argv) if isinstance(argv, str) else argv
    out, err, source = Heard(), Heard(), Typed(stdin)
    streams = Streams(stdin=source if attached or tty or stdin is not None else None, stdout=out, stderr=err)
    spec = Spec(argv=words, env=env or {}, cwd=cwd, user=user, tty=tty, init=init, main=main)
    return Going(await backend(programs).start(world, spec, streams), out, err, source, world)


async def ran(
    argv: tuple[str, ...] | str,
    *,
    tree: Tree = BUSYBOX,
    on: Machine | None = None,
    stdin: bytes | None = None,
    user: str = "",
    cwd: str = "/",
    main: bool = True,
    env: Mapping[str, str] | None = None,
    programs: Mapping[str, Program] | None = None,
) -> Ran:
    going = await begin(
        argv, tree=tree, on=on, stdin=stdin, user=user, cwd=cwd, main=main, env=env, programs=programs
    )
    status = await going.ended()
    return Ran(going.out.text, going.err.text, status, going.machine)
