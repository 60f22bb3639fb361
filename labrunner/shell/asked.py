"""What a client asks of the engine, read from the bytes that it sends: noted, labelled, and passed on.

Only requests are read, and only their heads, save the small bodies of the three requests that make
things. What is not understood passes through unread, and so does everything after a connection stops
being HTTP/1.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qsl, unquote

from labrunner.shell.labels import query_with_labels, with_labels

LONGEST_HEAD = 65536
LONGEST_LABELLED = 1 << 20
"""A longer body is passed on without a label."""
MADE_BY = {
    "/containers/create": "container",
    "/networks/create": "network",
    "/volumes/create": "volume",
}

_VERSION = re.compile(r"/v\d+(?:\.\d+)?(?=/)")
_START = re.compile(rb"[A-Z]{1,16}(?: (?:[/*h].*)?)?", re.DOTALL)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: `GET /images/nginx/history`, without the version the client put before it."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    at: float = 0.0
    """Seconds since the epoch."""


class _Reading(Enum):
    HEAD = "head"
    BODY = "body"
    LABELLED = "labelled body"
    CHUNK_SIZE = "size of a chunk"
    CHUNK = "chunk"
    TRAILER = "trailer"
    UNREAD = "no HTTP/1 any more"


class RequestReader:
    """Reads one connection's requests; `taken` gives each, with the body of one that makes something."""

    def __init__(
        self, labels: Mapping[str, str], clock: Callable[[], float], *, label_builds: bool = True
    ) -> None:
        self._labels = labels
        self._label_builds = label_builds
        self._clock = clock
        self._asked_since: list[tuple[Asked, bytes]] = []
        self._reading = _Reading.HEAD
        self._unread = b""
        self._left = 0
        self._head = b""
        self._asked = Asked(method="", path="")

    def feed(self, data: bytes) -> bytes:
        """What is to be passed on to the engine now."""
        self._unread += data
        passed = []
        while self._unread:
            before = self._reading, len(self._unread)
            passed.append(self._step())
            if before == (self._reading, len(self._unread)):
                break
        return b"".join(passed)

    def taken(self) -> list[tuple[Asked, bytes]]:
        """What was asked since the last time."""
        taken, self._asked_since = self._asked_since, []
        return taken

    def rest(self) -> bytes:
        """What was kept back of a request that will never be complete."""
        rest, self._unread, self._reading = self._head + self._unread, b"", _Reading.UNREAD
        return rest

    def _step(self) -> bytes:
        match self._reading:
            case _Reading.UNREAD:
                return self._take(len(self._unread))
            case _Reading.HEAD:
                return self._read_head()
            case _Reading.LABELLED:
                return self._read_labelled()
            case _Reading.BODY:
                return self._pass(_Reading.HEAD)
            case _Reading.CHUNK:
                return self._pass(_Reading.CHUNK_SIZE)
            case _Reading.CHUNK_SIZE:
                return self._read_chunk_size()
            case _Reading.TRAILER:
                return self._read_trailer()

    def _read_head(self) -> bytes:
        end = self._unread.find(b"\r\n\r\n")
        if end < 0:
            if len(self._unread) > LONGEST_HEAD or not _START.fullmatch(self._unread):
                self._reading = _Reading.UNREAD
            return b""
        head = self._take(end + 4)
        try:
            method, target, version = head[: head.index(b"\r\n")].decode().split(" ")
        except ValueError:
            method = target = version = ""
        if version != "HTTP/1.1" and version != "HTTP/1.0":
            self._reading = _Reading.UNREAD
            return head
        return self._begin(head, method, target)

    def _begin(self, head: bytes, method: str, target: str) -> bytes:
        raw_path, _, query = target.partition("?")
        path = (
            unquote(_VERSION.sub("", raw_path, count=1)) if raw_path.startswith("/v") else unquote(raw_path)
        )
        self._asked = Asked(
            method=method, path=path, query=dict(parse_qsl(query, keep_blank_values=True)), at=self._clock()
        )
        if method == "POST" and path == "/build" and self._label_builds:
            line = head.index(b"\r\n")
            target = f"{raw_path}?{query_with_labels(query, self._labels)}"
            head = f"{method} {target} ".encode() + head[head.rindex(b" ", 0, line) + 1 :]
        length = _LENGTH.search(head)
        self._left = int(length[1]) if length else 0
        if method == "POST" and path in MADE_BY and length and self._left <= LONGEST_LABELLED:
            self._head, self._reading = head, _Reading.LABELLED
            return b""
        self._asked_since.append((self._asked, b""))
        if _UPGRADE.search(head):
            # Whatever the engine answers, the client has nothing more to say in HTTP/1 that matters here.
            self._reading = _Reading.UNREAD
        elif _CHUNKED.search(head):
            self._reading = _Reading.CHUNK_SIZE
        elif self._left:
            self._reading = _Reading.BODY
        return head

    def _read_labelled(self) -> bytes:
        if len(self._unread) < self._left:
            return b""
        body = self._take(self._left)
        labelled = with_labels(body, self._labels)
        head, self._head, self._reading = self._head, b"", _Reading.HEAD
        length = _LENGTH.search(head)
        if length:
            head = head[: length.start(1)] + str(len(labelled)).encode() + head[length.end(1) :]
        self._asked_since.append((self._asked, body))
        return head + labelled

    def _pass(self, then: _Reading) -> bytes:
        passed = self._take(min(self._left, len(self._unread)))
        self._left -= len(passed)
        if not self._left:
            self._reading = then
        return passed

    def _read_chunk_size(self) -> bytes:
        line = self._take_line()
        if line:
            try:
                size = int(line.split(b";")[0], 16)
            except ValueError:
                self._reading = _Reading.UNREAD
                return line
            self._left = size + 2
            self._reading = _Reading.CHUNK if size else _Reading.TRAILER
        return line

    def _read_trailer(self) -> bytes:
        line = self._take_line()
        if line == b"\r\n":
            self._reading = _Reading.HEAD
        return line

    def _take_line(self) -> bytes:
        return self._take(self._unread.find(b"\n") + 1)

    def _take(self, count: int) -> bytes:
        taken, self._unread = self._unread[:count], self._unread[count:]
        return taken
