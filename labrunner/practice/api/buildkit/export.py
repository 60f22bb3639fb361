"""Where a built image goes: into the engine's own store, or as files to the client."""

import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from labrunner.practice.api.buildkit.filesync import deliver
from labrunner.practice.api.buildkit.grpc import Code, RpcError
from labrunner.practice.api.buildkit.host import Daemon
from labrunner.practice.api.buildkit.messages_control import Exporter
from labrunner.practice.api.buildkit.messages_session import Bytes
from labrunner.practice.api.buildkit.session import Session
from labrunner.practice.api.buildkit.story import Story
from labrunner.practice.images.image import Image
from labrunner.practice.images.layers import write_layer
from labrunner.practice.images.tree import Tree
from labrunner.reference import InvalidReference, parse

CHUNK = 32 << 10
Response = dict[str, str]


def names(exporter: Exporter) -> tuple[str, ...]:
    """The tags of `-t` as BuildKit tells them: the registry is added, `latest` is not. Raises RpcError."""
    try:
        return tuple(_full(name) for name in exporter.attrs.get("name", "").split(",") if name)
    except InvalidReference as error:
        raise RpcError(Code.UNKNOWN, f"failed to parse {exporter.attrs['name']}: {error}") from error


def _full(name: str) -> str:
    reference = parse(name)
    return str(reference) if name.endswith(f":{reference.tag}") else reference.repository


def check(exporters: tuple[Exporter, ...]) -> None:
    """Raises RpcError, before anything is built, for what cannot be had here."""
    for exporter in exporters:
        if exporter.type not in EXPORTERS:
            raise RpcError(Code.UNKNOWN, f"practice engine: the exporter {exporter.type!r} is not simulated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    daemon: Daemon
    session: Session
    story: Story

    async def give(self, exporter: Exporter, image: Image) -> Response:
        """What buildx hears of it, such as the image's digest for `--iidfile`."""
        return await EXPORTERS[exporter.type](self, exporter, image)

    async def _store(self, exporter: Exporter, image: Image) -> Response:
        """The builder has stored and tagged it; BuildKit's words for that are told here."""
        tags = names(exporter)
        with self.story.step("exporting to image") as step:
            said = ("exporting layers", f"writing image {image.id}", *(f"naming to {tag}" for tag in tags))
            for line in said:
                step.status(line)
                step.finish_status(line)
        response = {"containerimage.config.digest": image.id, "containerimage.digest": image.id}
        if tags:
            response["image.name"] = ",".join(tags)
        return response

    async def _folder(self, exporter: Exporter, image: Image) -> Response:
        with self.story.step("exporting to client directory") as step:

            async def tell(size: int, last: bool) -> None:
                step.status("copying files", label="copying files", current=size, done=last)

            await deliver(await self.session.deliver_files(), self.daemon.store.tree(image), tell)
        return {}

    async def _tar(self, exporter: Exporter, image: Image) -> Response:
        with (
            self.story.step("exporting to client tarball") as step,
            tempfile.TemporaryFile(dir=self.daemon.folder) as file,
        ):
            step.status("sending tarball")
            write_layer(_without_root(self.daemon.store.tree(image)), file)
            file.seek(0)
            call = await self.session.deliver_bytes()
            while piece := file.read(CHUNK):
                await call.send(Bytes(data=piece))
            await call.end()
            async for _ in call.answers():
                pass
            step.finish_status("sending tarball")
        return {}


def _without_root(files: Tree) -> Tree:
    """The client has a folder of its own for it."""
    return Tree({path: node for path, node in files.nodes.items() if path})


EXPORTERS: Mapping[str, Callable[[Export, Exporter, Image], Awaitable[Response]]] = {
    "moby": Export._store,
    "local": Export._folder,
    "tar": Export._tar,
}
