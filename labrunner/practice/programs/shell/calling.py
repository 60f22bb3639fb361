"""Runs simple commands: functions, builtins, or else programs of the container."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.assigning import (
    only_assignments,
    trace,
    with_assignments,
    without_assignments,
)
from labrunner.practice.programs.shell.builtins_naming import SPECIAL
from labrunner.practice.programs.shell.failures import Failure
from labrunner.practice.programs.shell.leaving import Exit, Return
from labrunner.practice.programs.shell.outside import exec_command, outside
from labrunner.practice.programs.shell.redirecting import redirect, restore
from labrunner.practice.programs.shell.state import Variable
from labrunner.practice.programs.shell.syntax import Function, Literal, Simple, Word, plain
from labrunner.practice.programs.shell.traps import settled

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell

DEEP = 45
"""Functions inside functions."""
_DECLARATIONS = frozenset({"export", "readonly", "local", "declare", "typeset"})


async def simple(shell: Shell, command: Simple, *, tail: bool = False) -> int:
    shell.state.line = command.line
    shell.captured_status = 0
    words: list[str] = []
    declaring = bool(command.words) and plain(command.words[0]) in _DECLARATIONS
    try:
        for word in command.words:
            if declaring and words and _assigns(word):
                words.append(await shell.expander.text(word))
            else:
                words.extend(await shell.expander.fields(word))
    except Failure as error:
        return await shell.fatal(error)
    if not words:
        return await only_assignments(shell, command)
    await trace(shell, words, command)
    name = words[0]
    function = shell.state.functions.get(name)
    builtin = shell.builtins.get(name)
    if function is not None:
        status = await call_function(shell, function, words, command)
    elif builtin is not None:
        status = await call_builtin(shell, words, command, special=name in SPECIAL)
    else:
        status = await outside(shell, words, command, tail=tail)
    return await settled(shell, status)


async def call_builtin(shell: Shell, words: list[str], command: Simple, *, special: bool) -> int:
    run = shell.builtins[words[0]]
    if words[0] == "exec":
        return await exec_command(shell, words, command)
    saved = await redirect(shell, command.redirects)
    if saved is None:
        if special and not shell.interactive and shell.flavour != "bash":
            raise Exit(2)
        return 1 if shell.flavour != "dash" else 2
    before: dict[str, Variable | None] = {}
    try:
        before = await with_assignments(shell, command)
        return await run(shell, words)
    except Failure as error:
        return await shell.fatal(error) if special else await shell.explain(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        await shell.complain(f"write error: {error.strerror}", words[0])
        return 1
    finally:
        if not special or shell.flavour == "bash":
            without_assignments(shell, before)
        restore(shell, saved)


async def call_function(shell: Shell, function: Function, words: list[str], command: Simple) -> int:
    if shell.depth >= DEEP:
        await shell.complain("practice engine: functions are nested too deeply")
        raise Exit(2)
    saved = await redirect(shell, command.redirects)
    if saved is None:
        return 1
    before: dict[str, Variable | None] = {}
    arguments = shell.state.arguments
    shell.state.locals.append({})
    shell.depth += 1
    try:
        before = await with_assignments(shell, command)
        shell.state.arguments = words[1:]
        shell.state.status = await shell.command(function.body)
    except Return as returned:
        shell.state.status = returned.status
    finally:
        shell.depth -= 1
        shell.state.leave()
        shell.state.arguments = arguments
        without_assignments(shell, before)
        shell.refresh()
        restore(shell, saved)
    return shell.state.status


def _assigns(word: Word) -> bool:
    first = word[0] if word else None
    return isinstance(first, Literal) and not first.quoted and "=" in first.text and first.text[0] != "="
