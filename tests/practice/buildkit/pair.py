"""Two ends of one HTTP/2 connection in this process, over a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from labrunner.practice.api.buildkit.http2 import Connection, Stream


@asynccontextmanager
async def connected(accept: Callable[[Stream], Awaitable[None]]) -> AsyncIterator[Connection]:
    """The asking side; `accept` answers on the other."""
    near, far = socket.socketpair()
    client = Connection(*await asyncio.open_connection(sock=near))
    server = Connection(*await asyncio.open_connection(sock=far), accept=accept)
    running = asyncio.gather(client.run(), server.run())
    try:
        yield client
    finally:
        await client.close()
        await asyncio.wait_for(running, 5)
