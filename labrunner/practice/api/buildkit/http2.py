"""One HTTP/2 connection over asyncio streams, either side: `h2` keeps the rules, this moves the bytes.

What is received is acknowledged when it is read, so that a slow reader slows its sender; what is sent waits for
the other side's window.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings

WINDOW = 1 << 20
MOST_STREAMS = 250
READ_SIZE = 1 << 16
_LOG = logging.getLogger("labrunner.practice")

Headers = Sequence[tuple[str, str]]


class StreamEnded(ConnectionError):
    """The other side reset this stream, or the whole connection is gone."""


class Stream:
    """One request and its answer: headers, data and trailers in both directions."""

    def __init__(self, connection: "Connection", number: int) -> None:
        self._connection = connection
        self.number = number
        self._heads: deque[Headers] = deque()
        self._data: deque[tuple[bytes, int]] = deque()
        self._finished = False
        self._broken: str | None = None
        self._heard = asyncio.Event()
        self.closed = asyncio.Event()
        """Set when the other side has reset the stream or left."""

    async def headers(self) -> Headers:
        """The next block of headers: the first, or the trailers after the data; empty if there is none."""
        while not self._heads:
            if self._finished:
                return ()
            await self._wait()
        return self._heads.popleft()

    async def data(self) -> bytes:
        """The next piece of data, in whatever size it came; b"" at the end."""
        while not self._data:
            if self._finished:
                return b""
            await self._wait()
        piece, weight = self._data.popleft()
        await self._connection.read(self.number, weight)
        return piece

    async def send_headers(self, headers: Headers, *, end: bool = False) -> None:
        await self._connection.send_headers(self, headers, end=end)

    async def send(self, data: bytes) -> None:
        await self._connection.send(self, data)

    async def end(self) -> None:
        await self._connection.end(self)

    async def reset(self, error: h2.errors.ErrorCodes = h2.errors.ErrorCodes.CANCEL) -> None:
        await self._connection.reset(self, error)

    def check(self) -> None:
        if self._broken is not None:
            raise StreamEnded(self._broken)

    async def _wait(self) -> None:
        self.check()
        self._heard.clear()
        await self._heard.wait()

    def hear_headers(self, headers: Headers) -> None:
        self._heads.append(headers)
        self._heard.set()

    def hear_data(self, data: bytes, weight: int) -> None:
        self._data.append((data, weight))
        self._heard.set()

    def hear_end(self) -> None:
        self._finished = True
        self._heard.set()

    def hear_reset(self, why: str) -> None:
        if self._broken is None:
            self._broken = why
        self.closed.set()
        self._heard.set()


class Connection:
    """`run` moves the bytes until the connection ends; the rest may be called meanwhile."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        accept: Callable[[Stream], Awaitable[None]] | None = None,
    ) -> None:
        """`accept` answers one stream that the other side opened; without it this side asks."""
        self._reader = reader
        self._writer = writer
        self._accept = accept
        client = accept is None
        self._h2 = h2.connection.H2Connection(
            h2.config.H2Configuration(client_side=client, header_encoding="utf-8")
        )
        self._h2.local_settings = h2.settings.Settings(
            client=client,
            initial_values={
                h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: WINDOW,
                h2.settings.SettingCodes.MAX_CONCURRENT_STREAMS: MOST_STREAMS,
                h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: WINDOW,
            },
        )
        self._h2.initiate_connection()
        self._h2.increment_flow_control_window(WINDOW)
        self._streams: dict[int, Stream] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Condition()
        self._gone = False
        self.closed = asyncio.Event()

    async def run(self) -> None:
        """Until either side ends the connection; streams that are still open are then broken."""
        try:
            await self._flush()
            while data := await self._reader.read(READ_SIZE):
                for event in self._h2.receive_data(data):
                    await self._hear(event)
                await self._flush()
                if self._gone:
                    break
        except h2.exceptions.ProtocolError as error:
            _LOG.info("an HTTP/2 connection ended: %s", error)
            with suppress(ConnectionError):
                await self._flush()
        except ConnectionError:
            pass
        finally:
            await self._end()

    async def open(self, headers: Headers) -> Stream:
        """A new stream, its request headers sent."""
        if self._gone:
            raise StreamEnded("the connection is closed")
        stream = Stream(self, self._h2.get_next_available_stream_id())
        self._streams[stream.number] = stream
        await self.send_headers(stream, headers, end=False)
        return stream

    async def close(self) -> None:
        with suppress(ConnectionError, h2.exceptions.ProtocolError):
            self._h2.close_connection()
            await self._flush()
        self._gone = True
        self._reader.feed_eof()

    async def send_headers(self, stream: Stream, headers: Headers, *, end: bool) -> None:
        stream.check()
        self._attempt(lambda: self._h2.send_headers(stream.number, list(headers), end_stream=end))
        await self._flush()

    async def send(self, stream: Stream, data: bytes) -> None:
        at = 0
        while at < len(data):
            room = await self._room(stream)
            piece = data[at : at + room]
            self._attempt(lambda piece=piece: self._h2.send_data(stream.number, piece))  # type: ignore[misc]
            at += len(piece)
            await self._flush()

    async def end(self, stream: Stream) -> None:
        stream.check()
        self._attempt(lambda: self._h2.end_stream(stream.number))
        await self._flush()

    async def reset(self, stream: Stream, error: h2.errors.ErrorCodes) -> None:
        with suppress(h2.exceptions.ProtocolError, ConnectionError):
            self._h2.reset_stream(stream.number, error)
            await self._flush()
        stream.hear_reset("reset")
        self._streams.pop(stream.number, None)

    async def read(self, number: int, weight: int) -> None:
        """`weight` bytes of a stream were taken: the sender may send as many again."""
        with suppress(h2.exceptions.ProtocolError):
            self._h2.acknowledge_received_data(weight, number)
        await self._flush()

    async def _room(self, stream: Stream) -> int:
        """How many bytes may be sent now; waits until there is any."""
        async with self._moved:
            while True:
                stream.check()
                try:
                    window = self._h2.local_flow_control_window(stream.number)
                except h2.exceptions.ProtocolError as error:
                    raise StreamEnded(str(error)) from error
                if window > 0:
                    return min(window, self._h2.max_outbound_frame_size)
                await self._moved.wait()

    def _attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except h2.exceptions.ProtocolError as error:
            raise StreamEnded(str(error)) from error

    async def _flush(self) -> None:
        if data := self._h2.data_to_send():
            self._writer.write(data)
        try:
            await self._writer.drain()
        except ConnectionError as error:
            raise StreamEnded("the connection is closed") from error

    async def _hear(self, event: h2.events.Event) -> None:
        match event:
            case h2.events.RequestReceived():
                self._take(event.stream_id, _text(event.headers))
            case h2.events.ResponseReceived() | h2.events.TrailersReceived():
                if stream := self._streams.get(event.stream_id or 0):
                    stream.hear_headers(_text(event.headers))
            case h2.events.DataReceived():
                await self._hear_data(event)
            case h2.events.StreamEnded():
                if stream := self._streams.get(event.stream_id or 0):
                    stream.hear_end()
            case h2.events.StreamReset():
                if stream := self._streams.pop(event.stream_id or 0, None):
                    stream.hear_reset("the other side has reset the stream")
                await self._tell_moved()
            case h2.events.WindowUpdated() | h2.events.RemoteSettingsChanged():
                await self._tell_moved()
            case h2.events.ConnectionTerminated():
                self._gone = not self._tasks
            case _:
                pass

    def _take(self, number: int | None, headers: Headers) -> None:
        assert number is not None
        if self._accept is None:
            return
        stream = Stream(self, number)
        stream.hear_headers(headers)
        self._streams[number] = stream
        task = asyncio.create_task(self._answer(stream))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, stream: Stream) -> None:
        """Runs the handler, and cancels it when the other side leaves the stream."""
        assert self._accept is not None
        work = asyncio.ensure_future(self._accept(stream))
        left = asyncio.create_task(stream.closed.wait())
        try:
            await asyncio.wait({work, left}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            left.cancel()
            if not work.done():
                work.cancel()
            await asyncio.gather(work, left, return_exceptions=True)
            self._streams.pop(stream.number, None)

    async def _hear_data(self, event: h2.events.DataReceived) -> None:
        weight = event.flow_controlled_length or 0
        stream = self._streams.get(event.stream_id or 0)
        if stream is None:
            with suppress(h2.exceptions.ProtocolError):
                self._h2.acknowledge_received_data(weight, event.stream_id or 0)
            return
        stream.hear_data(event.data or b"", weight)

    async def _tell_moved(self) -> None:
        async with self._moved:
            self._moved.notify_all()

    async def _end(self) -> None:
        self._gone = True
        self.closed.set()
        for stream in tuple(self._streams.values()):
            stream.hear_reset("the connection is closed")
        await self._tell_moved()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._writer.close()


def _text(headers: object) -> Headers:
    assert isinstance(headers, list)
    return [
        (
            name.decode("utf-8", "replace") if isinstance(name, bytes) else name,
            value.decode("utf-8", "replace") if isinstance(value, bytes) else value,
        )
        for name, value in headers
    ]
