"""Open files of a machine: a place in a file that moves as it is read and written, and what devices answer with."""

import asyncio
import errno
from typing import Literal

from labrunner.practice.programs.process import Open
from labrunner.practice.programs.streams import CHUNK, Closed, Full, Null, Random, Zero
from labrunner.practice.runtime.inodes import NO_BYTES, cut
from labrunner.practice.runtime.space import Spot, failure
from labrunner.practice.runtime.view import View
from labrunner.practice.runtime.walking import READ

Mode = Literal["r", "w", "a", "rw"]


class OpenFile(Closed):
    """A file that was opened; it stays readable after its name is gone."""

    def __init__(self, view: View, spot: Spot, mode: Mode) -> None:
        super().__init__()
        self._view = view
        self._spot = spot
        self._mode = mode
        self._at = 0
        self.regular = True

    async def read(self, n: int = -1) -> bytes:
        if self._mode not in ("r", "rw"):
            raise OSError(errno.EBADF, "Bad file descriptor")
        inode = self._spot.inode
        assert inode is not None
        await asyncio.sleep(0)
        size = CHUNK if n < 0 else min(n, 1024 * 1024)
        body = inode.body
        if isinstance(body, bytearray):
            data = bytes(body[self._at : self._at + size])
        else:
            end = min(self._at + size, body.size)
            data = cut(body, self._at, end).read() if self._at < end else b""
        self._at += len(data)
        return data

    async def write(self, data: bytes) -> None:
        if self._mode == "r":
            raise OSError(errno.EBADF, "Bad file descriptor")
        inode = self._spot.inode
        assert inode is not None
        if self._mode == "a":
            self._at = inode.size
        self._view.store(self._spot, data, self._at)
        self._at += len(data)
        if len(data) > 4096:
            await asyncio.sleep(0)


def opened(view: View, path: str, mode: Mode, *, exclusive: bool = False) -> Open | str:
    """The open file, or the name of the device for which the machine has to answer (`tty`, `fd:1:2`)."""
    if mode == "r":
        spot = view.found(path)
        assert spot.inode is not None
        if spot.inode.kind == "folder":
            raise failure(errno.EISDIR, path)
        if not spot.inode.special and not view.may(spot.inode, READ):
            raise failure(errno.EACCES, path)
    else:
        spot = view.writable(path, exclusive=exclusive)
    inode = spot.inode
    assert inode is not None
    match inode.special:
        case "null":
            return Null()
        case "zero":
            return Zero()
        case "full":
            return Full()
        case "random":
            return Random()
        case "":
            pass
        case special:
            return special
    if inode.kind in ("fifo", "device"):
        raise OSError(errno.ENXIO, "practice engine: named pipes and devices are not simulated", path)
    if mode == "w" and inode.size:
        inode.body = NO_BYTES
    if mode == "w":
        view.touched(spot)
    return OpenFile(view, spot, mode)
