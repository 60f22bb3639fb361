"""The machine as one of its processes sees it: ports it opens are closed when it ends."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from labrunner.practice.programs.process import Listener, Reader, Row, Serve, Writer
from labrunner.practice.runtime.task import Task

if TYPE_CHECKING:
    from labrunner.practice.runtime.machine import SimulatedMachine


class Seen:
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
