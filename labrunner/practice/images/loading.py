"""`docker load`: images out of a docker-archive, old or new, or an OCI layout.

The archive is never unpacked: it is read as a tree, and its layers go from there into the store.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labrunner.practice.images import ocilayout
from labrunner.practice.images.content import Part
from labrunner.practice.images.image import LARGEST_CONFIG, Image
from labrunner.practice.images.inflating import inflated, is_compressed
from labrunner.practice.images.layers import read_layer
from labrunner.practice.images.parentage import fits
from labrunner.practice.images.progress import bar
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Content, Tree
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, Reference, parse

LARGEST_LAYER = 4 * 1024**3
LARGEST_ARCHIVE = 16 * 1024**3
MOST_IMAGES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One image of an archive, by the paths of its parts."""

    config: str
    layers: Sequence[str]
    names: Sequence[str]
    parent: str = ""


def load(store: Store, path: Path, *, quiet: bool = False) -> Iterator[dict[str, Any]]:
    """Take in an archive, step by step: each message is a line of the API's answer."""
    with ExitStack() as opened:
        opened.enter_context(store.keeping())
        with path.open("rb") as file:
            compressed = is_compressed(file.read(6))
        if compressed:
            pieces = inflated(Part(path, 0, path.stat().st_size).chunks(), most=LARGEST_ARCHIVE)
            path = opened.enter_context(store.spooled(pieces))
        archive = read_layer(path)
        added: list[str] = []
        opened.callback(store.abandon, added)
        loaded: list[tuple[Image, str]] = []
        ids: list[str] = []
        names: Sequence[Reference] = ()
        for found in _images(archive):
            config = _read(archive, found.config)
            image = Image.of(config)
            if image.config.get("os", "linux") != "linux":
                raise Refused(500, f"cannot load {image.config['os']} image on linux")
            names = [_tag(text) for text in found.names]
            yield from _layers(store, archive, image, found, added, quiet=quiet)
            store.add_image(config)
            ids.append(f"Loaded image ID: {image.id}\n")
            for name in names:
                previous = store.references().get(str(name), image.id)
                if previous != image.id:
                    yield {
                        "stream": f"The image {name.familiar} already exists, "
                        f"renaming the old one with ID {previous} to empty string\n"
                    }
                store.tag(image.id, name, told=False)
                yield {"stream": f"Loaded image: {name.familiar}\n"}
            loaded.append((image, found.parent))
            store.tell("load", image.id, image.id)
        _link(store, loaded)
        if ids and not names:
            yield {"stream": "".join(ids)}


def _images(archive: Tree) -> Sequence[Found]:
    if archive.node("manifest.json") is not None:
        return _docker_archive(_json(archive, "manifest.json"))
    if archive.node("index.json") is not None:
        return [
            Found(config=image.config, layers=image.layers, names=image.names)
            for image in ocilayout.images(lambda path: _json(archive, path))
        ]
    raise Refused(500, "open manifest.json: no such file or directory")


def _docker_archive(manifest: object) -> list[Found]:
    if manifest is None:
        raise Refused(500, "invalid manifest, manifest cannot be null (but can be [])")
    if not isinstance(manifest, list) or len(manifest) > MOST_IMAGES:
        raise Refused(400, "invalid manifest: not a list of images")
    return [_entry(item) for item in manifest]


def _entry(item: object) -> Found:
    if not isinstance(item, dict):
        raise Refused(400, "invalid manifest: not a list of images")
    layers, names = item.get("Layers") or [], item.get("RepoTags") or []
    config, parent = item.get("Config"), item.get("Parent") or ""
    texts = (
        [config, parent, *layers, *names] if isinstance(layers, list) and isinstance(names, list) else [None]
    )
    if not all(isinstance(text, str) for text in texts):
        raise Refused(400, "invalid manifest: an image without the paths of its parts")
    return Found(config=str(config), layers=layers, names=names, parent=parent)


def _layers(
    store: Store, archive: Tree, image: Image, found: Found, added: list[str], *, quiet: bool
) -> Iterator[dict[str, Any]]:
    if len(found.layers) != len(image.layers):
        raise Refused(
            500,
            f"invalid manifest, layers length mismatch: "
            f"expected {len(found.layers)}, got {len(image.layers)}",
        )
    for number, (diff_id, path) in enumerate(zip(image.layers, found.layers, strict=True)):
        if store.has_layer(diff_id):
            continue
        content = _content(archive, path)
        if not quiet:
            yield _progress(diff_id, 0, content.size)
        here = store.add_layer_chunks(inflated(content.chunks(), most=LARGEST_LAYER))
        added.append(here)
        if here != diff_id:
            raise Refused(500, f'invalid diffID for layer {number}: expected "{diff_id}", got "{here}"')
        if not quiet:
            yield _progress(diff_id, content.size, content.size)


def _progress(diff_id: str, current: int, total: int) -> dict[str, Any]:
    return {
        "status": "Loading layer",
        "progressDetail": {"current": current, "total": total},
        "progress": bar(current, total),
        "id": diff_id.removeprefix("sha256:")[:12],
    }


def _tag(text: str) -> Reference:
    try:
        name = parse(text)
    except InvalidReference as error:
        raise Refused(500, str(error)) from error
    if name.digest:
        raise Refused(500, f'invalid tag "{text}"')
    return name


def _link(store: Store, loaded: Sequence[tuple[Image, str]]) -> None:
    images = {image.id: image for image, _ in loaded}
    for image, parent in loaded:
        if parent not in images or parent == image.id:
            continue
        if not fits(image, images[parent]):
            raise Refused(500, f"image {parent} is not a valid parent for {image.id}")
        store.add_image(image.config_bytes, parent=parent)


def _json(archive: Tree, path: str) -> Any:
    try:
        return json.loads(_read(archive, path))
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"{path}: {error}") from error


def _read(archive: Tree, path: str) -> bytes:
    content = _content(archive, path)
    if content.size > LARGEST_CONFIG:
        raise Refused(400, f"{path} is larger than {LARGEST_CONFIG} bytes")
    return content.read()


def _content(archive: Tree, path: str) -> Content:
    node = archive.node(path)
    if node is None:
        raise Refused(500, f"open {path}: no such file or directory")
    if node.kind != "file":
        raise Refused(500, f"read {path}: is a directory")
    return node.content
