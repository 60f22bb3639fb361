"""The engine's process: the lock, the log, the socket, and an orderly end.

The socket opens before the rooms behind it are even imported: a command that only waits for a ping need not wait for
them, and one that wants more waits a quarter of a second once.
"""

import asyncio
import logging
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from labrunner.errors import EngineError
from labrunner.practice import state
from labrunner.practice.api.http import Handle, Server
from labrunner.practice.api.message import Body, Head
from labrunner.practice.api.ping import HEADERS, PING, is_ping
from labrunner.practice.api.reply import Reply

if TYPE_CHECKING:
    from labrunner.practice.api.routes import Api
    from labrunner.practice.daemon import Daemon

PATIENCE = 8 * 3600.0
"""Seconds without any connection after which the engine ends by itself; what it keeps stays."""
_LOOK = 60.0
_LARGEST_LOG = 1 << 20
_MOST_FILES = 8192
_FIRST_PING = 0.1
"""Seconds that it is waited for."""
_LOG = logging.getLogger("labrunner.practice")


async def serve(
    folder: Path,
    socket: Path,
    *,
    registry_port: int | None = None,
    ready: int | None = None,
    patience: float = PATIENCE,
) -> None:
    """Until SIGTERM or SIGINT, or until nobody has been connected for `patience` seconds.

    `ready` is a descriptor that hears of the open socket.
    """
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    _allow_connections()
    lock = state.take(folder)
    _log_to(folder / state.LOG)
    door = _Door()
    server = Server(door, headers=HEADERS)
    daemon: Daemon | None = None
    try:
        if registry_port is not None:
            # Whether its port is free belongs to the answer.
            daemon = await _open(folder, registry_port, door)
        await _listen(server, socket)
        port = daemon.registry.port if daemon is not None and daemon.registry is not None else 0
        state.write_note(folder, state.Note(pid=os.getpid(), socket=socket, registry=port))
        _LOG.info("listening on %s", socket)
        if ready is not None:
            os.write(ready, b"ready\n")
            os.close(ready)
        if daemon is None:
            await door.knocked()
            daemon = await _open(folder, None, door)
        while not end.is_set() and server.idle < patience:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(patience, _LOOK)):
                    await end.wait()
        _LOG.info("closing")
    except Exception:
        _LOG.exception("the engine ends")
        raise
    finally:
        await server.close()
        if daemon is not None:
            await daemon.close()
        with suppress(OSError):
            socket.unlink()
        state.remove_note(folder)
        lock.close()


class _Door:
    """Answers pings at once, and everything else when the rooms are open."""

    def __init__(self) -> None:
        self.api: asyncio.Future[Handle] = asyncio.get_running_loop().create_future()
        self._knocked = asyncio.Event()

    async def knocked(self) -> None:
        """Whoever waits for the first ping has it before the imports take turns with the answer."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_PING):
                await self._knocked.wait()

    async def __call__(self, head: Head, body: Body) -> Reply:
        if not self.api.done() and is_ping(head):
            asyncio.get_running_loop().call_soon(self._knocked.set)
            return PING
        self._knocked.set()
        api = await asyncio.shield(self.api)
        return await api(head, body)


async def _open(folder: Path, registry_port: int | None, door: _Door) -> "Daemon":
    api, make = await asyncio.to_thread(_import)
    daemon = make(folder, registry_port=registry_port)
    await daemon.open()
    door.api.set_result(api(daemon))
    return daemon


def _import() -> "tuple[type[Api], type[Daemon]]":
    # 200 ms for all the rooms.
    from labrunner.practice.api.routes import Api
    from labrunner.practice.daemon import Daemon

    return Api, Daemon


async def _listen(server: Server, socket: Path) -> None:
    try:
        await server.listen(socket)
    except OSError as error:
        raise EngineError(f"No socket can be opened at {socket}: {error.strerror or error}.") from error


def _allow_connections() -> None:
    """As many descriptors as the system gives, within reason: it begins with 256 or 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _log_to(path: Path) -> None:
    with suppress(OSError):
        if path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_name(path.name + ".1"))
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger()
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
