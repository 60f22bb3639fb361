"""What commands read: a file by its name, or standard input for `-`."""

from collections.abc import AsyncIterator

from labrunner.practice.programs.applet import absolute, busybox, complain, reason
from labrunner.practice.programs.process import Open, Process


async def pieces(process: Process, word: str) -> AsyncIterator[bytes]:
    """The bytes of a file, or of standard input for `-`; raises OSError."""
    if word == "-":
        while data := await process.stdin.read():
            yield data
        return
    source = opened(process, word)
    try:
        while data := await source.read():
            yield data
    finally:
        source.release()


def opened(process: Process, word: str) -> Open:
    """A file to read; to be released."""
    if process.kernel is None or not word:
        raise FileNotFoundError(2, "No such file or directory", word)
    source = process.kernel.open(process, absolute(process, word), "r")
    source.hold()
    return source


async def cannot(process: Process, word: str, error: OSError, plain: str, busy: str) -> int:
    text = busy if busybox(process) else plain
    return await complain(process, text.format(word=word, reason=reason(error)))
