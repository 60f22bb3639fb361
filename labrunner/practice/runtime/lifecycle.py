"""Starting, stopping and what happens when a container ends: the only place where one state leads to another."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from labrunner.practice.happenings import Happenings
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import keeping, ports, signals
from labrunner.practice.runtime.backend import Backend, Machine, Running, Spec
from labrunner.practice.runtime.config import command, environment
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.events import tell
from labrunner.practice.runtime.execs import Execs, exit_code_of
from labrunner.practice.runtime.health import Monitor
from labrunner.practice.runtime.life import not_running
from labrunner.practice.runtime.networks import Networks
from labrunner.practice.runtime.ports import Asked, Publisher
from labrunner.practice.runtime.restart import pause as pause_before
from labrunner.practice.runtime.times import SECOND
from labrunner.practice.runtime.waiting import Exit
from labrunner.practice.runtime.worlds import Worlds

log = logging.getLogger(__name__)

_GRACE = 10
_KILLED = 5.0
"""How long a killed program may take to be gone."""


@dataclass(slots=True, kw_only=True)
class Lifecycle:
    backend: Backend
    worlds: Worlds
    networks: Networks
    publisher: Publisher
    execs: Execs
    monitor: Monitor
    happenings: Happenings
    clock: Callable[[], int]
    forget: Callable[[Container], Awaitable[None]]
    """Removes a container that was run with `--rm`."""
    watches: set[asyncio.Task[None]]
    closing: bool = False

    async def start(self, container: Container) -> bool:
        """False where it runs already (304); raises Refused, and the container then says why in State.Error."""
        async with container.lock:
            match container.life.status:
                case "paused":
                    raise Refused(409, "cannot start a paused container, try unpause instead")
                case "running" | "restarting":
                    return False
                case "removing" | "dead":
                    raise Refused(409, "container is marked for removal and cannot be started")
                case "created" | "exited":
                    pass
            container.by_hand, container.backoff = False, 0
            try:
                await self._start(container, restarts=0)
            except Refused:
                if container.auto_remove and not container.stays:
                    self._later(self.forget(container))
                raise
        return True

    async def _start(self, container: Container, *, restarts: int) -> None:
        try:
            await self.worlds.warm(container)
            machine = self.worlds.open(container)
            await self._connect(container, machine)
            process = await self.backend.start(machine, _spec(container), container.hub.streams())
        except Refused as refused:
            await self._failed(container, refused)
            raise
        container.process = process
        container.stopping = container.stop_asked = False
        container.log.begin()
        container.life = container.life.start(pid=process.pid, at=self.clock(), restarts=restarts)
        self.monitor.begin(container)
        self._tell_volumes(container, mounted=True)
        self.networks.joined(container)
        self._tell(container, "start")
        keeping.write(container)
        self._later(self._watch(container, process))

    async def _connect(self, container: Container, machine: Machine) -> None:
        try:
            for name in container.endpoints:
                self.networks.join(name, container)
        except Refused as refused:
            raise Refused(
                refused.status, f"failed to set up container networking: {refused.message}"
            ) from None
        if container.host["NetworkMode"] in ("host", "none"):
            return
        first = next(iter(container.endpoints.values()), None)
        container.published = await self.publisher.publish(
            _wanted_ports(container),
            endpoint=f"{container.name} ({first.id if first else ''})",
            connect=partial(machine.connect, "127.0.0.1"),
        )

    async def _failed(self, container: Container, refused: Refused) -> None:
        self._disconnect(container)
        await self._put_away(container)
        container.life = container.life.fail(exit_code=exit_code_of(refused), error=refused.message)
        container.log.finish()
        keeping.write(container)

    async def _watch(self, container: Container, process: Running) -> None:
        status = await process.wait()
        async with container.lock:
            if container.process is process:
                await self._ended(container, status)

    async def _ended(self, container: Container, status: int) -> None:
        at = self.clock()
        container.process = None
        self.monitor.end(container)
        await self._put_away(container, save=not container.auto_remove or container.stays)
        await self.execs.ended(container)
        self._disconnect(container)
        self._tell_volumes(container, mounted=False)
        ran = at - container.life.started
        again = not container.stopping and not self.closing and self._again(container, status)
        life = container.life
        container.life = life.restart(status, at=at) if again else life.exit(status, at=at)
        if container.stop_asked and not self.closing:
            self._tell(container, "stop")
        self._tell(container, "die", {"exitCode": str(status), "execDuration": str(ran // SECOND)})
        container.log.finish()
        container.hub.end()
        keeping.write(container)
        if again:
            container.backoff = pause_before(container.backoff, ran)
            container.wake = asyncio.create_task(self._wake(container))
        container.waiters.ended(Exit(status=status))
        if not again and container.auto_remove and not container.stays:
            self._later(self.forget(container))

    def _again(self, container: Container, status: int) -> bool:
        return container.policy.again(status, restarts=container.life.restarts, by_hand=container.by_hand)

    async def _wake(self, container: Container) -> None:
        await asyncio.sleep(container.backoff / SECOND)
        async with container.lock:
            container.wake = None
            if container.life.status != "restarting":
                return
            with contextlib.suppress(Refused):
                await self._start(container, restarts=container.life.restarts)

    async def _put_away(self, container: Container, *, save: bool = True) -> None:
        """A full disk must not leave a container that has ended running for ever."""
        try:
            await self.worlds.put_away(container, save=save)
        except OSError:
            log.exception("the files of container %s could not be kept", container.name)

    def _disconnect(self, container: Container) -> None:
        container.published.close()
        container.published = ports.Published()
        for name in container.endpoints:
            self.networks.leave(name, container)

    async def stop(self, container: Container, *, timeout: int | None = None, signal: str = "") -> bool:
        """False where it does not run (304). A negative timeout waits for ever."""
        asked = signals.named(signal or container.config["StopSignal"] or "TERM")
        if not container.running:
            return False
        if self._stay_down(container):
            return True
        container.stopping = container.stop_asked = True
        container.by_hand = container.by_hand or not self.closing
        if timeout is None:
            timeout = (
                container.config["StopTimeout"] if container.config["StopTimeout"] is not None else _GRACE
            )
        gone = container.waiters.wait("next-exit", ended=None)
        self._signal(container, asked)
        await self._unpause(container)
        if not await _within(gone, None if timeout < 0 else timeout):
            self._signal(container, "KILL")
            await _within(gone, _KILLED)
        async with container.lock:
            container.stop_asked = False
        return True

    async def kill(self, container: Container, signal: str = "") -> None:
        """Raises Refused where it does not run."""
        try:
            name = signals.named(signal or "KILL")
        except Refused as refused:
            raise Refused(400, f"cannot kill container: {container.name}: {refused.message}") from None
        if not container.running:
            raise Refused(
                409, f"cannot kill container: {container.name}: {not_running(container.id).message}"
            )
        stop_signal = container.config["StopSignal"]
        final = name == "KILL" or not stop_signal or signals.named(stop_signal) == name
        if final:
            container.by_hand = container.stopping = True
            if self._stay_down(container):
                return
        gone = container.waiters.wait("next-exit", ended=None)
        self._signal(container, name)
        if final:
            await self._unpause(container)
        if name == "KILL":
            await _within(gone, _KILLED)
        else:
            gone.cancel()

    def _signal(self, container: Container, name: str) -> None:
        if container.process is not None:
            self._tell(container, "kill", {"signal": str(signals.NUMBERS[name])})
            container.process.signal(name)

    def _stay_down(self, container: Container) -> bool:
        """A container between two starts is not started again."""
        if container.life.status != "restarting":
            return False
        if container.wake is not None:
            container.wake.cancel()
            container.wake = None
        container.by_hand = not self.closing
        container.life = container.life.exit(container.life.exit_code, at=container.life.finished)
        container.waiters.ended(Exit(status=container.life.exit_code))
        keeping.write(container)
        return True

    async def restart(self, container: Container, *, timeout: int | None = None, signal: str = "") -> None:
        container.stays = True
        try:
            await self.stop(container, timeout=timeout, signal=signal)
            await self.start(container)
        finally:
            container.stays = False
        self._tell(container, "restart")

    async def pause(self, container: Container) -> None:
        async with container.lock:
            container.life = container.life.pause(container.id)
            if container.machine is not None:
                await container.machine.pause()
            container.published.pause()
            self._tell(container, "pause")
            keeping.write(container)

    async def unpause(self, container: Container) -> None:
        async with container.lock:
            container.life = container.life.unpause(container.id)
            if container.machine is not None:
                await container.machine.unpause()
            container.published.unpause()
            self._tell(container, "unpause")
            keeping.write(container)

    async def _unpause(self, container: Container) -> None:
        if container.life.status == "paused":
            with contextlib.suppress(Refused):
                await self.unpause(container)

    async def close(self, containers: tuple[Container, ...], grace: int = 2) -> None:
        """An orderly end of the daemon: everything is stopped and written down."""
        self.closing = True
        running = [each for each in containers if each.running]
        await asyncio.gather(*(self.stop(each, timeout=grace) for each in running))
        while self.watches:
            await asyncio.wait(set(self.watches), timeout=_KILLED)
            for task in tuple(self.watches):
                task.cancel()
        for each in containers:
            each.log.finish()
            each.hub.end()

    def _tell_volumes(self, container: Container, *, mounted: bool) -> None:
        for each in container.mounts:
            if each.kind != "volume":
                continue
            attributes = {"container": container.id, "driver": "local"}
            if mounted:
                attributes |= {
                    "destination": each.target,
                    "propagation": "",
                    "read/write": str(each.writable).lower(),
                }
            self.happenings.tell("volume", "mount" if mounted else "unmount", each.name, attributes)

    def _tell(self, container: Container, action: str, more: dict[str, str] | None = None) -> None:
        tell(self.happenings, container, action, more)

    def _later(self, work: Awaitable[None]) -> None:
        """Kept, so that it is not collected while it waits."""
        task = asyncio.ensure_future(work)
        self.watches.add(task)
        task.add_done_callback(self.watches.discard)


async def _within(gone: asyncio.Future[Exit], seconds: float | None) -> bool:
    done, _ = await asyncio.wait({gone}, timeout=seconds)
    return bool(done)


def _spec(container: Container) -> Spec:
    return Spec(
        argv=command(container.config),
        env=environment(container.config),
        cwd=container.config["WorkingDir"] or "/",
        user=container.config["User"],
        groups=tuple(str(each) for each in container.host["GroupAdd"] or ()),
        tty=container.config["Tty"],
        init=bool(container.host["Init"]),
    )


def _wanted_ports(container: Container) -> tuple[Asked, ...]:
    """`-p` as asked, and with `-P` every exposed port that `-p` does not name."""
    asked = ports.asked(container.host["PortBindings"])
    if not container.host["PublishAllPorts"]:
        return asked
    named = {each.key for each in asked}
    exposed = ports.exposed(container.config["ExposedPorts"] or ())
    return (*asked, *(each for each in exposed if each.key not in named))
