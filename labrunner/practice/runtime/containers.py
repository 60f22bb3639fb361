"""All containers of the daemon and what may be asked of them; the rules are in the modules this one puts together."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.store import InUse, Store
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import keeping, naming
from labrunner.practice.runtime.ancestry import image_name, made_from
from labrunner.practice.runtime.attach import Attachment, Frame, Stream
from labrunner.practice.runtime.backend import Backend
from labrunner.practice.runtime.choosing import Filters
from labrunner.practice.runtime.config import check_resources
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.contents import Contents
from labrunner.practice.runtime.detach import keys
from labrunner.practice.runtime.events import tell
from labrunner.practice.runtime.execs import Execs
from labrunner.practice.runtime.health import Monitor
from labrunner.practice.runtime.life import not_running
from labrunner.practice.runtime.lifecycle import Lifecycle
from labrunner.practice.runtime.listing import chosen, prunable
from labrunner.practice.runtime.logs import Wanted
from labrunner.practice.runtime.making import HOLD, Maker
from labrunner.practice.runtime.networks import Networks
from labrunner.practice.runtime.ports import Publisher
from labrunner.practice.runtime.register import Named, Register, asked
from labrunner.practice.runtime.restart import policy
from labrunner.practice.runtime.stats import stats
from labrunner.practice.runtime.top import top
from labrunner.practice.runtime.volumes import Volumes
from labrunner.practice.runtime.waiting import CONDITIONS, Condition, Exit
from labrunner.practice.runtime.worlds import Worlds

_UPDATED = (
    *("Memory", "MemorySwap", "MemoryReservation", "NanoCpus", "CpuShares", "CpuPeriod", "CpuQuota"),
    *("CpusetCpus", "CpusetMems", "PidsLimit", "BlkioWeight", "CpuRealtimePeriod", "CpuRealtimeRuntime"),
)


class Containers:
    """A container is given as it is, or named by its ID, the beginning of that, or its name. What Docker refuses
    raises Refused."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        backend: Backend,
        happenings: Happenings,
        volumes: Volumes,
        networks: Networks,
        *,
        publisher: Publisher | None = None,
        clock: Callable[[], int] = time.time_ns,
        version: str = "28.5.2",
    ) -> None:
        self._folder, self._store, self._happenings = folder, store, happenings
        self._volumes, self._networks, self._clock = volumes, networks, clock
        self._worlds = Worlds(store, backend, volumes)
        self.execs = Execs(happenings, backend)
        self._register = Register()
        self._maker = Maker(folder, store, volumes, networks, self._register, clock)
        self._life = Lifecycle(
            backend=backend,
            worlds=self._worlds,
            networks=networks,
            publisher=publisher or Publisher(),
            execs=self.execs,
            monitor=Monitor(self.execs, happenings, clock),
            happenings=happenings,
            clock=clock,
            forget=self._removed_itself,
            watches=set(),
        )
        self.contents = Contents(
            register=self._register,
            store=store,
            volumes=volumes,
            worlds=self._worlds,
            life=self._life,
            happenings=happenings,
            version=version,
        )
        folder.mkdir(parents=True, exist_ok=True)
        self._load()

    def _load(self) -> None:
        for folder in sorted(self._folder.iterdir()):
            container = keeping.read(folder, clock=self._clock)
            if container is not None:
                self._add(container)
        for owner in self._store.held():
            if owner.startswith(HOLD) and owner.removeprefix(HOLD) not in self._register:
                self._store.release(owner)

    def _add(self, container: Container) -> None:
        self._register.add(container)
        for each in container.mounts:
            if each.kind == "volume":
                with contextlib.suppress(Refused):
                    self._volumes.use(each.name, container.id)

    async def resume(self) -> None:
        """Once, when the daemon has started: restart policies start what they are for."""
        for each in self._register.all():
            life = each.life
            if life.started and each.policy.again(life.exit_code, restarts=0, by_hand=each.by_hand):
                with contextlib.suppress(Refused):
                    await self._life.start(each)

    async def close(self) -> None:
        """An orderly end: everything is stopped, written down, and would start again by its policy."""
        await self._life.close(self._register.all())
        for each in self._register.all():
            keeping.write(each)
        self._volumes.save()

    async def create(
        self, body: Mapping[str, Any], name: str = "", platform: str = ""
    ) -> tuple[str, list[str]]:
        """The new ID and warnings."""
        container, warnings = self._maker.make(body, name, platform)
        self._add(container)
        tell(self._happenings, container, "create")
        keeping.write(container)
        return container.id, warnings

    def get(self, named: Named) -> Container:
        return self._register.get(named)

    def all(self) -> tuple[Container, ...]:
        return self._register.all()

    def list(
        self,
        *,
        all: bool = False,  # noqa: A002 - as Docker has it
        limit: int = -1,
        size: bool = False,
        filters: Filters | None = None,
    ) -> tuple[Mapping[str, Any], ...]:
        """The rows of `docker ps`, the newest first."""
        found = chosen(
            self._register.all(),
            filters or {},
            get=self.get,
            ancestors=lambda text: made_from(self._store, text),
            everything=all,
            limit=limit,
        )
        return tuple({**each.summary(size=size), "Image": image_name(self._store, each)} for each in found)

    def using(self, image_id: str) -> tuple[InUse, ...]:
        """For the store, which does not remove an image that containers were made from."""
        return tuple(
            InUse(container=each.id, running=each.running, by_name=each.config["Image"])
            for each in self._register.all()
            if each.image_id == image_id
        )

    async def start(self, named: Named) -> bool:
        """False where it runs already: the API's 304."""
        return await self._life.start(self.get(named))

    async def stop(self, named: Named, *, timeout: int | None = None, signal: str = "") -> bool:
        """False where it does not run: the API's 304."""
        return await self._life.stop(self.get(named), timeout=timeout, signal=signal)

    async def kill(self, named: Named, signal: str = "") -> None:
        await self._life.kill(self.get(named), signal)

    async def restart(self, named: Named, *, timeout: int | None = None, signal: str = "") -> None:
        await self._life.restart(self.get(named), timeout=timeout, signal=signal)

    async def pause(self, named: Named) -> None:
        await self._life.pause(self.get(named))

    async def unpause(self, named: Named) -> None:
        await self._life.unpause(self.get(named))

    def rename(self, named: Named, name: str) -> None:
        container = self.get(named)
        old, plain = container.name, name.removeprefix("/")
        if not plain:
            raise Refused(400, "Neither old nor new names may be empty")
        if plain == old:
            raise Refused(400, "Renaming a container with the same name as its current name")
        try:
            naming.checked(plain, shown=f"/{plain}")
            self._register.check_free(plain)
        except Refused as refused:
            raise Refused(refused.status, f"Error when allocating new name: {refused.message}") from refused
        self._register.rename(container, plain)
        tell(self._happenings, container, "rename", {"oldName": f"/{old}"})
        keeping.write(container)

    async def remove(
        self, named: Named, *, force: bool = False, volumes: bool = False, link: bool = False
    ) -> None:
        container = self.get(named)
        if link:
            raise Refused(500, "Conflict, cannot remove the default link name of the container")
        container.life.remove(container.name, force=force)
        if container.running:
            container.stays = True
            with contextlib.suppress(Refused):
                await self._life.kill(container, "KILL")
        await self._remove(container, volumes=volumes)

    async def _removed_itself(self, container: Container) -> None:
        if container.id in self._register:
            await self._remove(container, volumes=True)

    async def _remove(self, container: Container, *, volumes: bool) -> None:
        async with container.lock:
            if container.id not in self._register:
                return
            container.life = container.life.remove(container.name, force=True)
            container.process = None
            await self._worlds.put_away(container, save=False)
            self._register.remove(container)
            container.log.remove()
            container.hub.end()
            shutil.rmtree(container.folder, ignore_errors=True)
            tell(self._happenings, container, "destroy")
            self._store.release(HOLD + container.id)
            for each in container.mounts:
                if each.kind == "volume":
                    self._volumes.forget(each.name, container.id, remove=volumes and each.anonymous)
            life = container.life
            container.waiters.removed(Exit(status=life.exit_code, error=life.error))

    def wait(self, named: Named, condition: str = "not-running") -> asyncio.Future[Exit]:
        """Registered now; the answer comes with the future, which may be cancelled."""
        if condition not in ("", *CONDITIONS):
            raise Refused(400, f'invalid condition: "{condition}"')
        container = self.get(named)
        life = container.life
        ended = None if life.running else Exit(status=life.exit_code, error=life.error)
        until: Condition = "not-running"
        if condition in ("next-exit", "removed"):
            until = "next-exit" if condition == "next-exit" else "removed"
        return container.waiters.wait(until, ended=ended)

    def attach(
        self,
        named: Named,
        *,
        stdin: bool = False,
        stdout: bool = True,
        stderr: bool = True,
        stream: bool = True,
        logs: bool = False,
        detach_keys: str = "",
    ) -> Attachment:
        """Before the start, while it runs, or without `stream` for what the log has."""
        container = self.get(named)
        if container.life.status == "paused":
            raise Refused(409, f"container {asked(named)} is paused, unpause the container before attach")
        if container.life.status == "restarting":
            raise Refused(409, f"container {asked(named)} is restarting, wait until the container is running")
        detaching, outputs = keys(detach_keys), _outputs(stdout, stderr)
        replay: list[Frame] = []
        if logs:
            replay = container.log.replay(Wanted(stdout=stdout, stderr=stderr))
        attachment = container.hub.attach(
            stdin=stdin,
            outputs=outputs,
            keys=detaching,
            stream=stream,
            replay=replay,
            on_detach=lambda: tell(self._happenings, container, "detach"),
        )
        tell(self._happenings, container, "attach")
        return attachment

    def logs(self, named: Named, wanted: Wanted) -> AsyncIterator[Frame]:
        if not (wanted.stdout or wanted.stderr):
            raise Refused(400, "Bad parameters: you must choose at least one stream")
        container = self.get(named)
        if container.host["LogConfig"]["Type"] == "none":
            raise Refused(501, "configured logging driver does not support reading")
        return container.log.read(wanted)

    def resize(self, named: Named, rows: int, columns: int) -> None:
        container = self.get(named)
        if container.process is None:
            raise not_running(container.id)
        container.process.resize(rows, columns)
        tell(self._happenings, container, "resize", {"height": str(rows), "width": str(columns)})

    def top(self, named: Named, arguments: str = "") -> dict[str, object]:
        container = self.get(named)
        if container.life.status == "restarting":
            raise Refused(409, f"Container {container.id} is restarting, wait until the container is running")
        if container.machine is None or container.process is None:
            raise not_running(container.id)
        found = top(container.machine.processes(), arguments)
        tell(self._happenings, container, "top")
        return found

    def stats(self, named: Named) -> dict[str, Any]:
        return stats(self.get(named), self._clock())

    def update(self, named: Named, body: Mapping[str, Any]) -> Sequence[str]:
        """The restart policy takes effect; limits are kept as state. Returns warnings."""
        container = self.get(named)
        check_resources(body)
        given = body.get("RestartPolicy") or {}
        wanted = policy(given, auto_remove=container.auto_remove) if given.get("Name") else None
        for name in _UPDATED:
            if body.get(name):
                container.host[name] = body[name]
        if wanted is not None:
            container.host["RestartPolicy"] = {"Name": wanted.name, "MaximumRetryCount": wanted.most}
        tell(self._happenings, container, "update")
        keeping.write(container)
        return ()

    async def prune(self, filters: Filters | None = None) -> tuple[tuple[str, ...], int]:
        """IDs and bytes."""
        gone = prunable(self._register.all(), filters or {}, self._clock())
        freed = sum(each.size_rw for each in gone)
        for each in gone:
            await self._remove(each, volumes=False)
        self._happenings.tell("container", "prune", "", {"reclaimed": str(freed)})
        return tuple(each.id for each in gone), freed

    def connect(self, network: str, named: Named, settings: Mapping[str, Any] | None = None) -> None:
        container = self.get(named)
        self._networks.connect(network, container, settings)
        keeping.write(container)

    def disconnect(self, network: str, named: Named, *, force: bool = False) -> None:
        container = self.get(named)
        self._networks.disconnect(network, container)
        keeping.write(container)


def _outputs(stdout: bool, stderr: bool) -> frozenset[Stream]:
    wanted: list[Stream] = []
    if stdout:
        wanted.append("stdout")
    if stderr:
        wanted.append("stderr")
    return frozenset(wanted)
