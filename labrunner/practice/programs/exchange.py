"""HTTP/1.1 as the simulated servers speak it: one bounded request in, one answer out, again while both want it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from labrunner.practice.programs.process import Reader, Writer

SIMULATED = ("X-Practice", "simulated")
"""Every answer of a stand-in says that it is one."""

_LINE = 8 * 1024
_HEADERS = 100
_PATIENCE = 60.0
_IDLE = 75.0


class BadRequest(Exception):
    """What came is not HTTP, or more of it than is allowed; `status` is the answer it gets."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    target: str
    """As it stands in the request line: `/a%20b?c=d`."""
    version: str = "HTTP/1.1"
    headers: tuple[tuple[str, str], ...] = ()
    """In the order and spelling they came."""
    body: bytes = b""
    peer: str = "127.0.0.1"

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def line(self) -> str:
        return f"{self.method} {self.target} {self.version}"

    @property
    def keeps_alive(self) -> bool:
        connection = (self.header("connection") or "").lower()
        if self.version == "HTTP/1.0":
            return "keep-alive" in connection
        return "close" not in connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    closes: bool = False
    reason: str = ""
    length: int | None = None
    """Content-Length where it is not that of the body: the answer to HEAD."""

    @property
    def phrase(self) -> str:
        return self.reason or reason(self.status)


Answer = Callable[[Request], Awaitable[Response]]
Told = Callable[[Request, Response], Awaitable[None]]


def reason(status: int) -> str:
    """`Not Found` for 404, in the words that servers use."""
    if status in _REASONS:
        return _REASONS[status]
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


_REASONS: Mapping[int, str] = {
    302: "Moved Temporarily",
    405: "Not Allowed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    416: "Requested Range Not Satisfiable",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
"""Where nginx has words of its own."""


def plain_path(target: str) -> str:
    """The decoded, normalised path of a target; raises BadRequest where it would leave the root."""
    path = target.partition("?")[0].partition("#")[0]
    if path.startswith(("http://", "https://")):
        path = "/" + path.split("://", 1)[1].partition("/")[2]
    decoded = unquote_to_bytes(path)
    if not decoded.startswith(b"/") or b"\0" in decoded:
        raise BadRequest(400)
    kept: list[str] = []
    parts = decoded.decode("utf-8", "surrogateescape").split("/")[1:]
    for part in parts:
        if part == "..":
            if not kept:
                raise BadRequest(400)
            kept.pop()
        elif part not in ("", "."):
            kept.append(part)
    folder = parts[-1] in ("", ".", "..")
    return "/" + "/".join(kept) + ("/" if folder and kept else "")


def peer_of(writer: Writer) -> str:
    """Who is at the other end; the loopback where the connection does not say."""
    ask = getattr(writer, "get_extra_info", None)
    name = ask("peername") if ask is not None else None
    return str(name[0]) if isinstance(name, tuple) and name else "127.0.0.1"


async def read_request(
    reader: Reader, *, peer: str = "127.0.0.1", body_limit: int = 1024 * 1024
) -> Request | None:
    """The next request, or None where the other side has gone or stays silent; raises BadRequest."""
    try:
        async with asyncio.timeout(_IDLE):
            start = await _line(reader, 414)
            if start == "":
                start = await _line(reader, 414)
    except (TimeoutError, EOFError):
        return None
    words = start.split(" ")
    if len(words) != 3 or not words[0].isalpha() or words[2] not in ("HTTP/1.0", "HTTP/1.1"):
        raise BadRequest(400)
    try:
        async with asyncio.timeout(_PATIENCE):
            headers = await _headers(reader)
            request = Request(method=words[0], target=words[1], version=words[2], headers=headers, peer=peer)
            if words[2] == "HTTP/1.1" and request.header("host") is None:
                raise BadRequest(400)
            body = await _body(reader, request, body_limit)
    except TimeoutError:
        raise BadRequest(408) from None
    except EOFError:
        return None
    return Request(method=words[0], target=words[1], version=words[2], headers=headers, body=body, peer=peer)


async def _line(reader: Reader, too_long: int) -> str:
    try:
        line = await reader.readline()
    except ValueError:
        raise BadRequest(too_long) from None
    if not line.endswith(b"\n"):
        raise EOFError
    if len(line) > _LINE:
        raise BadRequest(too_long)
    return line.rstrip(b"\r\n").decode("latin-1")


async def _headers(reader: Reader) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    while line := await _line(reader, 400):
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip() or len(found) == _HEADERS:
            raise BadRequest(400)
        found.append((name, value.strip()))
    return tuple(found)


async def _body(reader: Reader, request: Request, limit: int) -> bytes:
    if (coding := request.header("transfer-encoding")) is not None:
        if coding.lower() != "chunked":
            raise BadRequest(501)
        return await read_chunks(reader, limit)
    length = request.header("content-length")
    if length is None:
        return b""
    if not (length.isascii() and length.isdigit()):
        raise BadRequest(400)
    if int(length[:20]) > limit:
        raise BadRequest(413)
    return await reader.readexactly(int(length))


async def read_chunks(reader: Reader, limit: int) -> bytes:
    """A chunked body; raises BadRequest beyond `limit` bytes and EOFError where it breaks off."""
    parts: list[bytes] = []
    left = limit
    while True:
        try:
            size = int((await _line(reader, 400)).partition(";")[0], 16)
        except ValueError:
            raise BadRequest(400) from None
        if size < 0 or size > left:
            raise BadRequest(413)
        if size == 0:
            while await _line(reader, 400):
                pass
            return b"".join(parts)
        left -= size
        parts.append(await reader.readexactly(size))
        await _line(reader, 400)


def head(response: Response, *, alive: bool) -> bytes:
    """Status line and headers, as bytes that no header value can break out of."""
    length = response.length if response.length is not None else len(response.body)
    bodiless = response.status == 304 or response.status == 204 or response.status < 200
    lines = [f"HTTP/1.1 {response.status} {response.phrase}".rstrip()]
    given = {name.lower() for name, _ in response.headers}
    for name, value in response.headers:
        lines.append(f"{name}: {value}".replace("\r", " ").replace("\n", " "))
    if not bodiless and "content-length" not in given:
        lines.append(f"Content-Length: {length}")
    lines.append(f"Connection: {'keep-alive' if alive else 'close'}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")


async def serve_requests(
    reader: Reader,
    writer: Writer,
    answer: Answer,
    told: Told,
    refuse: Callable[[int], Response],
    *,
    body_limit: int = 1024 * 1024,
) -> None:
    """Answers one connection until either side has had enough; `told` hears of every finished request."""
    peer = peer_of(writer)
    try:
        while True:
            try:
                request = await read_request(reader, peer=peer, body_limit=body_limit)
            except BadRequest as bad:
                broken = Request(method="-", target="-", peer=peer)
                response = refuse(bad.status)
                writer.write(head(response, alive=False) + response.body)
                await writer.drain()
                await told(broken, response)
                return
            if request is None:
                return
            try:
                response = await answer(request)
            except BadRequest as bad:
                response = refuse(bad.status)
            alive = request.keeps_alive and not response.closes
            writer.write(head(response, alive=alive))
            if request.method != "HEAD":
                writer.write(response.body)
            await writer.drain()
            await told(request, response)
            if not alive:
                return
    except (ConnectionError, asyncio.IncompleteReadError):
        return
    finally:
        writer.close()
