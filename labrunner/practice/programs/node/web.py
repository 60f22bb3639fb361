"""node's `http`: requests that come in become events of the script, and what it answers goes out as it is said."""

import asyncio
import base64
import errno
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labrunner.practice.programs.asking import BadReply, ask, is_loopback
from labrunner.practice.programs.exchange import (
    SIMULATED,
    BadRequest,
    Request,
    Response,
    head,
    peer_of,
    read_request,
)
from labrunner.practice.programs.process import Listener, Machine, Reader, Serve, Writer
from labrunner.practice.programs.serving import http_date

BODY = 4 * 1024 * 1024
_PORTS = (32768, 60999)


@dataclass(slots=True, kw_only=True)
class _Open:
    """One request that the script has not finished answering."""

    request: Request
    writer: Writer
    done: asyncio.Event = field(default_factory=asyncio.Event)
    alive: bool = True
    chunked: bool = False
    begun: bool = False


@dataclass(slots=True, kw_only=True)
class Web:
    machine: Machine
    tell: Callable[..., None]
    listeners: dict[int, Listener] = field(default_factory=dict)
    open: dict[int, _Open] = field(default_factory=dict)
    count: int = 0

    async def listen(self, server: int, port: int) -> int:
        """The port; a free one for 0. Raises OSError with the port as its filename."""
        if port == 0:
            port = random.randint(*_PORTS)
        try:
            self.listeners[server] = await self.machine.listen(port, self._serving(server, port))
        except OSError as error:
            raise OSError(error.errno or errno.EIO, error.strerror, port) from None
        return port

    async def unlisten(self, server: int) -> None:
        listener = self.listeners.pop(server, None)
        if listener is not None:
            listener.close()

    def close(self) -> None:
        for listener in self.listeners.values():
            listener.close()
        self.listeners.clear()
        for each in self.open.values():
            each.writer.close()

    def _serving(self, server: int, port: int) -> Serve:
        async def serve(reader: Reader, writer: Writer) -> None:
            try:
                await self._converse(server, port, reader, writer)
            finally:
                writer.close()

        return serve

    async def _converse(self, server: int, port: int, reader: Reader, writer: Writer) -> None:
        peer = peer_of(writer)
        while True:
            try:
                request = await read_request(reader, peer=peer, body_limit=BODY)
            except BadRequest as bad:
                status = 431 if bad.status == 414 else bad.status
                writer.write(head(Response(status=status, headers=(SIMULATED,)), alive=False))
                await writer.drain()
                return
            if request is None:
                return
            self.count += 1
            number = self.count
            exchange = self.open[number] = _Open(request=request, writer=writer, alive=request.keeps_alive)
            self.tell("request", server, number, _told(request, port))
            try:
                await exchange.done.wait()
            except asyncio.CancelledError:
                self.tell("gone", number)
                raise
            finally:
                self.open.pop(number, None)
            if not exchange.alive:
                return

    async def head(
        self, number: int, status: int, reason: str, headers: list[list[str]], chunked: bool
    ) -> None:
        exchange = self.open.get(number)
        if exchange is None:
            return
        given = {name.lower(): value for name, value in headers}
        if given.get("connection", "").lower() == "close":
            exchange.alive = False
        bodiless = status in (204, 304) or status < 200 or exchange.request.method == "HEAD"
        if not bodiless and "content-length" not in given and "transfer-encoding" not in given:
            exchange.alive = False
        exchange.chunked = "chunked" in given.get("transfer-encoding", "").lower() and not bodiless
        exchange.begun = True
        kept = [(name, value) for name, value in headers if name.lower() != "connection"]
        if "date" not in given:
            kept.append(("Date", http_date(time.time())))
        if exchange.alive:
            kept.append(("Keep-Alive", "timeout=5"))
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in (*kept, SIMULATED))]
        lines.append(f"Connection: {'keep-alive' if exchange.alive else 'close'}")
        safe = [line.replace("\r", " ").replace("\n", " ") for line in lines]
        exchange.writer.write("\r\n".join([*safe, "", ""]).encode("utf-8", "replace"))

    async def body(self, number: int, sent: dict[str, str]) -> None:
        exchange = self.open.get(number)
        if exchange is None or exchange.request.method == "HEAD":
            return
        data = sent["text"].encode("utf-8", "replace") if "text" in sent else base64.b64decode(sent["bytes"])
        if data:
            exchange.writer.write(b"%x\r\n%s\r\n" % (len(data), data) if exchange.chunked else data)
            await self._flush(number, exchange)

    async def end(self, number: int) -> None:
        exchange = self.open.get(number)
        if exchange is None:
            return
        if exchange.chunked:
            exchange.writer.write(b"0\r\n\r\n")
        await self._flush(number, exchange)
        exchange.done.set()

    async def drop(self, number: int) -> None:
        """The script gave up on it, or nobody answers."""
        exchange = self.open.get(number)
        if exchange is not None:
            exchange.alive = False
            exchange.done.set()

    async def _flush(self, number: int, exchange: _Open) -> None:
        try:
            async with asyncio.timeout(60):
                await exchange.writer.drain()
        except (OSError, TimeoutError):
            exchange.alive = False
            exchange.done.set()
            self.tell("gone", number)

    async def ask(
        self, number: int, host: str, port: int, method: str, target: str, headers: list[list[str]], body: str
    ) -> None:
        """A request of the script's own; the reply is an event."""
        if not is_loopback(host, self.machine):
            self.tell("reply", number, {"error": _unknown_host(host)})
            return
        try:
            reply = await ask(
                self.machine,
                host,
                port,
                method,
                target,
                [(name, value) for name, value in headers],
                base64.b64decode(body),
                limit=BODY,
            )
        except OSError as error:
            self.tell("reply", number, {"error": _refused(error, host, port)})
        except (BadReply, EOFError):
            self.tell("reply", number, {"error": {"message": "socket hang up", "code": "ECONNRESET"}})
        else:
            told = {
                "status": reply.status,
                "reason": reply.reason,
                "version": "1.1",
                "headers": [list(pair) for pair in reply.headers],
                "body": base64.b64encode(reply.body).decode(),
            }
            self.tell("reply", number, told)


def _told(request: Request, port: int) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": request.target,
        "version": request.version.removeprefix("HTTP/"),
        "headers": [list(pair) for pair in request.headers],
        "body": base64.b64encode(request.body).decode(),
        "peer": request.peer,
        "port": port,
    }


def _unknown_host(host: str) -> dict[str, Any]:
    return {
        "message": f"getaddrinfo ENOTFOUND {host}",
        "code": "ENOTFOUND",
        "errno": -3008,
        "syscall": "getaddrinfo",
    }


def _refused(error: OSError, host: str, port: int) -> dict[str, Any]:
    if not isinstance(error, ConnectionRefusedError):
        return {"message": f"socket hang up ({error.strerror or error})", "code": "ECONNRESET"}
    address = "::1" if host in ("::1", "localhost") else "127.0.0.1"
    shown = f"{address}:{port}"
    return {
        "message": f"connect ECONNREFUSED {shown}",
        "code": "ECONNREFUSED",
        "errno": -111,
        "syscall": "connect",
        "address": address,
        "port": port,
    }
