"""Just enough of the Engine API for the docker command to reach BuildKit's front: a unix socket, three routes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from labrunner.practice.api.buildkit import Daemon, serve_grpc, serve_session

PING = b"HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nOstype: linux\r\nBuilder-Version: 2\r\nContent-Length: 0\r\n\r\n"
UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
VERSION = json.dumps({"Version": "28.5.2", "ApiVersion": "1.51", "Os": "linux", "Arch": "amd64"}).encode()


@asynccontextmanager
async def listening(daemon: Daemon, path: Path) -> AsyncIterator[str]:
    """The DOCKER_HOST of a server for this daemon."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await _serve(daemon, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_unix_server(connected, path)
    try:
        yield f"unix://{path}"
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(daemon: Daemon, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *rows = head.strip().split("\r\n")
        _, path, _ = first.split(" ")
        headers: dict[str, str] = {}
        for row in rows:
            name, _, value = row.partition(": ")
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        if path == "/grpc":
            writer.write(UPGRADED)
            return await serve_grpc(reader, writer, daemon)
        if path == "/session":
            writer.write(UPGRADED)
            return await serve_session(reader, writer, headers, daemon)
        if path.endswith("/_ping"):
            writer.write(PING)
        elif path.endswith("/version"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(VERSION) + VERSION)
        else:
            writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
