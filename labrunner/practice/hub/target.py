"""Where pushed images go: the practice hub in this very process, or a registry over HTTP."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Protocol
from urllib.parse import urlsplit

from labrunner.practice.hub.accounts import Accounts, Auth
from labrunner.practice.hub.client import Remote, quoted
from labrunner.practice.hub.depot import Depot, DepotFull, WrongDigest
from labrunner.practice.hub.manifest import Blob, Manifest
from labrunner.practice.hub.source import PracticeHub
from labrunner.practice.refusal import Refused

DENIED = "denied: requested access to the resource is denied"

Pieces = Callable[[], Iterator[bytes]]


class Target(Protocol):
    """One repository that is pushed to."""

    async def knock(self) -> None:
        """Raises Refused where nobody answers."""
        ...

    async def admit(self) -> None:
        """Raises Refused where this account may not push here."""
        ...

    async def has(self, blob: Blob) -> bool: ...

    async def mount(self, blob: Blob, source: str, pieces: Pieces) -> bool:
        """Whether the blob could be taken over from another repository; `pieces` are our own copy of it."""
        ...

    async def upload(self, blob: Blob, pieces: Pieces) -> None: ...
    async def put(self, tag: str, manifest: Manifest) -> None: ...


class HubTarget:
    """A repository of the practice hub."""

    def __init__(
        self, path: str, auth: Auth | None, accounts: Accounts, depot: Depot, hub: PracticeHub
    ) -> None:
        self._path = path
        self._auth = auth
        self._accounts = accounts
        self._depot = depot
        self._hub = hub

    async def knock(self) -> None:
        return None

    async def admit(self) -> None:
        auth = self._auth
        if auth is not None and not await asyncio.to_thread(
            self._accounts.check, auth.username, auth.password
        ):
            raise Refused(401, "unauthorized: incorrect username or password")
        namespace, slash, _ = self._path.partition("/")
        if auth is None or not slash or auth.username != namespace:
            raise Refused(403, DENIED)

    async def has(self, blob: Blob) -> bool:
        return self._depot.blob(self._path, blob.digest) is not None

    async def mount(self, blob: Blob, source: str, pieces: Pieces) -> bool:
        if self._depot.mount(self._path, blob.digest, source):
            return True
        if not self._hub.official.has(source):
            return False
        try:
            await self.upload(blob, pieces)
        except WrongDigest:
            return False
        return True

    async def upload(self, blob: Blob, pieces: Pieces) -> None:
        try:
            await asyncio.to_thread(self._depot.put_blob, self._path, blob.digest, pieces())
        except DepotFull as full:
            raise Refused(500, f"the practice hub is full: {full}") from full

    async def put(self, tag: str, manifest: Manifest) -> None:
        await asyncio.to_thread(self._depot.put_manifest, self._path, manifest, tag)


class RemoteTarget:
    """A repository of a registry on this machine."""

    def __init__(self, path: str, remote: Remote) -> None:
        self._path = path
        self._remote = remote

    async def knock(self) -> None:
        await self._remote.call("GET", "/v2/")

    async def admit(self) -> None:
        reply = await self._remote.call("POST", f"/v2/{self._path}/blobs/uploads/")
        if reply.status == 401 and self._remote.auth is None:
            raise Refused(500, "no basic auth credentials")
        if reply.status != 202:
            raise _refused(reply.status, reply.data)
        await self._remote.call("DELETE", self._location(reply.head.headers.get("location", "")))

    async def has(self, blob: Blob) -> bool:
        reply = await self._remote.call("HEAD", f"/v2/{self._path}/blobs/{blob.digest}")
        return reply.status == 200

    async def mount(self, blob: Blob, source: str, pieces: Pieces) -> bool:
        path = f"/v2/{self._path}/blobs/uploads/?mount={blob.digest}&from={quoted(source)}"
        reply = await self._remote.call("POST", path)
        if reply.status == 202:
            await self._remote.call("DELETE", self._location(reply.head.headers.get("location", "")))
        return reply.status == 201

    async def upload(self, blob: Blob, pieces: Pieces) -> None:
        reply = await self._remote.call("POST", f"/v2/{self._path}/blobs/uploads/")
        if reply.status != 202:
            raise _refused(reply.status, reply.data)
        location = self._location(reply.head.headers.get("location", ""))
        divider = "&" if "?" in location else "?"
        reply = await self._remote.call(
            "PUT",
            f"{location}{divider}digest={blob.digest}",
            headers={"Content-Type": "application/octet-stream"},
            pieces=pieces(),
            length=blob.size,
        )
        if reply.status != 201:
            raise _refused(reply.status, reply.data)

    async def put(self, tag: str, manifest: Manifest) -> None:
        reply = await self._remote.call(
            "PUT",
            f"/v2/{self._path}/manifests/{tag}",
            headers={"Content-Type": manifest.media_type},
            pieces=(manifest.data,),
            length=len(manifest.data),
        )
        if reply.status not in (200, 201):
            raise _refused(reply.status, reply.data)

    def _location(self, told: str) -> str:
        """On this same registry, whatever host it names."""
        parts = urlsplit(told)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if not path.startswith("/v2/"):
            raise Refused(500, f"the registry sent an upload to {told[:200]!r}")
        return path


def _refused(status: int, data: bytes) -> Refused:
    """The first error of the specification's list, as Docker writes it: `denied: requested access …`."""
    try:
        first = json.loads(data)["errors"][0]
        code, message = str(first["code"]), str(first["message"])
    except (ValueError, RecursionError, LookupError, TypeError):
        return Refused(500, f"received unexpected HTTP status: {status}")
    return Refused(status, f"{code.lower().replace('_', ' ')}: {message}"[:2000])
