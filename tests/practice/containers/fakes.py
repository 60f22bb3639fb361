"""A backend that obeys the protocol and knows a dozen one-word programs, so that a container's life is tested alone."""

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence

from labrunner.practice.images.tree import Tree
from labrunner.practice.programs.process import Files, Listener, Reader, Row, Serve, Writer
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.backend import Mount, Rootfs, Spec, Streams
from labrunner.practice.runtime.rootfs import SharedFiles
from labrunner.practice.runtime.signals import NUMBERS, named

_RUNC = "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed"
_EXEC = "OCI runtime exec failed: exec failed"


class FakeRunning:
    def __init__(self, pid: int, row: Row) -> None:
        self.pid = pid
        self.row = row
        self.caught: dict[str, int] = {}
        """Signals that the program reacts to, with the status it then ends with."""
        self.size: tuple[int, int] | None = None
        self.task: asyncio.Task[int] | None = None
        self.status: int | None = None
        self.done = asyncio.Event()

    async def wait(self) -> int:
        await self.done.wait()
        assert self.status is not None
        return self.status

    def signal(self, name: str) -> None:
        name = named(name)
        if name == "KILL":
            self.end(137)
        elif name in self.caught:
            self.end(self.caught[name])

    def resize(self, rows: int, columns: int) -> None:
        self.size = (rows, columns)

    def end(self, status: int) -> None:
        if self.status is None:
            self.status = status
            if self.task is not None:
                self.task.cancel()
            self.done.set()


class FakeListener:
    def __init__(self, port: int, serve: Serve) -> None:
        self.port = port
        self.serve = serve
        self.answers: set[asyncio.Future[None]] = set()

    async def connect(self) -> tuple[Reader, Writer]:
        near, far = socket.socketpair()
        answer = asyncio.ensure_future(self.serve(*await asyncio.open_connection(sock=near)))
        self.answers.add(answer)
        return await asyncio.open_connection(sock=far)

    def close(self) -> None:
        for each in self.answers:
            each.cancel()


class FakeMachine:
    def __init__(self, tree: Tree, name: str, layer: Tree | None, mounts: tuple[Mount, ...]) -> None:
        self.hostname, self.name, self.image = name, name, ""
        self.labels: Mapping[str, str] = {}
        self.shared = SharedFiles(tree)
        self.rootfs: Rootfs = self.shared
        if layer is not None:
            self.shared.put(layer)
        self.mounts = mounts
        self.listeners: dict[int, FakeListener] = {}
        self.running: list[FakeRunning] = []
        self.paused = False

    @property
    def files(self) -> Files:
        return self.shared.files

    @property
    def ports(self) -> frozenset[int]:
        return frozenset()

    def mounted(self, path: str) -> tuple[Files, str]:
        for mount in self.mounts:
            if path.startswith(mount.target + "/"):
                return mount.source.files, path.removeprefix(mount.target)
        return self.shared.files, path

    async def listen(self, port: int, serve: Serve) -> Listener:
        self.listeners[port] = FakeListener(port, serve)
        return self.listeners[port]

    async def connect(self, host: str, port: int) -> tuple[Reader, Writer]:
        if port not in self.listeners:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        return await self.listeners[port].connect()

    def processes(self) -> Sequence[Row]:
        return [each.row for each in self.running]

    async def pause(self) -> None:
        self.paused = True

    async def unpause(self) -> None:
        self.paused = False

    async def close(self) -> None:
        for each in tuple(self.running):
            each.end(137)
        for listener in self.listeners.values():
            listener.close()


class FakeBackend:
    def __init__(self) -> None:
        self.pids = 100
        self.started: list[Spec] = []

    def files(self, tree: Tree | None = None) -> Rootfs:
        return SharedFiles(tree)

    def machine(
        self,
        tree: Tree,
        *,
        hostname: str,
        name: str,
        image_id: str,
        mounts: Iterable[Mount] = (),
        image: str = "",
        labels: Mapping[str, str] | None = None,
        layer: Tree | None = None,
        extra_hosts: Sequence[str] = (),
        read_only: bool = False,
    ) -> FakeMachine:
        return FakeMachine(tree, hostname, layer, tuple(mounts))

    async def start(self, machine: object, spec: Spec, streams: Streams) -> FakeRunning:
        assert isinstance(machine, FakeMachine)
        program = PROGRAMS.get(spec.argv[0])
        if program is None:
            why = f'unable to start container process: error during container init: exec: "{spec.argv[0]}": '
            if not spec.main:
                why = f'unable to start container process: exec: "{spec.argv[0]}": '
            raise Refused(400, f"{_RUNC if spec.main else _EXEC}: {why}executable file not found in $PATH")
        self.started.append(spec)
        self.pids += 1
        row = Row(pid=self.pids, ppid=1, user="root", uid=0, command=" ".join(spec.argv), started=time.time())
        running = FakeRunning(self.pids, row)
        machine.running.append(running)

        async def live() -> int:
            status = await program(Run(machine, spec, streams, running))
            running.end(status)
            return status

        running.task = asyncio.create_task(live())
        await asyncio.sleep(0)
        return running


class Run:
    def __init__(self, machine: FakeMachine, spec: Spec, streams: Streams, running: FakeRunning) -> None:
        self.machine, self.spec, self.streams, self.running = machine, spec, streams, running


async def _true(run: Run) -> int:
    return 0


async def _exit(run: Run) -> int:
    return int(run.spec.argv[1])


async def _sleep(run: Run) -> int:
    """Like a PID 1 that handles no signal: only KILL ends it."""
    await asyncio.Event().wait()
    return 0


async def _polite(run: Run) -> int:
    run.running.caught = dict.fromkeys(("TERM", "QUIT"), 0) | {"INT": 128 + NUMBERS["INT"]}
    await asyncio.Event().wait()
    return 0


async def _say(run: Run) -> int:
    for word in run.spec.argv[1:]:
        to = run.streams.stderr if word.startswith("!") else run.streams.stdout
        await to.write(f"{word.removeprefix('!')}\n".encode())
    return 0


async def _cat(run: Run) -> int:
    if run.streams.stdin is None:
        return 0
    while data := await run.streams.stdin.read():
        await run.streams.stdout.write(data)
    return 0


async def _flood(run: Run) -> int:
    for _ in range(int(run.spec.argv[1])):
        await run.streams.stdout.write(b"x" * 65535 + b"\n")
    return 0


async def _write(run: Run) -> int:
    files, path = run.machine.mounted(run.spec.argv[1])
    files.write(path, run.spec.argv[2].encode())
    return 0


async def _read(run: Run) -> int:
    files, path = run.machine.mounted(run.spec.argv[1])
    if not files.exists(path):
        return 1
    await run.streams.stdout.write(files.read(path))
    return 0


async def _remove(run: Run) -> int:
    run.machine.shared.files.remove(run.spec.argv[1])
    return 0


async def _serve(run: Run) -> int:
    async def answer(reader: Reader, writer: Writer) -> None:
        line = await reader.readline()
        writer.write(b"heard " + line)
        await writer.drain()
        writer.close()

    await run.machine.listen(int(run.spec.argv[1]), answer)
    await asyncio.Event().wait()
    return 0


PROGRAMS: Mapping[str, Callable[[Run], Coroutine[None, None, int]]] = {
    "true": _true,
    "exit": _exit,
    "sleep": _sleep,
    "polite": _polite,
    "say": _say,
    "cat": _cat,
    "flood": _flood,
    "write": _write,
    "read": _read,
    "remove": _remove,
    "serve": _serve,
}
