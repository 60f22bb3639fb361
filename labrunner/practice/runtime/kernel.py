"""What a machine's programs ask of it as of a kernel: to fork, to execute files, to open devices, to signal."""

import asyncio
import errno
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from labrunner.practice.programs.process import Input, Open, Output, Process, Program, Spawn
from labrunner.practice.programs.streams import From, To
from labrunner.practice.runtime import launching
from labrunner.practice.runtime.inodes import symbolic
from labrunner.practice.runtime.opening import Mode, opened
from labrunner.practice.runtime.seen import Seen
from labrunner.practice.runtime.task import Task, supervised
from labrunner.practice.runtime.tty import Terminal
from labrunner.practice.runtime.users import User
from labrunner.practice.runtime.view import View

if TYPE_CHECKING:
    from labrunner.practice.runtime.machine import SimulatedMachine


class SimulatedKernel:
    """Processes are coroutines of this loop."""

    def __init__(
        self, machine: "SimulatedMachine", programs: Mapping[str, Program], applets: Mapping[str, Program]
    ) -> None:
        self.machine = machine
        self._programs = programs
        self._applets = applets

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
        self.machine.unawaited.begin()
        pid = self.machine.tasks.new_pid(main=main)
        process = self._new_process(
            pid=pid, ppid=0, group=pid, argv=tuple(argv), env=dict(env), cwd=cwd, user=user, fds=fds
        )
        return self._begin(process, body)

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
            space=self.machine.space,
            uid=user.uid,
            gid=user.gid,
            groups=user.groups,
            umask=umask,
            emit=self.emit,
            magic={"/proc/self": symbolic(str(pid))},
        )
        seen = Seen(self.machine)
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
        task = Task(self.machine, process)
        assert isinstance(process.machine, Seen)
        process.machine.task = task
        self.machine.tasks.add(task)
        task.begin(body)
        return task

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
        pid = self.machine.tasks.new_pid()
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
        task = self.machine.tasks.get(int(pid))
        if task is None or int(number) not in task.process.fds:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return task.process.fds[int(number)]

    def kill(self, pid: int, name: str) -> None:
        self.machine.tasks.kill(pid, name)

    def foreground(self, process: Process, group: int | None) -> None:
        for each in process.fds.values():
            if isinstance(each, Terminal):
                each.group = group
                return

    def emit(self, special: str, data: bytes) -> None:
        """Bytes that a program wrote to /dev/stdout by its name; safe from any thread."""
        if not special.startswith("fd:"):
            return
        try:
            target = self._descriptor(special, "")
        except OSError:
            return
        self.machine.unawaited.from_anywhere(target, data)
