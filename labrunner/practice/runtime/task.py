"""One process of a machine: it lives, hears signals, and ends."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from labrunner.practice.programs.process import Process, Program
from labrunner.practice.runtime.network import Listening
from labrunner.practice.runtime.signals import NUMBERS, named

if TYPE_CHECKING:
    from labrunner.practice.runtime.machine import SimulatedMachine

log = logging.getLogger(__name__)
HARMLESS = frozenset({"CHLD", "CONT", "URG", "WINCH", "STOP", "TSTP", "TTIN", "TTOU"})
"""Signals that end nothing when a program has not asked for them."""


class Task:
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
            self.machine.unawaited.write(
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
        self.machine.tasks.left(self)
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
