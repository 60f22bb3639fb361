"""Keeps a busy simulated program from holding up the daemon: it lets others run, and is slowed when it never rests."""

import asyncio
import time

SLICE = 0.003
"""Seconds of work after which others get their turn."""
WINDOW = 2.0
BUSY = 0.4
"""Above this share of the time the program sleeps between its slices."""
REST = 0.012


class Breath:
    def __init__(self) -> None:
        self._began = self._window = time.monotonic()
        self._worked = 0.0

    async def take(self) -> None:
        """To be awaited wherever a program could go round and round."""
        now = time.monotonic()
        spent = now - self._began
        if spent < SLICE:
            return
        self._worked += min(spent, 2 * SLICE)
        elapsed = now - self._window
        await asyncio.sleep(REST if elapsed > 0.3 and self._worked > BUSY * elapsed else 0)
        if elapsed > WINDOW:
            self._window, self._worked = now, 0.0
        self._began = time.monotonic()
