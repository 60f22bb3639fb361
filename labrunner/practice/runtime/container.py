"""One container: what it was made from, how it is now, and what of it is alive. Its rules are in the modules beside."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labrunner.practice.runtime import showing
from labrunner.practice.runtime.attach import Hub
from labrunner.practice.runtime.backend import Machine, Mount, Running
from labrunner.practice.runtime.healthcheck import Health
from labrunner.practice.runtime.life import Life
from labrunner.practice.runtime.logs import LogFile
from labrunner.practice.runtime.mounts import MountPoint
from labrunner.practice.runtime.networks import Endpoint
from labrunner.practice.runtime.ports import Published
from labrunner.practice.runtime.restart import Policy, policy
from labrunner.practice.runtime.saved import Saved
from labrunner.practice.runtime.waiting import Waiters

if TYPE_CHECKING:
    from labrunner.practice.runtime.execs import Exec

Facts = dict[str, Any]


@dataclass(slots=True, kw_only=True, eq=False)
class Container:
    id: str
    name: str
    """Without the slash."""
    created: int
    image_id: str
    layers: tuple[str, ...]
    """The image's diff IDs: the container stands on them even when the image is gone."""
    image_size: int
    folder: Path
    config: Facts
    host: Facts
    clock: Callable[[], int]
    log: LogFile
    saved: Saved
    """Its layer while no machine holds it."""
    hub: Hub
    mounts: tuple[MountPoint, ...] = ()
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    life: Life = field(default_factory=Life)
    health: Health | None = None
    by_hand: bool = False
    """A person stopped it: `unless-stopped` leaves it so."""
    platform: str = "linux"
    waiters: Waiters = field(default_factory=Waiters)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while one state leads to another."""

    machine: Machine | None = None
    mounted: tuple[Mount, ...] = ()
    """What is mounted into the machine."""
    visits: int = 0
    """How many look at the files of a machine that does not run."""
    process: Running | None = None
    published: Published = field(default_factory=Published)
    execs: "dict[str, Exec]" = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """What lives as long as its process does: the health checks."""
    stopping: bool = False
    """Somebody asked for its end: no policy starts it again."""
    stop_asked: bool = False
    """By `docker stop`, which has an event of its own."""
    stays: bool = False
    """It is restarted by hand: `--rm` does not remove it between."""
    backoff: int = 0
    wake: asyncio.Task[None] | None = None
    """Sleeps until a restart policy starts it again."""
    written: int = 0
    """SizeRw as it was when the machine was put away."""

    @property
    def running(self) -> bool:
        return self.life.running

    @property
    def auto_remove(self) -> bool:
        return bool(self.host["AutoRemove"])

    @property
    def policy(self) -> Policy:
        return policy(self.host["RestartPolicy"])

    @property
    def labels(self) -> Mapping[str, str]:
        return self.config["Labels"] or {}

    @property
    def size_rw(self) -> int:
        return self.machine.rootfs.size() if self.machine is not None else self.written

    def inspect(self, *, size: bool = False) -> Facts:
        """GET /containers/{id}/json"""
        return showing.inspect(self, size=size)

    def summary(self, *, size: bool = False) -> Facts:
        """A row of GET /containers/json."""
        return showing.summary(self, size=size)
