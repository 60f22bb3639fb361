"""One container's world: its files, its processes, its loopback."""

from collections.abc import Mapping, Sequence

from labrunner.practice.programs.process import (
    Listener,
    Process,
    Program,
    Reader,
    Row,
    Serve,
    Writer,
)
from labrunner.practice.runtime import provided
from labrunner.practice.runtime.backend import Mount
from labrunner.practice.runtime.kernel import SimulatedKernel
from labrunner.practice.runtime.mounting import mount_asked, mount_provided, table
from labrunner.practice.runtime.network import Loopback
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.rootfs import MachineFiles
from labrunner.practice.runtime.space import Space
from labrunner.practice.runtime.tasks import Tasks
from labrunner.practice.runtime.unawaited import Unawaited
from labrunner.practice.runtime.view import View


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
        self.kernel = SimulatedKernel(self, programs, applets)
        self.tasks = Tasks()
        self.unawaited = Unawaited()
        self.space = Space(overlay, read_only=read_only)
        proc = provided.Proc(hostname, self.processes, self._process, lambda: table(mounts))
        files = provided.engine_files(hostname, extra_hosts)
        mount_provided(self.space, overlay, proc.inode, files)
        self.files = View(space=self.space, emit=self.kernel.emit)
        self.rootfs = MachineFiles(overlay, self.files)
        for mount in sorted(mounts, key=lambda mount: mount.target.count("/")):
            mount_asked(self.space, mount)

    def _process(self, pid: int) -> Process | None:
        task = self.tasks.get(pid)
        return None if task is None else task.process

    @property
    def running(self) -> bool:
        """Whether its main process lives."""
        return self.tasks.main

    def processes(self) -> Sequence[Row]:
        return self.tasks.rows()

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
        await self.tasks.close()
