"""An OCI image layout: index upon index, down to the manifests of the images that run here.

Source: the OCI image-spec, image-layout.md, image-index.md and manifest.md.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from labrunner.practice.images.image import is_digest
from labrunner.practice.refusal import Refused

DEEPEST = 4
MOST_DESCRIPTORS = 1000
_NAME = "io.containerd.image.name"
_ARCHITECTURES = ("amd64", "arm64")
"""In the order of preference where an index offers several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaidOut:
    config: str
    layers: tuple[str, ...]
    names: tuple[str, ...]


def images(read: Callable[[str], Any]) -> list[LaidOut]:
    """The images of a layout whose JSON files are read by their paths."""
    found: dict[str, LaidOut] = {}
    for descriptor in _descriptors(read("index.json")):
        name = (descriptor.get("annotations") or {}).get(_NAME)
        image = _image(read, descriptor, DEEPEST)
        if image is None:
            continue
        names = found[image.config].names if image.config in found else ()
        if isinstance(name, str):
            names = (*names, name)
        found[image.config] = LaidOut(config=image.config, layers=image.layers, names=names)
    return list(found.values())


def _image(read: Callable[[str], Any], descriptor: dict[str, Any], depth: int) -> LaidOut | None:
    if not depth:
        raise Refused(400, "invalid OCI layout: indexes within indexes")
    shape = read(_path(descriptor))
    if isinstance(shape, dict) and "manifests" in shape:
        for inner in sorted(_descriptors(shape), key=_preference):
            image = _image(read, inner, depth - 1)
            if image is not None:
                return image
        return None
    config = shape.get("config") if isinstance(shape, dict) else None
    layers = shape.get("layers") if isinstance(shape, dict) else None
    if not isinstance(config, dict) or not isinstance(layers, list):
        raise Refused(400, "invalid OCI layout: neither an index nor a manifest")
    if "image" not in str(config.get("mediaType", "image")):
        return None
    if any("in-toto" in str(layer.get("mediaType")) for layer in layers if isinstance(layer, dict)):
        return None
    return LaidOut(config=_path(config), layers=tuple(map(_path, layers)), names=())


def _descriptors(index: Any) -> list[dict[str, Any]]:
    found = index.get("manifests") if isinstance(index, dict) else None
    if found is None:
        return []
    if not isinstance(found, list) or len(found) > MOST_DESCRIPTORS:
        raise Refused(400, "invalid OCI layout: manifests is not a list")
    return list(_checked(found))


def _checked(found: list[Any]) -> Iterator[dict[str, Any]]:
    for descriptor in found:
        if not isinstance(descriptor, dict) or not isinstance(descriptor.get("annotations") or {}, dict):
            raise Refused(400, "invalid OCI layout: a descriptor is not an object")
        yield descriptor


def _preference(descriptor: dict[str, Any]) -> int:
    platform = descriptor.get("platform")
    architecture = platform.get("architecture") if isinstance(platform, dict) else None
    return _ARCHITECTURES.index(architecture) if architecture in _ARCHITECTURES else len(_ARCHITECTURES)


def _path(descriptor: object) -> str:
    digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
    if not is_digest(digest):
        raise Refused(400, "invalid OCI layout: a descriptor without a sha256 digest")
    return "blobs/" + str(digest).replace(":", "/")
