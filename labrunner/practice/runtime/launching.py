"""From a file in a container to the program it stands for: stand-in line, script, or nothing that can be run."""

import errno
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.practice.programs.process import Process, Program
from labrunner.practice.runtime.space import failure
from labrunner.practice.runtime.view import View
from labrunner.practice.runtime.walking import EXECUTE

STANDIN = b"#!/usr/libexec/labrunner-standin"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHELLS = frozenset({"sh", "bash", "dash", "ash"})
COLLECTIONS = frozenset({"busybox", "coreutils"})
INTERPRETERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """A program and how it is called."""

    program: Program
    file: str
    argv: tuple[str, ...]
    version: str = ""
    simulated: bool = True


def which(view: View, name: str, path: str | None, cwd: str) -> str:
    """The file that a command word runs; raises FileNotFoundError or PermissionError."""
    if "/" in name:
        view.stat(posixpath.join(cwd, name))
        return name
    refused = False
    for folder in (PATH if path is None else path).split(":"):
        file = f"{folder.rstrip('/') or ('' if folder else cwd.rstrip('/'))}/{name}"
        if not file.startswith("/"):
            file = f"{cwd.rstrip('/')}/{file}"
        try:
            kind = view.stat(file).kind
        except OSError:
            continue
        if kind == "file":
            if view.access(file, EXECUTE):
                return file
            refused = True
    raise failure(errno.EACCES if refused else errno.ENOENT, name) if name else failure(errno.ENOENT, name)


def launch(
    view: View,
    file: str,
    argv: tuple[str, ...],
    programs: Mapping[str, Program],
    applets: Mapping[str, Program],
    *,
    cwd: str = "/",
) -> Launch:
    """What runs when this file is executed; raises what execve says: ENOENT, EACCES, ENOEXEC, ELOOP."""
    for _ in range(INTERPRETERS):
        spot = view.found(posixpath.join(cwd, file))
        inode = spot.inode
        assert inode is not None
        if inode.kind != "file" or not view.may(inode, EXECUTE):
            raise failure(errno.EACCES, file)
        head = next(iter(inode.content().chunks()), b"")[:512]
        first = head.split(b"\n", 1)[0]
        if first.startswith(STANDIN):
            words = first[len(STANDIN) :].decode("utf-8", "replace").split()
            return _standin(words, posixpath.join(cwd, file), spot.name, argv, programs, applets)
        if first.startswith(b"#!"):
            words = first[2:].decode("utf-8", "replace").strip().split(None, 1)
            if not words:
                raise failure(errno.ENOEXEC, file)
            argv = (*words, file, *argv[1:])
            file = words[0]
            continue
        if head.startswith(b"\x7fELF") or b"\0" in head:
            return Launch(program=_unknown(file), file=posixpath.join(cwd, file), argv=argv, simulated=False)
        raise failure(errno.ENOEXEC, file)
    raise failure(errno.ELOOP, file)


def _standin(
    words: list[str],
    file: str,
    real: str,
    argv: tuple[str, ...],
    programs: Mapping[str, Program],
    applets: Mapping[str, Program],
) -> Launch:
    name = words[0] if words else real
    version = words[1] if len(words) > 1 else ""
    called = argv[0].rpartition("/")[2].removeprefix("-")
    if name in programs:
        return Launch(program=programs[name], file=file, argv=argv, version=version)
    by_file = file.rpartition("/")[2]
    if name == "busybox" and called == "busybox" and real == "busybox":
        if len(argv) < 2:
            return Launch(program=applets["busybox"], file=file, argv=argv, version=version)
        argv, called, by_file = argv[1:], argv[1], argv[1]
    for word in (called, by_file, real, name) if name in COLLECTIONS else (name,):
        if word in SHELLS:
            flavour = {"busybox": "ash", "coreutils": real if real in SHELLS else word}.get(name, name)
            return Launch(program=applets["dash" if flavour == "sh" else flavour], file=file, argv=argv)
        program = programs.get(word) or applets.get(word)
        if program is not None and word not in COLLECTIONS:
            return Launch(program=program, file=file, argv=argv, version=version)
    return Launch(program=_unknown(called or name), file=file, argv=argv, simulated=False)


def _unknown(name: str) -> Program:
    async def say(process: Process) -> int:
        await process.stderr.write(f"practice engine: '{name}' is not simulated\n".encode())
        return 127

    return say
