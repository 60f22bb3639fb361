"""Images on disk: layers and configurations by their digests, names that point at them, and who needs what.

Any method may be called from any thread. A process that dies at any moment leaves every finished image whole:
a blob is written beside its place and renamed, and an image is there once the register, renamed too, says so.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.blobs import UNFINISHED, sweep
from labrunner.practice.images.image import Image, digest_of, is_digest
from labrunner.practice.images.image_shelf import ImageShelf
from labrunner.practice.images.lookup import find
from labrunner.practice.images.register import Distributed, Stored
from labrunner.practice.images.removal import InUse, Pruned, prune, remove
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, parse

__all__ = ["Distributed", "InUse", "Pruned", "Store", "Stored"]

FACTS_KEPT = 50
"""Registries remembered for one layer, as Docker does."""


class Store(ImageShelf):
    def __init__(
        self, folder: Path, happenings: Happenings, *, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(folder, happenings, clock)
        self.dropped = self._open()
        """IDs of images that were not whole any more when the store was opened."""

    def find(self, text: str) -> Image:
        """By ID, beginning of an ID, name or digest; refuses in Docker's words."""
        return find(self, text)

    def remove(
        self,
        text: str,
        *,
        force: bool = False,
        noprune: bool = False,
        in_use: Callable[[str], Iterable[InUse]] = lambda _: (),
    ) -> list[dict[str, str]]:
        """`docker rmi`: what was untagged and deleted, in Docker's order; refuses in its words."""
        with self.together():
            return remove(self, text, force=force, noprune=noprune, in_use=in_use)

    def prune(
        self,
        *,
        dangling: bool = True,
        wanted: Callable[[Image], bool] = lambda _: True,
        in_use: Callable[[str], Iterable[InUse]] = lambda _: (),
    ) -> Pruned:
        """`docker image prune`: of what has no tag, or of everything unused, the images that `wanted` wants gone."""
        with self.together():
            return prune(self, dangling=dangling, wanted=wanted, in_use=in_use)

    def remember(self, diff_id: str, digest: str, size: int, media_type: str, repository: str) -> None:
        """A layer is in a registry's repository under this digest."""
        fact = Distributed(digest=digest, size=size, media_type=media_type, repository=repository)
        with self.lock:
            facts = [known for known in self._register.distributed.get(diff_id, ()) if known != fact]
            self._register.distributed[diff_id] = (fact, *facts)[:FACTS_KEPT]
            self._write()

    def distributed(self, diff_id: str) -> tuple[Distributed, ...]:
        """Where a layer is known to be, the latest first."""
        with self.lock:
            return self._register.distributed.get(diff_id, ())

    def digest_of(self, diff_id: str, repository: str = "") -> Distributed | None:
        """How registries call a layer: in this repository if it is there, else anywhere."""
        facts = self.distributed(diff_id)
        return next((fact for fact in facts if fact.repository == repository), facts[0] if facts else None)

    def diff_id_of(self, digest: str) -> str | None:
        """The layer on this disk that registries know by a digest."""
        with self.lock:
            return next(
                (
                    diff_id
                    for diff_id, facts in self._register.distributed.items()
                    if diff_id in self._register.layers and any(fact.digest == digest for fact in facts)
                ),
                None,
            )

    def _open(self) -> tuple[str, ...]:
        """Take in the images that are whole, and clear away what is left of others."""
        there = self._register
        there.layers = {
            diff_id: stored for diff_id, stored in there.layers.items() if self._whole(diff_id, stored)
        }
        for image_id in list(there.images):
            image = self._read_image(image_id)
            if image is not None and all(diff_id in there.layers for diff_id in image.layers):
                self._known[image_id] = image
        dropped = tuple(image_id for image_id in there.images if image_id not in self._known)
        there.images = {
            image_id: replace(there.images[image_id], parent="")
            if there.images[image_id].parent not in self._known
            else there.images[image_id]
            for image_id in self._known
        }
        for text, image_id in list(there.names.items()):
            with suppress(InvalidReference):
                if image_id in self._known:
                    self._names[text] = parse(text)
        there.names = {text: there.names[text] for text in self._names}
        needed = {diff_id for image in self._known.values() for diff_id in image.layers}
        needed |= {diff_id for held in there.holds.values() for diff_id in held}
        there.layers = {diff_id: stored for diff_id, stored in there.layers.items() if diff_id in needed}
        there.distributed = {id_: facts for id_, facts in there.distributed.items() if id_ in there.layers}
        if dropped:
            self._write()
        sweep(self._layers, {self._layer_file(diff_id).name for diff_id in there.layers}.__contains__)
        sweep(self._configs, {self._config_file(image_id).name for image_id in self._known}.__contains__)
        sweep(self._file.parent, lambda name: not name.startswith(UNFINISHED))
        return dropped

    def _whole(self, diff_id: str, stored: Stored) -> bool:
        try:
            return is_digest(diff_id) and self._layer_file(diff_id).stat().st_size == stored.bytes
        except OSError:
            return False

    def _read_image(self, image_id: str) -> Image | None:
        try:
            data = self._config_file(image_id).read_bytes() if is_digest(image_id) else b""
            return Image.of(data) if digest_of(data) == image_id else None
        except (OSError, Refused):
            return None
