"""A machine's own loopback: who listens on which port, and connections that never leave this process."""

import asyncio
import errno
from typing import Any

from labrunner.practice.programs.process import Serve

BUFFER = 256 * 1024
CONNECTIONS = 256
_LOCAL = frozenset({"localhost", "::1", "0.0.0.0", "ip6-localhost"})


class _Tap:
    """Tells a writer when the reader on the other side has had enough."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    def pause_reading(self) -> None:
        self._open.clear()

    def resume_reading(self) -> None:
        self._open.set()

    def is_closing(self) -> bool:
        return False

    async def open(self) -> None:
        await self._open.wait()


class LoopWriter:
    """The writing side; what is written is at once what the other side can read."""

    def __init__(self, reader: asyncio.StreamReader, tap: _Tap) -> None:
        self._reader = reader
        self._tap = tap
        self._closed = False
        self._ended = False
        self.other: LoopWriter | None = None

    def write(self, data: bytes) -> None:
        if not self._ended and not self._closed:
            self._reader.feed_data(bytes(data))

    async def drain(self) -> None:
        if self._closed or (self.other is not None and self.other.is_closing()):
            raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
        await self._tap.open()

    def write_eof(self) -> None:
        if not self._ended:
            self._ended = True
            self._reader.feed_eof()

    def close(self) -> None:
        self.write_eof()
        self._closed = True
        self._tap.resume_reading()

    async def wait_closed(self) -> None:
        return

    def is_closing(self) -> bool:
        return self._closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 0) if name in ("peername", "sockname") else default


def connected() -> tuple[tuple[asyncio.StreamReader, LoopWriter], tuple[asyncio.StreamReader, LoopWriter]]:
    """Both ends of a new connection."""
    ends = []
    for _ in range(2):
        reader, tap = asyncio.StreamReader(limit=BUFFER), _Tap()
        reader.set_transport(tap)  # type: ignore[arg-type]
        ends.append((reader, LoopWriter(reader, tap)))
    (one, to_one), (two, to_two) = ends
    to_one.other, to_two.other = to_two, to_one
    return (one, to_two), (two, to_one)


class Listening:
    """One open port."""

    def __init__(self, loopback: "Loopback", port: int, serve: Serve) -> None:
        self.port = port
        self._loopback = loopback
        self._serve = serve
        self._tasks: set[asyncio.Task[None]] = set()

    def accept(self) -> tuple[asyncio.StreamReader, LoopWriter]:
        if len(self._tasks) >= CONNECTIONS:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        near, far = connected()
        task = asyncio.get_running_loop().create_task(self._answer(*near))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return far

    async def _answer(self, reader: asyncio.StreamReader, writer: LoopWriter) -> None:
        try:
            await self._loopback.running()
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def close(self) -> None:
        self._loopback.closed(self)
        for task in list(self._tasks):
            task.cancel()


class Loopback:
    """The ports of one machine."""

    def __init__(self) -> None:
        self._ports: dict[int, Listening] = {}
        self._gate = asyncio.Event()
        self._gate.set()

    @property
    def ports(self) -> frozenset[int]:
        return frozenset(self._ports)

    def listen(self, port: int, serve: Serve) -> Listening:
        if not 0 < port < 65536:
            raise OSError(errno.EINVAL, "Invalid argument")
        if port in self._ports:
            raise OSError(errno.EADDRINUSE, "Address already in use")
        self._ports[port] = Listening(self, port, serve)
        return self._ports[port]

    def closed(self, listening: Listening) -> None:
        if self._ports.get(listening.port) is listening:
            del self._ports[listening.port]

    def connect(self, host: str, port: int, own: frozenset[str]) -> tuple[asyncio.StreamReader, LoopWriter]:
        if host not in _LOCAL and host not in own and not host.startswith("127."):
            raise OSError(errno.ENETUNREACH, "Network is unreachable: practice containers have no network")
        listening = self._ports.get(port)
        if listening is None:
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        return listening.accept()

    async def running(self) -> None:
        """Returns while the machine is not paused."""
        await self._gate.wait()

    def pause(self) -> None:
        self._gate.clear()

    def resume(self) -> None:
        self._gate.set()

    @property
    def paused(self) -> bool:
        return not self._gate.is_set()
