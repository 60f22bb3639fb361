"""A unix socket in front of an engine that notes which requests pass: what is asked, and how often."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_REQUEST = re.compile(rb"^(?:GET|HEAD|POST|PUT|DELETE) \S+(?= HTTP/1\.1\r\n)", re.MULTILINE)


class Proxy:
    """Requests are found in what a client sends; the engine's answers pass unread."""

    def __init__(self, path: Path, engine: str) -> None:
        self.address = f"unix://{path}"
        self.requests: list[str] = []
        """`GET /v1.51/images/json?all=0`, in order."""
        self._engine = engine.removeprefix("unix://")
        self._open: list[socket.socket] = []
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        self._door.listen()
        threading.Thread(target=self._welcome, daemon=True).start()

    def close(self) -> None:
        for connection in (self._door, *self._open):
            with suppress(OSError):  # the other side was first
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _welcome(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(self._engine)
            self._open += [client, engine]
            threading.Thread(target=self._pass_on, args=(client, engine, True), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(engine, client, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, asking: bool) -> None:
        try:
            while received := source.recv(65536):
                if asking:
                    self.requests += [found.decode() for found in _REQUEST.findall(received)]
                sink.sendall(received)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            return


@contextmanager
def proxy(folder: Path, engine: str) -> Iterator[Proxy]:
    made = Proxy(folder / "proxy.sock", engine)
    try:
        yield made
    finally:
        made.close()
