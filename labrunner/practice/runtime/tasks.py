"""The processes of a machine by their numbers."""

import errno
from collections.abc import Sequence

from labrunner.practice.programs.process import Row
from labrunner.practice.runtime.limits import PROCESSES
from labrunner.practice.runtime.task import Task


class Tasks:
    def __init__(self) -> None:
        self._tasks: dict[int, Task] = {}
        self._next = 1

    def get(self, pid: int) -> Task | None:
        return self._tasks.get(pid)

    @property
    def main(self) -> bool:
        """Whether the container's own process lives."""
        return 1 in self._tasks

    def new_pid(self, *, main: bool = False) -> int:
        if len(self._tasks) >= PROCESSES:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        pid = 1 if main else self._next
        while pid in self._tasks:
            pid += 1
        self._next = pid + 1 if pid < 32768 else 2
        return pid

    def add(self, task: Task) -> None:
        self._tasks[task.pid] = task

    def left(self, task: Task) -> None:
        """A process has ended."""
        self._tasks.pop(task.pid, None)
        for other in self._tasks.values():
            if other.process.ppid == task.pid:
                other.process.ppid = 1
        if task.pid == 1:
            for other in list(self._tasks.values()):
                other.end("KILL")

    def rows(self) -> Sequence[Row]:
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

    async def close(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.end("KILL")
        for task in tasks:
            await task.wait()
