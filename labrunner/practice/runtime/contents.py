"""What is taken out of containers' files and put into them: diff, commit, export, cp; whether they run or not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import copying, keeping, users
from labrunner.practice.runtime.backend import Rootfs
from labrunner.practice.runtime.commit import Apply, Commit, commit
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.copying import PathStat, Whole
from labrunner.practice.runtime.events import tell
from labrunner.practice.runtime.lifecycle import Lifecycle
from labrunner.practice.runtime.register import Named, Register, asked
from labrunner.practice.runtime.saved import Saved
from labrunner.practice.runtime.volumes import Volumes
from labrunner.practice.runtime.worlds import Worlds
from labrunner.reference import InvalidReference, Reference, parse

_KINDS = {"C": 0, "A": 1, "D": 2}


class Contents:
    def __init__(
        self,
        *,
        register: Register,
        store: Store,
        volumes: Volumes,
        worlds: Worlds,
        life: Lifecycle,
        happenings: Happenings,
        version: str,
    ) -> None:
        self._register, self._store, self._volumes, self._worlds = register, store, volumes, worlds
        self._life, self._happenings, self._version = life, happenings, version

    async def changes(self, named: Named) -> Sequence[Mapping[str, object]] | None:
        """`docker diff`; None where nothing changed."""
        async with self._worlds.visit(self._register.get(named)) as machine:
            found = [{"Path": path, "Kind": _KINDS[kind]} for path, kind in machine.rootfs.changes()]
        return found or None

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
        container, reference = self._register.get(named), _reference(repository, tag)
        paused = pause and container.life.status == "running"
        if paused:
            await self._life.pause(container)
        try:
            async with self._worlds.visit(container) as machine:
                image = await asyncio.to_thread(
                    commit,
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
        container = self._register.get(named)
        tell(self._happenings, container, "export")
        async with self._worlds.visit(container) as machine:
            return copying.export(machine)

    async def stat(self, named: Named, path: str) -> PathStat:
        """What is at a path, for `docker cp`."""
        async with self._whole(named) as whole:
            return copying.stat(whole.tree(), _path(path), asked=asked(named))

    async def copy_from(self, named: Named, path: str) -> tuple[PathStat, Iterator[bytes]]:
        """What is at a path, as a tar."""
        async with self._whole(named) as whole:
            found = copying.get(whole.tree(), _path(path), asked=asked(named))
        tell(self._happenings, self._register.get(named), "archive-path")
        return found

    async def copy_into(
        self, named: Named, path: str, tar: Path, *, keep_kind: bool = False, own: bool = False
    ) -> None:
        """Lays the files of a tar under a folder. `keep_kind`: no folder replaces a file, nor a file a folder.
        `own`: they belong to the container's user."""
        container = self._register.get(named)
        async with self._whole(named, writing=True) as whole:
            owner = None
            if own and container.config["User"]:
                user = users.find(whole.machine.files, container.config["User"])
                owner = (user.uid, user.gid)
            await copying.put(
                whole,
                _path(path),
                tar,
                asked=asked(named),
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
        container = self._register.get(named)
        # Docker copies past a tmpfs: what the image has below it is what is seen.
        volumes = {each.target for each in container.mounts if each.kind == "volume"}
        async with self._worlds.visit(container, writing=writing) as machine:
            mounted = tuple(each for each in container.mounted if each.target in volumes)
            yield Whole(machine, mounted, bool(container.host["ReadonlyRootfs"]))
        if writing:
            keeping.write(container)


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
