"""The connection itself: windows in both directions, streams that are left, connections that break."""

import asyncio

import pytest

from labrunner.practice.api.buildkit.http2 import WINDOW, Stream, StreamEnded
from tests.practice.buildkit.pair import connected

ASK = [(":method", "POST"), (":scheme", "http"), (":path", "/x"), (":authority", "localhost")]
ANSWER = [(":status", "200")]


async def _all(stream: Stream) -> int:
    size = 0
    while piece := await stream.data():
        size += len(piece)
    return size


def test_more_than_a_window_goes_both_ways_at_once() -> None:
    size = 5 * WINDOW + 17

    async def echo(stream: Stream) -> None:
        await stream.headers()
        await stream.send_headers(ANSWER)
        while piece := await stream.data():
            await stream.send(piece)
        await stream.send_headers([("grpc-status", "0")], end=True)

    async def run() -> None:
        async with connected(echo) as connection:
            stream = await connection.open(ASK)

            async def send() -> None:
                await stream.send(bytes(size))
                await stream.end()

            _, received = await asyncio.gather(send(), _all(stream))
            assert received == size
            assert await stream.headers() == ANSWER
            assert await stream.headers() == [("grpc-status", "0")]

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_reader_that_does_not_read_stops_the_sender() -> None:
    go_on = asyncio.Event()
    found: list[int] = []

    async def slow(stream: Stream) -> None:
        await stream.headers()
        await go_on.wait()
        found.append(await _all(stream))
        await stream.send_headers(ANSWER, end=True)

    async def run() -> None:
        async with connected(slow) as connection:
            stream = await connection.open(ASK)
            sending = asyncio.create_task(stream.send(bytes(3 * WINDOW)))
            done, _ = await asyncio.wait({sending}, timeout=0.3)
            assert not done
            go_on.set()
            await sending
            await stream.end()
            assert await stream.headers() == ANSWER
            assert found == [3 * WINDOW]

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_stream_that_the_client_leaves_cancels_its_handler() -> None:
    begun, cancelled = asyncio.Event(), asyncio.Event()

    async def wait(stream: Stream) -> None:
        await stream.headers()
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def run() -> None:
        async with connected(wait) as connection:
            stream = await connection.open(ASK)
            await begun.wait()
            await stream.reset()
            await cancelled.wait()
            with pytest.raises(StreamEnded):
                await stream.data()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_many_streams_share_one_connection() -> None:
    async def name(stream: Stream) -> None:
        path = dict(await stream.headers())[":path"]
        await stream.send_headers(ANSWER)
        await stream.send(path.encode() * 1000)
        await stream.end()

    async def run() -> None:
        async with connected(name) as connection:

            async def ask(number: int) -> bytes:
                stream = await connection.open([*ASK[:2], (":path", f"/{number}"), ASK[3]])
                await stream.end()
                return (await stream.data())[:4]

            found = await asyncio.gather(*(ask(number) for number in range(100, 200)))
            assert found == [f"/{number}".encode() for number in range(100, 200)]

    asyncio.run(asyncio.wait_for(run(), 20))


def test_what_is_no_http2_ends_the_connection() -> None:
    import socket

    from labrunner.practice.api.buildkit.http2 import Connection

    async def never(stream: Stream) -> None:
        raise AssertionError(stream.number)

    async def run() -> bytes:
        near, far = socket.socketpair()
        server = Connection(*await asyncio.open_connection(sock=far), accept=never)
        reader, writer = await asyncio.open_connection(sock=near)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 10)
        await server.run()
        answer = await reader.read()
        writer.close()
        return answer

    assert asyncio.run(asyncio.wait_for(run(), 10))[3:4] == b"\x04"
