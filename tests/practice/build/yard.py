"""A builder with a store, simulated containers and the catalogue's images, and what a build told."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labrunner.practice.build.builder import Builder, Progress
from labrunner.practice.build.classic import Lines
from labrunner.practice.build.context import Context
from labrunner.practice.build.options import Dialect, Options
from labrunner.practice.build.report import Stream, Vertex
from labrunner.practice.happenings import Happenings
from labrunner.practice.hub.catalogue import Catalogue
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Tree
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.bash import BashkitBackend
from labrunner.reference import Reference

CATALOGUE = Catalogue.load()


@dataclass
class Told:
    """A report that writes down what it hears."""

    planned_names: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    """`CACHED [2/3] RUN x`, `DONE …`, `ERROR …`"""
    output: dict[str, bytes] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    async def planned(self, vertices: Sequence[Vertex]) -> None:
        self.planned_names = [vertex.name for vertex in vertices]

    async def started(self, vertex: Vertex) -> None:
        return None

    async def pulling(self, vertex: Vertex, message: Mapping[str, Any]) -> None:
        return None

    async def wrote(self, vertex: Vertex, stream: Stream, data: bytes) -> None:
        self.output[vertex.name] = self.output.get(vertex.name, b"") + data

    async def cached(self, vertex: Vertex, image_id: str) -> None:
        self.steps.append(f"CACHED {vertex.name}")

    async def finished(self, vertex: Vertex, image_id: str) -> None:
        self.steps.append(f"DONE {vertex.name}")

    async def failed(self, vertex: Vertex, message: str) -> None:
        self.steps.append(f"ERROR {vertex.name}")
        self.errors.append(message)

    async def text(self, line: str) -> None:
        return None

    @property
    def pattern(self) -> str:
        """A letter for each planned step that was done: C cached, . done anew, E failed."""
        return "".join(
            {"CACHED": "C", "DONE": ".", "ERROR": "E"}[each.partition(" ")[0]]
            for each in self.steps
            if "[internal]" not in each
        )


@dataclass
class Yard:
    folder: Path
    store: Store
    builder: Builder

    async def buildkit(self, files: Mapping[str, str | bytes], **options: Any) -> tuple[Image, Told]:
        told = Told()
        return await self.build(files, "buildkit", told, **options), told

    async def classic(self, files: Mapping[str, str | bytes], **options: Any) -> tuple[Image, str]:
        """The image, and what `docker build` prints."""
        said: list[str] = []

        async def tell(message: Mapping[str, Any]) -> None:
            said.append(message.get("stream", ""))

        asked = Options(**options)
        lines = Lines(tell, asked)
        image = await self.build(files, "classic", lines, **options)
        await lines.done(image)
        return image, "".join(said)

    async def classic_until_it_fails(self, files: Mapping[str, str | bytes], **options: Any) -> str:
        said: list[str] = []

        async def tell(message: Mapping[str, Any]) -> None:
            said.append(message.get("stream", ""))

        try:
            await self.build(files, "classic", Lines(tell, Options(**options)), **options)
        except Refused as refusal:
            return "".join(said) + refusal.message
        raise AssertionError("the build did not fail: " + "".join(said))

    async def build(
        self, files: Mapping[str, str | bytes], dialect: Dialect, report: Any, **options: Any
    ) -> Image:
        context = self.folder / f"context-{len(list(self.folder.iterdir()))}"
        context.mkdir()
        for name, data in files.items():
            path = context / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data if isinstance(data, bytes) else data.encode())
            path.chmod(0o644)
            os.utime(path, (1577836800, 1577836800))
        return await self.builder.build(Context.of_folder(context), Options(**options), dialect, report)

    def tree(self, image: Image) -> Tree:
        return self.store.tree(image)

    def reopened(self) -> "Yard":
        return yard(self.folder)


def yard(folder: Path) -> Yard:
    happenings = Happenings()
    store = Store(folder / "store", happenings)

    async def resolve(reference: Reference, progress: Progress, *, pull: bool = False) -> Image:
        try:
            return store.find(str(reference))
        except Refused:
            recipe = CATALOGUE.find(reference)
        if recipe is None:
            raise Refused(
                404,
                f"pull access denied for {reference.familiar_repository}, repository does not exist "
                "or may require 'docker login'",
            )
        config, layers = CATALOGUE.image_parts(recipe)
        for layer in layers:
            store.add_layer(layer)
        image = store.add_image(config)
        store.tag(image.id, reference, told=False)
        return image

    builder = Builder(
        store=store,
        backend=BashkitBackend(),
        resolve=resolve,
        happenings=happenings,
        cache_folder=folder / "cache",
    )
    return Yard(folder=folder, store=store, builder=builder)
