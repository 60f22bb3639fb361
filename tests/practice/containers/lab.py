"""A store with one small image, and containers over the fake backend: what the tests of containers stand on."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Bytes, Node, Tree
from labrunner.practice.runtime.containers import Containers
from labrunner.practice.runtime.networks import Networks
from labrunner.practice.runtime.ports import Publisher
from labrunner.practice.runtime.volumes import Volumes
from labrunner.reference import parse
from tests.practice.containers.fakes import FakeBackend

CREATED = "2024-05-01T10:00:00Z"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Lab:
    def __init__(self, folder: Path) -> None:
        self.happenings = Happenings()
        self.backend = FakeBackend()
        self.store = Store(folder / "images", self.happenings)
        self.volumes = Volumes(folder / "volumes", self.backend, self.happenings)
        self.networks = Networks(folder, self.happenings)
        self.containers = Containers(
            folder / "containers",
            self.store,
            self.backend,
            self.happenings,
            self.volumes,
            self.networks,
            publisher=Publisher(),
        )
        if not self.store.references():
            self.image("alpine", Cmd=["sleep"])

    def image(self, name: str, **run: Any) -> Image:
        layer = self.store.add_layer(
            Tree(
                {
                    "data": Node(kind="folder", mode=0o755),
                    "data/first": Node(kind="file", content=Bytes(b"from the image\n")),
                    "etc": Node(kind="folder", mode=0o755),
                    "etc/motd": Node(kind="file", content=Bytes(b"welcome\n")),
                    "etc/issue": Node(kind="link", mode=0o777, link="motd"),
                }
            )
        )
        image = self.store.add_image(
            compose(
                {
                    "architecture": "amd64",
                    "os": "linux",
                    "created": CREATED,
                    "config": {"Env": [PATH], "Labels": {"org.labrunner.standin": "true"}, **run},
                    "rootfs": {"type": "layers", "diff_ids": [layer]},
                    "history": [{"created": CREATED, "created_by": "ADD rootfs"}],
                }
            )
        )
        self.store.tag(image.id, parse(name))
        return image

    async def run(self, name: str, *argv: str, host: Mapping[str, Any] | None = None, **config: Any) -> str:
        """`docker run -d`"""
        made = await self.create(name, *argv, host=host, **config)
        await self.containers.start(made)
        return made

    async def create(
        self, name: str, *argv: str, host: Mapping[str, Any] | None = None, **config: Any
    ) -> str:
        body = {"Image": "alpine", "Cmd": list(argv) or None, "HostConfig": host, **config}
        return (await self.containers.create(body, name))[0]

    def told(self, *kinds: str) -> list[str]:
        """The actions that happened, of all kinds or of these."""
        wanted = kinds or ("container",)
        return [each.action for each in self.happenings.kept() if each.kind in wanted]


@asynccontextmanager
async def lab(folder: Path) -> AsyncIterator[Lab]:
    opened = Lab(folder)
    try:
        yield opened
    finally:
        for each in opened.containers.all():
            if each.running:
                await opened.containers.kill(each)
        await opened.containers.close()
