"""The catalogue as a registry has it: manifests and compressed layers of the stand-ins, made when asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from labrunner.practice.hub.catalogue import Catalogue
from labrunner.practice.hub.making import Made
from labrunner.practice.hub.manifest import Manifest
from labrunner.practice.images.image import is_digest
from labrunner.reference import HUB, Reference

Pieces = Callable[[], Iterator[bytes]]


@dataclass(slots=True)
class Official:
    catalogue: Catalogue
    _blobs: dict[str, tuple[int, Pieces]] = field(default_factory=dict)
    """By digest, of the stand-ins that were asked for."""

    def has(self, path: str) -> bool:
        return self.catalogue.has_repository(path)

    def tags(self, path: str) -> tuple[str, ...]:
        return tuple(sorted(self.catalogue.tags(path)))

    def manifest(self, path: str, wanted: str) -> Manifest | None:
        """By tag or digest."""
        reference = Reference(domain=HUB, path=path, tag=wanted)
        if is_digest(wanted):
            reference = Reference(domain=HUB, path=path, digest=wanted)
        recipe = self.catalogue.find(reference)
        if recipe is None:
            return None
        made = self.catalogue.made(recipe)
        if reference.digest and made.manifest.digest != reference.digest:
            return None
        self._remember(made)
        return made.manifest

    def blob(self, digest: str) -> tuple[int, Pieces] | None:
        """Size and bytes of a blob whose manifest was asked for."""
        return self._blobs.get(digest)

    def _remember(self, made: Made) -> None:
        config = made.manifest.config
        assert config is not None
        self._blobs[config.digest] = (config.size, lambda: iter((made.config_bytes,)))
        for layer in made.layers:
            self._blobs[layer.blob.digest] = (layer.blob.size, layer.compressed)
