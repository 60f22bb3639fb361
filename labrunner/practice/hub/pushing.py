"""`docker push`: the layers that are not there yet, then the configuration and the manifest."""

import asyncio
import hashlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from labrunner.practice.hub.manifest import DOCKER_CONFIG, DOCKER_LAYER, Blob, compose_manifest
from labrunner.practice.hub.progress import Meter, Progress, status
from labrunner.practice.hub.target import Target
from labrunner.practice.images.image import Image
from labrunner.practice.images.layers import gz_stored
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.reference import Reference

AT_ONCE = 5
"""Uploads side by side, as in Docker."""
_CHUNK = 1024 * 1024


async def push(
    store: Store, reference: Reference, *, target: Target, progress: Progress, all_tags: bool = False
) -> None:
    """One tag, or every tag that the store has of this repository; raises Refused in Docker's words."""
    await progress(status(f"The push refers to repository [{reference.repository}]"))
    tags = _tags(store, reference)
    if not tags:
        raise Refused(404, f"An image does not exist locally with the tag: {reference.familiar_repository}")
    wanted = list(tags) if all_tags else [reference.tag]
    if wanted[0] not in tags:
        raise Refused(404, f"tag does not exist: {reference.familiar}")
    await target.knock()
    with store.keeping():
        for tag in wanted:
            image = store.image(tags[tag])
            if image is None:
                raise Refused(404, f"tag does not exist: {replace(reference, tag=tag).familiar}")
            await _Pushing(store, replace(reference, tag=tag), target, progress).one(image)


def _tags(store: Store, reference: Reference) -> dict[str, str]:
    start = f"{reference.repository}:"
    return {
        name.removeprefix(start): image_id
        for name, image_id in sorted(store.references().items())
        if name.startswith(start) and "@" not in name
    }


class _Pushing:
    def __init__(self, store: Store, reference: Reference, target: Target, progress: Progress) -> None:
        self._store = store
        self._reference = reference
        self._target = target
        self._progress = progress

    async def one(self, image: Image) -> None:
        order = list(dict.fromkeys(reversed(image.layers)))
        for diff_id in order:
            await self._progress(status("Preparing", _short(diff_id)))
        for diff_id in order[AT_ONCE:]:
            await self._progress(status("Waiting", _short(diff_id)))
        await self._target.admit()
        blobs: dict[str, Blob] = {}
        homes = {name.repository for name in self._store.digests(image.id)}
        for diff_id in order:
            blobs[diff_id] = await self._layer(diff_id, homes)
        config = Blob(digest=image.id, size=len(image.config_bytes), media_type=DOCKER_CONFIG)
        if not await self._target.has(config):
            await self._target.upload(config, lambda: iter((image.config_bytes,)))
        manifest = compose_manifest(config, [blobs[diff_id] for diff_id in image.layers])
        await self._target.put(self._reference.tag, manifest)
        self._store.tag(image.id, replace(self._reference, tag="", digest=manifest.digest), told=False)
        tag, size = self._reference.tag, len(manifest.data)
        await self._progress(status(f"{tag}: digest: {manifest.digest} size: {size}"))
        aux = {"Tag": tag, "Digest": manifest.digest, "Size": size}
        await self._progress({"progressDetail": {}, "aux": aux})
        self._store.tell("push", self._reference.familiar, self._reference.familiar_repository, image)

    async def _layer(self, diff_id: str, homes: Collection[str]) -> Blob:
        """The layer is in the repository afterwards, under this digest; `homes` are where its image came from."""
        repository, path = self._reference.repository, self._store.layer_path(diff_id)

        def packed() -> Iterator[bytes]:
            return gz_stored(_chunks(path))

        facts = self._store.distributed(diff_id)
        for known in sorted(
            facts, key=lambda fact: (fact.repository != repository, fact.repository not in homes)
        ):
            domain, _, source = known.repository.partition("/")
            if domain != self._reference.domain:
                continue
            blob = Blob(digest=known.digest, size=known.size, media_type=DOCKER_LAYER)
            if known.repository == repository:
                said = "Layer already exists" if await self._target.has(blob) else ""
            else:
                said = f"Mounted from {source}" if await self._target.mount(blob, source, packed) else ""
            if said:
                return await self._done(diff_id, blob, said)
        blob = await asyncio.to_thread(_packed_blob, path)
        if await self._target.has(blob):
            return await self._done(diff_id, blob, "Layer already exists")
        meter = Meter(self._progress, "Pushing", _short(diff_id), self._store.layer_size(diff_id))
        await meter.add(0)
        await self._target.upload(blob, packed)
        await meter.add(path.stat().st_size)
        return await self._done(diff_id, blob, "Pushed")

    async def _done(self, diff_id: str, blob: Blob, said: str) -> Blob:
        self._store.remember(diff_id, blob.digest, blob.size, blob.media_type, self._reference.repository)
        await self._progress(status(said, _short(diff_id)))
        return blob


def _packed_blob(path: Path) -> Blob:
    hashed = hashlib.sha256()
    size = 0
    for piece in gz_stored(_chunks(path)):
        hashed.update(piece)
        size += len(piece)
    return Blob(digest=f"sha256:{hashed.hexdigest()}", size=size, media_type=DOCKER_LAYER)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _short(diff_id: str) -> str:
    return diff_id.removeprefix("sha256:")[:12]
