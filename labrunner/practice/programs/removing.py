"""rm, rmdir and unlink."""

import errno
import posixpath

from labrunner.practice.programs.applet import (
    Usage,
    absolute,
    busybox,
    complain,
    options,
    reason,
    say,
    wrong,
)
from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.process import Process


async def rm(process: Process) -> int:
    names = {
        "force": "f",
        "recursive": "r",
        "dir": "d",
        "verbose": "v",
        "interactive": "i",
        "no-preserve-root": "N",
    }
    names["preserve-root"] = "K"
    chosen = options(process.argv[1:], flags="frRidvI", long=names)
    recursive = bool({"r", "R"} & chosen.flags)
    if not chosen.words and "f" not in chosen:
        raise Usage("missing operand")
    status = 0
    files = process.files
    for word in chosen.words:
        path = absolute(process, word)
        if posixpath.basename(word.rstrip("/")) in (".", ".."):
            status = await complain(process, f"refusing to remove '.' or '..' directory: skipping '{word}'")
            continue
        if posixpath.normpath(path) == "/" and recursive and not busybox(process) and "N" not in chosen:
            await complain(process, "it is dangerous to operate recursively on '/'")
            status = await complain(process, "use --no-preserve-root to override this failsafe")
            continue
        try:
            kind = files.lstat(path.rstrip("/") or "/").kind
        except OSError as error:
            if "f" in chosen and isinstance(error, FileNotFoundError | NotADirectoryError):
                continue
            status = await wrong(
                process, f"cannot remove '{word}': {reason(error)}", f"can't remove '{word}': {reason(error)}"
            )
            continue
        if kind == "folder" and not recursive and "d" not in chosen:
            status = await wrong(
                process, f"cannot remove '{word}': Is a directory", f"'{word}' is a directory"
            )
            continue
        status = await _remove(process, path.rstrip("/") or "/", word, recursive=recursive) or status
        if "v" in chosen:
            await say(process, f"removed '{word}'\n")
    return status


async def _remove(process: Process, path: str, shown: str, *, recursive: bool) -> int:
    files = process.files
    try:
        files.remove(path, recursive=False)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EBUSY) or not recursive:
            return await wrong(
                process,
                f"cannot remove '{shown}': {reason(error)}",
                f"can't remove '{shown}': {reason(error)}",
            )
    else:
        return 0
    status = 0
    breath = Breath()
    try:
        names = files.list(path)
    except OSError as error:
        return await complain(process, f"cannot remove '{shown}': {reason(error)}")
    for name in names:
        await breath.take()
        status = (
            await _remove(process, posixpath.join(path, name), posixpath.join(shown, name), recursive=True)
            or status
        )
    if not status:
        try:
            files.remove(path)
        except OSError as error:
            status = await wrong(
                process,
                f"cannot remove '{shown}': {reason(error)}",
                f"can't remove '{shown}': {reason(error)}",
            )
    return status


async def rmdir(process: Process) -> int:
    chosen = options(process.argv[1:], flags="pv", long={"parents": "p", "ignore-fail-on-non-empty": "e"})
    status = 0
    for word in chosen.words:
        path = absolute(process, word)
        try:
            if process.files.lstat(path.rstrip("/")).kind != "folder":
                raise NotADirectoryError(errno.ENOTDIR, "Not a directory")
            process.files.remove(path)
        except OSError as error:
            if "e" in chosen and error.errno == errno.ENOTEMPTY:
                continue
            status = await wrong(
                process, f"failed to remove '{word}': {reason(error)}", f"'{word}': {reason(error)}"
            )
    return status


async def unlink(process: Process) -> int:
    chosen = options(process.argv[1:])
    for word in chosen.words[:1]:
        try:
            process.files.remove(absolute(process, word))
        except OSError as error:
            return await complain(process, f"cannot unlink '{word}': {reason(error)}")
    return 0
