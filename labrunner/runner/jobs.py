"""Slow work beside the relay: jobs run one after the other in one thread, their results wait for the loop.

The wake descriptor is the reading end of a pipe that gets a byte for each result, so that the loop sleeps on it
together with the terminal.
"""

import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

Job = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Raised:
    """A job that ended with an exception: expected ones are for the loop to handle, others are bugs."""

    error: BaseException


class Jobs:
    """A mailbox and, behind it, a thread that fills it."""

    def __init__(self, pipe: tuple[int, int] | None = None) -> None:
        """`pipe` where the wake descriptor had to be known before."""
        self.wake, self._poke = pipe or os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._poke, False)
        self._todo: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None

    def submit(self, job: Job) -> None:
        """Run it in the thread; what it returns (unless None), or `Raised`, can then be taken."""
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="labrunner-jobs", daemon=True)
            self._worker.start()
        self._todo.put(job)

    def post(self, result: object) -> None:
        """Put a result into the mailbox from any thread."""
        self._done.put(result)
        # The pipe may be full of wake-ups already, or the loop over.
        with suppress(OSError):
            os.write(self._poke, b"!")

    def take(self) -> tuple[object, ...]:
        """All results so far; never waits."""
        with suppress(BlockingIOError):
            os.read(self.wake, 4096)
        results = []
        while True:
            try:
                results.append(self._done.get_nowait())
            except queue.Empty:
                return tuple(results)

    def close(self) -> None:
        self._todo.put(None)

    def _work(self) -> None:
        while (job := self._todo.get()) is not None:
            try:
                result = job()
            except Exception as error:
                result = Raised(error)
            if result is not None:
                self.post(result)
