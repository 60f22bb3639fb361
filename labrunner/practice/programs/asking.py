"""One HTTP request to the container's own loopback, and the whole bounded reply: for curl, wget, node and proxies."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from labrunner.practice.programs.exchange import BadRequest, read_chunks
from labrunner.practice.programs.process import Machine, Reader

LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
REPLY_LIMIT = 64 * 1024 * 1024


class BadReply(Exception):
    """What came back is not HTTP, is too large, or broke off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int
    reason: str
    version: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def is_loopback(host: str, machine: Machine) -> bool:
    """The container itself; there is no network behind it."""
    return host.lower() in LOOPBACK or host.startswith("127.") or host == machine.hostname


async def ask(
    machine: Machine,
    host: str,
    port: int,
    method: str,
    target: str,
    headers: Sequence[tuple[str, str]],
    body: bytes = b"",
    *,
    patience: float | None = None,
    limit: int = REPLY_LIMIT,
) -> Reply:
    """Raises ConnectionRefusedError, TimeoutError or BadReply. The connection is closed afterwards."""
    async with asyncio.timeout(patience):
        reader, writer = await machine.connect(host, port)
        try:
            lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
            safe = [line.replace("\r", " ").replace("\n", " ") for line in lines]
            writer.write("\r\n".join([*safe, "", ""]).encode("utf-8", "replace") + body)
            await writer.drain()
            return await _reply(reader, method, limit)
        except (BadRequest, asyncio.IncompleteReadError, ValueError, EOFError) as error:
            raise BadReply(str(error)) from None
        finally:
            writer.close()


async def _reply(reader: Reader, method: str, limit: int) -> Reply:
    while True:
        start = (await reader.readline()).decode("latin-1").strip()
        if start == "":
            raise BadReply("Empty reply from server")
        version, _, rest = start.partition(" ")
        code, _, reason = rest.partition(" ")
        if not version.startswith("HTTP/1.") or not code.isdigit():
            raise BadReply("Received HTTP/0.9 when not allowed")
        headers: list[tuple[str, str]] = []
        while line := (await reader.readline()).decode("latin-1").rstrip("\r\n"):
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
            if len(headers) > 200:
                raise BadReply("too many headers")
        if int(code) >= 200:
            break
    found = {name.lower(): value for name, value in headers}
    body = b""
    if method == "HEAD" or code in ("204", "304"):
        pass
    elif found.get("transfer-encoding", "").lower() == "chunked":
        body = await read_chunks(reader, limit)
    elif (length := found.get("content-length")) is not None:
        if int(length) > limit:
            raise BadReply("too large")
        body = await reader.readexactly(int(length))
    else:
        parts: list[bytes] = []
        while part := await reader.read(65536):
            parts.append(part)
            if sum(map(len, parts)) > limit:
                raise BadReply("too large")
        body = b"".join(parts)
    return Reply(status=int(code), reason=reason, version=version, headers=tuple(headers), body=body)
