"""A container's machine: made when its files are first needed, put away as a layer when nothing runs in it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Tree
from labrunner.practice.runtime.backend import Backend, Machine, Mount
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.mounts import MountPoint, tmpfs
from labrunner.practice.runtime.volumes import Volumes


class Worlds:
    def __init__(self, store: Store, backend: Backend, volumes: Volumes) -> None:
        self._store, self._backend, self._volumes = store, backend, volumes

    def tree(self, container: Container) -> Tree:
        """The image's files."""
        return self._store.layers_tree(container.layers)

    async def warm(self, container: Container) -> None:
        """Reads the image's files in a thread, where that is still to be done: there may be many."""
        if container.machine is None:
            await asyncio.to_thread(self.tree, container)

    def open(self, container: Container) -> Machine:
        """The machine, made if need be; raises Refused where a volume is gone."""
        if container.machine is None:
            tree = self.tree(container)
            container.mounted = self._mounts(container, tree)
            container.machine = self._backend.machine(
                tree,
                hostname=container.config["Hostname"],
                name=container.name,
                image_id=container.image_id,
                mounts=container.mounted,
                image=container.config["Image"],
                labels=container.labels,
                layer=container.saved.tree(),
                extra_hosts=tuple(container.host["ExtraHosts"] or ()),
                read_only=bool(container.host["ReadonlyRootfs"]),
            )
        return container.machine

    async def put_away(self, container: Container, *, save: bool = True) -> None:
        """Ends what runs in the machine and keeps what it wrote; it is gone even where that raises OSError."""
        machine = container.machine
        if machine is None:
            return
        await machine.close()
        try:
            if save:
                layer = machine.rootfs.layer()
                container.written = layer.size
                container.saved.write(layer)
        finally:
            container.machine, container.mounted = None, ()
            for each in _volumes_of(container):
                self._volumes.unmount(each.name, container.id)

    @contextlib.asynccontextmanager
    async def visit(self, container: Container, *, writing: bool = False) -> AsyncIterator[Machine]:
        """Its files, whether it runs or not."""
        container.visits += 1
        try:
            await self.warm(container)
            yield self.open(container)
        finally:
            container.visits -= 1
            if container.process is None and not container.visits:
                await self.put_away(container, save=writing)

    def _mounts(self, container: Container, image: Tree) -> tuple[Mount, ...]:
        found = []
        for each in container.mounts:
            if each.kind == "tmpfs":
                source = self._backend.files()
            else:
                fill = (lambda where=each.target: beneath(image, where)) if each.copy_up else None
                source = self._volumes.mount(each.name, container.id, fill)
            found.append(Mount(target=each.target, source=source, read_only=not each.writable))
        found.extend(Mount(target=each, source=self._backend.files()) for each in tmpfs(container.host))
        return tuple(sorted(found, key=lambda mount: mount.target))


def beneath(tree: Tree, path: str) -> Tree:
    """A folder of a tree as a tree of its own, its links followed; empty where it is none."""
    root = tree.resolve(path)
    node = tree.get(root) if root is not None else None
    if root is None or (node is not None and node.kind != "folder"):
        return Tree({})
    nodes = {} if node is None else {"": node}
    skipped = len(root) + 1 if root else 0
    for where, each in tree.under(root):
        if each.kind == "hardlink":
            other = tree.get(each.link)
            if other is not None:
                nodes[where[skipped:]] = other
            continue
        nodes[where[skipped:]] = each
    return Tree(nodes)


def _volumes_of(container: Container) -> list[MountPoint]:
    return [each for each in container.mounts if each.kind == "volume"]
