"""Output of programs that do not wait until it is written, such as a write to /dev/stdout by its name."""

import asyncio
import logging
import threading
from collections import deque

from labrunner.practice.programs.process import Open

log = logging.getLogger(__name__)
UNREAD = 1024 * 1024


class Unawaited:
    def __init__(self) -> None:
        self._later: dict[int, deque[bytes]] = {}
        self._speaking: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.get_ident()

    def begin(self) -> None:
        """From the loop in which the processes run."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def from_anywhere(self, target: Open, data: bytes) -> None:
        """Safe from any thread."""
        if threading.get_ident() == self._thread:
            self.write(target, data)
        elif self._loop is not None:
            self._loop.call_soon_threadsafe(self.write, target, data)

    def write(self, target: Open | None, data: bytes) -> None:
        if target is None:
            return
        waiting = self._later.get(id(target))
        if waiting is not None:
            if sum(map(len, waiting)) < UNREAD:
                waiting.append(data)
            return
        self._later[id(target)] = deque([data])
        target.hold()
        task = asyncio.get_running_loop().create_task(self._speak(target))
        self._speaking.add(task)
        task.add_done_callback(self._speaking.discard)

    async def _speak(self, target: Open) -> None:
        waiting = self._later[id(target)]
        try:
            while waiting:
                await target.write(waiting[0])
                waiting.popleft()
        except OSError as error:
            log.info("nobody reads any more: %s", error)
        finally:
            del self._later[id(target)]
            target.release()
