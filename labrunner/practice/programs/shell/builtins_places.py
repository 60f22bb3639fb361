"""cd and pwd."""

from __future__ import annotations

import errno
import posixpath
from typing import TYPE_CHECKING

from labrunner.practice.programs.process import LiveFiles

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def cd(shell: Shell, words: list[str]) -> int:
    arguments = [word for word in words[1:] if word not in ("-P", "-L", "--", "-e")]
    process, state = shell.process, shell.state
    target = arguments[0] if arguments else state.get("HOME") or "/"
    told = target == "-"
    if told:
        target = state.get("OLDPWD") or ""
        if not target:
            await shell.complain("OLDPWD not set", "cd")
            return 1 if shell.flavour == "bash" else 2
    path = posixpath.normpath(posixpath.join(process.cwd, target or "."))
    path = "/" + path.lstrip("/")
    for base in (state.get("CDPATH") or "").split(":"):
        if base and not target.startswith(("/", ".")):
            other = posixpath.normpath(posixpath.join(process.cwd, base, target))
            if process.files.exists(other):
                path, told = other, True
                break
    files: LiveFiles = process.files  # type: ignore[assignment]
    try:
        if process.files.stat(path).kind != "folder":
            raise NotADirectoryError(errno.ENOTDIR, "Not a directory")
        if not files.access(path, 1):
            raise PermissionError(errno.EACCES, "Permission denied")
        if "-P" in words:
            path = process.files.resolve(path)
    except OSError as error:
        await shell.complain(shell.speech.no_folder(target, error.strerror or ""), "cd")
        return 1 if shell.flavour == "bash" else 2
    await shell.assign("OLDPWD", process.cwd)
    process.cwd = path
    await shell.assign("PWD", path)
    shell.refresh()
    if told:
        await shell.say(f"{path}\n", 1)
    return 0


async def pwd(shell: Shell, words: list[str]) -> int:
    path = shell.process.cwd
    if "-P" in words:
        path = shell.process.files.resolve(path)
    await shell.say(f"{path}\n", 1)
    return 0
