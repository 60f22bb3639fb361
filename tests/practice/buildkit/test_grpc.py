"""Calls over a connection, with their outcomes."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from labrunner.practice.api.buildkit.grpc import Answer, Call, Code, Flow, Methods, RpcError, ask, call, serve
from labrunner.practice.api.buildkit.http2 import Connection, Stream
from labrunner.practice.api.buildkit.messages import Detail, Empty, Status
from labrunner.practice.api.buildkit.messages_session import Bytes
from labrunner.practice.api.buildkit.wire import decode
from tests.practice.buildkit.pair import connected


async def _echo(asked: Bytes, _call: Call) -> Bytes:
    return asked


async def _count(asked: Bytes, _call: Call) -> AsyncIterator[Bytes]:
    for number in range(len(asked.data)):
        yield Bytes(data=b"%d" % number)
    if asked.data == b"bad":
        raise RpcError(Code.NOT_FOUND, "ünknown 100% \n", (Detail(type_url="x+json", value=b"{}"),))


async def _break(_asked: Empty, _call: Call) -> Empty:
    raise ZeroDivisionError


METHODS: Methods = {
    "/t.T/Echo": Answer(Bytes, _echo),
    "/t.T/Count": Flow(Bytes, _count),
    "/t.T/Break": Answer(Empty, _break),
}


async def _accept(stream: Stream) -> None:
    await serve(stream, METHODS)


async def _refusal(path: str, message: Bytes) -> RpcError:
    async with connected(_accept) as connection:
        with pytest.raises(RpcError) as raised:
            await ask(connection, path, message, Bytes)
    return raised.value


def test_a_question_has_an_answer() -> None:
    async def run() -> Bytes:
        async with connected(_accept) as connection:
            return await ask(connection, "/t.T/Echo", Bytes(data=bytes(3_000_000)), Bytes)

    assert len(asyncio.run(run()).data) == 3_000_000


def test_a_stream_of_answers_ends_with_its_error() -> None:
    async def run() -> None:
        async with connected(_accept) as connection:
            outgoing = await call(connection, "/t.T/Count", Bytes)
            await outgoing.send(Bytes(data=b"bad"))
            await outgoing.end()
            found = []

            async def read() -> None:
                async for answer in outgoing.answers():
                    found.append(answer.data)

            with pytest.raises(RpcError) as raised:
                await read()
            assert found == [b"0", b"1", b"2"]
            assert (raised.value.code, raised.value.message) == (5, "ünknown 100% \n")

    asyncio.run(run())


def test_details_travel_in_a_trailer() -> None:
    import base64

    from labrunner.practice.api.buildkit.grpc import trailers

    rows = dict(trailers(Status(code=2, message="no", details=(Detail(type_url="a+json", value=b"{}"),))))

    packed = rows["grpc-status-details-bin"]
    assert rows["grpc-message"] == "no"
    assert decode(Status, base64.b64decode(packed + "=" * (-len(packed) % 4))).details[0].value == b"{}"


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/t.T/Nope", Code.UNIMPLEMENTED, "unknown method Nope for service t.T"),
        ("/u.U/Nope", Code.UNIMPLEMENTED, "unknown service u.U"),
        (
            "/t.T/Break",
            Code.INTERNAL,
            "practice engine: /t.T/Break met an accident inside labrunner; the engine's log has the details",
        ),
    ],
)
def test_a_call_that_cannot_be_answered_says_why(path: str, code: int, message: str) -> None:
    refusal = asyncio.run(_refusal(path, Bytes()))

    assert (refusal.code, refusal.message) == (code, message)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"\x01\0\0\0\x01x", "grpc: compressed messages are not understood"),
        (b"\0\xff\xff\xff\xff", "grpc: received message larger than max (4294967295 vs. 16777216)"),
        (b"\0\0\0\0\x02\x0a\x05", "grpc: failed to unmarshal the received message: a field ends too early"),
        (b"\0\0", "grpc: the message ends too early"),
        (b"", "grpc: the request has no message"),
    ],
)
def test_what_is_no_message_is_refused(raw: bytes, message: str) -> None:
    async def run() -> str:
        async with connected(_accept) as connection:
            stream = await _raw(connection)
            await stream.send(raw)
            await stream.end()
            await stream.headers()
            return dict(await stream.headers())["grpc-message"]

    assert asyncio.run(run()) == message


async def _raw(connection: Connection) -> Stream:
    return await connection.open(
        [(":method", "POST"), (":scheme", "http"), (":path", "/t.T/Echo"), (":authority", "localhost")]
    )


def test_a_message_may_come_in_small_pieces() -> None:
    async def run() -> bytes:
        async with connected(_accept) as connection:
            stream = await _raw(connection)
            for byte in b"\0\0\0\0\x04\x0a\x02hi":
                await stream.send(bytes([byte]))
            await stream.end()
            await stream.headers()
            return await stream.data()

    assert asyncio.run(run()) == b"\0\0\0\0\x04\x0a\x02hi"
