"""read: one line from standard input, byte by byte as far as it goes, so that what follows is left to others."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell

LINE = 1024 * 1024


class Ended(Exception):
    """The time is over."""


async def read_line(
    shell: Shell, delimiter: bytes, count: int | None, *, raw: bool, timeout: float | None, silent: bool
) -> tuple[bytes, bool]:
    """The line without its end, and whether the input ended before it."""
    source = shell.process.stdin
    hush = getattr(source, "hush", None)
    if silent and hush is not None:
        hush(True)
    try:
        async with asyncio.timeout(timeout):
            return await _line(shell, delimiter, count, raw=raw)
    except TimeoutError:
        raise Ended from None
    finally:
        if silent and hush is not None:
            hush(False)


async def _line(shell: Shell, delimiter: bytes, count: int | None, *, raw: bool) -> tuple[bytes, bool]:
    source = shell.process.stdin
    line = bytearray()
    escaped = False
    while count is None or len(line) < count:
        char = await source.read(1)
        if not char:
            return bytes(line), True
        if escaped:
            escaped = False
            if char == b"\n":
                line.pop()
                continue
        elif char == b"\\" and not raw:
            escaped = True
        elif char == delimiter:
            break
        line += char
        if len(line) > LINE:
            break
        if not len(line) % 512:
            await shell.breath.take()
    return bytes(line), False
