"""One container's world: its files, its processes and their signals, its loopback."""

import asyncio
import errno
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from labrunner.practice.images.tree import EMPTY, Node, Tree
from labrunner.practice.programs.process import (
    Input,
    Listener,
    Open,
    Output,
    Process,
    Program,
    Reader,
    Row,
    Serve,
    Spawn,
    Writer,
)
from labrunner.practice.programs.streams import From, To
from labrunner.practice.runtime import launching, provided
from labrunner.practice.runtime.backend import Change, Mount
from labrunner.practice.runtime.inodes import folder, symbolic
from labrunner.practice.runtime.laying import lay
from labrunner.practice.runtime.limits import PROCESSES
from labrunner.practice.runtime.network import Listening, Loopback
from labrunner.practice.runtime.opening import Mode, opened
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.signals import NUMBERS, named
from labrunner.practice.runtime.tty import Terminal
from labrunner.practice.runtime.users import User
from labrunner.practice.runtime.view import Mounted, Space, View

log = logging.getLogger(__name__)
HARMLESS = frozenset({"CHLD", "CONT", "URG", "WINCH", "STOP", "TSTP", "TTIN", "TTOU"})
"""Signals that end nothing when a program has not asked for them."""
UNREAD = 1024 * 1024


class Task:
    """One process of a machine."""

    def __init__(self, machine: "SimulatedMachine", process: Process) -> None:
        self.machine = machine
        self.process = process
        self.started = time.time()
        self.listening: list[Listening] = []
        self.ended_by: str | None = None
        self.resized: Callable[[int, int], None] | None = None
        self._done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._task: asyncio.Task[int] | None = None

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def ended(self) -> bool:
        return self._done.done()

    def begin(self, body: Program) -> None:
        self._task = asyncio.get_running_loop().create_task(self._live(body))
        self._task.add_done_callback(self._over)

    async def _live(self, body: Program) -> int:
        await self.machine.loopback.running()
        return await supervised(body, self.process) & 0xFF

    def _over(self, task: asyncio.Task[int]) -> None:
        if task.cancelled() or self.ended_by is not None:
            status = 128 + NUMBERS[self.ended_by or "KILL"]
        elif task.exception() is not None:
            log.error("the stand-in for %s failed", self.process.argv[0], exc_info=task.exception())
            self.machine.emit_to(
                self.process.fds.get(2), f"practice engine: '{self.process.argv[0]}' failed\n".encode()
            )
            status = 70
        else:
            status = task.result()
        for listening in list(self.listening):
            listening.close()
        for each in self.process.fds.values():
            each.release()
        self.process.fds.clear()
        self.machine.left(self)
        self._done.set_result(status)

    async def wait(self) -> int:
        return await asyncio.shield(self._done)

    def signal(self, name: str) -> None:
        name = named(name)
        if self.ended:
            return
        if name != "KILL" and name in self.process.reactions:
            self.process.reactions[name]()
        elif name == "KILL" or (name not in HARMLESS and self.pid != 1):
            self.end(name)

    def end(self, name: str) -> None:
        """Ends it now, as the signal does that nobody can refuse."""
        if self._task is not None and not self.ended:
            self.ended_by = name
            self._task.cancel()

    def resize(self, rows: int, columns: int) -> None:
        if self.resized is not None:
            self.resized(rows, columns)


async def supervised(program: Program, process: Process) -> int:
    """Runs a program; what it does not handle itself becomes a message and an exit status, as in a real process."""
    name = process.argv[0].rpartition("/")[2]
    try:
        return await program(process)
    except BrokenPipeError:
        return 128 + NUMBERS["PIPE"]
    except OSError as error:
        log.info("a simulated program ended: %s", error)
        message, status = f"{name}: {error.strerror or error}\n", 1
    except MemoryError:
        message, status = f"practice engine: {name}: out of memory\n", 137
    except RecursionError:
        message, status = f"practice engine: {name}: too deeply nested\n", 2
    try:
        await process.stderr.write(message.encode())
    except OSError:
        log.info("nobody hears: %s", message.strip())
    return status


class Seen:
    """The machine as one of its processes sees it: ports it opens are closed when it ends."""

    def __init__(self, machine: "SimulatedMachine") -> None:
        self._machine = machine
        self.task: Task | None = None

    @property
    def hostname(self) -> str:
        return self._machine.hostname

    @property
    def image(self) -> str:
        return self._machine.image

    @property
    def labels(self) -> Mapping[str, str]:
        return self._machine.labels

    async def listen(self, port: int, serve: Serve) -> Listener:
        listening = self._machine.loopback.listen(port, serve)
        if self.task is not None:
            self.task.listening.append(listening)
        return listening

    async def connect(self, host: str, port: int) -> tuple[Reader, Writer]:
        return await self._machine.connect(host, port)

    def processes(self) -> Sequence[Row]:
        return self._machine.processes()


class MachineFiles:
    """What cp, diff, commit, export and RUN use of a machine's files."""

    def __init__(self, overlay: Overlay, view: View) -> None:
        self._overlay = overlay
        self.files = view

    def changes(self) -> list[tuple[str, Change]]:
        return self._overlay.changes()

    def layer(self) -> Tree:
        return self._overlay.layer()

    def tree(self) -> Tree:
        whole = self._overlay.tree()
        missing = {
            path: Node(**entry)  # type: ignore[arg-type]
            for path, entry in provided.SKELETON.items()
            if path not in whole
        }
        return Tree({**whole.nodes, **missing}) if missing else whole

    def put(self, tree: Tree, at: str = "") -> None:
        lay(self.files, tree, at)

    def size(self) -> int:
        return self._overlay.size()


class SimulatedMachine:
    """A machine whose processes are coroutines of this loop."""

    def __init__(
        self,
        overlay: Overlay,
        *,
        hostname: str,
        name: str,
        image_id: str,
        image: str = "",
        labels: Mapping[str, str] | None = None,
        mounts: Sequence[Mount] = (),
        extra_hosts: Sequence[str] = (),
        read_only: bool = False,
        programs: Mapping[str, Program],
        applets: Mapping[str, Program],
    ) -> None:
        self.hostname = hostname
        self.name = name
        self.image_id = image_id
        self.image = image or image_id
        self.labels = labels or {}
        self.loopback = Loopback()
        self._programs = programs
        self._applets = applets
        self._tasks: dict[int, Task] = {}
        self._next = 1
        self._later: dict[int, deque[bytes]] = {}
        self._speaking: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.get_ident()
        self._foreground: dict[int, int] = {}
        self.space = Space(overlay, read_only=read_only)
        self._mounts = tuple(mounts)
        proc = provided.Proc(hostname, self.processes, self._process, self._mount_table)
        self.space.mount("/proc", Mounted(inode=proc.inode, read_only=True))
        self.space.mount("/dev", Mounted(inode=provided.devices(terminal=True)))
        self.space.mount("/sys", Mounted(inode=folder({}, 0o555), read_only=True))
        self.space.mount("/dev/shm", Mounted(inode=(shm := Overlay(EMPTY)).root, overlay=shm))
        shm.root.mode = 0o1777
        for path, inode in provided.engine_files(hostname, extra_hosts).items():
            self.space.mount(path, Mounted(inode=inode, overlay=overlay if inode.kind == "file" else None))
        self.files = View(space=self.space, emit=self.emit)
        self.rootfs = MachineFiles(overlay, self.files)
        for mount in sorted(mounts, key=lambda mount: mount.target.count("/")):
            self._mount(mount)

    def _mount(self, mount: Mount) -> None:
        source = mount.source
        if not isinstance(source, SharedFiles):
            raise TypeError("a mount's source must come from Backend.files")
        writing = View(space=Space(self.space.root.overlay or Overlay(EMPTY)))
        writing.space.mounts = self.space.mounts
        writing.mkdir(mount.target, parents=True)
        path = writing.resolve(mount.target)
        self.space.mount(
            path, Mounted(inode=source.overlay.root, overlay=source.overlay, read_only=mount.read_only)
        )

    def _mount_table(self) -> str:
        rows = ["overlay / overlay rw,relatime 0 0", "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0"]
        rows += ["tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0"]
        rows += [
            "sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0",
            "shm /dev/shm tmpfs rw,nosuid,nodev 0 0",
        ]
        rows += [f"volume {m.target} ext4 {'ro' if m.read_only else 'rw'},relatime 0 0" for m in self._mounts]
        return "".join(f"{row}\n" for row in rows)

    # -- processes

    def _process(self, pid: int) -> Process | None:
        task = self._tasks.get(pid)
        return None if task is None else task.process

    @property
    def running(self) -> bool:
        """Whether its main process lives."""
        return 1 in self._tasks

    def processes(self) -> Sequence[Row]:
        return tuple(
            Row(
                pid=task.pid,
                ppid=task.process.ppid,
                user=task.process.user,
                uid=task.process.uid,
                command=" ".join(task.process.argv),
                started=task.started,
                tty=task.process.tty,
            )
            for task in sorted(self._tasks.values(), key=lambda task: task.pid)
        )

    def begin(
        self,
        body: Program,
        *,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str,
        user: User,
        fds: Mapping[int, Open],
        main: bool,
    ) -> Task:
        """Starts a process from outside: the container's own, or an exec."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        if main:
            self._next = 1
        pid = self._new_pid()
        process = self._new_process(
            pid=pid, ppid=0, group=pid, argv=tuple(argv), env=dict(env), cwd=cwd, user=user, fds=fds
        )
        return self._begin(process, body)

    def _new_pid(self) -> int:
        if len(self._tasks) >= PROCESSES:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        pid = self._next
        while pid in self._tasks:
            pid += 1
        self._next = pid + 1 if pid < 32768 else 2
        return pid

    def _new_process(
        self,
        *,
        pid: int,
        ppid: int,
        group: int,
        argv: tuple[str, ...],
        env: Mapping[str, str],
        cwd: str,
        user: User,
        fds: Mapping[int, Open],
        umask: int = 0o022,
    ) -> Process:
        view = View(
            space=self.space,
            uid=user.uid,
            gid=user.gid,
            groups=user.groups,
            umask=umask,
            emit=self.emit,
            magic={"/proc/self": symbolic(str(pid))},
        )
        seen = Seen(self)
        process = Process(
            argv=argv,
            stdin=fds[0],
            stdout=fds[1],
            stderr=fds[2],
            files=view,
            machine=seen,
            env=env,
            cwd=cwd,
            uid=user.uid,
            gid=user.gid,
            user=user.name,
            tty=fds[0].tty,
            pid=pid,
            ppid=ppid,
            group=group,
            kernel=self,
        )
        process.fds = dict(fds)
        for each in fds.values():
            each.hold()
        process.spawn = self._spawner(process)
        return process

    def _begin(self, process: Process, body: Program) -> Task:
        task = Task(self, process)
        assert isinstance(process.machine, Seen)
        process.machine.task = task
        self._tasks[process.pid] = task
        task.begin(body)
        return task

    def left(self, task: Task) -> None:
        """A process has ended."""
        self._tasks.pop(task.pid, None)
        for other in self._tasks.values():
            if other.process.ppid == task.pid:
                other.process.ppid = 1
        if task.pid == 1:
            for other in list(self._tasks.values()):
                other.end("KILL")

    def fork(
        self,
        parent: Process,
        body: Program,
        *,
        fds: Mapping[int, Open],
        argv: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        group: int | None = None,
        user: tuple[str, int, int] | None = None,
    ) -> Task:
        pid = self._new_pid()
        assert isinstance(parent.files, View)
        view = parent.files
        if user is None:
            whom = User(name=parent.user, uid=parent.uid, gid=parent.gid, groups=view.groups)
        else:
            whom = User(name=user[0], uid=user[1], gid=user[2], groups=frozenset({user[2]}))
        process = self._new_process(
            pid=pid,
            ppid=parent.pid,
            group=parent.group if group is None else group or pid,
            argv=tuple(argv or parent.argv),
            env=parent.env if env is None else env,
            cwd=cwd or parent.cwd,
            user=whom,
            fds=fds,
            umask=view.umask,
        )
        process.path = parent.path
        return self._begin(process, body)

    def _spawner(self, parent: Process) -> Spawn:
        async def spawn(
            argv: tuple[str, ...],
            env: Mapping[str, str] | None,
            cwd: str | None,
            stdin: Input | None,
            stdout: Output | None,
            stderr: Output | None,
        ) -> int:
            fds = {number: each for number, each in parent.fds.items() if number < 3}
            if stdin is not None:
                fds[0] = From(stdin)
            if stdout is not None:
                fds[1] = To(stdout)
            if stderr is not None:
                fds[2] = To(stderr)
            surroundings = parent.env if env is None else env
            file = self.which(parent, argv[0], surroundings.get("PATH"))

            async def become(process: Process) -> int:
                return await self.execute(process, file, argv)

            child = self.fork(parent, become, fds=fds, argv=argv, env=surroundings, cwd=cwd)
            try:
                return await child.wait()
            except asyncio.CancelledError:
                child.signal("TERM")
                raise

        return spawn

    def which(self, process: Process, name: str, path: str | None) -> str:
        assert isinstance(process.files, View)
        return launching.which(process.files, name, path, process.cwd)

    async def execute(self, process: Process, file: str, argv: Sequence[str]) -> int:
        assert isinstance(process.files, View)
        found = launching.launch(
            process.files, file, tuple(argv), self._programs, self._applets, cwd=process.cwd
        )
        process.argv, process.path, process.version = found.argv, found.file, found.version
        process.reactions.clear()
        return await supervised(found.program, process)

    def open(self, process: Process, path: str, mode: Mode, *, exclusive: bool = False) -> Open:
        assert isinstance(process.files, View)
        answer = opened(process.files, path, mode, exclusive=exclusive)
        if not isinstance(answer, str):
            return answer
        if answer == "tty":
            for each in process.fds.values():
                if each.tty:
                    return each
            raise OSError(errno.ENXIO, "No such device or address", path)
        return self._descriptor(answer, path)

    def _descriptor(self, special: str, path: str) -> Open:
        _, pid, number = special.split(":")
        task = self._tasks.get(int(pid))
        if task is None or int(number) not in task.process.fds:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return task.process.fds[int(number)]

    def kill(self, pid: int, name: str) -> None:
        if pid > 0:
            found = [self._tasks[pid]] if pid in self._tasks else []
        elif pid == -1:
            found = [task for task in self._tasks.values() if task.pid != 1]
        else:
            found = [task for task in self._tasks.values() if task.process.group == -pid]
        if not found:
            raise ProcessLookupError(errno.ESRCH, "No such process")
        if name in ("0", "EXIT"):
            return
        for task in found:
            if task.pid != 1 or name not in ("KILL", "STOP"):
                task.signal(name)

    def signal_group(self, group: int, name: str) -> bool:
        """Signals every process of a group; whether there was one."""
        found = [task for task in self._tasks.values() if task.process.group == group]
        for task in found:
            task.signal(name)
        return bool(found)

    def foreground(self, process: Process, group: int | None) -> None:
        for each in process.fds.values():
            if isinstance(each, Terminal):
                each.group = group
                return

    # -- output without waiting

    def emit(self, special: str, data: bytes) -> None:
        """Bytes that a program wrote to /dev/stdout by its name; safe from any thread."""
        if not special.startswith("fd:") or self._loop is None:
            return
        try:
            target = self._descriptor(special, "")
        except OSError:
            return
        if threading.get_ident() == self._thread:
            self.emit_to(target, data)
        else:
            self._loop.call_soon_threadsafe(self.emit_to, target, data)

    def emit_to(self, target: Open | None, data: bytes) -> None:
        if target is None:
            return
        waiting = self._later.get(id(target))
        if waiting is not None:
            if sum(map(len, waiting)) < UNREAD:
                waiting.append(data)
            return
        self._later[id(target)] = deque([data])
        target.hold()
        task = asyncio.get_running_loop().create_task(self._speak(target))
        self._speaking.add(task)
        task.add_done_callback(self._speaking.discard)

    async def _speak(self, target: Open) -> None:
        waiting = self._later[id(target)]
        try:
            while waiting:
                await target.write(waiting[0])
                waiting.popleft()
        except OSError as error:
            log.info("nobody reads any more: %s", error)
        finally:
            del self._later[id(target)]
            target.release()

    # -- the machine as a whole

    @property
    def ports(self) -> frozenset[int]:
        return self.loopback.ports

    async def listen(self, port: int, serve: Serve) -> Listener:
        return self.loopback.listen(port, serve)

    async def connect(self, host: str, port: int) -> tuple[Reader, Writer]:
        return self.loopback.connect(host, port, frozenset({self.hostname, self.name}))

    async def pause(self) -> None:
        self.loopback.pause()

    async def unpause(self) -> None:
        self.loopback.resume()

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.end("KILL")
        for task in tasks:
            await task.wait()


class SharedFiles:
    """Files of their own, such as a volume's."""

    def __init__(self, tree: Tree | None = None) -> None:
        self.overlay = Overlay(tree or EMPTY)
        self.files = View(space=Space(self.overlay))

    def changes(self) -> list[tuple[str, Change]]:
        return self.overlay.changes()

    def layer(self) -> Tree:
        return self.overlay.layer()

    def tree(self) -> Tree:
        return self.overlay.tree()

    def put(self, tree: Tree, at: str = "") -> None:
        lay(self.files, tree, at)

    def size(self) -> int:
        return self.overlay.size()
