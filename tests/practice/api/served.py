"""An engine inside the test's own process, on a real socket, and a client that speaks raw HTTP to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from labrunner.practice.api.http import Server
from labrunner.practice.api.ping import HEADERS
from labrunner.practice.api.routes import Api
from labrunner.practice.daemon import Daemon

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Client:
    def __init__(self, path: Path, daemon: Daemon) -> None:
        self.path = path
        self.daemon = daemon

    async def ask(self, method: str, target: str, body: Any = None) -> tuple[int, Any]:
        """The status, and the JSON or bytes of the answer."""
        sent = b"" if body is None else json.dumps(body).encode()
        return await self.send(method, target, sent, "application/json")

    async def send(self, method: str, target: str, sent: bytes, kind: str) -> tuple[int, Any]:
        reader, writer = await self.open(method, target, sent, kind, version="1.0")
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        head, _, rest = answer.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        if b"Content-Type: application/json" in head and rest.count(b"\n") == 1:
            return status, json.loads(rest)
        return status, rest

    async def open(
        self,
        method: str,
        target: str,
        sent: bytes = b"",
        kind: str = "application/json",
        *,
        version: str = "1.1",
    ) -> Connection:
        reader, writer = await asyncio.open_unix_connection(str(self.path))
        head = f"{method} {target} HTTP/{version}\r\nHost: engine\r\nContent-Type: {kind}\r\n"
        if target.partition("?")[0].endswith("/attach") or target.startswith("/v1.51/exec/"):
            head += "Connection: Upgrade\r\nUpgrade: tcp\r\n"
        writer.write(f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        return reader, writer


@asynccontextmanager
async def engine(folder: Path) -> AsyncIterator[Client]:
    daemon = Daemon(folder)
    server = Server(Api(daemon), headers=HEADERS)
    await daemon.open()
    await server.listen(folder / "s")
    try:
        yield Client(folder / "s", daemon)
    finally:
        await server.close()
        await daemon.close()
