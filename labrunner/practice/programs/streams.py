"""What file descriptors stand for: pipes with a bounded buffer, the streams of a container, nothing, zeros."""

import asyncio
import errno
import os

from labrunner.practice.programs.process import Input, Output

PIPE_BYTES = 64 * 1024
CHUNK = 64 * 1024
_ZEROS = bytes(CHUNK)


class Closed:
    """The bottom of every open file: neither readable nor writable, counted by its descriptors."""

    tty = False

    def __init__(self) -> None:
        self._holders = 0

    async def read(self, n: int = -1) -> bytes:
        raise OSError(errno.EBADF, "Bad file descriptor")

    async def write(self, data: bytes) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    def hold(self) -> None:
        self._holders += 1

    def release(self) -> None:
        self._holders -= 1
        if self._holders == 0:
            self.close()

    def close(self) -> None:
        """Nobody has it open any more."""


class From(Closed):
    """The reading side of something outside the machine; a short read keeps the rest."""

    def __init__(self, source: Input | None) -> None:
        super().__init__()
        self._source = source
        self._rest = b""

    async def read(self, n: int = -1) -> bytes:
        if not self._rest:
            if self._source is None:
                return b""
            self._rest = await self._source.read(n if n > 0 else CHUNK)
        if n < 0:
            data, self._rest = self._rest, b""
        else:
            data, self._rest = self._rest[:n], self._rest[n:]
        return data


class To(Closed):
    """The writing side of something outside the machine."""

    def __init__(self, sink: Output) -> None:
        super().__init__()
        self._sink = sink

    async def write(self, data: bytes) -> None:
        if data:
            await self._sink.write(data)


class Null(Closed):
    """/dev/null."""

    async def read(self, n: int = -1) -> bytes:
        return b""

    async def write(self, data: bytes) -> None:
        await asyncio.sleep(0)


class Zero(Null):
    """/dev/zero."""

    async def read(self, n: int = -1) -> bytes:
        await asyncio.sleep(0)
        return _ZEROS if n < 0 or n >= CHUNK else bytes(n)


class Full(Zero):
    """/dev/full."""

    async def write(self, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


class Random(Null):
    """/dev/urandom."""

    async def read(self, n: int = -1) -> bytes:
        await asyncio.sleep(0)
        return os.urandom(CHUNK if n < 0 else min(n, CHUNK))


class _Buffer:
    def __init__(self) -> None:
        self.data = bytearray()
        self.reader_gone = False
        self.writer_gone = False
        self._waiting: list[asyncio.Future[None]] = []

    async def change(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            await waiter
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    def changed(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)


class PipeReader(Closed):
    def __init__(self, buffer: _Buffer) -> None:
        super().__init__()
        self._buffer = buffer

    async def read(self, n: int = -1) -> bytes:
        buffer = self._buffer
        while not buffer.data:
            if buffer.writer_gone:
                return b""
            await buffer.change()
        size = len(buffer.data) if n < 0 else n
        data = bytes(buffer.data[:size])
        del buffer.data[:size]
        buffer.changed()
        return data

    def close(self) -> None:
        self._buffer.reader_gone = True
        self._buffer.data.clear()
        self._buffer.changed()


class PipeWriter(Closed):
    def __init__(self, buffer: _Buffer) -> None:
        super().__init__()
        self._buffer = buffer

    async def write(self, data: bytes) -> None:
        buffer = self._buffer
        rest = memoryview(data)
        while rest:
            if buffer.reader_gone:
                raise BrokenPipeError(errno.EPIPE, "Broken pipe")
            room = PIPE_BYTES - len(buffer.data)
            if room <= 0:
                await buffer.change()
                continue
            buffer.data += rest[:room]
            rest = rest[room:]
            buffer.changed()

    def close(self) -> None:
        self._buffer.writer_gone = True
        self._buffer.changed()


def pipe() -> tuple[PipeReader, PipeWriter]:
    buffer = _Buffer()
    return PipeReader(buffer), PipeWriter(buffer)


class Held(Closed):
    """Bytes that are read once, as from a here-document."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._rest = data

    async def read(self, n: int = -1) -> bytes:
        size = len(self._rest) if n < 0 else n
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


class Collected(Closed):
    """Bytes that are kept, as for `$(…)`; raises OSError beyond the limit."""

    def __init__(self, limit: int = 16 * 1024 * 1024) -> None:
        super().__init__()
        self.data = bytearray()
        self._limit = limit

    async def write(self, data: bytes) -> None:
        if len(self.data) + len(data) > self._limit:
            raise OSError(errno.ENOMEM, "Cannot allocate memory")
        self.data += data
