"""Uploads wait on disk, inside the engine's folder, bounded, and go when the request ends."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from labrunner.practice.api.message import Body
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused

Piece = TypeVar("Piece")

MEGABYTE = 1 << 20
LARGEST_CONTEXT = 200 * MEGABYTE
LARGEST_ARCHIVE = 2048 * MEGABYTE
_GATHERED = 256 * 1024


@contextmanager
def spooling(daemon: Daemon) -> Iterator[Path]:
    """A folder for one request."""
    daemon.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=daemon.spool))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def receive(body: Body, into: Path, limit: int, what: str) -> int:
    """The body as a file; its size. Raises Refused for one that is larger than the limit."""
    size = 0
    with into.open("wb") as file:
        async for piece in body.pieces():
            size += len(piece)
            if size > limit:
                raise Refused(
                    413,
                    f"practice engine: {what} is larger than {limit // MEGABYTE} MB, which is as much as is taken",
                )
            file.write(piece)
    return size


def gathered(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces: a tar is made of many small ones, and each costs a step `aside`."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _GATHERED:
            yield b"".join(waiting)
            waiting.clear()
            size = 0
    if waiting:
        yield b"".join(waiting)


async def aside(pieces: Iterator[Piece]) -> AsyncIterator[Piece]:
    """Work that reads and writes large files goes on in a thread, step by step: the others are answered meanwhile."""
    try:
        while (piece := await _step(pieces)) is not None:
            yield piece
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


async def _step(pieces: Iterator[Piece]) -> Piece | None:
    """A thread cannot be interrupted: its step is waited for even where nobody wants it any more."""
    step = asyncio.ensure_future(asyncio.to_thread(next, pieces, None))
    try:
        return await asyncio.shield(step)
    except asyncio.CancelledError:
        await asyncio.wait({step})
        raise
