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
from labrunner.shell.asked import Asked, RequestReader
from labrunner.shell.connection import Connection, End
from labrunner.shell.made import Made

__all__ = ["Asked", "Gateway", "Made"]

CHUNK = 262144
MOST_WAITING = 262144
"""Bytes that may wait for a slow reader before the writer has to wait as well."""
LONGEST_PATH = 103
"""macOS has 104 bytes for the path of a socket, Linux 108."""
KNOCK_AGAIN = 0.25
DIALLING = 5.0


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
        self._labels = dict(labels)
        self._label_builds = label_builds
        self._upstream = upstream
        self._path = socket_path
        self._wake = wake
        self._noted: deque[Asked | Made] = deque()
        self._selector = selectors.DefaultSelector()
        self._listener: socket.socket | None = None
        self._connections: set[Connection] = set()
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

    # --- in the gateway's thread ---

    def _note(self, noted: Asked | Made) -> None:
        self._noted.append(noted)
        self._wake()

    def _serve(self) -> None:
        while not self._closing:
            for key, ready in self._selector.select(None if self._listener else KNOCK_AGAIN):
                if isinstance(key.data, End):
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
        reader = RequestReader(self._labels, time.time, label_builds=self._label_builds)
        connection = Connection(client, engine, reader, self._note)
        self._connections.add(connection)
        for end in (connection.client, connection.engine):
            self._selector.register(end.socket, selectors.EVENT_READ, end)
            end.registered = selectors.EVENT_READ

    def _move(self, end: End, ready: int) -> None:
        connection = end.connection
        if connection not in self._connections:
            return
        other = connection.other(end)
        try:
            if ready & selectors.EVENT_READ and end.reads:
                data = end.socket.recv(CHUNK)
                if data:
                    connection.take(end, data)
                else:
                    connection.end(end)
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

    def _attend(self, end: End, other: End) -> None:
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

    def _drop(self, connection: Connection) -> None:
        self._connections.discard(connection)
        for end in (connection.client, connection.engine):
            if end.registered:
                self._selector.unregister(end.socket)
            end.socket.close()
