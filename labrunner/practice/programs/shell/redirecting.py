"""Redirections: what file descriptors stand for while a command runs."""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Mapping
from typing import TYPE_CHECKING

from labrunner.practice.programs.process import Open
from labrunner.practice.programs.shell.failures import Failure
from labrunner.practice.programs.shell.syntax import Redirect
from labrunner.practice.programs.streams import Held

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def redirect(shell: Shell, redirects: tuple[Redirect, ...]) -> dict[int, Open | None] | None:
    """Puts redirections in force; what to restore, None after a complaint."""
    saved: dict[int, Open | None] = {}
    for each in redirects:
        try:
            targets = await open_target(shell, each)
        except Failure as error:
            restore(shell, saved)
            await shell.fatal(error)
            return None
        if targets is None:
            restore(shell, saved)
            return None
        for fd, target in targets:
            if fd not in saved:
                saved[fd] = shell.fds.get(fd)
            elif fd in shell.fds:
                shell.fds[fd].release()
            if target is None:
                shell.fds.pop(fd, None)
            else:
                shell.fds[fd] = target
    renew_streams(shell)
    return saved


async def open_target(shell: Shell, redirect: Redirect) -> list[tuple[int, Open | None]] | None:
    """Held open files by number (None: closed); None after a complaint."""
    fd = redirect.fd
    if redirect.heredoc is not None:
        return [(fd, _held(await shell.expander.text(redirect.heredoc.body)))]
    if redirect.kind == "<<<":
        return [(fd, _held(await shell.expander.text(redirect.target) + "\n"))]
    names = await shell.expander.fields(redirect.target)
    if len(names) != 1:
        await shell.complain(f"{redirect_text(redirect)}: ambiguous redirect")
        return None
    name = names[0]
    if redirect.kind in (">&", "<&") and not (
        redirect.kind == ">&" and shell.flavour == "bash" and not _number(name)
    ):
        return await duplicated(shell, fd, name)
    path = posixpath.join(shell.process.cwd, name) if name else ""
    mode = {"<": "r", "<>": "rw", ">>": "a", "&>>": "a"}.get(redirect.kind, "w")
    try:
        if not path:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        exclusive = redirect.kind == ">" and "C" in shell.state.options and is_file(shell, path)
        target = shell.kernel.open(shell.process, path, mode, exclusive=exclusive)  # type: ignore[arg-type]
    except OSError as error:
        reason = error.strerror or str(error)
        word = shell.speech.unreadable if mode == "r" else shell.speech.unwritable
        await shell.complain(word(name, reason))
        return None
    target.hold()
    if redirect.kind in ("&>", "&>>") or (redirect.kind == ">&" and not _number(name)):
        target.hold()
        return [(1, target), (2, target)]
    return [(fd, target)]


def is_file(shell: Shell, path: str) -> bool:
    try:
        return shell.process.files.stat(path).kind == "file"
    except OSError:
        return False


async def duplicated(shell: Shell, fd: int, name: str) -> list[tuple[int, Open | None]] | None:
    if name == "-":
        return [(fd, None)]
    source = shell.fds.get(int(name)) if _number(name) else None
    if source is None:
        await shell.complain(f"{name}: Bad file descriptor")
        return None
    source.hold()
    return [(fd, source)]


def restore(shell: Shell, saved: Mapping[int, Open | None]) -> None:
    for fd, old in saved.items():
        current = shell.fds.pop(fd, None)
        if current is not None:
            current.release()
        if old is not None:
            shell.fds[fd] = old
    if saved:
        renew_streams(shell)


def forget(_shell: Shell, saved: Mapping[int, Open | None]) -> None:
    """The redirections stay."""
    for old in saved.values():
        if old is not None:
            old.release()


def renew_streams(shell: Shell) -> None:
    gone = _GONE
    shell.process.stdin = shell.fds.get(0, gone)
    shell.process.stdout = shell.fds.get(1, gone)
    shell.process.stderr = shell.fds.get(2, gone)


class _Gone:
    """Stands where a standard stream was closed."""

    tty = False

    async def read(self, n: int = -1) -> bytes:
        raise OSError(errno.EBADF, "Bad file descriptor")

    async def write(self, data: bytes) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")


_GONE = _Gone()


def _held(text: str) -> Open:
    held = Held(text.encode("utf-8", "surrogateescape"))
    held.hold()
    return held


def _number(text: str) -> bool:
    return (text.isascii() and text.isdigit() and len(text) < 5) or text == "-"


def redirect_text(redirect: Redirect) -> str:
    return "".join(part.text for part in redirect.target if hasattr(part, "text"))
