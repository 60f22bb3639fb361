"""HTTP/1.1 requests as values: what a client's head and body say, bounded, because clients may be slow or hostile."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from labrunner.practice.api.filters import Filters
from labrunner.practice.refusal import Refused

LONGEST_HEAD = 1 << 20
LONGEST_JSON = 1 << 20
LONGEST_CHUNK_LINE = 4096
SLOWEST_BODY = 120.0
"""Seconds between two pieces of a body."""
PIECE = 1 << 16
_LEFT_OVER = 1 << 18
"""An unread body up to this size is read away, so that the connection can go on."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FALSE = ("", "0", "no", "false", "none")


class Malformed(Exception):
    """Not HTTP as this server speaks it; the status says how."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Query:
    """What stands behind the question mark, read as Docker reads it."""

    def __init__(self, text: str) -> None:
        self._values: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=2000, errors="replace")
        except ValueError:
            raise Malformed(400, "too many query parameters") from None
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def has(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str, default: str = "") -> str:
        return self._values.get(name, [default])[0]

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self._values.get(name, ()))

    def truth(self, name: str, default: bool = False) -> bool:
        if name not in self._values:
            return default
        return self.text(name).strip().lower() not in _FALSE

    def number(self, name: str, default: int = 0) -> int:
        written = self.text(name).strip()
        if not written:
            return default
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", written):
            raise Refused(400, f'strconv.Atoi: parsing "{written[:80]}": invalid syntax')
        return int(written)

    def filters(self, *allowed: str) -> Filters:
        return Filters.read(self.text("filters"), allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    method: str
    path: str
    """Decoded, without the query."""
    query: Query
    headers: Mapping[str, str]
    """Names in lower case; several lines of one name joined by a comma."""
    old: bool = False
    """HTTP/1.0: the connection ends with the answer."""

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    @property
    def keeps(self) -> bool:
        return not self.old and "close" not in self.header("connection").lower()

    @property
    def upgrade(self) -> str:
        """`tcp`, `h2c`; "" where no other protocol is asked for."""
        return self.header("upgrade").lower() if "upgrade" in self.header("connection").lower() else ""


def read_head(lines: list[bytes]) -> Head:
    """The request line and the headers, without the empty line."""
    words = lines[0].decode("latin-1").split(" ")
    if len(words) != 3 or not _TOKEN.fullmatch(words[0]):
        raise Malformed(400, "malformed request line")
    method, target, protocol = words
    if protocol not in ("HTTP/1.1", "HTTP/1.0"):
        raise Malformed(505 if protocol.startswith("HTTP/") else 400, "unsupported protocol version")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not _TOKEN.fullmatch(name):
            raise Malformed(400, "malformed header")
        key, value = name.lower(), value.strip(" \t")
        if "\0" in value or "\r" in value:
            raise Malformed(400, "malformed header")
        if key in ("content-length", "host") and headers.get(key, value) != value:
            raise Malformed(400, f"contradicting {key} headers")
        headers[key] = f"{headers[key]}, {value}" if key in headers and headers[key] != value else value
    if protocol == "HTTP/1.1" and "host" not in headers:
        raise Malformed(400, "missing required Host header")
    if not target.startswith("/") and not target.lower().startswith("http://"):
        raise Malformed(400, "malformed request target")
    try:
        parts = urlsplit(target if not target.startswith("/") else "http://engine" + target)
        path = unquote(parts.path or "/", errors="strict")
    except ValueError:
        raise Malformed(400, "malformed request target") from None
    if "\0" in path:
        raise Malformed(400, "malformed request target")
    return Head(
        method=method, path=path, query=Query(parts.query), headers=headers, old=protocol == "HTTP/1.0"
    )


class Body:
    """What a request carries, piece by piece: by length or in chunks."""

    def __init__(
        self, reader: asyncio.StreamReader, head: Head, go_on: Callable[[], Awaitable[None]]
    ) -> None:
        self._reader = reader
        self._go_on: Callable[[], Awaitable[None]] | None = None
        coding, length = head.header("transfer-encoding").lower(), head.header("content-length")
        if coding and (coding != "chunked" or length):
            raise Malformed(400 if length else 501, "unsupported transfer encoding")
        if length and not re.fullmatch(r"[0-9]{1,18}", length):
            raise Malformed(400, "bad Content-Length")
        self._chunked = bool(coding)
        self._left = int(length or 0)
        self._over = not self._chunked and self._left == 0
        if head.header("expect").lower() == "100-continue" and not self._over:
            self._go_on = go_on

    @property
    def empty(self) -> bool:
        """Whether there was never anything to read, or all is read."""
        return self._over

    async def pieces(self) -> AsyncIterator[bytes]:
        if self._go_on is not None:
            go_on, self._go_on = self._go_on, None
            await go_on()
        while not self._over:
            async with asyncio.timeout(SLOWEST_BODY):
                piece = await self._piece()
            if piece:
                yield piece

    async def _piece(self) -> bytes:
        if self._chunked and self._left == 0:
            await self._next_chunk()
            if self._over:
                return b""
        piece = await self._reader.read(min(self._left, PIECE))
        if not piece:
            raise Malformed(400, "unexpected EOF")
        self._left -= len(piece)
        if self._left == 0:
            if self._chunked:
                if await self._reader.readexactly(2) != b"\r\n":
                    raise Malformed(400, "malformed chunked encoding")
            else:
                self._over = True
        return piece

    async def _next_chunk(self) -> None:
        line = await self._reader.readuntil(b"\n")
        size = line.partition(b";")[0].strip()
        if len(line) > LONGEST_CHUNK_LINE or not re.fullmatch(rb"[0-9a-fA-F]{1,15}", size):
            raise Malformed(400, "invalid byte in chunk length")
        self._left = int(size, 16)
        if self._left == 0:
            trailers = 0
            while (line := await self._reader.readuntil(b"\n")).strip():
                trailers += len(line)
                if trailers > LONGEST_CHUNK_LINE:
                    raise Malformed(400, "trailers too long")
            self._over = True

    async def read(self, limit: int = LONGEST_JSON) -> bytes:
        whole = bytearray()
        async for piece in self.pieces():
            whole += piece
            if len(whole) > limit:
                raise Refused(413, f"practice engine: a request body of more than {limit} bytes is not read")
        return bytes(whole)

    async def left_over(self) -> bool:
        """Reads away what no one read; False where that is too much and the connection must end."""
        if self._over:
            return True
        if self._go_on is not None:
            return False
        seen = 0
        async for piece in self.pieces():
            seen += len(piece)
            if seen > _LEFT_OVER:
                return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    head: Head
    body: Body
    version: tuple[int, int]
    """Of the API, as asked for in the path: (1, 51)."""
    names: Mapping[str, str]
    """What stood in the path where the route has `{name}`."""

    @property
    def name(self) -> str:
        return self.names["name"]

    @property
    def query(self) -> Query:
        return self.head.query

    async def json(self) -> dict[str, Any]:
        """The body as a JSON object; an empty body is an empty object."""
        kind = self.head.header("content-type").partition(";")[0].strip().lower()
        whole = await self.body.read()
        if not whole.strip():
            return {}
        if kind not in ("application/json", ""):
            raise Refused(400, f"unsupported Content-Type header ({kind}): must be 'application/json'")
        try:
            told = json.loads(whole)
        except (ValueError, RecursionError):
            raise Refused(400, f"invalid JSON: {_trouble(whole)}") from None
        if told is None:
            return {}
        if not isinstance(told, dict):
            raise Refused(400, "invalid JSON: json: cannot unmarshal into Go value of type struct")
        return told


def _trouble(whole: bytes) -> str:
    first = whole.strip()[:1].decode("latin-1")
    return (
        f"invalid character '{first}' looking for beginning of value"
        if first not in "{["
        else "unexpected EOF"
    )
