"""Manifests: which configuration and which compressed layers make an image, as registries keep it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from labrunner.practice.images.image import is_digest

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"

MANIFESTS = (DOCKER_MANIFEST, OCI_MANIFEST)
INDEXES = (DOCKER_LIST, OCI_INDEX)
LARGEST_MANIFEST = 4 * 1024 * 1024
MOST_LAYERS = 512


class BadManifest(ValueError):
    """These bytes are no manifest; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A descriptor: what a manifest says of one blob."""

    digest: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    media_type: str
    data: bytes
    config: Blob | None = None
    """None in an index."""
    layers: tuple[Blob, ...] = ()
    manifests: tuple[tuple[Blob, str], ...] = ()
    """Of an index: each with its platform, `linux/amd64`."""

    @property
    def digest(self) -> str:
        return "sha256:" + hashlib.sha256(self.data).hexdigest()

    @property
    def blobs(self) -> tuple[Blob, ...]:
        return (self.config, *self.layers) if self.config else ()


def compose_manifest(config: Blob, layers: Sequence[Blob]) -> Manifest:
    """A manifest as Docker's daemon writes it when it pushes: schema 2, three spaces of indentation."""
    data = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": DOCKER_MANIFEST,
            "config": _descriptor(config),
            "layers": [_descriptor(layer) for layer in layers],
        },
        indent=3,
    ).encode()
    return Manifest(media_type=DOCKER_MANIFEST, data=data, config=config, layers=tuple(layers))


def read_manifest(data: bytes, media_type: str = "") -> Manifest:
    """What these bytes say, whoever wrote them; raises BadManifest."""
    if len(data) > LARGEST_MANIFEST:
        raise BadManifest(f"larger than {LARGEST_MANIFEST} bytes")
    try:
        said = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadManifest("not JSON") from error
    if not isinstance(said, dict) or said.get("schemaVersion") != 2:
        raise BadManifest("not a manifest of schema version 2")
    kind = said.get("mediaType") or media_type.partition(";")[0].strip()
    if not kind:
        kind = OCI_INDEX if "manifests" in said else OCI_MANIFEST
    if kind in INDEXES:
        return Manifest(media_type=kind, data=data, manifests=_platforms(said.get("manifests")))
    if kind not in MANIFESTS:
        raise BadManifest(f"of the kind {str(kind)[:80]!r}")
    layers = said.get("layers")
    if not isinstance(layers, list) or len(layers) > MOST_LAYERS:
        raise BadManifest("without a list of layers")
    return Manifest(
        media_type=kind, data=data, config=_blob(said.get("config")), layers=tuple(map(_blob, layers))
    )


def _descriptor(blob: Blob) -> dict[str, Any]:
    return {"mediaType": blob.media_type, "size": blob.size, "digest": blob.digest}


def _blob(said: object) -> Blob:
    if not isinstance(said, dict):
        raise BadManifest("with a descriptor that is no object")
    digest, size, media_type = said.get("digest"), said.get("size"), said.get("mediaType")
    if not is_digest(digest) or not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise BadManifest("with a broken descriptor")
    return Blob(digest=str(digest), size=size, media_type=media_type if isinstance(media_type, str) else "")


def _platforms(said: object) -> tuple[tuple[Blob, str], ...]:
    if not isinstance(said, list) or len(said) > MOST_LAYERS:
        raise BadManifest("without a list of manifests")
    found = []
    for entry in said:
        blob = _blob(entry)
        platform = entry.get("platform")
        words = platform if isinstance(platform, dict) else {}
        found.append((blob, f"{words.get('os', '')}/{words.get('architecture', '')}"))
    return tuple(found)
