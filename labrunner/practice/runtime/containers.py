"""All containers of the daemon and what may be asked of them; the rules are in the modules this one puts together."""

import asyncio
import contextlib
import shutil
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import InUse, Store
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import copying, keeping, naming, users
from labrunner.practice.runtime.attach import Attachment, Frame, Stream
from labrunner.practice.runtime.backend import Backend, Rootfs
from labrunner.practice.runtime.choosing import Filters
from labrunner.practice.runtime.commit import Apply, Commit, commit
from labrunner.practice.runtime.config import check, check_resources, configure
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.copying import PathStat, Whole
from labrunner.practice.runtime.detach import keys
from labrunner.practice.runtime.events import tell
from labrunner.practice.runtime.execs import Execs
from labrunner.practice.runtime.health import Monitor
from labrunner.practice.runtime.life import not_running
from labrunner.practice.runtime.lifecycle import Lifecycle
from labrunner.practice.runtime.listing import chosen, prunable
from labrunner.practice.runtime.logs import Wanted
from labrunner.practice.runtime.mounts import MountPoint, mounts
from labrunner.practice.runtime.networks import Endpoint, Networks
from labrunner.practice.runtime.ports import Publisher
from labrunner.practice.runtime.restart import policy
from labrunner.practice.runtime.saved import Saved
from labrunner.practice.runtime.stats import stats
from labrunner.practice.runtime.top import top
from labrunner.practice.runtime.volumes import Volumes
from labrunner.practice.runtime.waiting import CONDITIONS, Condition, Exit
from labrunner.practice.runtime.worlds import Worlds
from labrunner.reference import InvalidReference, Reference, parse

Named = str | Container

_HOLD = "container:"
_KINDS = {"C": 0, "A": 1, "D": 2}
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
        self._volumes, self._networks, self._clock, self._version = volumes, networks, clock, version
        self._worlds = Worlds(store, backend, volumes)
        self.execs = Execs(happenings, backend)
        self._containers: dict[str, Container] = {}
        self._names: dict[str, str] = {}
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
        folder.mkdir(parents=True, exist_ok=True)
        self._load()

    def _load(self) -> None:
        for folder in sorted(self._folder.iterdir()):
            container = keeping.read(folder, clock=self._clock)
            if container is not None:
                self._add(container)
        for owner in self._store.held():
            if owner.startswith(_HOLD) and owner.removeprefix(_HOLD) not in self._containers:
                self._store.release(owner)

    def _add(self, container: Container) -> None:
        self._containers[container.id] = container
        self._names[container.name] = container.id
        for each in container.mounts:
            if each.kind == "volume":
                with contextlib.suppress(Refused):
                    self._volumes.use(each.name, container.id)

    async def resume(self) -> None:
        """Once, when the daemon has started: restart policies start what they are for."""
        for each in tuple(self._containers.values()):
            life = each.life
            if life.started and each.policy.again(life.exit_code, restarts=0, by_hand=each.by_hand):
                with contextlib.suppress(Refused):
                    await self._life.start(each)

    async def close(self) -> None:
        """An orderly end: everything is stopped, written down, and would start again by its policy."""
        await self._life.close(tuple(self._containers.values()))
        for each in self._containers.values():
            keeping.write(each)
        self._volumes.save()

    async def create(
        self, body: Mapping[str, Any], name: str = "", platform: str = ""
    ) -> tuple[str, list[str]]:
        """The new ID and warnings."""
        if name:
            naming.checked(name)
        check(body)
        image = self._image(str(body.get("Image") or ""), platform)
        made_id = naming.new_id()
        config, host, warnings = configure(body, image.run, container=made_id)
        plain = name.removeprefix("/") or naming.random_name(lambda each: each in self._names)
        self._check_free(plain)
        folder = self._folder / made_id
        borrowed = self._borrowed(host)
        mounted = mounts(config, host, self._volumes.named, borrowed)
        folder.mkdir()
        container = keeping.make(
            {
                "id": made_id,
                "name": plain,
                "created": self._clock(),
                "image_id": image.id,
                "layers": image.layers,
                "image_size": self._store.size(image),
                "config": config,
                "host": host,
                "mounts": (),
                "endpoints": _endpoints(body, host),
                "life": {},
                "by_hand": False,
                "written": 0,
            },
            folder=folder,
            clock=self._clock,
        )
        container.mounts = mounted
        if not container.auto_remove:
            self._store.hold(_HOLD + made_id, image.layers)
        self._add(container)
        tell(self._happenings, container, "create")
        keeping.write(container)
        return made_id, warnings

    def _image(self, text: str, platform: str) -> Image:
        if not text:
            raise Refused(400, "no command specified")
        image = self._store.find(text)
        if platform:
            _check_platform(image, platform, text)
        return image

    def _borrowed(self, host: Mapping[str, Any]) -> tuple[MountPoint, ...]:
        """`--volumes-from web:ro`"""
        found: list[MountPoint] = []
        for text in host["VolumesFrom"] or ():
            name, _, mode = text.partition(":")
            if mode not in ("", "ro", "rw", "z", "Z"):
                raise Refused(400, f"invalid mode: {mode}")
            try:
                others = self.get(name).mounts
            except Refused as refused:
                raise Refused(400, refused.message) from refused
            found += [
                replace(each, writable=each.writable and mode != "ro", anonymous=False)
                for each in others
                if each.kind == "volume"
            ]
        return tuple(found)

    def _check_free(self, name: str) -> None:
        if (owner := self._names.get(name)) is not None:
            raise Refused(
                409,
                f'Conflict. The container name "/{name}" is already in use by container "{owner}". '
                "You have to remove (or rename) that container to be able to reuse that name.",
            )

    def get(self, named: Named) -> Container:
        if isinstance(named, Container):
            return named
        return self._containers[naming.meant(named, self._containers, self._names.get)]

    def all(self) -> tuple[Container, ...]:
        return tuple(self._containers.values())

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
            self._containers.values(),
            filters or {},
            get=self.get,
            ancestors=self._made_from,
            everything=all,
            limit=limit,
        )
        return tuple({**each.summary(size=size), "Image": self._named(each)} for each in found)

    def _named(self, container: Container) -> str:
        """The image by the name that was given, or by its ID where that name is another image's now."""
        name: str = container.config["Image"]
        try:
            return name if self._store.find(name).id == container.image_id else container.image_id
        except Refused:
            return container.image_id

    def _made_from(self, text: str) -> Collection[str]:
        try:
            image = self._store.find(text)
        except Refused:
            return ()
        return {
            each.id for each in self._store.images() if each.layers[: len(image.layers)] == image.layers
        } & (self._descendants(image.id))

    def _descendants(self, image_id: str) -> set[str]:
        found, todo = {image_id}, [image_id]
        while todo:
            children = set(self._store.children(todo.pop())) - found
            found |= children
            todo.extend(children)
        return found

    def using(self, image_id: str) -> tuple[InUse, ...]:
        """For the store, which does not remove an image that containers were made from."""
        return tuple(
            InUse(container=each.id, running=each.running, by_name=each.config["Image"])
            for each in self._containers.values()
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
            self._check_free(plain)
        except Refused as refused:
            raise Refused(refused.status, f"Error when allocating new name: {refused.message}") from refused
        del self._names[old]
        self._names[plain] = container.id
        container.name = plain
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
        if container.id in self._containers:
            await self._remove(container, volumes=True)

    async def _remove(self, container: Container, *, volumes: bool) -> None:
        async with container.lock:
            if container.id not in self._containers:
                return
            container.life = container.life.remove(container.name, force=True)
            container.process = None
            await self._worlds.put_away(container, save=False)
            del self._containers[container.id]
            self._names.pop(container.name, None)
            container.log.remove()
            container.hub.end()
            shutil.rmtree(container.folder, ignore_errors=True)
            tell(self._happenings, container, "destroy")
            self._store.release(_HOLD + container.id)
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
        asked: Condition = "not-running"
        if condition in ("next-exit", "removed"):
            asked = "next-exit" if condition == "next-exit" else "removed"
        return container.waiters.wait(asked, ended=ended)

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
            raise Refused(409, f"container {_asked(named)} is paused, unpause the container before attach")
        if container.life.status == "restarting":
            raise Refused(
                409, f"container {_asked(named)} is restarting, wait until the container is running"
            )
        asked = keys(detach_keys)
        outputs = _outputs(stdout, stderr)
        replay: list[Frame] = []
        if logs:
            replay = container.log.replay(Wanted(stdout=stdout, stderr=stderr))
        attachment = container.hub.attach(
            stdin=stdin,
            outputs=outputs,
            keys=asked,
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

    async def changes(self, named: Named) -> Sequence[Mapping[str, object]] | None:
        """`docker diff`; None where nothing changed."""
        async with self._worlds.visit(self.get(named)) as machine:
            found = [{"Path": path, "Kind": _KINDS[kind]} for path, kind in machine.rootfs.changes()]
        return found or None

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

    async def commit(
        self,
        named: Named,
        *,
        repository: str = "",
        tag: str = "",
        comment: str = "",
        author: str = "",
        pause: bool = True,
        config: Mapping[str, Any] | None = None,
        changes: Apply | None = None,
    ) -> Image:
        """`config` stands instead of the container's own; `changes` puts Dockerfile instructions into it."""
        container, reference = self.get(named), _reference(repository, tag)
        paused = pause and container.life.status == "running"
        if paused:
            await self._life.pause(container)
        try:
            async with self._worlds.visit(container) as machine:
                image = commit(
                    self._store,
                    container,
                    machine.rootfs.layer(),
                    Commit(comment=comment, author=author, config=config, changes=changes),
                    version=self._version,
                )
            if reference is not None:
                self._store.tag(image.id, reference)
            name = reference.familiar if reference is not None else ""
            about = {"comment": comment, "imageID": image.id, "imageRef": name}
            tell(self._happenings, container, "commit", about)
        finally:
            if paused:
                with contextlib.suppress(Refused):
                    await self._life.unpause(container)
        return image

    async def export(self, named: Named) -> Iterator[bytes]:
        """The files as a tar."""
        container = self.get(named)
        tell(self._happenings, container, "export")
        async with self._worlds.visit(container) as machine:
            return copying.export(machine)

    async def stat(self, named: Named, path: str) -> PathStat:
        """What is at a path, for `docker cp`."""
        async with self._whole(named) as whole:
            return copying.stat(whole.tree(), _path(path), asked=_asked(named))

    async def copy_from(self, named: Named, path: str) -> tuple[PathStat, Iterator[bytes]]:
        """What is at a path, as a tar."""
        async with self._whole(named) as whole:
            found = copying.get(whole.tree(), _path(path), asked=_asked(named))
        tell(self._happenings, self.get(named), "archive-path")
        return found

    async def copy_into(
        self, named: Named, path: str, tar: Path, *, keep_kind: bool = False, own: bool = False
    ) -> None:
        """Lays the files of a tar under a folder. `keep_kind`: no folder replaces a file, nor a file a folder.
        `own`: they belong to the container's user."""
        container = self.get(named)
        async with self._whole(named, writing=True) as whole:
            owner = None
            if own and container.config["User"]:
                user = users.find(whole.machine.files, container.config["User"])
                owner = (user.uid, user.gid)
            copying.put(
                whole,
                _path(path),
                tar,
                asked=_asked(named),
                keep=lambda files, upload: self._saved(container, files).adopt(upload),
                keep_kind=keep_kind,
                owner=owner,
            )
        tell(self._happenings, container, "extract-to-dir")

    def _saved(self, container: Container, files: Rootfs) -> Saved:
        """Where these files of a container are kept."""
        volume = self._volumes.behind(files)
        return container.saved if volume is None else volume.saved

    @contextlib.asynccontextmanager
    async def _whole(self, named: Named, *, writing: bool = False) -> AsyncIterator[Whole]:
        container = self.get(named)
        # Docker copies past a tmpfs: what the image has below it is what is seen.
        volumes = {each.target for each in container.mounts if each.kind == "volume"}
        async with self._worlds.visit(container, writing=writing) as machine:
            mounted = tuple(each for each in container.mounted if each.target in volumes)
            yield Whole(machine, mounted, bool(container.host["ReadonlyRootfs"]))
        if writing:
            keeping.write(container)

    async def prune(self, filters: Filters | None = None) -> tuple[tuple[str, ...], int]:
        """IDs and bytes."""
        gone = prunable(self._containers.values(), filters or {}, self._clock())
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


def _asked(named: Named) -> str:
    return named if isinstance(named, str) else named.name


def _reference(repository: str, tag: str) -> Reference | None:
    if not repository:
        return None
    try:
        return parse(f"{repository}:{tag}" if tag else repository)
    except InvalidReference as error:
        raise Refused(400, str(error)) from error


def _path(path: str) -> str:
    if not path:
        raise Refused(400, "bad parameter: pathcannot be empty")
    return path


def _endpoints(body: Mapping[str, Any], host: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The network that the container is made in, and others that are asked for."""
    asked = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    mode = host["NetworkMode"]
    if mode.startswith("container:"):
        raise Refused(400, "practice engine: the network of another container is not simulated")
    found: dict[str, dict[str, Any]] = {}
    for name in dict.fromkeys((mode, *("bridge" if each == "default" else each for each in asked))):
        settings = asked.get(name) or (asked.get("default") if name == "bridge" else None) or {}
        if name == mode and body.get("MacAddress"):
            settings = {"MacAddress": body["MacAddress"], **settings}
        found[name] = Endpoint.asked(settings).facts()
    return found


def _check_platform(image: Image, platform: str, text: str) -> None:
    wanted = platform.lower().split("/")
    has = [image.config.get("os", "linux"), image.config.get("architecture", "amd64")]
    if len(wanted) == 1 and wanted != has[:1]:
        raise Refused(400, f'"{platform}": unknown operating system or architecture: invalid argument')
    if wanted[:2] != has[: len(wanted[:2])]:
        try:
            name = parse(text).familiar_repository if ":" not in text else text
        except InvalidReference:
            name = text
        raise Refused(
            404,
            f"image with reference {name} was found but its platform ({'/'.join(has)}) "
            f"does not match the specified platform ({platform})",
        )
