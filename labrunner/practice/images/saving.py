"""`docker save`: one tar that is a docker-archive and an OCI layout at once, as Docker 25 and later write it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from labrunner.practice.images.content import Bytes, Content, Part
from labrunner.practice.images.image import Image, digest_of
from labrunner.practice.images.lookup import beginning_with, find, is_whole_id
from labrunner.practice.images.parentage import fits
from labrunner.practice.images.store import Store
from labrunner.practice.images.tarheader import END, Entry, header, padding
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, Reference, parse

LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"


@dataclass(slots=True)
class _Chosen:
    image: Image
    names: list[Reference] = field(default_factory=list)


def save(store: Store, names: Sequence[str]) -> Iterator[bytes]:
    """The archive in pieces; refuses unknown names before the first of them."""
    chosen = _choose(store, names)
    for one in chosen:
        if not one.image.layers:
            raise Refused(500, "empty export - not implemented")
    return _pieces(store, chosen)


def _choose(store: Store, names: Sequence[str]) -> list[_Chosen]:
    """The images by the names they shall be saved under; a repository stands for all its tags."""
    chosen: dict[str, _Chosen] = {}
    for text in names:
        for image, name in _meant(store, text):
            one = chosen.setdefault(image.id, _Chosen(image))
            if name is not None and name not in one.names:
                one.names.append(name)
    return list(chosen.values())


def _meant(store: Store, text: str) -> list[tuple[Image, Reference | None]]:
    if is_whole_id(text):
        return [(find(store, text), None)]
    try:
        reference = parse(text)
    except InvalidReference as error:
        raise Refused(500, str(error)) from error
    if reference.digest:
        return [(_named(store, f"{reference.repository}@{reference.digest}"), None)]
    beginning = reference.familiar_repository == "sha256"
    if ":" in text.rpartition("/")[2] and not beginning:
        return [(_named(store, str(reference)), reference)]
    tags = [
        (image, name)
        for image in store.images()
        for name in store.names(image.id)
        if name.repository == reference.repository and not beginning
    ]
    if tags:
        return [*sorted(tags, key=lambda tag: str(tag[1]))]
    image = beginning_with(store, text)
    if image is None:
        raise Refused(404, f"No such image: {text}")
    return [(image, None)]


def _named(store: Store, name: str) -> Image:
    image = store.image(store.references().get(name, ""))
    if image is None:
        raise Refused(404, "reference does not exist")
    return image


def _pieces(store: Store, chosen: Sequence[_Chosen]) -> Iterator[bytes]:
    with store.keeping():
        files: dict[str, Content] = {}
        entries: list[dict[str, Any]] = []
        descriptors: list[dict[str, Any]] = []
        repositories: dict[str, dict[str, str]] = {}
        for one in chosen:
            layers = {
                diff_id: Part(store.layer_path(diff_id), 0, store.layer_path(diff_id).stat().st_size)
                for diff_id in one.image.layers
            }
            files |= {_blob(diff_id): part for diff_id, part in layers.items()}
            files[_blob(one.image.id)] = Bytes(one.image.config_bytes)
            sources = {
                diff_id: {"mediaType": LAYER_TYPE, "size": part.size, "digest": diff_id}
                for diff_id, part in layers.items()
            }
            manifest = _compact(_manifest(one.image, [sources[diff_id] for diff_id in one.image.layers]))
            files[_blob(digest_of(manifest))] = Bytes(manifest)
            descriptors += [_descriptor(manifest, name) for name in one.names]
            for name in one.names:
                tags = repositories.setdefault(name.familiar_repository, {})
                tags[name.tag] = one.image.layers[-1].removeprefix("sha256:")
            entry: dict[str, Any] = {
                "Config": _blob(one.image.id),
                "RepoTags": [name.familiar for name in one.names] or None,
                "Layers": [_blob(diff_id) for diff_id in one.image.layers],
            }
            parent = store.image(store.parent(one.image.id))
            if (
                parent is not None
                and parent.id in {other.image.id for other in chosen}
                and fits(one.image, parent)
            ):
                entry["Parent"] = parent.id
            entries.append(entry | {"LayerSources": sources})
        files["index.json"] = Bytes(
            _compact({"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": descriptors or None})
        )
        files["manifest.json"] = Bytes(_compact(entries) + b"\n")
        files["oci-layout"] = Bytes(b'{"imageLayoutVersion": "1.0.0"}')
        if repositories:
            files["repositories"] = Bytes(_compact(dict(sorted(repositories.items()))) + b"\n")
        yield from _tar(files)


def _tar(files: dict[str, Content]) -> Iterator[bytes]:
    for folder in ("blobs/", "blobs/sha256/"):
        yield header(Entry(name=folder, type=b"5", mode=0o755))
    for name in sorted(files):
        content = files[name]
        yield header(Entry(name=name, size=content.size))
        yield from content.chunks()
        yield padding(content.size)
    yield END


def _manifest(image: Image, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {"mediaType": CONFIG_TYPE, "digest": image.id, "size": len(image.config_bytes)},
        "layers": [
            {"mediaType": layer["mediaType"], "digest": layer["digest"], "size": layer["size"]}
            for layer in layers
        ],
    }


def _descriptor(manifest: bytes, name: Reference) -> dict[str, Any]:
    return {
        "mediaType": MANIFEST_TYPE,
        "digest": digest_of(manifest),
        "size": len(manifest),
        "annotations": {"io.containerd.image.name": str(name), "org.opencontainers.image.ref.name": name.tag},
    }


def _blob(digest: str) -> str:
    return "blobs/" + digest.replace(":", "/")


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
