"""A container for the tests of programs: the engine's own machine over files written out here, and real sockets."""

import asyncio
import http.client
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from labrunner.practice.images.tree import Bytes, Node, Tree
from labrunner.practice.programs.coreutils import APPLETS
from labrunner.practice.programs.process import Process, Reader, Writer
from labrunner.practice.programs.streams import From, To
from labrunner.practice.programs.table import PROGRAMS
from labrunner.practice.runtime.machine import SimulatedMachine
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.task import Task
from labrunner.practice.runtime.users import User


@dataclass
class Kept:
    """An Output that keeps what it got and tells when a text has come."""

    data: bytes = b""
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, data: bytes) -> None:
        self.data += data
        self.changed.set()

    @property
    def text(self) -> str:
        return self.data.decode()

    async def until(self, text: str) -> None:
        async with asyncio.timeout(20):
            while text not in self.text:
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Held:
    """An Input that gives its bytes once."""

    data: bytes

    async def read(self, n: int = -1) -> bytes:
        size = len(self.data) if n < 0 else n
        given, self.data = self.data[:size], self.data[size:]
        return given


def tree(files: Mapping[str, str | bytes | Node]) -> Tree:
    nodes: dict[str, Node] = {"": Node(kind="folder", mode=0o755)}
    for path, what in files.items():
        parts = path.strip("/").split("/")
        for n in range(1, len(parts)):
            nodes.setdefault("/".join(parts[:n]), Node(kind="folder", mode=0o755))
        if isinstance(what, Node):
            nodes["/".join(parts)] = what
        else:
            data = what.encode() if isinstance(what, str) else what
            nodes["/".join(parts)] = Node(kind="file", mode=0o644, mtime=1_700_000_000, content=Bytes(data))
    return Tree(nodes)


def link(target: str) -> Node:
    return Node(kind="link", mode=0o777, link=target)


def standin(name: str, version: str = "") -> Node:
    text = f"#!/usr/libexec/labrunner-standin {name} {version}".rstrip() + "\n# a stand-in\n"
    return Node(kind="file", mode=0o755, content=Bytes(text.encode()))


@dataclass
class Run:
    task: Task
    out: Kept
    err: Kept

    async def ends(self) -> int:
        async with asyncio.timeout(30):
            return await self.task.wait()

    @property
    def said(self) -> tuple[str, str]:
        return self.out.text, self.err.text


@dataclass
class Box:
    machine: SimulatedMachine
    servers: list[asyncio.Server] = field(default_factory=list)

    def start(
        self,
        *argv: str,
        env: Mapping[str, str] | None = None,
        cwd: str = "/",
        stdin: bytes = b"",
        user: User | None = None,
        main: bool = True,
    ) -> Run:
        out, err = Kept(), Kept()
        environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", **(env or {})}

        async def body(process: Process) -> int:
            kernel = process.kernel
            assert kernel is not None
            return await kernel.execute(process, kernel.which(process, argv[0], environment["PATH"]), argv)

        task = self.machine.kernel.begin(
            body,
            argv=argv,
            env=environment,
            cwd=cwd,
            user=user or User(name="root", uid=0, gid=0),
            fds={0: From(Held(stdin)), 1: To(out), 2: To(err)},
            main=main,
        )
        return Run(task=task, out=out, err=err)

    async def run(
        self,
        *argv: str,
        env: Mapping[str, str] | None = None,
        cwd: str = "/",
        stdin: bytes = b"",
        user: User | None = None,
        main: bool = True,
    ) -> tuple[int, str, str]:
        """To its end: the exit status, what it said, what it complained of."""
        run = self.start(*argv, env=env, cwd=cwd, stdin=stdin, user=user, main=main)
        status = await run.ends()
        return status, *run.said

    def read(self, path: str) -> str:
        return self.machine.files.read(path).decode()

    async def published(self, port: int) -> int:
        """A real port of the loopback that leads to the container's."""

        async def carry(reader: Reader, writer: Writer) -> None:
            try:
                while data := await reader.read(65536):
                    writer.write(data)
                    await writer.drain()
                writer.write_eof()
            except (ConnectionError, OSError):
                writer.close()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner_reader, inner_writer = await self.machine.connect("127.0.0.1", port)
            await asyncio.gather(carry(reader, inner_writer), carry(inner_reader, writer))
            writer.close()

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        self.servers.append(server)
        return int(server.sockets[0].getsockname()[1])


@asynccontextmanager
async def box(files: Mapping[str, str | bytes | Node]) -> AsyncIterator[Box]:
    machine = SimulatedMachine(
        Overlay(tree(files)),
        hostname="box",
        name="box",
        image_id="sha256:0",
        image="box:latest",
        programs=PROGRAMS,
        applets=APPLETS,
    )
    made = Box(machine)
    try:
        yield made
    finally:
        await machine.close()
        for server in made.servers:
            server.close()


def answer(
    port: int, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str
) -> "Answer":
    """One request over a real socket, from a thread of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(
            method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
        )
        reply = connection.getresponse()
        return Answer(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
    finally:
        connection.close()


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()
