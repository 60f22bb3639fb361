"""Clients that send what is no HTTP, too much, too little or nothing at all, two hundred at a time."""

import contextlib
import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.robust.asking import Client, Failed
from tests.practice.robust.place import Engine, watching

HOST = b"Host: engine\r\n"


@contextlib.contextmanager
def connected(here: Engine, sent: bytes = b"") -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(here.client.path))
        client.sendall(sent)
        yield client


def told(client: socket.socket, most: int = 1 << 20) -> bytes:
    """All that comes until the engine closes."""
    heard = b""
    while len(heard) < most and (piece := client.recv(65536)):
        heard += piece
    return heard


def asked(here: Engine, sent: bytes, *, half: bool = False) -> bytes:
    with connected(here) as client:
        with contextlib.suppress(BrokenPipeError):
            client.sendall(sent)
        if half:
            client.shutdown(socket.SHUT_WR)
        return told(client)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (bytes(range(11, 256)) + b"\n\n", 400),
        (bytes.fromhex("16030100a5010000a10303") + b"x" * 200 + b"\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET /_ping HTTP/9.9\r\n\r\n", 505),
        (b"GET /_ping HTTP/1.1\r\n\r\n", 400),
        (b"GET /_ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /_ping HTTP/1.1\r\n" + HOST + b"Broken\r\n\r\n", 400),
        (b"GET /images/a%00b/json HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /images/%ff/json HTTP/1.1\r\n" + HOST + b"\r\n", 400),
        (b"GET /" + b"a" * (2 << 20) + b" HTTP/1.1\r\n" + HOST + b"\r\n", 431),
        (b"GET /_ping HTTP/1.1\r\n" + HOST + b"X: y\r\n" * 300_000 + b"\r\n", 431),
        (b"POST /build HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n", 400),
        (b"POST /build HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400),
        (b"POST /build HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 501),
        (
            b"POST /build HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
            400,
        ),
        (b"POST /build HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (
            b"POST /build HTTP/1.1\r\n"
            + HOST
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"0" * 9000
            + b"\r\n",
            400,
        ),
    ],
    ids=map(str, range(17)),
)
def test_what_is_no_http_is_refused(here: Engine, sent: bytes, status: int) -> None:
    with watching(here.client):
        answer = asked(here, sent)

    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:200]


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /_ping HTTP/1.1\r\nHo",
        b"POST /containers/create HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999999999\r\n\r\n{",
        b"POST /build HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=("head", "json", "context"),
)
def test_a_client_that_closes_its_half_too_early_hears_so_or_nothing(here: Engine, sent: bytes) -> None:
    with watching(here.client):
        answer = asked(here, sent, half=True)

    assert answer == b"" or b"unexpected EOF" in answer
    assert here.spooled == []


def test_a_client_that_closes_its_half_after_its_question_has_its_answer(here: Engine) -> None:
    answer = asked(here, b"GET /_ping HTTP/1.1\r\n" + HOST + b"\r\n", half=True)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("target", "kind", "message"),
    [
        ("/containers/create", "application/json", "a request body of more than 1048576 bytes is not read"),
        (
            "/build",
            "application/x-tar",
            "the build context is larger than 200 MB, which is as much as is taken",
        ),
    ],
)
def test_whoever_sends_too_much_still_hears_why(here: Engine, target: str, kind: str, message: str) -> None:
    head = f"POST {target} HTTP/1.1\r\nHost: engine\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    piece = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
    answer = b""

    with watching(here.client), connected(here, head.encode()) as client:
        client.setblocking(False)
        sent = 0
        while not answer and sent < 300:
            rest = memoryview(piece)
            while rest:
                try:
                    rest = rest[client.send(rest) :]
                except BlockingIOError:
                    time.sleep(0.001)
                with contextlib.suppress(BlockingIOError):
                    answer += client.recv(65536)
                if answer:
                    break
            sent += 1
        client.settimeout(20)
        answer += told(client)

    assert answer.startswith(b"HTTP/1.1 413 "), answer[:100]
    assert message.encode() in answer
    assert here.spooled == []


def test_two_hundred_clients_that_hang_keep_nobody_waiting(here: Engine) -> None:
    starts = (
        b"GET /_ping HTTP/1.1\r\nHo",
        b"POST /build HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"GET /events HTTP/1.1\r\n" + HOST + b"\r\n",
        b"",
    )
    with contextlib.ExitStack() as stack, watching(here.client):
        for number in range(200):
            stack.enter_context(connected(here, starts[number % 4]))
        assert here.client.run("alpine", "true")
        here.client.pull("hello-world")

    # Every one of them is gone: what they had sent is, too.
    until = time.monotonic() + 10
    while here.spooled and time.monotonic() < until:
        here.client.send("GET", "/_ping")
    assert here.spooled == []


def test_two_hundred_questions_at_once_are_all_answered(here: Engine) -> None:
    answers: list[object] = []

    def ask() -> None:
        try:
            answers.append(Client(here.client.path).ask("GET", "/images/json?all=1"))
        except (OSError, Failed) as error:
            answers.append(error)

    threads = [threading.Thread(target=ask) for _ in range(200)]
    with watching(here.client):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(answers) == 200
    assert all(isinstance(answer, list) for answer in answers)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_reader_that_does_not_read_fills_no_memory(here: Engine) -> None:
    noisy = here.client.run("alpine", "yes", "a line that nobody reads")
    logs = f"GET /containers/{noisy}/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: engine\r\n\r\n"
    attach = (
        f"POST /containers/{noisy}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: engine\r\n"
        "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
    )
    before = resident(here)

    with watching(here.client), connected(here, logs.encode()), connected(here, attach.encode()):
        time.sleep(2)
        after = resident(here)
        kept = sum(each.stat().st_size for each in (here.folder / "containers" / noisy).iterdir())
    here.client.ask("DELETE", f"/containers/{noisy}?force=1")

    assert after - before < 30
    assert kept < 60 << 20


def resident(here: Engine) -> int:
    """Megabytes."""
    pid = json.loads((here.folder / "engine.json").read_text())["pid"]
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))) // 1024
