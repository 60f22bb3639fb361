"""HTTP/1.1 for a registry: heads read within bounds, bodies in pieces, answers written; no opinion on their meaning."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

LONGEST_HEAD = 64 * 1024
MOST_HEADERS = 100
PIECE = 256 * 1024
SLOWEST_HEAD = 20.0
SLOWEST_PIECE = 30.0
"""Seconds within which something more must come or go."""

REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No Content",
    206: "Partial Content",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Request Entity Too Large",
    416: "Requested Range Not Satisfiable",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    507: "Insufficient Storage",
}


class Malformed(Exception):
    """This is not HTTP as we take it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A request's or an answer's first lines."""

    method: str = ""
    path: str = ""
    """Decoded."""
    query: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    headers: Mapping[str, str]
    """Names in small letters."""
    keep_alive: bool = True

    @property
    def length(self) -> int | None:
        """Raises Malformed."""
        told = self.headers.get("content-length")
        if told is None:
            return None
        if not (told.isascii() and told.isdigit() and len(told) < 16):
            raise Malformed(400, "bad content length")
        return int(told)

    @property
    def chunked(self) -> bool:
        return self.headers.get("transfer-encoding", "").lower() == "chunked"


async def read_request(reader: asyncio.StreamReader) -> Head | None:
    """None where the client has closed; raises Malformed, TimeoutError and OSError."""
    lines = await _lines(reader)
    if lines is None:
        return None
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Malformed(400, "not a request")
    method, target, version = words
    raw, _, query = target.partition("?")
    headers = _headers(lines[1:])
    if "transfer-encoding" in headers and (
        "content-length" in headers or headers["transfer-encoding"].lower() != "chunked"
    ):
        raise Malformed(400, "two lengths")
    try:
        path = unquote(raw, errors="strict")
        pairs = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise Malformed(400, "bad target") from error
    return Head(
        method=method,
        path=path,
        query=pairs,
        headers=headers,
        keep_alive=version == "HTTP/1.1" and headers.get("connection", "").lower() != "close",
    )


async def read_answer(reader: asyncio.StreamReader) -> Head:
    """Raises Malformed, TimeoutError and OSError."""
    while True:
        lines = await _lines(reader)
        if lines is None:
            raise ConnectionResetError("EOF")
        words = lines[0].split(" ", 2)
        if (
            len(words) < 2
            or not words[0].startswith("HTTP/1.")
            or not (words[1].isascii() and words[1].isdigit())
        ):
            raise Malformed(502, "malformed HTTP response")
        status = int(words[1])
        if status >= 200:
            return Head(status=status, headers=_headers(lines[1:]), keep_alive=False)


async def body(
    reader: asyncio.StreamReader, head: Head, *, until_close: bool = False
) -> AsyncIterator[bytes]:
    """What follows a head, in pieces; raises Malformed, IncompleteReadError, TimeoutError and OSError."""
    if head.chunked:
        async for piece in _chunks(reader):
            yield piece
        return
    left = head.length
    if left is None:
        left = 2**62 if until_close else 0
    while left:
        async with asyncio.timeout(SLOWEST_PIECE):
            piece = await reader.read(min(PIECE, left))
        if not piece:
            if until_close and head.length is None:
                return
            raise asyncio.IncompleteReadError(b"", left)
        left -= len(piece)
        yield piece


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        async with asyncio.timeout(SLOWEST_PIECE):
            line = await _line(reader)
        digits = line.partition(";")[0].strip()
        try:
            left = int(digits, 16) if len(digits) <= 15 else -1
        except ValueError:
            left = -1
        if left < 0:
            raise Malformed(400, "bad chunk")
        last = left == 0
        while left:
            async with asyncio.timeout(SLOWEST_PIECE):
                piece = await reader.read(min(PIECE, left))
            if not piece:
                raise asyncio.IncompleteReadError(b"", left)
            left -= len(piece)
            yield piece
        if last:
            async with asyncio.timeout(SLOWEST_PIECE):
                for _ in range(MOST_HEADERS):
                    if not await _line(reader):
                        return
            raise Malformed(400, "too many trailers")
        async with asyncio.timeout(SLOWEST_PIECE):
            if await _line(reader):
                raise Malformed(400, "bad chunk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    data: bytes = b""
    pieces: Iterator[bytes] | None = None
    """Instead of `data`: as many bytes as `length` says."""
    length: int | None = None


def told(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(
        status=status,
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
        data=json.dumps(value, ensure_ascii=False).encode() + b"\n",
    )


async def write_answer(
    writer: asyncio.StreamWriter, answer: Answer, *, standing: Mapping[str, str], head_only: bool, close: bool
) -> None:
    length = len(answer.data) if answer.length is None else answer.length
    headers = {**standing, **answer.headers}
    if answer.status != 204:
        headers.setdefault("Content-Length", str(length))
    if close:
        headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
    if not head_only:
        for piece in answer.pieces or (answer.data,):
            writer.write(piece)
            async with asyncio.timeout(SLOWEST_PIECE):
                await writer.drain()
    async with asyncio.timeout(SLOWEST_PIECE):
        await writer.drain()


async def _lines(reader: asyncio.StreamReader) -> list[str] | None:
    async with asyncio.timeout(SLOWEST_HEAD):
        first = await reader.read(1)
        if not first:
            return None
        if not (first.isalpha() or first in b"\r\n"):
            # Engines try TLS first, and go on to HTTP only when they are answered something else.
            raise Malformed(400, "not HTTP")
        try:
            raw = first + await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as error:
            raise Malformed(431, "head too long") from error
    if len(raw) > LONGEST_HEAD:
        raise Malformed(431, "head too long")
    return raw[:-4].decode("latin-1").lstrip("\r\n").split("\r\n")


async def _line(reader: asyncio.StreamReader) -> str:
    try:
        return (await reader.readuntil(b"\r\n"))[:-2].decode("latin-1")
    except asyncio.LimitOverrunError as error:
        raise Malformed(400, "line too long") from error


def _headers(lines: list[str]) -> dict[str, str]:
    if len(lines) > MOST_HEADERS:
        raise Malformed(431, "too many headers")
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or name != name.strip() or not name:
            raise Malformed(400, "bad header")
        name = name.lower()
        if name in ("content-length", "transfer-encoding") and name in headers:
            raise Malformed(400, "two lengths")
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    return headers
