"""`docker pull`: manifest, configuration and layers from a source into the store, each checked against its digest."""

import asyncio
import hashlib
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from labrunner.practice.hub.manifest import Blob, Manifest
from labrunner.practice.hub.progress import Meter, Pace, Progress, status
from labrunner.practice.hub.source import Source
from labrunner.practice.images.image import LARGEST_CONFIG, Image, chain_ids
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.reference import HUB, Reference

AT_ONCE = 3
"""Downloads side by side, as in Docker."""
LARGEST_LAYER = 2 * 1024**3
LARGEST_UNPACKED = 4 * 1024**3
SLOWEST_LAYER = 30 * 60.0
_PIECE = 1024 * 1024
_GZIP = 31
"""zlib's word for: a gzip header stands before it."""
PLATFORMS = ("linux/amd64", "linux/arm64")
"""Which of an index's manifests is taken, the first that is there: practice runs none of their programs."""


async def pull(
    store: Store,
    reference: Reference,
    *,
    source: Source,
    progress: Progress,
    spool: Path,
    all_tags: bool = False,
    pace: Pace | None = None,
) -> Image:
    """The image, and its name in the store; raises Refused in Docker's words. `spool` is a folder for downloads."""
    pulling = _Pulling(store, source, progress, spool, pace or Pace())
    if reference.domain == HUB and reference.path == "library/scratch":
        raise Refused(403, "'scratch' is a reserved name")
    if not all_tags:
        image, fresh = await pulling.one(reference)
        name = reference.familiar
    else:
        fresh = False
        tags = await source.tags(reference)
        if not tags:
            raise Refused(404, f"no tags of {reference.familiar_repository} found")
        for tag in tags:
            image, new = await pulling.one(replace(reference, tag=tag, digest=""))
            fresh = fresh or new
        name = reference.familiar_repository
    said = "Downloaded newer image for" if fresh else "Image is up to date for"
    await progress(status(f"Status: {said} {name}"))
    store.tell("pull", name, reference.familiar_repository, image)
    return image


class _Pulling:
    def __init__(self, store: Store, source: Source, progress: Progress, spool: Path, pace: Pace) -> None:
        self._store = store
        self._source = source
        self._progress = progress
        self._spool = spool
        self._pace = pace

    async def one(self, reference: Reference) -> tuple[Image, bool]:
        """The image of one name, and whether the name is new or points elsewhere now."""
        wanted = replace(reference, tag="") if reference.digest else reference
        told = await self._source.manifest(wanted)
        if wanted.digest and told.digest != wanted.digest:
            raise _lying_manifest(wanted.digest)
        heading = status("Pulling from " + reference.path)
        await self._progress(heading | {"id": str(wanted) if wanted.digest else wanted.tag})
        manifest = await self._of_platform(wanted, told)
        config = manifest.config
        assert config is not None
        image = self._store.image(config.digest)
        if image is None:
            with self._store.keeping():
                image = await self._fetch(wanted, manifest, config)
        digest = replace(reference, tag="", digest=told.digest)
        names = self._store.references()
        fresh = names.get(str(wanted)) != image.id
        for name in (digest, wanted):
            if names.get(str(name)) != image.id:
                self._store.tag(image.id, name, told=False)
        for diff_id, layer in zip(image.layers, manifest.layers, strict=False):
            known = self._store.digest_of(diff_id, reference.repository)
            if known is None or (known.digest, known.repository) != (layer.digest, reference.repository):
                self._store.remember(
                    diff_id, layer.digest, layer.size, layer.media_type, reference.repository
                )
        await self._progress(status(f"Digest: {told.digest}"))
        return image, fresh

    async def _of_platform(self, reference: Reference, told: Manifest) -> Manifest:
        if told.config is not None:
            return told
        for platform in PLATFORMS:
            for blob, known in told.manifests:
                if known == platform:
                    manifest = await self._source.manifest(replace(reference, tag="", digest=blob.digest))
                    if manifest.digest != blob.digest or manifest.config is None:
                        raise _lying_manifest(blob.digest)
                    return manifest
        raise Refused(404, f"no matching manifest for {PLATFORMS[0]} in the manifest list entries")

    async def _fetch(self, reference: Reference, manifest: Manifest, config: Blob) -> Image:
        data = await self._configuration(reference, config)
        image = Image.of(data)
        if len(image.layers) != len(manifest.layers):
            raise Refused(500, "layers from manifest don't match image configuration")
        if image.config.get("os", "linux") != "linux":
            raise Refused(
                500, f'image operating system "{image.config["os"]}" cannot be used on this platform'
            )
        await self._layers(reference, manifest, image)
        return await asyncio.to_thread(self._store.add_image, data)

    async def _configuration(self, reference: Reference, config: Blob) -> bytes:
        if config.size > LARGEST_CONFIG:
            raise Refused(
                400, f"image configuration of {config.size} bytes is larger than {LARGEST_CONFIG} bytes"
            )
        data = bytearray()
        async for piece in self._source.blob(reference, config):
            data += piece
            if len(data) > config.size:
                break
        if "sha256:" + hashlib.sha256(data).hexdigest() != config.digest:
            raise Refused(500, f"image config verification failed for digest {config.digest}")
        return bytes(data)

    async def _layers(self, reference: Reference, manifest: Manifest, image: Image) -> None:
        """Those that are missing, from the first one on: above it nothing counts as there, as in Docker."""
        here = self._store.chains_needed()
        chain = chain_ids(image.layers)
        start = next((n for n, one in enumerate(chain) if one not in here), len(chain))
        for layer in manifest.layers[:start]:
            await self._progress(status("Already exists", _short(layer)))
        missing = list(zip(manifest.layers, image.layers, strict=True))[start:]
        for layer, _diff_id in missing:
            if layer.size > LARGEST_LAYER:
                raise Refused(400, f"layer of {layer.size} bytes is larger than {LARGEST_LAYER} bytes")
            await self._progress(status("Pulling fs layer", _short(layer)))
        for layer, _diff_id in missing[AT_ONCE:]:
            await self._progress(status("Waiting", _short(layer)))
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="pull-", dir=self._spool) as folder:
            await self._transfer(reference, missing, Path(folder))

    async def _transfer(self, reference: Reference, missing: list[tuple[Blob, str]], folder: Path) -> None:
        gate = asyncio.Semaphore(AT_ONCE)
        room = _Room(LARGEST_UNPACKED)

        async def download(number: int, layer: Blob) -> Path:
            async with gate, asyncio.timeout(SLOWEST_LAYER):
                return await self._download(reference, layer, folder / f"{number}")

        downloads = [
            asyncio.create_task(download(number, layer)) for number, (layer, _) in enumerate(missing)
        ]
        try:
            for task, (layer, diff_id) in zip(downloads, missing, strict=True):
                packed = await task
                await self._extract(packed, layer, diff_id, room)
                packed.unlink()
        except TimeoutError as error:
            raise Refused(500, "context deadline exceeded") from error
        finally:
            for task in downloads:
                task.cancel()
            await asyncio.gather(*downloads, return_exceptions=True)

    async def _download(self, reference: Reference, layer: Blob, path: Path) -> Path:
        hashed = hashlib.sha256()
        meter = Meter(self._progress, "Downloading", _short(layer), layer.size)
        with path.open("xb") as file:
            async for piece in self._source.blob(reference, layer):
                if meter.current + len(piece) > layer.size:
                    raise _lying_layer(layer.digest)
                file.write(piece)
                hashed.update(piece)
                await asyncio.sleep(self._pace.seconds(len(piece)))
                await meter.add(len(piece))
        await self._progress(status("Verifying Checksum", _short(layer)))
        if f"sha256:{hashed.hexdigest()}" != layer.digest:
            raise _lying_layer(layer.digest)
        await self._progress(status("Download complete", _short(layer)))
        return path

    async def _extract(self, packed: Path, layer: Blob, diff_id: str, room: "_Room") -> None:
        meter = Meter(self._progress, "Extracting", _short(layer), layer.size)
        loop = asyncio.get_running_loop()

        def told(size: int) -> None:
            asyncio.run_coroutine_threadsafe(meter.add(size), loop).result()

        def keep() -> None:
            with packed.open("rb") as file:
                pieces = _unpacked(file, room, told)
                self._store.add_layer_chunks(pieces, diff_id=diff_id)

        await asyncio.to_thread(keep)
        await self._progress(status("Pull complete", _short(layer)))


@dataclass(slots=True)
class _Room:
    """How many unpacked bytes an image may still bring."""

    left: int

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Refused(
                500, f"failed to register layer: unpacked, the image is larger than {LARGEST_UNPACKED} bytes"
            )


def _unpacked(file: BinaryIO, room: _Room, told: Callable[[int], None]) -> Iterator[bytes]:
    """A layer's tar in pieces of at most 1 MiB, whatever a few packed bytes may stand for."""
    packed = file.read(_PIECE)
    unpack = zlib.decompressobj(_GZIP) if packed.startswith(b"\x1f\x8b") else None
    while packed:
        told(len(packed))
        if unpack is None:
            room.take(len(packed))
            yield packed
            packed = b""
        while packed and unpack is not None:
            if unpack.eof:
                unpack = zlib.decompressobj(_GZIP)
            try:
                piece = unpack.decompress(packed, _PIECE)
            except zlib.error as error:
                raise Refused(500, f"failed to register layer: {error}") from error
            packed = unpack.unused_data if unpack.eof else unpack.unconsumed_tail
            room.take(len(piece))
            yield piece
        packed = file.read(_PIECE)
    if unpack is not None and not unpack.eof:
        raise Refused(500, "failed to register layer: unexpected EOF")


def _short(layer: Blob) -> str:
    return layer.digest.removeprefix("sha256:")[:12]


def _lying_manifest(digest: str) -> Refused:
    return Refused(500, f"manifest verification failed for digest {digest}")


def _lying_layer(digest: str) -> Refused:
    return Refused(500, f"filesystem layer verification failed for digest {digest}")
