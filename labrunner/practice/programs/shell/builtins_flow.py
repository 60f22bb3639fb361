"""Builtins that decide what runs: exit, return, break, eval, `.`, command, type."""

from __future__ import annotations

import errno
import posixpath
from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.leaving import Exit, Leap, Return

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def colon(_shell: Shell, _words: list[str]) -> int:
    return 0


async def false(_shell: Shell, _words: list[str]) -> int:
    return 1


async def exit_(shell: Shell, words: list[str]) -> int:
    raise Exit(await _status(shell, words, "exit"))


async def return_(shell: Shell, words: list[str]) -> int:
    raise Return(await _status(shell, words, "return"))


async def _status(shell: Shell, words: list[str], name: str) -> int:
    if len(words) < 2:
        return shell.state.status
    text = words[1]
    if not text.lstrip("-").isdigit():
        bad = {"ash": f"Illegal number: {text}", "dash": f"Illegal number: {text}"}
        await shell.complain(bad.get(shell.flavour, f"{text}: numeric argument required"), name)
        raise Exit(2)
    return int(text[:18]) & 0xFF


async def break_(shell: Shell, words: list[str]) -> int:
    if not shell.loops:
        if shell.flavour == "bash":
            await shell.complain("only meaningful in a `for', `while', or `until' loop", words[0])
        return 0
    levels = int(words[1]) if len(words) > 1 and words[1].isdigit() else 1
    raise Leap(max(levels, 1), again=words[0] == "continue")


async def eval_(shell: Shell, words: list[str]) -> int:
    if shell.depth > 40:
        await shell.complain("practice engine: eval is nested too deeply", "eval")
        return 2
    shell.depth += 1
    try:
        shell.state.status = 0
        return await shell.run_text(" ".join(words[1:]), line=shell.state.line)
    finally:
        shell.depth -= 1


async def dot(shell: Shell, words: list[str]) -> int:
    if len(words) < 2:
        await shell.complain("filename argument required", words[0])
        return 2
    name = words[1]
    path = posixpath.join(shell.process.cwd, name) if "/" in name else ""
    for folder in (shell.state.get("PATH") or "").split(":") if not path else ():
        if shell.process.files.exists(posixpath.join(folder, name)):
            path = posixpath.join(folder, name)
            break
    if not path and shell.flavour == "bash":
        path = posixpath.join(shell.process.cwd, name)
    try:
        if not path:
            raise FileNotFoundError(errno.ENOENT, "not found")
        text = shell.process.files.read(path).decode("utf-8", "surrogateescape")
    except OSError as error:
        reason = error.strerror or "not found"
        message = {
            "ash": f"can't open '{name}': {reason}" if path else f"{name}: not found",
            "dash": f"cannot open {name}: No such file" if path else f"{name}: not found",
            "bash": f"{name}: {reason}",
        }[shell.flavour]
        await shell.complain(message, "" if shell.flavour == "bash" else words[0])
        if not shell.interactive and shell.flavour != "bash":
            raise Exit(2) from None
        return 1
    if shell.depth > 40:
        await shell.complain("practice engine: scripts are nested too deeply", words[0])
        return 2
    old = shell.state.arguments
    if len(words) > 2:
        shell.state.arguments = words[2:]
    shell.depth += 1
    try:
        shell.state.status = 0
        return await shell.run_text(text)
    except Return as returned:
        return returned.status
    finally:
        shell.depth -= 1
        shell.state.arguments = old


async def unsimulated(shell: Shell, words: list[str]) -> int:
    await shell.complain(f"practice engine: '{words[0]}' is not simulated")
    return 127


async def times(shell: Shell, _words: list[str]) -> int:
    await shell.say("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n", 1)
    return 0
