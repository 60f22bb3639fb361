"""A private socket in front of the engine's: what the learner's shell asks passes, noted and labelled.

One thread, one selector. Requests are read by `asked`, answers only where something is made; all else is
bytes.
"""

import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from labrunner.errors import ShellError
from labrunner.shell.asked import MADE_BY, Asked, RequestReader
from labrunner.shell.made import AnswerReader, Made, name_in

__all__ = ["Asked", "Gateway", "Made"]

CHUNK = 262144
MOST_WAITING = 262144
"""Bytes that may wait for a slow reader before the writer has to wait as well."""
LONGEST_PATH = 103
"""macOS has 104 bytes for the path of a socket, Linux 108."""
KNOCK_AGAIN = 0.25
DIALLING = 5.0


class _End:
    """One socket of a connection, and what waits to be sent there."""

    def __init__(self, connection: "_Connection", sock: socket.socket) -> None:
        self.connection = connection
        self.socket = sock
        self.waiting = bytearray()
        self.reads = True
        """It may still say something."""
        self.last = False
        """Nothing comes after what waits."""
        self.registered = 0

    def flush(self) -> None:
        """Send what can be sent, and close the writing half after the last of it."""
        while self.waiting:
            try:
                del self.waiting[: self.socket.send(self.waiting)]
            except BlockingIOError:
                return
        if self.last:
            self.last = False
            self.socket.shutdown(socket.SHUT_WR)


class _Connection:
    """A client and the engine it talks to."""

    def __init__(self, client: socket.socket, engine: socket.socket, gateway: "Gateway") -> None:
        self.client = _End(self, client)
        self.engine = _End(self, engine)
        self.reader = RequestReader(gateway.labels, time.time, self._asked, label_builds=gateway.label_builds)
        self._gateway = gateway
        self._answer: AnswerReader | None = None

    def other(self, end: _End) -> _End:
        return self.engine if end is self.client else self.client

    def over(self) -> bool:
        """Whether neither side has anything more to say."""
        ends = (self.client, self.engine)
        return not any(end.reads or end.waiting for end in ends)

    def passing(self, source: _End, data: bytes) -> bytes:
        """What becomes of bytes on their way through."""
        if source is self.client:
            return self.reader.feed(data)
        if self._answer:
            if made := self._answer.feed(data):
                self._gateway.note(made)
            if not self._answer.unfinished:
                self._answer = None
        return data

    def _asked(self, asked: Asked, body: bytes) -> None:
        self._gateway.note(asked)
        kind = MADE_BY.get(asked.path) if asked.method == "POST" else None
        self._answer = AnswerReader(kind, asked.query.get("name") or name_in(body)) if kind else None


class Gateway:
    """Listens on `socket_path` and passes all on to `upstream` (`unix:///path`, a path, or `tcp://host:port`).

    `wake` is called, in the gateway's thread, whenever there is something to `take`. A label on a classic build
    shows in its output as one more step, and in the image's history.
    """

    def __init__(
        self,
        upstream: str,
        socket_path: str,
        labels: Mapping[str, str],
        wake: Callable[[], None],
        *,
        label_builds: bool = True,
    ) -> None:
        self.labels = dict(labels)
        self.label_builds = label_builds
        self._upstream = upstream
        self._path = socket_path
        self._wake = wake
        self._noted: deque[Asked | Made] = deque()
        self._selector = selectors.DefaultSelector()
        self._listener: socket.socket | None = None
        self._connections: set[_Connection] = set()
        self._closing = False
        self._bell, self._ring = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="gateway", daemon=True)

    def start(self) -> None:
        """Listen; ShellError where that cannot be."""
        if len(os.fsencode(self._path)) >= LONGEST_PATH:
            raise ShellError(
                f"The path of the gateway's socket is too long for the system: {self._path}",
                "Set XDG_RUNTIME_DIR or TMPDIR to a folder with a short name.",
            )
        folder = Path(self._path).parent
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._listen()
        except OSError as error:
            raise ShellError(
                f"The gateway's socket {self._path} could not be made ({error.strerror}).",
                "Set XDG_RUNTIME_DIR or TMPDIR to a folder that you can write to.",
            ) from error
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._thread.start()

    def take(self) -> tuple[Asked | Made, ...]:
        """What was asked and made since the last time, in order."""
        taken = []
        while self._noted:
            taken.append(self._noted.popleft())
        return tuple(taken)

    def close(self) -> None:
        """Cut all connections and remove the socket."""
        self._closing = True
        self._ring.send(b"!")
        if self._thread.is_alive():
            self._thread.join()
        Path(self._path).unlink(missing_ok=True)
        for sock in (self._bell, self._ring):
            sock.close()
        self._selector.close()

    def note(self, noted: Asked | Made) -> None:
        """Keep what was seen until it is taken."""
        self._noted.append(noted)
        self._wake()

    # --- in the gateway's thread ---

    def _serve(self) -> None:
        while not self._closing:
            for key, ready in self._selector.select(None if self._listener else KNOCK_AGAIN):
                if isinstance(key.data, _End):
                    self._move(key.data, ready)
                elif key.fileobj is self._listener:
                    self._accept()
            if self._listener is None:
                self._knock()
        for connection in tuple(self._connections):
            self._drop(connection)
        if self._listener:
            self._listener.close()

    def _listen(self) -> None:
        """Bind beside the path and move there, so that nobody finds a socket that does not listen yet."""
        beside = f"{self._path}~"
        Path(beside).unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(beside)
        Path(beside).chmod(0o600)
        listener.listen(128)
        listener.setblocking(False)
        Path(beside).rename(self._path)
        self._listener = listener
        self._selector.register(listener, selectors.EVENT_READ)

    def _dial(self) -> socket.socket:
        address = self._upstream
        if address.startswith("unix://") or "://" not in address:
            engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            target: str | tuple[str, int] = address.removeprefix("unix://")
        else:
            parts = urlsplit(address)
            engine = socket.socket(socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET)
            target = (parts.hostname or "localhost", parts.port or 2375)
        engine.settimeout(DIALLING)
        try:
            engine.connect(target)
        except OSError:
            engine.close()
            raise
        engine.setblocking(False)
        return engine

    def _knock(self) -> None:
        """Listen again once the engine does."""
        try:
            self._dial().close()
            self._listen()
        except OSError:
            return

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        try:
            engine = self._dial()
        except OSError:
            # A socket that refuses is what makes the docker command say that no daemon is running.
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
            client.close()
            return
        client.setblocking(False)
        connection = _Connection(client, engine, self)
        self._connections.add(connection)
        for end in (connection.client, connection.engine):
            self._selector.register(end.socket, selectors.EVENT_READ, end)
            end.registered = selectors.EVENT_READ

    def _move(self, end: _End, ready: int) -> None:
        connection = end.connection
        if connection not in self._connections:
            return
        other = connection.other(end)
        try:
            if ready & selectors.EVENT_READ and end.reads:
                data = end.socket.recv(CHUNK)
                if data:
                    other.waiting += connection.passing(end, data)
                else:
                    end.reads = False
                    other.waiting += connection.reader.rest() if end is connection.client else b""
                    other.last = True
                other.flush()
            if ready & selectors.EVENT_WRITE:
                end.flush()
        except BlockingIOError:
            pass
        except OSError:
            self._drop(connection)
            return
        if connection.over():
            self._drop(connection)
            return
        for one in (end, other):
            self._attend(one, connection.other(one))

    def _attend(self, end: _End, other: _End) -> None:
        """Wait for what makes sense: no reading while what was read cannot be passed on."""
        reads = selectors.EVENT_READ if end.reads and len(other.waiting) < MOST_WAITING else 0
        wanted = reads | (selectors.EVENT_WRITE if end.waiting else 0)
        if wanted == end.registered:
            return
        if not end.registered:
            self._selector.register(end.socket, wanted, end)
        elif not wanted:
            self._selector.unregister(end.socket)
        else:
            self._selector.modify(end.socket, wanted, end)
        end.registered = wanted

    def _drop(self, connection: _Connection) -> None:
        self._connections.discard(connection)
        for end in (connection.client, connection.engine):
            if end.registered:
                self._selector.unregister(end.socket)
            end.socket.close()
