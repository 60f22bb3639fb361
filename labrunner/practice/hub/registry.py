"""The lab registry: a small Distribution server on loopback, for the practice engine and for real engines alike.

Source of the calls: the OCI distribution-spec 1.1. Everyone who is logged in may pull; one may push below one's own
name only. `/v1/search` is the old call that `docker search HOST/term` makes.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from labrunner.practice.hub import wire
from labrunner.practice.hub.accounts import Accounts
from labrunner.practice.hub.asking import Call, Denied, Library, Policy
from labrunner.practice.hub.calls import ROUTES
from labrunner.practice.hub.depot import CHUNK, Bounds, Depot, DepotFull
from labrunner.practice.hub.recipe import Row
from labrunner.practice.hub.wire import Answer, Malformed

__all__ = ["Policy", "Server", "serve"]

MOST_CONNECTIONS = 256
LINGERING = 2.0
MOST_DISCARDED = 64 * 1024 * 1024
_LOG = logging.getLogger("labrunner.practice")
_STANDING = {
    "Server": "labrunner-lab-registry",
    "Docker-Distribution-Api-Version": "registry/2.0",
    "X-Content-Type-Options": "nosniff",
}


class Server:
    """A running lab registry."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    async def listen(self, host: str, port: int) -> None:
        """Raises OSError where the port is taken."""
        self._listener = await asyncio.start_server(self._connected, host, port, limit=wire.LONGEST_HEAD)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._converse(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._exchanges(reader, writer)
            await _let_go(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass
        except Exception:
            _LOG.exception("the lab registry: a connection ended unexpectedly")
        finally:
            writer.transport.abort()

    async def _exchanges(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._exchange(reader, writer):
                pass
        except Malformed as malformed:
            rejected = Answer(status=malformed.status)
            await wire.write_answer(writer, rejected, standing=_STANDING, head_only=False, close=True)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await wire.read_request(reader)
        if head is None:
            return False
        call = Call(self.library, head, reader, writer)
        try:
            answer = await self._answer(call)
        except Denied as denied:
            answer = denied.answer
        except DepotFull as full:
            answer = Denied(507, "DENIED", f"the lab registry is full: {full}").answer
        close = not head.keep_alive or not call.read_whole
        await wire.write_answer(
            writer, answer, standing=_STANDING, head_only=head.method == "HEAD", close=close
        )
        return not close

    async def _answer(self, call: "Call") -> Answer:
        for pattern, methods in ROUTES:
            matched = pattern.fullmatch(call.head.path)
            if matched is None:
                continue
            handle = methods.get(call.head.method)
            if handle is None:
                raise Denied(405, "UNSUPPORTED", "The operation is unsupported.")
            return await handle(call, **{key: value or "" for key, value in matched.groupdict().items()})
        return Answer(status=404, headers={"Content-Type": "text/plain"}, data=b"404 page not found\n")


async def _let_go(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Closed without unread bytes, which would reset the connection before the client has read its answer."""
    writer.write_eof()
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGERING):
            left = MOST_DISCARDED
            while left > 0 and (piece := await reader.read(CHUNK)):
                left -= len(piece)
    writer.close()
    async with asyncio.timeout(wire.SLOWEST_PIECE):
        await writer.wait_closed()


async def serve(
    host: str,
    port: int,
    folder: Path,
    accounts: Accounts,
    *,
    rows: Callable[[], tuple[Row, ...]] = tuple,
    policy: Policy | None = None,
    bounds: Bounds | None = None,
) -> Server:
    """A lab registry that answers; `port` 0 takes a free one. Raises OSError where the port is taken."""
    depot = Depot(folder, bounds)
    server = Server(Library(depot=depot, accounts=accounts, rows=rows, policy=policy or Policy()))
    await server.listen(host, port)
    return server


if __name__ == "__main__":
    from labrunner.practice.hub.alone import main

    main()
