"""The Engine API over a socket: requests, streams and hijacked connections, with the standard library alone.

Written on `socket` because `http.client` costs 15 ms to import, and every docker command is a process of its own.
"""

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from labrunner.dockercli.failure import Ended, Refused

USUAL = "unix:///var/run/docker.sock"
_PIECE = 65536


class Engine:
    """Where the commands go."""

    def __init__(self, host: str) -> None:
        self.host = host

    def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, object] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> "Reply":
        """Send a request; the reply's head has been read. Raises Refused for 4xx and 5xx."""
        connection = self._connect()
        chunks: Iterable[bytes] | None = None
        sent = dict(headers or {})
        if body is None:
            data = b""
        elif isinstance(body, bytes):
            data = body
        elif isinstance(body, Mapping):
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        else:
            assert isinstance(body, Iterable)
            data, chunks = b"", body
        if chunks is None:
            sent["Content-Length"] = str(len(data))
        else:
            sent["Transfer-Encoding"] = "chunked"
        sent.setdefault("Connection", "close")
        lines = [f"{method} {path}{_query(query)} HTTP/1.1", "Host: docker", "User-Agent: labrunner-docker"]
        lines += [f"{name}: {value}" for name, value in sent.items()]
        try:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + data)
            for chunk in chunks or ():
                if chunk:
                    connection.sendall(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            if chunks is not None:
                connection.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass  # What the engine said before it closed is still to be read.
        reply = Reply(connection)
        if reply.status >= 400:
            raise Refused(reply.status, _message(reply))
        return reply

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        return self.ask("GET", path, query).json()

    def post(self, path: str, query: Mapping[str, object] | None = None, body: object = None) -> Any:
        return self.ask("POST", path, query, {} if body is None else body).json()

    def hijack(self, path: str, query: Mapping[str, object] | None = None, body: object = None) -> "Reply":
        """A connection that both sides write to; `Reply.rest` is what came behind the head."""
        headers = {"Connection": "Upgrade", "Upgrade": "tcp"}
        return self.ask("POST", path, query, b"" if body is None else body, headers)

    def needs(self, wanted: str, flag: str) -> None:
        """Raises Ended where the engine's API is older than a flag."""
        version = self.ask("GET", "/_ping").headers.get("api-version", wanted)
        if [int(part) for part in version.split(".")] < [int(part) for part in wanted.split(".")]:
            raise Ended(
                f'"{flag}" requires API version {wanted}, but the Docker daemon API version is {version}'
            )

    def _connect(self) -> socket.socket:
        scheme, _, place = self.host.partition("://")
        try:
            if scheme == "unix":
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(place)
                return connection
            if scheme == "tcp":
                name, _, port = place.rstrip("/").rpartition(":")
                return socket.create_connection((name.strip("[]"), int(port)))
        except PermissionError as error:
            raise Ended(
                f"permission denied while trying to connect to the Docker daemon socket at {self.host}"
            ) from error
        except (OSError, ValueError) as error:
            raise Ended(
                f"Cannot connect to the Docker daemon at {self.host}. Is the docker daemon running?"
            ) from error
        raise Ended(
            f"unable to parse docker host `{self.host}`: this docker command knows unix:// and tcp://"
        )


class Reply:
    """An answer whose body is read as it is wanted."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            piece = connection.recv(_PIECE)
            if not piece:
                raise Ended("error during connect: the engine closed the connection: EOF")
            self.rest += piece
        head, _, self.rest = self.rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ", 2)[1])
        self.headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        if self.status == 100:
            self.__init__(connection)  # type: ignore[misc]

    def chunks(self) -> Iterator[bytes]:
        """The body, piece by piece, as it comes."""
        if self.status in (204, 304):
            return
        if self.headers.get("transfer-encoding", "").lower() == "chunked":
            yield from self._chunked()
            return
        left = int(self.headers["content-length"]) if "content-length" in self.headers else None
        while left is None or left > 0:
            piece = self.rest or self.connection.recv(_PIECE)
            self.rest = b""
            if not piece:
                return
            left = None if left is None else left - len(piece)
            yield piece

    def _chunked(self) -> Iterator[bytes]:
        while True:
            size = int(self._line().split(b";")[0] or b"0", 16)
            if size == 0:
                return
            while size:
                if not self.rest:
                    self.rest = self.connection.recv(_PIECE)
                    if not self.rest:
                        return
                piece, self.rest = self.rest[:size], self.rest[size:]
                size -= len(piece)
                yield piece
            self._line()

    def _line(self) -> bytes:
        while b"\r\n" not in self.rest:
            piece = self.connection.recv(_PIECE)
            if not piece:
                return b""
            self.rest += piece
        line, _, self.rest = self.rest.partition(b"\r\n")
        return line

    def read(self) -> bytes:
        return b"".join(self.chunks())

    def json(self) -> Any:
        text = self.read()
        return json.loads(text) if text.strip() else None

    def messages(self) -> Iterator[dict[str, Any]]:
        """A stream of JSON objects, one a line."""
        waiting = b""
        for chunk in self.chunks():
            waiting += chunk
            *lines, waiting = waiting.split(b"\n")
            yield from (json.loads(line) for line in lines if line.strip())
        if waiting.strip():
            yield json.loads(waiting)

    def close(self) -> None:
        self.connection.close()


def host(given: str = "") -> str:
    """Which engine: what `-H` says, else DOCKER_HOST, else the usual socket."""
    chosen = given or os.environ.get("DOCKER_HOST") or USUAL
    return chosen if "://" in chosen else f"tcp://{chosen}"


def _query(query: Mapping[str, object] | None) -> str:
    wanted: list[str] = []
    for name, value in (query or {}).items():
        if value is None or value is False or value == "":
            continue
        for each in value if isinstance(value, (list, tuple)) else (value,):
            text = "1" if each is True else json.dumps(each) if isinstance(each, dict) else str(each)
            wanted.append(f"{name}={quoted(text)}")
    return "?" + "&".join(wanted) if wanted else ""


def quoted(text: str) -> str:
    """Percent-encoded, without the 10 ms that urllib costs."""
    return "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-._~") else f"%{byte:02X}"
        for byte in text.encode()
    )


def path_of(name: str) -> str:
    """An image's name inside a path: its slashes stay."""
    return "/".join(quoted(part).replace("%3A", ":").replace("%40", "@") for part in name.split("/"))


def _message(reply: Reply) -> str:
    text = reply.read().decode(errors="replace")
    try:
        told = json.loads(text)
    except ValueError:
        return text.strip() or f"status {reply.status}"
    return str(told.get("message", text)) if isinstance(told, dict) else text
