"""Named folders that containers share: their files live in memory while somebody uses them, and in a tar meanwhile."""

import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.tree import Tree
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.backend import Backend, Rootfs
from labrunner.practice.runtime.choosing import Filters, check, labelled, unlabelled, yes
from labrunner.practice.runtime.kept import keep, kept
from labrunner.practice.runtime.naming import new_id
from labrunner.practice.runtime.saved import Saved
from labrunner.practice.runtime.times import SECOND, from_rfc3339, rfc3339

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_ANONYMOUS = "com.docker.volume.anonymous"
_LIST = ("dangling", "driver", "label", "name")
_PRUNE = ("all", "label", "label!")


@dataclass(slots=True, kw_only=True, eq=False)
class Volume:
    name: str
    folder: Path
    saved: Saved
    created: int
    labels: Mapping[str, str] | None = None
    options: Mapping[str, str] | None = None
    users: set[str] = field(default_factory=set)
    """IDs of the containers that name it, running or not."""
    mounted: set[str] = field(default_factory=set)
    """IDs of those whose files are in memory."""
    files: Rootfs | None = None

    @property
    def anonymous(self) -> bool:
        return _ANONYMOUS in (self.labels or {})

    def inspect(self) -> dict[str, object]:
        return {
            "CreatedAt": rfc3339(self.created // SECOND * SECOND),
            "Driver": "local",
            "Labels": None if self.labels is None else dict(self.labels),
            "Mountpoint": f"/var/lib/docker/volumes/{self.name}/_data",
            "Name": self.name,
            "Options": None if self.options is None else dict(self.options),
            "Scope": "local",
        }

    def size(self) -> int:
        """Bytes of its files."""
        if self.files is not None:
            return self.files.tree().size
        tree = self.saved.tree()
        return 0 if tree is None else tree.size

    def usage(self) -> dict[str, object]:
        """A row of `docker system df -v`."""
        return {**self.inspect(), "UsageData": {"RefCount": len(self.users), "Size": self.size()}}


class Volumes:
    def __init__(
        self, folder: Path, backend: Backend, happenings: Happenings, clock: Callable[[], int] = time.time_ns
    ) -> None:
        self._folder, self._backend, self._happenings = folder, backend, happenings
        self._clock = clock
        self._volumes: dict[str, Volume] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for each in sorted(folder.iterdir()):
            self._load(each)

    def _load(self, folder: Path) -> None:
        facts = kept(folder / "volume.json")
        if not isinstance(facts, dict) or facts.get("Name") != folder.name:
            return
        self._volumes[folder.name] = Volume(
            name=folder.name,
            folder=folder,
            saved=Saved(folder),
            created=from_rfc3339(facts["CreatedAt"]),
            labels=facts["Labels"],
            options=facts["Options"],
        )

    def create(self, body: Mapping[str, Any]) -> Volume:
        """The one there is already, if it has the name; raises Refused."""
        name = str(body.get("Name") or "")
        if found := self._volumes.get(name):
            return found
        driver, options = body.get("Driver") or "local", body.get("DriverOpts") or None
        if driver != "local":
            raise Refused(
                404, f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found'
            )
        labels = body.get("Labels")
        if not name:
            name, labels = new_id(), {**(labels or {}), _ANONYMOUS: ""}
        if len(name) == 1:
            raise Refused(
                400,
                f"create {name}: volume name is too short, names should be at least two alphanumeric characters",
            )
        if not _NAME.fullmatch(name) or len(name) > 255:
            raise Refused(
                400,
                f'create {name}: "{name}" includes invalid characters for a local volume name, only '
                '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path',
            )
        for option in options or {}:
            if option not in ("type", "device", "o", "size"):
                raise Refused(400, f'create {name}: invalid option: "{option}"')
        if options:
            raise Refused(400, f"create {name}: practice engine: options of volumes are not simulated")
        folder = self._folder / name
        folder.mkdir()
        volume = Volume(name=name, folder=folder, saved=Saved(folder), created=self._clock(), labels=labels)
        keep(volume.folder / "volume.json", volume.inspect())
        self._volumes[name] = volume
        self._happenings.tell("volume", "create", name, {"driver": "local"})
        return volume

    def named(self, name: str, labels: Mapping[str, str] | None = None) -> str:
        """The name of a volume that is there now; "" makes one without a name."""
        return self.create({"Name": name, "Labels": labels}).name

    def get(self, name: str) -> Volume:
        if (found := self._volumes.get(name)) is None:
            raise Refused(404, f"get {name}: no such volume")
        return found

    def list(self, filters: Filters | None = None) -> tuple[Volume, ...]:
        filters = filters or {}
        check(filters, _LIST)
        dangling = yes(filters, "dangling")
        return tuple(
            each
            for each in self._volumes.values()
            if (dangling is None or dangling == (not each.users))
            and (not filters.get("driver") or "local" in filters["driver"])
            and (not filters.get("name") or any(part in each.name for part in filters["name"]))
            and labelled(each.labels or {}, filters.get("label", ()))
        )

    def remove(self, name: str, *, force: bool = False) -> None:
        if name not in self._volumes and force:
            return
        volume = self.get(name)
        if volume.users:
            raise Refused(409, f"remove {name}: volume is in use - [{', '.join(sorted(volume.users))}]")
        self._remove(volume)

    def _remove(self, volume: Volume) -> None:
        del self._volumes[volume.name]
        shutil.rmtree(volume.folder, ignore_errors=True)
        self._happenings.tell("volume", "destroy", volume.name, {"driver": "local"})

    def prune(self, filters: Filters | None = None) -> tuple[tuple[str, ...], int]:
        """Names and bytes; only volumes without a name, unless `all`."""
        filters = filters or {}
        check(filters, _PRUNE)
        everything = yes(filters, "all")
        gone = [
            each
            for each in self._volumes.values()
            if not each.users
            and (everything or each.anonymous)
            and labelled(each.labels or {}, filters.get("label", ()))
            and unlabelled(each.labels or {}, filters.get("label!", ()))
        ]
        freed = sum(each.size() for each in gone)
        for each in gone:
            self._remove(each)
        self._happenings.tell("volume", "prune", "", {"reclaimed": str(freed)})
        return tuple(each.name for each in gone), freed

    def use(self, name: str, container: str) -> None:
        self.get(name).users.add(container)

    def forget(self, name: str, container: str, *, remove: bool = False) -> None:
        """The container is gone; `remove` takes the volume along where nobody else names it."""
        if (volume := self._volumes.get(name)) is None:
            return
        volume.users.discard(container)
        if remove and not volume.users:
            self._remove(volume)

    def mount(self, name: str, container: str, image: Callable[[], Tree] | None = None) -> Rootfs:
        """Its live files. `image` gives what an empty volume is filled with."""
        volume = self.get(name)
        volume.mounted.add(container)
        if volume.files is None:
            content = volume.saved.tree()
            if content is None and image is not None:
                volume.saved.write(image())
                content = volume.saved.tree()
            volume.files = self._backend.files(content)
        return volume.files

    def behind(self, files: Rootfs) -> Volume | None:
        """Whose live files these are."""
        return next((each for each in self._volumes.values() if each.files is files), None)

    def unmount(self, name: str, container: str) -> None:
        """When the last one lets go, what is in it is written down."""
        volume = self._volumes.get(name)
        if volume is None:
            return
        volume.mounted.discard(container)
        if volume.mounted or volume.files is None:
            return
        try:
            _write(volume, volume.files)
        finally:
            volume.files = None

    def save(self) -> None:
        """At an orderly end: whatever is still in memory."""
        for volume in self._volumes.values():
            if volume.files is not None:
                _write(volume, volume.files)


def _write(volume: Volume, files: Rootfs) -> None:
    if files.changes():
        volume.saved.write(files.tree())
