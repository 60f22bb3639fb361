"""The HTTP/1.1 server on a unix socket: chunks both ways, connections handed over, clients that leave."""

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

from labrunner.practice.api.message import LONGEST_HEAD, Body, Head, Malformed, read_head
from labrunner.practice.api.peer import Reader, hung_up, taken
from labrunner.practice.api.reply import Answer, Flow, Reply, Takeover, refused
from labrunner.practice.refusal import Refused

SLOWEST_HEAD = 30.0
"""Seconds from a request's first byte to the end of its head."""
MOST_CONNECTIONS = 1000
LONGEST_LINGER = 2.0
"""Seconds for which it is read away what a client sends that has its answer."""
_LOOK_AGAIN = 1.0
"""Seconds between two looks whether the peer of a half-closed connection is still there."""
_LOG = logging.getLogger("labrunner.practice")

Handle = Callable[[Head, Body], Awaitable[Reply]]
_TROUBLE = (ConnectionError, asyncio.IncompleteReadError, TimeoutError)


class Server:
    def __init__(self, handle: Handle, *, headers: dict[str, str]) -> None:
        self._handle = handle
        self._headers = headers
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None
        self._left = asyncio.get_running_loop().time()

    @property
    def idle(self) -> float:
        """Seconds since the last connection ended; 0 while there is one."""
        return 0.0 if self._tasks else asyncio.get_running_loop().time() - self._left

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._left = asyncio.get_running_loop().time()

    async def listen(self, path: Path) -> None:
        """On a fresh socket that only its owner may open."""
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            self._listener = await asyncio.get_running_loop().create_unix_server(
                lambda: asyncio.StreamReaderProtocol(Reader(), self._connected),
                path=str(path),
                backlog=512,
            )
        finally:
            os.umask(before)

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert isinstance(reader, Reader)
        if len(self._tasks) >= MOST_CONNECTIONS:
            writer.write(
                b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            )
            writer.close()
            return
        task = asyncio.create_task(_Connection(reader, writer, self._handle, self._headers).run())
        self._tasks.add(task)
        task.add_done_callback(self._ended)


class _Connection:
    def __init__(
        self, reader: Reader, writer: asyncio.StreamWriter, handle: Handle, headers: dict[str, str]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._handle = handle
        self._headers = headers

    async def run(self) -> None:
        try:
            while await self._exchange():
                pass
        except Malformed as malformed:
            await self._reject(malformed)
        except (asyncio.LimitOverrunError, ValueError):
            await self._reject(Malformed(431, "Request Header Fields Too Large"))
        except _TROUBLE:
            pass
        except asyncio.CancelledError:
            pass
        except Exception:
            _LOG.exception("a connection ended unexpectedly")
        finally:
            self._writer.close()
            with suppress(Exception, asyncio.CancelledError):
                async with asyncio.timeout(5):
                    await self._writer.wait_closed()
            transport = self._writer.transport
            transport.abort()

    async def _exchange(self) -> bool:
        """One request and its answer; whether another may follow."""
        head = await self._head()
        if head is None:
            return False
        body = Body(self._reader, head, self._go_on)
        try:
            reply = await self._handle(head, body)
        except Refused as refusal:
            reply = refused(refusal)
        except (*_TROUBLE, Malformed):
            raise
        except Exception:
            _LOG.exception("%s %s", head.method, head.path)
            reply = refused(_accident(head))
        match reply:
            case Takeover():
                if head.header("content-length"):
                    # A body that nobody read would be taken for what the client types.
                    async for _ in body.pieces():
                        pass
                await self._hand_over(head, reply)
                return False
            case Answer():
                keeps = head.keeps and await body.left_over()
                await self._answer(head, reply, keeps)
            case Flow():
                keeps = head.keeps
                keeps = await self._flow(head, reply, keeps, body) and await body.left_over()
        if not keeps and not body.empty:
            await self._linger()
        return keeps

    async def _head(self) -> Head | None:
        first = await self._reader.read(1)
        if not first:
            return None
        lines: list[bytes] = []
        size = 0
        async with asyncio.timeout(SLOWEST_HEAD):
            while True:
                line = first + await self._reader.readuntil(b"\n")
                first = b""
                size += len(line)
                if size > LONGEST_HEAD:
                    raise Malformed(431, "Request Header Fields Too Large")
                line = line.rstrip(b"\r\n")
                if line:
                    lines.append(line)
                    if len(lines) == 1 and line.count(b" ") != 2:
                        raise Malformed(400, "malformed request line")
                elif lines:
                    return read_head(lines)

    async def _go_on(self) -> None:
        self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await self._writer.drain()

    async def _reject(self, malformed: Malformed) -> None:
        text = f"{malformed.status} {_phrase(malformed.status)}: {malformed}".encode()
        head = (
            f"HTTP/1.1 {malformed.status} {_phrase(malformed.status)}\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: {len(text)}\r\n\r\n"
        )
        with suppress(Exception):
            self._writer.write(head.encode() + text)
            await self._linger()

    async def _linger(self) -> None:
        """Closing over unread bytes would take the answer back: the client may still be sending."""
        with suppress(OSError, TimeoutError):
            self._writer.write_eof()
            async with asyncio.timeout(LONGEST_LINGER):
                while await self._reader.read(1 << 16):
                    pass

    def _start(self, status: int, kind: str, more: dict[str, str], keeps: bool) -> bytes:
        rows = [f"HTTP/1.1 {status} {_phrase(status)}"]
        rows += [f"{name}: {value}" for name, value in {**self._headers, **more}.items()]
        if kind:
            rows.append(f"Content-Type: {kind}")
        rows.append(f"Date: {_now()}")
        if not keeps:
            rows.append("Connection: close")
        return ("\r\n".join(rows) + "\r\n\r\n").encode("latin-1", "replace")

    async def _answer(self, head: Head, answer: Answer, keeps: bool) -> None:
        more = dict(answer.headers)
        if answer.status not in (204, 304):
            more["Content-Length"] = str(len(answer.body))
        start = self._start(answer.status, answer.kind, more, keeps)
        self._writer.write(start if head.method == "HEAD" else start + answer.body)
        await self._writer.drain()

    async def _flow(self, head: Head, flow: Flow, keeps: bool, body: Body) -> bool:
        sink = _Chunks(self._writer, self._start, flow, chunked=not head.old, keeps=keeps)
        task = asyncio.create_task(_drive(flow, sink))
        await self._until_gone(task)
        error = None if task.cancelled() else task.exception()
        match error:
            case None if not task.cancelled():
                await sink.end()
                return keeps and not head.old
            case Refused() if not sink.begun:
                keeps = keeps and body.empty
                await self._answer(head, refused(error), keeps)
                return keeps
            case Exception() if not isinstance(error, (*_TROUBLE, Malformed)):
                _LOG.error("%s %s", head.method, head.path, exc_info=error)
                if not sink.begun:
                    await self._answer(head, refused(_accident(head)), keeps=False)
            case Malformed() if not sink.begun:
                raise error
        return False

    async def _hand_over(self, head: Head, takeover: Takeover) -> None:
        if head.upgrade:
            phrase = "UPGRADED" if takeover.protocol == "tcp" else "Switching Protocols"
            start = f"HTTP/1.1 101 {phrase}\r\n"
            if takeover.kind:
                start += f"Content-Type: {takeover.kind}\r\n"
            start += f"Connection: Upgrade\r\nUpgrade: {takeover.protocol}\r\n\r\n"
        else:
            start = f"HTTP/1.1 200 OK\r\nContent-Type: {takeover.kind}\r\n\r\n"
        self._writer.write(start.encode())
        try:
            await taken(self._writer)
        except BaseException:
            takeover.abandon()
            raise
        task = asyncio.create_task(_serve(takeover, self._reader, self._writer))
        try:
            await self._until_hung_up(task)
        except Refused as refusal:
            _LOG.info("%s %s: %s", head.method, head.path, refusal.message)
        except _TROUBLE:
            pass
        except Exception:
            _LOG.exception("%s %s, handed over", head.method, head.path)

    async def _until_hung_up(self, task: "asyncio.Task[None]") -> None:
        """A client that closes only its half goes on listening; one that is gone altogether ends the task."""
        try:
            gone = asyncio.create_task(self._reader.gone.wait())
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            while not task.done() and not hung_up(self._writer):
                await asyncio.wait({task}, timeout=_LOOK_AGAIN)
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})
        if not task.cancelled():
            task.result()

    async def _until_gone(self, task: "asyncio.Task[None]") -> None:
        gone = asyncio.create_task(self._reader.gone.wait())
        try:
            await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not task.done():
                task.cancel()
                await asyncio.wait({task})


class _Chunks:
    """The sink of a flow: its head at the first piece, each piece a chunk."""

    def __init__(
        self,
        writer: asyncio.StreamWriter,
        start: Callable[[int, str, dict[str, str], bool], bytes],
        flow: Flow,
        *,
        chunked: bool,
        keeps: bool,
    ) -> None:
        self._writer = writer
        self._make_start = start
        self._flow = flow
        self._chunked = chunked
        self._keeps = keeps and chunked
        self._begun = False

    @property
    def begun(self) -> bool:
        return self._begun

    async def begin(self) -> None:
        if not self._begun:
            self._begun = True
            more = dict(self._flow.headers)
            if self._chunked:
                more["Transfer-Encoding"] = "chunked"
            self._writer.write(self._make_start(self._flow.status, self._flow.kind, more, self._keeps))
            await self._writer.drain()

    async def write(self, data: bytes) -> None:
        await self.begin()
        if data:
            self._writer.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
            await self._writer.drain()

    async def end(self) -> None:
        await self.begin()
        if self._chunked:
            self._writer.write(b"0\r\n\r\n")
            await self._writer.drain()


async def _drive(flow: Flow, sink: _Chunks) -> None:
    await flow.produce(sink)


async def _serve(takeover: Takeover, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await takeover.serve(reader, writer)


def _accident(head: Head) -> Refused:
    return Refused(
        500,
        f"practice engine: {head.method} {head.path} met an accident inside labrunner; "
        "the engine's log has the details",
    )


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _now() -> str:
    """As in RFC 9110, whatever the locale."""
    now = time.gmtime()
    return time.strftime(f"{_DAYS[now.tm_wday]}, %d {_MONTHS[now.tm_mon - 1]} %Y %H:%M:%S GMT", now)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
