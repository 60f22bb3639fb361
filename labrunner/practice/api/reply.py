"""What a route answers, as values: a whole answer, a flow of pieces, or a connection handed over."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from labrunner.practice.refusal import Refused

JSON = "application/json"
RAW = "application/vnd.docker.raw-stream"
MULTIPLEXED = "application/vnd.docker.multiplexed-stream"
TAR = "application/x-tar"


class Sink(Protocol):
    """Where a flow writes; the head goes out with the first piece, or by `begin`."""

    async def begin(self) -> None: ...

    async def write(self, data: bytes) -> None: ...

    @property
    def begun(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    body: bytes = b""
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Sent in chunks while it is made; cancelled when the client is gone."""

    produce: Callable[[Sink], Awaitable[None]]
    kind: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """The connection changes its protocol; both ways stay open, each can be closed alone."""

    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
    kind: str = RAW
    protocol: str = "tcp"
    abandon: Callable[[], None] = lambda: None
    """Called instead of `serve` where the client is gone before it could begin."""


Reply = Answer | Flow | Takeover


def told(value: Any, status: int = 200) -> Answer:
    """JSON with the newline that Go's encoder ends with."""
    return Answer(status=status, body=compact(value) + b"\n")


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def refused(refusal: Refused) -> Answer:
    return told({"message": refusal.message}, refusal.status)


NOTHING = Answer(status=204, kind="")
DONE = Answer(status=200, kind="")
UNCHANGED = Answer(status=304, kind="")


def lines(
    produce: Callable[[Callable[[Mapping[str, Any]], Awaitable[None]]], Awaitable[None]],
    *,
    never_plain: bool = False,
) -> Flow:
    """JSON lines as of pull, push, load and build: what fails after the first line is told in the stream.

    `never_plain`: what fails before it too, as with load.
    """

    async def run(sink: Sink) -> None:
        async def tell(line: Mapping[str, Any]) -> None:
            await sink.write(compact(line) + b"\r\n")

        try:
            await produce(tell)
        except Refused as refusal:
            if not sink.begun and not never_plain:
                raise
            await tell({"errorDetail": {"message": refusal.message}, "error": refusal.message})

    return Flow(produce=run)
