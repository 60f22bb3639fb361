"""Who listens to a program and who types to it: any number of attachments share one program's streams.

A reader that is slow holds the program up, as in Docker; one that reads nothing for 30 seconds is let go, and told
so in its own stream, so that it can neither stop the program for ever nor lose anything without a word.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Literal

from labrunner.practice.runtime.backend import Streams
from labrunner.practice.runtime.detach import Watch

Stream = Literal["stdout", "stderr"]
Frame = tuple[Stream, bytes]

_ROOM = 1024 * 1024
_PATIENCE = 30.0
_TYPED_AHEAD = 256 * 1024
_PART = 64 * 1024


class Pipe:
    """Bytes typed to a program: an Input of the backend, bounded."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._closed = False
        self._changed = asyncio.Event()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def read(self, n: int = -1) -> bytes:
        while not self._bytes and not self._closed:
            await self._changed.wait()
        size = len(self._bytes) if n < 0 else n
        taken = bytes(self._bytes[:size])
        del self._bytes[:size]
        if taken:
            self._wake()
        return taken

    async def write(self, data: bytes) -> None:
        """Waits while too much is typed ahead; what comes after the end is dropped."""
        for start in range(0, len(data), _PART):
            while len(self._bytes) >= _TYPED_AHEAD and not self._closed:
                await self._changed.wait()
            if self._closed:
                return
            self._bytes += data[start : start + _PART]
            self._wake()

    def close(self) -> None:
        self._closed = True
        self._wake()


class Attachment:
    """One client on a program's streams: iterate for what comes out, write what goes in."""

    def __init__(
        self,
        *,
        outputs: frozenset[Stream],
        stdin: Pipe | None = None,
        watch: Watch | None = None,
        ends_input: bool = False,
        replay: Iterable[Frame] = (),
        patience: float = _PATIENCE,
    ) -> None:
        self.outputs = outputs
        self.detached = False
        """The client asked to let go with the detach keys."""
        self._stdin = stdin
        self._watch = watch
        self._ends_input = ends_input
        self._frames: deque[Frame] = deque(replay)
        self._size = 0
        self._patience = patience
        self._over = False
        self._changed = asyncio.Event()
        self.on_close: Callable[[Attachment], None] = lambda _attachment: None

    def __aiter__(self) -> AsyncIterator[Frame]:
        return self

    async def __anext__(self) -> Frame:
        while not self._frames:
            if self._over:
                raise StopAsyncIteration
            await self._changed.wait()
        stream, data = self._frames.popleft()
        self._size = max(0, self._size - len(data))
        self._wake()
        return stream, data

    @property
    def open(self) -> bool:
        return not self._over

    async def write(self, data: bytes) -> None:
        """To the program's stdin; after the detach keys the attachment is over."""
        if self._stdin is None or self._over:
            return
        if self._watch is None:
            await self._stdin.write(data)
            return
        kept, detached = self._watch.typed(data)
        if kept:
            await self._stdin.write(kept)
        if detached:
            self.detached = True
            self.close()

    def close_stdin(self) -> None:
        """The client closed its half. As in Docker the program sees the end only where `-i` promised it
        (StdinOnce, no terminal); otherwise this attachment is over and the program goes on."""
        if self._stdin is None or self._over:
            return
        if self._ends_input:
            self._stdin.close()
        else:
            self.close()

    def close(self) -> None:
        """The client is gone, or has nothing more to hear; what waits may still be read."""
        if self._over:
            return
        self._over = True
        if self._stdin is not None and self._ends_input:
            self._stdin.close()
        self._wake()
        self.on_close(self)

    def end(self) -> None:
        """The program ended: what waits may still be read."""
        self._over = True
        self._wake()

    async def put(self, stream: Stream, data: bytes) -> None:
        if self._over or stream not in self.outputs:
            return
        if self._size >= _ROOM and not await self._room():
            self._frames.append(
                (
                    "stderr",
                    b"\r\npractice engine: nothing was read for too long; this client is let go, see docker logs\r\n",
                )
            )
            self.close()
            return
        self._frames.append((stream, data))
        self._size += len(data)
        self._wake()

    async def _room(self) -> bool:
        """Whether there is room again in time. Each read counts: only a reader that stands still is let go."""
        while self._size >= _ROOM and not self._over:
            before = self._size
            try:
                await asyncio.wait_for(self._changed.wait(), self._patience)
            except TimeoutError:
                if self._size >= before:
                    return False
        return True

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class _Out:
    """An Output of the backend that goes to the log and to everybody attached."""

    def __init__(self, stream: Stream, write: Callable[[Stream, bytes], None], hub: "Hub") -> None:
        self._stream, self._write, self._hub = stream, write, hub

    async def write(self, data: bytes) -> None:
        if not data:
            return
        self._write(self._stream, data)
        for attachment in tuple(self._hub.attachments):
            await attachment.put(self._stream, data)


class Hub:
    """The streams of one program, which may be started again and again: attachments may come before it starts."""

    def __init__(
        self,
        *,
        tty: bool,
        open_stdin: bool,
        stdin_once: bool,
        written: Callable[[Stream, bytes], None] = lambda _stream, _data: None,
    ) -> None:
        self.tty = tty
        self._once = stdin_once
        self.attachments: set[Attachment] = set()
        self._open_stdin = open_stdin
        self._stdin = Pipe()
        self._written = written

    def attach(
        self,
        *,
        stdin: bool,
        outputs: frozenset[Stream],
        keys: bytes,
        stream: bool = True,
        replay: Iterable[Frame] = (),
        on_detach: Callable[[], None] = lambda: None,
    ) -> Attachment:
        typing = stdin and self._open_stdin
        attachment = Attachment(
            outputs=outputs,
            stdin=self._stdin if typing else None,
            watch=Watch(keys) if typing and self.tty else None,
            ends_input=self._once and not self.tty,
            replay=replay,
        )
        if not stream:
            attachment.end()
            return attachment

        def gone(which: Attachment) -> None:
            self.attachments.discard(which)
            if which.detached:
                on_detach()

        attachment.on_close = gone
        self.attachments.add(attachment)
        return attachment

    def streams(self) -> Streams:
        """For the backend, at each start."""
        out = _Out("stdout", self._written, self)
        return Streams(
            stdin=self._stdin if self._open_stdin else None,
            stdout=out,
            stderr=out if self.tty else _Out("stderr", self._written, self),
        )

    def end(self) -> None:
        """The program ended; the next one gets a fresh stdin."""
        self._stdin.close()
        self._stdin = Pipe()
        for attachment in self.attachments:
            attachment.end()
        self.attachments.clear()
