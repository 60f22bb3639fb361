"""Programs of the container: found, started as children, or put in the shell's own place."""

from __future__ import annotations

import errno
import posixpath
from collections.abc import Sequence as Several
from typing import TYPE_CHECKING

from labrunner.practice.programs.process import Open, Process
from labrunner.practice.programs.shell.assigning import with_assignments, without_assignments
from labrunner.practice.programs.shell.children import no_room, wait_for
from labrunner.practice.programs.shell.leaving import Exit, Interrupted
from labrunner.practice.programs.shell.redirecting import forget, redirect, restore
from labrunner.practice.programs.shell.state import Variable
from labrunner.practice.programs.shell.syntax import Simple
from labrunner.practice.programs.shell.trapping import ignore

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def exec_command(shell: Shell, words: list[str], command: Simple) -> int:
    saved = await redirect(shell, command.redirects)
    if saved is None:
        if not shell.interactive:
            raise Exit(1 if shell.flavour == "bash" else 2)
        return 1
    words = words[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    if words[:1] == ["-a"] and shell.flavour != "dash":
        words = words[2:]
    if not words:
        forget(shell, saved)
        return 0
    await with_assignments(shell, command)
    forget(shell, saved)
    status = await replace_by(shell, words)
    if shell.interactive and status in (126, 127):
        return status
    shell.state.traps.pop("EXIT", None)
    raise Exit(status)


async def replace_by(shell: Shell, words: list[str]) -> int:
    """exec: this process becomes another program."""
    file = await find_file(shell, words[0])
    if isinstance(file, int):
        return file
    ignored = [
        name for name, action in shell.state.traps.items() if action == "" and name not in ("EXIT", "ERR")
    ]
    reactions = dict(shell.process.reactions)
    try:
        return await start(shell, shell.process, file, words, ignored)
    except OSError as error:
        shell.process.reactions.update(reactions)
        return await cannot(shell, words[0], error)


async def start(
    shell: Shell, process: Process, file: str, words: Several[str], ignored: Several[str] = ()
) -> int:
    """Becomes the program in a file; a file without a first line that says so is a script of this shell."""

    for name in ignored:
        process.on_signal(name, ignore)
    try:
        return await shell.kernel.execute(process, file, words)
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        process.argv = (shell.speech.name, file, *words[1:])
        return await shell.script(process, file, list(words[1:]))


async def find_file(shell: Shell, name: str) -> str | int:
    """The file that a command word runs, or the status after a complaint."""
    try:
        return shell.kernel.which(shell.process, name, shell.state.get("PATH"))
    except OSError as error:
        return await cannot(shell, name, error)


async def cannot(shell: Shell, name: str, error: OSError) -> int:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        await shell.complain(shell.speech.missing(name, path="/" in name))
        return 127
    reason = error.strerror or "Permission denied"
    if shell.flavour == "bash" and error.errno == errno.EACCES and is_folder(shell, name):
        reason = "Is a directory"
    await shell.complain(f"{name}: {reason}")
    return 126


def is_folder(shell: Shell, name: str) -> bool:
    try:
        return shell.process.files.stat(posixpath.join(shell.process.cwd, name)).kind == "folder"
    except OSError:
        return False


async def outside(shell: Shell, words: list[str], command: Simple, *, tail: bool) -> int:
    """A program of the container."""
    saved = await redirect(shell, command.redirects)
    if saved is None:
        return 1 if shell.flavour != "dash" else 2
    before: dict[str, Variable | None] = {}
    try:
        before = await with_assignments(shell, command)
        if tail and not shell.interactive and not shell.state.traps and not shell.jobs:
            forget(shell, saved)
            saved = dict[int, Open | None]()
            status = await replace_by(shell, words)
            raise Exit(status)
        file = await find_file(shell, words[0])
        if isinstance(file, int):
            return file
        return await run_file(shell, file, words)
    finally:
        without_assignments(shell, before)
        restore(shell, saved)


async def run_file(shell: Shell, file: str, words: list[str]) -> int:
    ignored = [
        name for name, action in shell.state.traps.items() if action == "" and name not in ("EXIT", "ERR")
    ]

    async def body(process: Process) -> int:
        forked = shell.child(process)
        try:
            return await start(forked, process, file, words, ignored)
        except OSError as error:
            return await cannot(forked, words[0], error)

    try:
        child = shell.kernel.fork(
            shell.process,
            body,
            fds=shell.fds,
            argv=words,
            env=shell.process.env,
            cwd=shell.process.cwd,
            group=0 if shell.interactive else None,
        )
    except BlockingIOError:
        await no_room(shell)
        return 2
    status = await wait_for(shell, child)
    if shell.interactive and status == 130:
        shell.said_interrupted = True
        await shell.say("\n")
        raise Interrupted
    return status


async def without_functions(shell: Shell, words: list[str]) -> int:
    """What `command` runs: builtins and files only."""
    bare = Simple((), ())
    if words[0] == "exec":
        return await exec_command(shell, words, bare)
    run = shell.builtins.get(words[0])
    if run is not None:
        return await run(shell, words)
    return await outside(shell, words, bare, tail=False)
