"""Where pulled images come from: the practice hub in this very process, or a registry over HTTP."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Protocol

from labrunner.practice.hub.client import ACCEPTED, Remote, quoted
from labrunner.practice.hub.depot import CHUNK, Depot
from labrunner.practice.hub.manifest import BadManifest, Blob, Manifest, read_manifest
from labrunner.practice.hub.official import Official
from labrunner.practice.images.image import is_digest
from labrunner.practice.refusal import Refused
from labrunner.reference import HUB, Reference

MOST_TAGS = 10_000


class Source(Protocol):
    async def manifest(self, reference: Reference) -> Manifest:
        """By tag or digest; raises Refused in Docker's words."""
        ...

    async def tags(self, reference: Reference) -> tuple[str, ...]: ...

    def blob(self, reference: Reference, blob: Blob) -> AsyncIterator[bytes]:
        """The bytes as they come; whoever takes them checks them."""
        ...


def not_found(reference: Reference) -> Refused:
    return Refused(404, f"manifest for {reference.familiar} not found: manifest unknown: manifest unknown")


def no_access(reference: Reference) -> Refused:
    return Refused(
        404,
        f"pull access denied for {reference.familiar_repository}, repository does not exist or may require "
        "'docker login': denied: requested access to the resource is denied",
    )


class PracticeHub:
    """`docker.io` of the practice engine: the catalogue, and what learners pushed."""

    def __init__(self, official: Official, depot: Callable[[], Depot]) -> None:
        self.official = official
        self._depot = depot

    async def manifest(self, reference: Reference) -> Manifest:
        wanted = reference.digest or reference.tag
        depot = self._depot()
        found = self.official.manifest(reference.path, wanted) or depot.manifest(reference.path, wanted)
        if found is not None:
            return found
        if self.official.has(reference.path) or depot.has_repository(reference.path):
            raise not_found(reference)
        raise no_access(reference)

    async def tags(self, reference: Reference) -> tuple[str, ...]:
        tags = self.official.tags(reference.path) or self._depot().tags(reference.path)
        if not tags:
            raise no_access(reference)
        return tags

    async def blob(self, reference: Reference, blob: Blob) -> AsyncIterator[bytes]:
        waiting = bytearray()
        for piece in self._pieces(reference, blob):
            waiting += piece
            if len(waiting) >= CHUNK:
                yield bytes(waiting)
                waiting.clear()
        yield bytes(waiting)

    def _pieces(self, reference: Reference, blob: Blob) -> Iterator[bytes]:
        official = self.official.blob(blob.digest) if self.official.has(reference.path) else None
        if official is not None:
            yield from official[1]()
            return
        path = self._depot().blob(reference.path, blob.digest)
        if path is None:
            raise Refused(500, f"unknown blob {blob.digest}")
        with path.open("rb") as file:
            while piece := file.read(CHUNK):
                yield piece


class RemoteSource:
    """A registry on this machine."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote

    async def manifest(self, reference: Reference) -> Manifest:
        path = f"/v2/{reference.path}/manifests/{reference.digest or reference.tag}"
        reply = await self._remote.call("GET", path, headers={"Accept": ACCEPTED})
        if reply.status == 401:
            raise self._unauthorized("Head", path)
        if reply.status == 403:
            raise no_access(reference)
        if reply.status == 404:
            raise not_found(reference)
        if reply.status != 200:
            raise Refused(500, f"received unexpected HTTP status: {reply.status}")
        try:
            return read_manifest(reply.data, reply.head.headers.get("content-type", ""))
        except BadManifest as error:
            raise Refused(500, f"{reference.familiar}: the registry's manifest is {error}") from error

    async def tags(self, reference: Reference) -> tuple[str, ...]:
        path = f"/v2/{reference.path}/tags/list"
        reply = await self._remote.call("GET", path)
        if reply.status == 401:
            raise self._unauthorized("Get", path)
        if reply.status == 404:
            raise Refused(404, f"name unknown: repository name not known to registry: {reference.path}")
        try:
            said = json.loads(reply.data)
            tags = said.get("tags") or []
        except (ValueError, RecursionError, AttributeError) as error:
            raise Refused(
                500, f"{reference.familiar_repository}: the registry's list of tags is broken"
            ) from error
        if not isinstance(tags, list) or len(tags) > MOST_TAGS:
            raise Refused(500, f"{reference.familiar_repository}: the registry's list of tags is broken")
        return tuple(str(tag) for tag in tags)

    async def blob(self, reference: Reference, blob: Blob) -> AsyncIterator[bytes]:
        assert is_digest(blob.digest)
        path = f"/v2/{reference.path}/blobs/{blob.digest}"
        async with self._remote.stream(quoted(path)) as (head, pieces):
            if head.status == 401:
                raise self._unauthorized("Get", path)
            if head.status == 404:
                raise Refused(404, "blob unknown to registry")
            if head.status != 200:
                raise Refused(500, f"received unexpected HTTP status: {head.status}")
            async for piece in pieces:
                yield piece

    def _unauthorized(self, method: str, path: str) -> Refused:
        if self._remote.auth is None:
            return Refused(500, f'{method} "{self._remote.url(path)}": no basic auth credentials')
        return Refused(401, "unauthorized")


def is_hub(reference: Reference) -> bool:
    return reference.domain == HUB
