"""The practice engine itself: its rooms put together, with no HTTP in sight."""

import shutil
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labrunner.errors import EngineError
from labrunner.practice.happenings import Happenings
from labrunner.practice.hub.accounts import auth_of
from labrunner.practice.hub.hub import Hub
from labrunner.practice.hub.registry import Server
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import InUse, Store
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.backend import Backend
from labrunner.practice.runtime.containers import Containers
from labrunner.practice.runtime.networks import Networks
from labrunner.practice.runtime.volumes import Volumes
from labrunner.reference import HUB, Reference

if TYPE_CHECKING:
    from labrunner.practice.build.builder import Builder, Resolve
    from labrunner.practice.build.context import Context
    from labrunner.practice.build.options import Dialect, Options
    from labrunner.practice.build.report import Report

ENGINE = "labrunner practice engine"
ENGINE_VERSION = "28.5.2+practice"

_HUB_ACCOUNT = "https://index.docker.io/v1/"
"""Under this name the docker command keeps the account of Docker Hub."""

Progress = Callable[[Mapping[str, Any]], Awaitable[None]]


def simulated() -> Backend:
    from labrunner.practice.runtime.bash import BashkitBackend

    return BashkitBackend()


class Daemon:
    """One engine over one folder; nothing outside that folder is read or written."""

    def __init__(
        self, folder: Path, *, registry_port: int | None = None, backend: Backend | None = None
    ) -> None:
        self.folder = folder
        self.registry: Server | None = None
        """The lab registry, where one was asked for."""
        self.happenings = Happenings()
        self.spool = folder / "spool"
        self._registry_port = registry_port
        shutil.rmtree(self.spool, ignore_errors=True)
        self.backend = backend or simulated()
        self.store = Store(folder / "store", self.happenings)
        self.hub = Hub(folder / "hub", self.store)
        self.networks = Networks(folder / "networks", self.happenings)
        self.volumes = Volumes(folder / "volumes", self.backend, self.happenings)
        self.containers = Containers(
            folder / "containers", self.store, self.backend, self.happenings, self.volumes, self.networks
        )

    @cached_property
    def id(self) -> str:
        """Of the engine, the same at every start."""
        kept = self.folder / "engine.id"
        try:
            return str(uuid.UUID(kept.read_text().strip()))
        except (OSError, ValueError):
            made = str(uuid.uuid4())
            kept.write_text(made + "\n")
            return made

    @cached_property
    def builder(self) -> "Builder":
        # 20 ms of the Dockerfile's grammar: paid by the first build.
        from labrunner.practice.build.builder import Builder

        return Builder(
            store=self.store,
            backend=self.backend,
            resolve=self._resolving({}),
            happenings=self.happenings,
            cache_folder=self.folder / "build",
        )

    async def open(self) -> None:
        """Raises EngineError where the lab registry's port is taken."""
        if self._registry_port is not None:
            try:
                self.registry = await self.hub.serve_registry(self._registry_port)
            except OSError as error:
                raise EngineError(
                    f"The lab registry cannot listen on port {self._registry_port}: "
                    f"{error.strerror or error}.",
                    "Name another port.",
                ) from error
        await self.containers.resume()

    async def close(self) -> None:
        """In order: containers are exited, and everything is written down."""
        await self.containers.close()
        if self.registry is not None:
            await self.registry.close()

    async def build(
        self,
        context: "Context",
        options: "Options",
        dialect: "Dialect",
        report: "Report",
        *,
        accounts: Mapping[str, Any],
    ) -> Image:
        """`accounts` by the registry's name, as clients send them along with a build."""
        return await self.builder.build(context, options, dialect, report, resolve=self._resolving(accounts))

    def build_cache(self) -> list[dict[str, Any]]:
        return self.builder.usage()

    def prune_build_cache(
        self, filters: Mapping[str, Any], *, everything: bool = False
    ) -> tuple[list[str], int]:
        # buildx sends a filter without a name, which means nothing.
        named = {name: values for name, values in filters.items() if name}
        return self.builder.prune(named, everything=everything)

    def _resolving(self, accounts: Mapping[str, Any]) -> "Resolve":
        """Finds base images here, else pulls them as the person who builds."""

        async def resolve(reference: Reference, progress: Progress, *, pull: bool = False) -> Image:
            if not pull:
                try:
                    return self.store.find(reference.familiar)
                except Refused as refusal:
                    if refusal.status != 404:
                        raise
            auth = auth_of(accounts.get(_HUB_ACCOUNT if reference.domain == HUB else reference.domain))
            return await self.hub.pull(reference, auth=auth, progress=progress)

        return resolve

    def in_use(self, image_id: str) -> Iterable[InUse]:
        return self.containers.using(image_id)
