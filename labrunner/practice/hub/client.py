"""The client side of the Distribution protocol, for registries on this machine's loopback and for nothing else."""

import asyncio
import errno
import ipaddress
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import quote, urlsplit

from labrunner.practice.hub import wire
from labrunner.practice.hub.accounts import Auth, basic
from labrunner.practice.hub.manifest import INDEXES, LARGEST_MANIFEST, MANIFESTS
from labrunner.practice.hub.wire import Head, Malformed
from labrunner.practice.refusal import Refused

ACCEPTED = ", ".join((*MANIFESTS, *INDEXES))
SLOWEST_CONNECT = 10.0
LARGEST_REPLY = LARGEST_MANIFEST
_TOO_SLOW = "net/http: request canceled (Client.Timeout exceeded while awaiting headers)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    head: Head
    data: bytes = b""

    @property
    def status(self) -> int:
        return self.head.status


class Remote:
    """One registry, `localhost:5001`; each call is a connection of its own."""

    def __init__(self, host: str, auth: Auth | None = None) -> None:
        self.host = host
        self.auth = auth

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        pieces: Iterable[bytes] = (),
        length: int = 0,
    ) -> Reply:
        """An answer with its small body; raises Refused where nobody answers."""
        async with self._open(method, path, headers or {}, pieces, length) as (head, reader):
            if method == "HEAD" or head.status == 204:
                return Reply(head=head)
            parts: list[bytes] = []
            size = 0
            async for piece in wire.body(reader, head, until_close=True):
                size += len(piece)
                if size > LARGEST_REPLY:
                    raise Refused(
                        500, f'Get "{self.url(path)}": the answer is larger than {LARGEST_REPLY} bytes'
                    )
                parts.append(piece)
            return Reply(head=head, data=b"".join(parts))

    @asynccontextmanager
    async def stream(self, path: str) -> AsyncIterator[tuple[Head, AsyncIterator[bytes]]]:
        """An answer whose body is read piece by piece."""
        async with self._open("GET", path, {}, (), 0) as (head, reader):
            yield head, wire.body(reader, head, until_close=True)

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, headers: Mapping[str, str], pieces: Iterable[bytes], length: int
    ) -> AsyncIterator[tuple[Head, asyncio.StreamReader]]:
        address, port = loopback(self.host)
        writer = None
        try:
            async with asyncio.timeout(SLOWEST_CONNECT):
                reader, writer = await asyncio.open_connection(address, port, limit=wire.LONGEST_HEAD)
            await self._send(writer, method, path, headers, pieces, length)
            yield await wire.read_answer(reader), reader
        except ConnectionRefusedError as error:
            raise Refused(
                500,
                f'Get "{self.url("/v2/")}": dial tcp {_shown(address)}:{port}: connect: connection refused',
            ) from error
        except TimeoutError as error:
            raise Refused(500, f'{method.capitalize()} "{self.url(path)}": {_TOO_SLOW}') from error
        except (OSError, asyncio.IncompleteReadError, Malformed) as error:
            raise Refused(500, f'{method.capitalize()} "{self.url(path)}": {_reason(error)}') from error
        finally:
            if writer is not None:
                writer.close()
                with suppress(OSError):
                    writer.transport.abort()

    async def _send(
        self,
        writer: asyncio.StreamWriter,
        method: str,
        path: str,
        headers: Mapping[str, str],
        pieces: Iterable[bytes],
        length: int,
    ) -> None:
        if any(ord(character) < 33 or ord(character) > 126 for character in path):
            raise Malformed(400, "bad target")
        sent = {
            "Host": self.host,
            "User-Agent": "labrunner-practice",
            "Connection": "close",
            **({"Authorization": basic(self.auth.username, self.auth.password)} if self.auth else {}),
            **({"Content-Length": str(length)} if method in ("POST", "PUT", "PATCH") else {}),
            **headers,
        }
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        for piece in pieces:
            writer.write(piece)
            async with asyncio.timeout(wire.SLOWEST_PIECE):
                await writer.drain()
        async with asyncio.timeout(wire.SLOWEST_PIECE):
            await writer.drain()


def loopback(host: str) -> tuple[str, int]:
    """Where to connect; any other machine is refused as a machine without a network refuses it."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise Refused(400, f"invalid registry host: {host[:200]}") from error
    if name == "localhost":
        return "127.0.0.1", port or 80
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        _unreachable(host, f"dial tcp: lookup {name}: no such host")
    if address.is_loopback:
        return str(address), port or 80
    _unreachable(host, f"dial tcp {_shown(str(address))}:{port or 443}: connect: network is unreachable")


def _unreachable(host: str, why: str) -> NoReturn:
    raise Refused(500, f'Get "https://{host}/v2/": {why}')


def _shown(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _reason(error: Exception) -> str:
    if isinstance(error, asyncio.IncompleteReadError):
        return "unexpected EOF"
    if isinstance(error, OSError) and error.errno == errno.ECONNRESET:
        return "read: connection reset by peer"
    return str(error)


def quoted(path: str) -> str:
    """Part of a target, as it travels."""
    return quote(path, safe="/:@._-~")
