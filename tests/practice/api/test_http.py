"""The server on real sockets, met by clients that are quick, slow, silent, rude or gone."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from labrunner.practice.api.http import Server
from labrunner.practice.api.message import Body, Head
from labrunner.practice.api.reply import Answer, Flow, Reply, Sink, Takeover, lines
from labrunner.practice.refusal import Refused

Handle = Callable[[Head, Body], Awaitable[Reply]]


@asynccontextmanager
async def serving(folder: Path, handle: Handle) -> AsyncIterator[Path]:
    server = Server(handle, headers={"Server": "labrunner-practice"})
    await server.listen(folder / "s")
    try:
        yield folder / "s"
    finally:
        await server.close()


async def exchange(path: Path, request: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(request)
    await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def echo(head: Head, body: Body) -> Reply:
    return Answer(body=f"{head.method} {head.path} {len(await body.read())}".encode(), kind="text/plain")


def test_two_requests_on_one_connection(tmp_path: Path) -> None:
    async def run() -> bytes:
        async with serving(tmp_path, echo) as path:
            return await exchange(
                path,
                b"POST /a%2Fb HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
                b"GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            )

    answer = asyncio.run(run())

    assert b"\r\n\r\nPOST /a/b 5HTTP/1.1 200 OK\r\n" in answer
    assert answer.endswith(b"\r\n\r\nGET /c 0")


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", b"400"),
        (b"GET /\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", b"400"),
        (b"GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", b"505"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 2_000_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: aaaaaaaa\r\n" * 200_000 + b"\r\n", b"431"),
    ],
)
def test_what_is_no_http_is_refused_and_the_connection_ends(
    tmp_path: Path, request_bytes: bytes, status: bytes
) -> None:
    async def run() -> bytes:
        async with serving(tmp_path, echo) as path:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(request_bytes)
            answer = b""
            try:
                answer = await asyncio.wait_for(reader.read(), 10)
            except ConnectionResetError:
                answer = bytes(getattr(reader, "_buffer", b""))
            writer.close()
            return answer

    assert asyncio.run(run()).startswith(b"HTTP/1.1 " + status + b" ")


def test_a_body_may_wait_for_100_continue(tmp_path: Path) -> None:
    async def run() -> tuple[bytes, bytes]:
        async with serving(tmp_path, echo) as path:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(
                b"PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
            )
            first = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            writer.write(b"abc")
            rest = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return first, rest

    first, rest = asyncio.run(run())

    assert first == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert rest.endswith(b"PUT / 3")


def test_a_client_that_leaves_ends_the_flow(tmp_path: Path) -> None:
    async def run() -> bool:
        ended = asyncio.Event()

        async def follow(head: Head, body: Body) -> Reply:
            async def produce(sink: Sink) -> None:
                await sink.begin()
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.set()

            return Flow(produce=produce)

        async with serving(tmp_path, follow) as path:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            assert b"Transfer-Encoding: chunked\r\n" in head
            assert not ended.is_set()
            writer.close()
            await asyncio.wait_for(ended.wait(), 5)
            return ended.is_set()

    assert asyncio.run(run())


def test_a_refusal_before_the_first_line_is_a_status_and_after_it_a_line(tmp_path: Path) -> None:
    async def handle(head: Head, body: Body) -> Reply:
        async def produce(tell: Callable[[dict[str, str]], Awaitable[None]]) -> None:
            if head.path == "/late":
                await tell({"status": "Pulling"})
            raise Refused(404, "no such thing")

        return lines(produce)

    async def run() -> tuple[bytes, bytes]:
        async with serving(tmp_path, handle) as path:
            return (
                await exchange(path, b"POST /early HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
                await exchange(path, b"POST /late HTTP/1.0\r\n\r\n"),
            )

    early, late = asyncio.run(run())

    assert early.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert early.endswith(b'{"message":"no such thing"}\n')
    assert late.endswith(
        b'\r\n\r\n{"status":"Pulling"}\r\n{"errorDetail":{"message":"no such thing"},"error":"no such thing"}\r\n'
    )


def test_a_connection_handed_over_closes_each_way_alone(tmp_path: Path) -> None:
    async def handle(head: Head, body: Body) -> Reply:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            whole = await reader.read()
            writer.write(b"heard " + whole)
            await writer.drain()

        return Takeover(serve=serve)

    async def run() -> bytes:
        async with serving(tmp_path, handle) as path:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nwor")
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"ds")
            writer.write_eof()
            rest = await asyncio.wait_for(reader.read(), 5)
            writer.close()
            return rest

    assert asyncio.run(run()) == b"heard words"


def test_an_accident_is_told_as_500_and_the_server_goes_on(tmp_path: Path) -> None:
    async def handle(head: Head, body: Body) -> Reply:
        if head.path == "/bad":
            raise KeyError("inside")
        return Answer(body=b"well")

    async def run() -> bytes:
        async with serving(tmp_path, handle) as path:
            return await exchange(
                path,
                b"GET /bad HTTP/1.1\r\nHost: x\r\n\r\nGET /good HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            )

    answer = asyncio.run(run())

    assert answer.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert b"inside labrunner" in answer
    assert answer.endswith(b"well")


def test_two_hundred_clients_at_once(tmp_path: Path) -> None:
    async def run() -> list[bytes]:
        async with serving(tmp_path, echo) as path:
            request = b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            return list(await asyncio.gather(*(exchange(path, request) for _ in range(200))))

    answers = asyncio.run(run())

    assert len(answers) == 200
    assert all(answer.endswith(b"GET /x 0") for answer in answers)


def test_a_body_that_no_one_reads_does_not_become_the_next_request(tmp_path: Path) -> None:
    async def handle(head: Head, body: Body) -> Reply:
        return Answer(body=json.dumps({"path": head.path}).encode())

    async def run() -> bytes:
        async with serving(tmp_path, handle) as path:
            return await exchange(
                path,
                b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 33\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
                b"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            )

    answer = asyncio.run(run())

    assert b'{"path": "/a"}' in answer
    assert b"smuggled" not in answer
    assert answer.endswith(b'{"path": "/b"}')


def test_the_socket_opens_for_its_owner_only(tmp_path: Path) -> None:
    async def run() -> int:
        async with serving(tmp_path, echo) as path:
            return path.stat().st_mode & 0o777

    assert asyncio.run(run()) == 0o600


def test_nothing_follows_the_head_of_a_connection_handed_over_until_it_is_read(tmp_path: Path) -> None:
    async def handle(head: Head, body: Body) -> Reply:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"words")
            await writer.drain()

        return Takeover(serve=serve)

    def client() -> tuple[bytes, bytes]:
        with socket.socket(socket.AF_UNIX) as plain:
            plain.connect(str(tmp_path / "s"))
            plain.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            plain.settimeout(5)
            # As the docker SDK does: one large read for the head, thrown away, and then the socket itself.
            return plain.recv(8192), plain.recv(8192)

    async def run() -> tuple[bytes, bytes]:
        async with serving(tmp_path, handle):
            return await asyncio.to_thread(client)

    head, data = asyncio.run(run())

    assert head.endswith(b"\r\n\r\n")
    assert data == b"words"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next write tells")
def test_a_peer_that_has_gone_altogether_ends_what_was_handed_over(tmp_path: Path) -> None:
    async def run() -> None:
        ended = asyncio.Event()

        async def handle(head: Head, body: Body) -> Reply:
            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.set()

            return Takeover(serve=serve)

        async with serving(tmp_path, handle) as path:
            reader, writer = await asyncio.open_unix_connection(str(path))
            writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            writer.write_eof()
            assert not ended.is_set()
            writer.close()
            await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(run())
