"""The client's side of a build: a connection that the client opened, in which the daemon asks and the client answers."""

import asyncio
from collections.abc import Mapping
from typing import TypeVar

from labrunner.practice.api.buildkit.grpc import Code, Outgoing, RpcError, ask, call
from labrunner.practice.api.buildkit.http2 import Connection
from labrunner.practice.api.buildkit.messages_session import (
    AskCredentials,
    Bytes,
    Credentials,
    GetSecret,
    Packet,
    Secret,
)

Answered = TypeVar("Answered")

PATIENCE = 5.0
"""Seconds to wait for a session that a build names and that is not there yet."""

FILES = "/moby.filesync.v1.FileSync/DiffCopy"
SEND = "/moby.filesync.v1.FileSend/DiffCopy"
UPLOAD = "/moby.upload.v1.Upload/Pull"
SECRET = "/moby.buildkit.secrets.v1.Secrets/GetSecret"
CREDENTIALS = "/moby.filesync.v1.Auth/Credentials"


class Session:
    def __init__(self, name: str, connection: Connection, headers: Mapping[str, str]) -> None:
        self.id = name
        self.shared_key = headers.get("x-docker-expose-session-sharedkey", "")
        """Names the folder that the client builds from, so that its files need not be sent twice."""
        self._connection = connection
        methods = headers.get("x-docker-expose-session-grpc-method", "")
        self._methods = frozenset(method.strip() for method in methods.split(","))

    def offers(self, method: str) -> bool:
        return method in self._methods

    async def files(self, metadata: list[tuple[str, str]]) -> Outgoing[Packet]:
        return await self._call(FILES, Packet, metadata)

    async def deliver_files(self) -> Outgoing[Packet]:
        """To give files to the client: `--output type=local`."""
        return await self._call(SEND, Packet, [("buildkit-attachable-exporter-id", "0")])

    async def deliver_bytes(self) -> Outgoing[Bytes]:
        """To give one file to the client: `--output type=tar`."""
        return await self._call(SEND, Bytes, [("buildkit-attachable-exporter-id", "0")])

    async def upload(self, path: str, host: str) -> Outgoing[Bytes]:
        """What the client has read from its stdin."""
        return await self._call(UPLOAD, Bytes, [("urlpath", path), ("urlhost", host)])

    async def secret(self, name: str) -> bytes | None:
        """None where the client was not told of it."""
        if not self.offers(SECRET):
            return None
        try:
            found = await ask(self._connection, SECRET, GetSecret(id=name), Secret)
        except RpcError as error:
            if error.code == Code.NOT_FOUND:
                return None
            raise
        return found.data

    async def credentials(self, host: str) -> tuple[str, str]:
        """The user name and password that `docker login` has kept for a registry; empty if there is none."""
        if not self.offers(CREDENTIALS):
            return "", ""
        found = await ask(self._connection, CREDENTIALS, AskCredentials(host=host), Credentials)
        return found.username, found.secret

    async def _call(
        self, path: str, kind: type[Answered], metadata: list[tuple[str, str]]
    ) -> Outgoing[Answered]:
        if not self.offers(path):
            raise RpcError(Code.UNIMPLEMENTED, f"method {path} not supported by the client")
        return await call(self._connection, path, kind, metadata)


class Sessions:
    """The sessions that are open now."""

    def __init__(self) -> None:
        self._open: dict[str, Session] = {}
        self._changed = asyncio.Event()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Mapping[str, str]
    ) -> None:
        """Keeps one session until its connection ends. `headers` are the upgraded request's, in lower case."""
        connection = Connection(reader, writer)
        name = headers.get("x-docker-expose-session-uuid", "")
        self._open[name] = Session(name, connection, headers)
        self._changed.set()
        try:
            await connection.run()
        finally:
            self._open.pop(name, None)

    async def find(self, name: str) -> Session:
        """Waits a little for a session that is about to come; raises RpcError where it does not."""
        try:
            async with asyncio.timeout(PATIENCE):
                while name not in self._open:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            message = f"no active session for {name}: context deadline exceeded"
            raise RpcError(Code.UNKNOWN, message) from None
        return self._open[name]
