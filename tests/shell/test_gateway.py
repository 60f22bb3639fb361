"""The gateway in front of a small real HTTP server: bytes, halves, streams, and an engine that goes away."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import pytest

from labrunner.errors import ShellError
from labrunner.shell.gateway import Asked, Gateway, Made

LABELS = {"lab": "layers"}


class Engine:
    """A server that answers the requests of a Docker client just well enough; `heard` is what came, byte for byte."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.heard = bytearray()
        self.start()

    def start(self) -> None:
        Path(self.path).unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        Path(self.path).unlink()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as lines:
            while line := lines.readline():
                head = line
                while not head.endswith(b"\r\n\r\n"):
                    head += lines.readline()
                self.heard += head
                length = re.findall(rb"Content-Length: (\d+)", head)
                if b"chunked" in head:
                    self._count_chunks(client, lines)
                    continue
                body = lines.read(int(length[0])) if length else b""
                self.heard += body
                if b"Upgrade:" in head:
                    client.sendall(b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
                    while data := lines.read1(65536):
                        client.sendall(data.upper())
                    client.sendall(b"[stdin closed]")
                    return
                self._answer(client, head, body)

    def _count_chunks(self, client: socket.socket, lines: BinaryIO) -> None:
        total = 0
        while size := int(lines.readline(), 16):
            total += len(lines.read(size))
            lines.readline()
        lines.readline()
        answer = str(total).encode()
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))

    def _answer(self, client: socket.socket, head: bytes, body: bytes) -> None:
        if b"/create" in head:
            answer = b'{"Name":"data"}' if b"volumes" in head else b'{"Id":"f00d"}'
            client.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(answer), answer))
        elif b"/events" in head:
            client.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n")
        elif b"/big" in head:
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n")
            for _ in range(300):
                client.sendall(b"z" * 100000)
        else:
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")


class Place:
    """A gateway, the engine behind it, and clients in front."""

    def __init__(self, folder: Path) -> None:
        self.engine = Engine(str(folder / "engine.sock"))
        self.path = str(folder / "gw" / "gateway.sock")
        self.woken = threading.Event()
        self.gateway = Gateway(f"unix://{folder}/engine.sock", self.path, LABELS, self.woken.set)
        self.gateway.start()

    def client(self) -> socket.socket:
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(20)
        client.connect(self.path)
        return client

    def ask(self, request: bytes, *, until: bytes = b"OK") -> bytes:
        with self.client() as client:
            client.sendall(request)
            return receive(client, until)

    def taken(self, count: int) -> list[Asked | Made]:
        """What was noted, once there is so much of it."""
        taken: list[Asked | Made] = []

        def enough() -> bool:
            taken.extend(self.gateway.take())
            return len(taken) >= count

        eventually(enough)
        return taken


def receive(client: socket.socket, until: bytes) -> bytes:
    received = b""
    while not received.endswith(until):
        data = client.recv(65536)
        assert data, received
        received += data
    return received


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path)
    yield place
    place.gateway.close()


def test_requests_and_answers_pass_on_one_connection(place: Place) -> None:
    request = b"GET /v1.47/images/nginx/history?a=b HTTP/1.1\r\nHost: api\r\nX-Odd:  kept \r\n\r\n"
    with place.client() as client:
        for _ in range(3):
            client.sendall(request)
            assert receive(client, b"OK") == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
        client.sendall(request + request)
        receive(client, b"OKHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")

    assert bytes(place.engine.heard) == request * 5
    asked = place.taken(5)[0]
    assert isinstance(asked, Asked)
    assert (asked.method, asked.path, asked.query) == ("GET", "/images/nginx/history", {"a": "b"})
    assert abs(asked.at - time.time()) < 60
    assert place.woken.is_set()


def test_what_is_made_is_labelled_and_told(place: Place) -> None:
    for path, body in (
        ("containers/create?name=web", "{}"),
        ("networks/create", '{"Name":"n"}'),
        ("volumes/create", "{}"),
    ):
        place.ask(
            f"POST /v1.47/{path} HTTP/1.1\r\nHost: api\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode(),
            until=b"}",
        )

    assert [made for made in place.taken(6) if isinstance(made, Made)] == [
        Made(kind="container", id="f00d", name="web"),
        Made(kind="network", id="f00d", name="n"),
        Made(kind="volume", id="data", name="data"),
    ]
    assert place.engine.heard.count(b'"Labels":{"lab":"layers"}') == 3


def test_a_chunked_body_streams_and_the_connection_goes_on(place: Place) -> None:
    size = 60_000_000
    with place.client() as client:
        client.sendall(b"POST /images/load HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"%x\r\n%s\r\n" % (1_000_000, b"x" * 1_000_000)
        for _ in range(size // 1_000_000):
            client.sendall(chunk)
        client.sendall(b"0\r\n\r\n")
        assert receive(client, str(size).encode()).startswith(b"HTTP/1.1 200 OK")
        client.sendall(b"GET /_ping HTTP/1.1\r\nHost: api\r\n\r\n")
        receive(client, b"OK")

    assert [noted.path for noted in place.taken(2) if isinstance(noted, Asked)] == ["/images/load", "/_ping"]


def test_a_slow_reader_gets_everything(place: Place) -> None:
    with place.client() as client:
        client.sendall(b"GET /big HTTP/1.1\r\nHost: api\r\n\r\n")
        time.sleep(0.2)
        received = 0
        while received < 30_000_000:
            received += len(client.recv(1_000_000))


def test_an_upgraded_connection_is_bytes_both_ways_and_either_half_may_close(place: Place) -> None:
    with place.client() as client:
        client.sendall(
            b"POST /v1.47/containers/x/attach?stdin=1 HTTP/1.1\r\nHost: api\r\n"
            b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
        )
        receive(client, b"\r\n\r\n")
        client.sendall(b"get / http/1.1\r\n\r\n")
        assert receive(client, b"\r\n\r\n") == b"GET / HTTP/1.1\r\n\r\n"
        client.sendall(b"bye")
        client.shutdown(socket.SHUT_WR)
        assert receive(client, b"[stdin closed]") == b"BYE[stdin closed]"
        assert client.recv(10) == b""

    assert [noted.path for noted in place.taken(1) if isinstance(noted, Asked)] == ["/containers/x/attach"]


def test_a_stream_is_not_held_back(place: Place) -> None:
    with place.client() as client:
        client.sendall(b"GET /events HTTP/1.1\r\nHost: api\r\n\r\n")
        assert receive(client, b"first\r\n")


def test_an_engine_that_is_gone_refuses_as_a_dead_one_does_and_may_come_back(place: Place) -> None:
    place.ask(b"GET /_ping HTTP/1.1\r\nHost: api\r\n\r\n")
    place.engine.stop()
    with place.client() as client, suppress(ConnectionResetError, BrokenPipeError):
        client.sendall(b"GET /_ping HTTP/1.1\r\nHost: api\r\n\r\n")
        assert client.recv(10) == b""
    eventually(lambda: refused(place))

    place.engine.start()
    eventually(lambda: not refused(place))
    assert place.ask(b"GET /_ping HTTP/1.1\r\nHost: api\r\n\r\n").endswith(b"OK")


def refused(place: Place) -> bool:
    try:
        place.client().close()
    except ConnectionRefusedError:
        return True
    return False


def test_the_socket_is_the_learners_alone_and_goes_with_the_gateway(tmp_path: Path) -> None:
    place = Place(tmp_path)
    assert Path(place.path).stat().st_mode & 0o777 == 0o600
    assert Path(place.path).parent.stat().st_mode & 0o777 == 0o700
    with place.client() as client:
        place.gateway.close()
        assert client.recv(10) == b""
    assert not Path(place.path).exists()


def test_an_engine_behind_tcp_is_reached(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    gateway = Gateway(f"tcp://127.0.0.1:{port}", str(tmp_path / "gw.sock"), LABELS, lambda: None)
    gateway.start()
    client = socket.socket(socket.AF_UNIX)
    client.connect(str(tmp_path / "gw.sock"))
    client.sendall(b"GET /_ping HTTP/1.1\r\n\r\n")
    engine, _ = listener.accept()

    assert engine.recv(100) == b"GET /_ping HTTP/1.1\r\n\r\n"
    for sock in (client, engine, listener):
        sock.close()
    gateway.close()


def test_a_path_that_is_too_long_is_refused_with_a_remedy(tmp_path: Path) -> None:
    gateway = Gateway("unix:///x", str(tmp_path / ("x" * 100)), LABELS, lambda: None)

    with pytest.raises(ShellError, match="too long"):
        gateway.start()


def test_nothing_wakes_up_while_nothing_is_asked(place: Place) -> None:
    place.ask(b"GET /_ping HTTP/1.1\r\nHost: api\r\n\r\n")
    time.sleep(0.05)
    tasks = [task for task in Path("/proc/self/task").iterdir() if task.name != str(os.getpid())]
    before = {task: switches(task) for task in tasks}
    time.sleep(0.5)

    assert {task: switches(task) for task in tasks} == before


def switches(task: Path) -> int:
    lines = (task / "status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
