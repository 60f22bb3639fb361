"""readlink and realpath."""

import posixpath

from labrunner.practice.programs.applet import (
    absolute,
    busybox,
    complain,
    options,
    reason,
    say,
)
from labrunner.practice.programs.process import Process


async def readlink(process: Process) -> int:
    chosen = options(
        process.argv[1:],
        flags="fenmqsvz",
        long={"canonicalize": "f", "canonicalize-existing": "e", "no-newline": "n"},
    )
    status = 0
    for word in chosen.words:
        path = absolute(process, word)
        try:
            if chosen.flags & {"f", "e", "m"}:
                text = _canonical(process, path, must="e" in chosen)
            else:
                text = process.files.readlink(path)
        except OSError:
            status = 1
            continue
        await say(process, text + ("" if "n" in chosen else "\n"))
    return status


def _canonical(process: Process, path: str, *, must: bool) -> str:
    try:
        return process.files.resolve(path)
    except FileNotFoundError:
        if must:
            raise
        return posixpath.join(
            process.files.resolve(posixpath.dirname(path.rstrip("/"))), posixpath.basename(path.rstrip("/"))
        )


async def realpath(process: Process) -> int:
    chosen = options(
        process.argv[1:],
        flags="emqsPLz",
        long={"canonicalize-existing": "e", "canonicalize-missing": "m", "no-symlinks": "s"},
    )
    status = 0
    for word in chosen.words:
        path = absolute(process, word)
        try:
            text = (
                posixpath.normpath(path)
                if chosen.flags & {"s", "m"}
                else _canonical(process, path, must="e" in chosen or busybox(process))
            )
        except OSError as error:
            status = await complain(process, f"{word}: {reason(error)}")
            continue
        await say(process, f"{text}\n")
    return status
