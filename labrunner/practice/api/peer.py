"""What a socket tells of the client behind it: that it has closed its half, that it is gone, that it has read."""

import asyncio
import fcntl
import select
import sys
import termios
import time

from labrunner.practice.api.message import LONGEST_HEAD

_HEAD_READ = 0.05
"""Seconds that the reader of a head is given before the new protocol begins."""


class Reader(asyncio.StreamReader):
    """A reader that tells at once when the client has closed its side, also while no one reads."""

    def __init__(self) -> None:
        super().__init__(limit=LONGEST_HEAD)
        self.gone = asyncio.Event()

    def feed_eof(self) -> None:
        super().feed_eof()
        self.gone.set()

    def set_exception(self, exc: Exception) -> None:
        super().set_exception(exc)
        self.gone.set()


async def taken(writer: asyncio.StreamWriter) -> None:
    """Waits until the client has read the head. The docker SDK reads it through a buffer that it then throws away,
    so that what comes along with the head would be lost to it."""
    if sys.platform != "linux":
        await asyncio.sleep(_HEAD_READ)
        return
    deadline = time.monotonic() + _HEAD_READ
    while time.monotonic() < deadline and not writer.transport.is_closing():
        waiting = fcntl.ioctl(writer.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
        if not int.from_bytes(waiting, sys.byteorder):
            return
        await asyncio.sleep(0.001)


def hung_up(writer: asyncio.StreamWriter) -> bool:
    """Only Linux tells a closed peer from one that has closed its half; elsewhere the next write tells."""
    if writer.transport.is_closing():
        return True
    if sys.platform != "linux":
        return False
    poll = select.poll()
    try:
        poll.register(writer.get_extra_info("socket").fileno(), 0)
        return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))
    except (OSError, ValueError):
        return True
