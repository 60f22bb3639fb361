"""gRPC over an HTTP/2 connection: five bytes before each message, the outcome in the trailers."""

import base64
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Generic, TypeVar
from urllib.parse import quote, unquote

from labrunner.practice.api.buildkit.http2 import Connection, Headers, Stream, StreamEnded
from labrunner.practice.api.buildkit.messages import Detail, Status
from labrunner.practice.api.buildkit.wire import Malformed, decode, encode

LONGEST_MESSAGE = 16 << 20
_LOG = logging.getLogger("labrunner.practice")
_SAFE = "".join(chr(number) for number in range(0x20, 0x7F) if chr(number) != "%")

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Code(IntEnum):
    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    NOT_FOUND = 5
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14


class RpcError(Exception):
    """A call that ended in anything but OK, whichever side said so."""

    def __init__(self, code: Code | int, message: str, details: tuple[Detail, ...] = ()) -> None:
        super().__init__(message)
        self.code = int(code)
        self.message = message
        self.details = details

    @property
    def status(self) -> Status:
        return Status(code=self.code, message=self.message, details=self.details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as its handler sees it."""

    stream: Stream
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer(Generic[Asked]):
    """A method with one answer."""

    asked: type[Asked]
    handle: Callable[[Asked, Call], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Flow(Generic[Asked]):
    """A method that answers with a stream of messages."""

    asked: type[Asked]
    handle: Callable[[Asked, Call], AsyncIterator[Any]]


Methods = Mapping[str, Answer[Any] | Flow[Any]]


async def receive(stream: Stream, kind: type[Asked]) -> AsyncIterator[Asked]:
    """The messages of one direction of a call; raises RpcError for what is no gRPC message."""
    buffer = bytearray()
    while piece := await stream.data():
        buffer += piece
        while len(buffer) >= 5:
            length = int.from_bytes(buffer[1:5], "big")
            if buffer[0]:
                raise RpcError(Code.UNIMPLEMENTED, "grpc: compressed messages are not understood")
            if length > LONGEST_MESSAGE:
                raise RpcError(
                    Code.RESOURCE_EXHAUSTED,
                    f"grpc: received message larger than max ({length} vs. {LONGEST_MESSAGE})",
                )
            if len(buffer) < 5 + length:
                break
            body = bytes(buffer[5 : 5 + length])
            del buffer[: 5 + length]
            try:
                yield decode(kind, body)
            except Malformed as error:
                raise RpcError(
                    Code.INTERNAL, f"grpc: failed to unmarshal the received message: {error}"
                ) from error
    if buffer:
        raise RpcError(Code.INTERNAL, "grpc: the message ends too early")


async def send(stream: Stream, message: Any) -> None:
    body = encode(message)
    await stream.send(b"\0" + len(body).to_bytes(4, "big") + body)


async def serve(stream: Stream, methods: Methods, headers: Headers | None = None) -> None:
    """Answers one incoming call from the table. `headers` go out before the first message."""
    metadata = dict(await stream.headers())
    path = metadata.get(":path", "")
    begun = False

    async def begin() -> None:
        nonlocal begun
        if not begun:
            begun = True
            await stream.send_headers(
                [(":status", "200"), ("content-type", "application/grpc"), *(headers or ())]
            )

    try:
        method = _method(path, methods)
        call = Call(stream=stream, metadata=metadata)
        asked = await _only(stream, method.asked)
        if isinstance(method, Flow):
            await begin()
            async for answer in method.handle(asked, call):
                await send(stream, answer)
        else:
            answer = await method.handle(asked, call)
            await begin()
            await send(stream, answer)
        outcome = Status()
    except RpcError as error:
        outcome = error.status
    except StreamEnded:
        return
    except Exception:
        _LOG.exception("%s met an accident", path)
        outcome = Status(
            code=Code.INTERNAL,
            message=f"practice engine: {path} met an accident inside labrunner; the engine's log has the details",
        )
    with suppress(StreamEnded):
        await begin()
        await stream.send_headers(trailers(outcome), end=True)


def _method(path: str, methods: Methods) -> Answer[Any] | Flow[Any]:
    method = methods.get(path)
    if method is None:
        raise RpcError(Code.UNIMPLEMENTED, unknown(path, methods))
    return method


async def _only(stream: Stream, kind: type[Asked]) -> Asked:
    """The one message of a question."""
    async for asked in receive(stream, kind):
        return asked
    raise RpcError(Code.INTERNAL, "grpc: the request has no message")


def unknown(path: str, methods: Iterable[str]) -> str:
    """grpc-go's words for a method that is not there."""
    service, _, name = path.strip("/").rpartition("/")
    if any(known.startswith(f"/{service}/") for known in methods):
        return f"unknown method {name} for service {service}"
    return f"unknown service {service}"


def trailers(status: Status) -> Headers:
    rows = [("grpc-status", str(status.code))]
    if status.message:
        rows.append(("grpc-message", quote(status.message, safe=_SAFE)))
    if status.details:
        rows.append(("grpc-status-details-bin", base64.b64encode(encode(status)).decode().rstrip("=")))
    return rows


class Outgoing(Generic[Answered]):
    """A call that this side makes: messages go out by `send`, answers come by `answers`."""

    def __init__(self, stream: Stream, kind: type[Answered]) -> None:
        self._stream = stream
        self._kind = kind

    async def send(self, message: Any) -> None:
        try:
            await send(self._stream, message)
        except StreamEnded as error:
            raise _left(error) from error

    async def end(self) -> None:
        """Nothing more goes out; the other side may have had enough already."""
        with suppress(StreamEnded):
            await self._stream.end()

    async def answers(self) -> AsyncIterator[Answered]:
        """Raises RpcError when the other side ends the call with anything but OK."""
        try:
            first = dict(await self._stream.headers())
            if "grpc-status" not in first:
                async for answer in receive(self._stream, self._kind):
                    yield answer
                first = dict(await self._stream.headers())
        except StreamEnded as error:
            raise _left(error) from error
        code = first.get("grpc-status", "")
        if code != "0":
            number = int(code) if code.isascii() and code.isdigit() else Code.UNKNOWN
            raise RpcError(number, unquote(first.get("grpc-message", "")))


def _left(error: StreamEnded) -> RpcError:
    return RpcError(Code.UNAVAILABLE, f"the client's session has ended: {error}")


async def call(
    connection: Connection, path: str, kind: type[Answered], metadata: Headers = ()
) -> Outgoing[Answered]:
    headers = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "localhost"),
        ("content-type", "application/grpc"),
        ("user-agent", "labrunner-practice"),
        ("te", "trailers"),
        *metadata,
    ]
    try:
        stream = await connection.open(headers)
    except StreamEnded as error:
        raise _left(error) from error
    return Outgoing(stream, kind)


async def ask(
    connection: Connection, path: str, message: Any, kind: type[Answered], metadata: Headers = ()
) -> Answered:
    """One question, one answer."""
    outgoing = await call(connection, path, kind, metadata)
    await outgoing.send(message)
    await outgoing.end()
    found: Answered | None = None
    async for answer in outgoing.answers():
        found = answer
    if found is None:
        raise RpcError(Code.INTERNAL, f"{path} gave no answer")
    return found
