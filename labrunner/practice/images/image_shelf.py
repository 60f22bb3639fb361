"""Images over the layers, their names, and what is told when a name or an image comes or goes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.blobs import write_whole
from labrunner.practice.images.image import Image, chain_ids
from labrunner.practice.images.layer_shelf import LayerShelf
from labrunner.practice.images.register import Remembered
from labrunner.practice.images.tree import Tree
from labrunner.practice.refusal import Refused
from labrunner.reference import Reference


class ImageShelf(LayerShelf):
    def __init__(self, folder: Path, happenings: Happenings, clock: Callable[[], float]) -> None:
        super().__init__(folder)
        self._configs = folder / "images"
        self._configs.mkdir(exist_ok=True, mode=0o700)
        self._happenings = happenings
        self._clock = clock
        self._loop = _running_loop()
        self._names: dict[str, Reference] = {}

    def add_image(self, config_bytes: bytes, *, parent: str | None = None, local: bool = False) -> Image:
        """Keep an image whose layers are all here; `parent` is what Docker's classic builder and commit remember."""
        image = Image.of(config_bytes)
        made = sum(1 for row in image.history if not row.get("empty_layer"))
        if made > len(image.layers):
            raise Refused(500, "too many non-empty layers in History section")
        with self.lock:
            for diff_id in image.layers:
                self._stored(diff_id)
            if parent:
                self._check_parent(image.id, parent)
            known = self._register.images.get(image.id)
            if known is None:
                write_whole(self._config_file(image.id), config_bytes)
                known = Remembered(local=local)
            self._register.images[image.id] = replace(known, parent=parent or known.parent)
            self._known[image.id] = image
            self._fresh.difference_update(image.layers)
            self._write()
        return image

    def image(self, image_id: str) -> Image | None:
        with self.lock:
            return self._known.get(image_id)

    def images(self) -> tuple[Image, ...]:
        with self.lock:
            return tuple(self._known.values())

    def parent(self, image_id: str) -> str:
        """The ID of the image it was made from here, or an empty text."""
        with self.lock:
            return self._remembered(image_id).parent

    def children(self, image_id: str) -> tuple[str, ...]:
        with self.lock:
            return tuple(child for child, known in self._register.images.items() if known.parent == image_id)

    def is_local(self, image_id: str) -> bool:
        with self.lock:
            return self._remembered(image_id).local

    def intermediate(self, image_id: str) -> bool:
        """Whether it only stands below others: no name, and children. `docker images` hides such."""
        with self.lock:
            return image_id not in self._register.names.values() and bool(self.children(image_id))

    def last_tagged(self, image_id: str) -> float:
        """Seconds since the epoch; 0 for an image that was never tagged here."""
        with self.lock:
            return self._remembered(image_id).tagged

    def tree(self, image: Image) -> Tree:
        """The root filesystem of an image."""
        return self.layers_tree(image.layers)

    def size(self, image: Image) -> int:
        with self.lock:
            return sum(self._stored(diff_id).size for diff_id in image.layers)

    def tag(self, image_id: str, reference: Reference, *, told: bool = True) -> None:
        """Point a name, or repository@digest, at an image; another image may lose it.

        Pull and load, which have events of their own, are not `told`: they leave no time of tagging either.
        """
        if reference.familiar_repository == "sha256":
            raise Refused(400, "refusing to create an ambiguous tag using digest algorithm as name")
        name = replace(reference, tag="") if reference.digest else reference
        told = told and not name.digest
        with self.lock:
            known = self._remembered(image_id)
            if told:
                self._register.images[image_id] = replace(known, tagged=self._clock())
            self._register.names[str(name)] = image_id
            self._names[str(name)] = name
            self._write()
        if told:
            self.tell("tag", image_id, name.familiar)

    def untag(self, reference: Reference) -> bool:
        """Forget a name; whether there was one."""
        name = replace(reference, tag="") if reference.digest else reference
        with self.lock:
            image_id = self._register.names.pop(str(name), None)
            if image_id is None:
                return False
            del self._names[str(name)]
            self._write()
        self.tell("untag", image_id, image_id)
        return True

    def references(self) -> Mapping[str, str]:
        """Every name in full, with the ID it points at."""
        with self.lock:
            return dict(self._register.names)

    def references_of(self, image_id: str) -> tuple[Reference, ...]:
        """Tags and digests of an image, in Docker's order: by their full texts."""
        with self.lock:
            texts = sorted(text for text, id_ in self._register.names.items() if id_ == image_id)
            return tuple(self._names[text] for text in texts)

    def names(self, image_id: str) -> tuple[Reference, ...]:
        return tuple(name for name in self.references_of(image_id) if not name.digest)

    def digests(self, image_id: str) -> tuple[Reference, ...]:
        return tuple(name for name in self.references_of(image_id) if name.digest)

    def forget(self, image: Image) -> tuple[str, ...]:
        """Take an image without names out of the store; the chain IDs of the layers that went, top first."""
        with self.lock:
            del self._register.images[image.id]
            del self._known[image.id]
            for child in self.children(image.id):
                self._register.images[child] = replace(self._register.images[child], parent="")
            others = [other.layers for other in self._known.values()]
            shared = max((_shared(image.layers, layers) for layers in others), default=0)
            held = {diff_id for layers in self._register.holds.values() for diff_id in layers}
            gone: list[str] = []
            for chain_id, diff_id in reversed([*zip(image.chain, image.layers, strict=True)][shared:]):
                if diff_id in held:
                    break
                gone.append(chain_id)
            self._discard(image.layers)
            self._drop(self._config_file(image.id))
        self.tell("delete", image.id, image.id, image)
        return tuple(gone)

    def chains_needed(self) -> set[str]:
        """The chain IDs of all layers that an image or somebody else stands upon."""
        with self.lock:
            chains = [image.chain for image in self._known.values()]
            chains += [chain_ids(layers) for layers in self._register.holds.values()]
            return {chain_id for chain in chains for chain_id in chain}

    def tell(self, action: str, actor: str, name: str, image: Image | None = None) -> None:
        """An image event with the image's labels; from a worker's thread it is told on the loop's."""
        image = image or self.image(actor)
        attributes = {**(image.labels if image else {}), "name": name}
        here = _running_loop()
        self._loop = here or self._loop
        if here is not None or self._loop is None or not self._loop.is_running():
            self._happenings.tell("image", action, actor, attributes)
        else:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._happenings.tell, "image", action, actor, attributes)

    def _check_parent(self, image_id: str, parent: str) -> None:
        above = parent
        while above:
            if above == image_id:
                raise Refused(400, f"image {parent} is not a valid parent for {image_id}")
            if above not in self._register.images:
                raise Refused(500, f"unknown parent image ID {above}")
            above = self._register.images[above].parent

    def _remembered(self, image_id: str) -> Remembered:
        known = self._register.images.get(image_id)
        if known is None:
            raise Refused(404, f"No such image: {image_id}")
        return known

    def _config_file(self, image_id: str) -> Path:
        return self._configs / f"{image_id.removeprefix('sha256:')}.json"


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many layers two images have in common, from the first one on."""
    return next(
        (n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
