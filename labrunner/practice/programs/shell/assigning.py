"""Assignments: alone, before a command, into arrays; and what `set -x` shows of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.failures import Failure
from labrunner.practice.programs.shell.redirecting import redirect, restore
from labrunner.practice.programs.shell.state import Variable
from labrunner.practice.programs.shell.syntax import Assignment, Literal, Simple
from labrunner.practice.programs.shell.traps import settled

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def only_assignments(shell: Shell, command: Simple) -> int:
    saved = await redirect(shell, command.redirects)
    if saved is None:
        return shell.ok(1 if shell.flavour != "dash" else 2)
    try:
        traced: list[str] = []
        for assignment in command.assignments:
            traced.append(await one_assignment(shell, assignment))
        if traced and "x" in shell.state.options:
            await shell.say(f"{await prompt4(shell)}{' '.join(traced)}\n")
    finally:
        restore(shell, saved)
    return await settled(shell, shell.captured_status)


async def one_assignment(shell: Shell, assignment: Assignment) -> str:
    name = assignment.name
    try:
        if assignment.items is not None:
            await array(shell, assignment)
            return f"{name}=(…)"
        value = await shell.expander.text(assignment.value)
        if assignment.index is not None:
            await element(shell, assignment, value)
            return f"{name}[…]={value}"
        if assignment.append:
            value = (shell.state.get(name) or "") + value
    except Failure as error:
        await shell.fatal(error)
        return ""
    await shell.assign(name, value)
    return f"{name}={shown(value)}"


async def element(shell: Shell, assignment: Assignment, value: str) -> None:
    assert assignment.index is not None
    name = assignment.name
    variable = shell.state.variables.get(name, Variable())
    items: dict[int | str, str] = dict(variable.items or {})
    if variable.value is not None:
        items.setdefault(0, variable.value)
    key: int | str = await shell.expander.text(assignment.index)
    if name not in shell.state.associative:
        key = shell.expander.compute(str(key))
    items[key] = (items.get(key, "") + value) if assignment.append else value
    shell.state.set_items(name, items)


async def array(shell: Shell, assignment: Assignment) -> None:
    assert assignment.items is not None
    name = assignment.name
    variable = shell.state.variables.get(name, Variable())
    items: dict[int | str, str] = dict(variable.items or {}) if assignment.append else {}
    following = max((key for key in items if isinstance(key, int)), default=-1) + 1
    for word in assignment.items:
        first = word[0] if word else Literal("")
        if (
            isinstance(first, Literal)
            and not first.quoted
            and first.text.startswith("[")
            and "]=" in first.text
        ):
            key, _, rest = first.text[1:].partition("]=")
            value = await shell.expander.text((Literal(rest), *word[1:]))
            if name in shell.state.associative:
                items[key] = value
            else:
                following = shell.expander.compute(key)
                items[following] = value
                following += 1
            continue
        for value in await shell.expander.fields(word):
            items[following] = value
            following += 1
    shell.state.set_items(name, items)


async def trace(shell: Shell, words: list[str], command: Simple) -> None:
    if "x" not in shell.state.options:
        return
    quote = str if shell.flavour == "dash" else shown
    before = [f"{each.name}={quote(await shell.expander.text(each.value))}" for each in command.assignments]
    await shell.say(f"{await prompt4(shell)}{' '.join([*before, *map(quote, words)])}\n")


async def prompt4(shell: Shell) -> str:
    return shell.state.get("PS4") or "+ "


async def with_assignments(shell: Shell, command: Simple) -> dict[str, Variable | None]:
    """Sets what stands before a command; what was there before."""
    before: dict[str, Variable | None] = {}
    for assignment in command.assignments:
        before.setdefault(assignment.name, shell.state.variables.get(assignment.name))
        await one_assignment(shell, assignment)
        shell.state.mark(assignment.name, exported=True)
    if before:
        shell.refresh()
    return before


def without_assignments(shell: Shell, before: Mapping[str, Variable | None]) -> None:
    for name, variable in before.items():
        if variable is None:
            shell.state.variables.pop(name, None)
        else:
            shell.state.variables[name] = variable
    if before:
        shell.refresh()


def shown(word: str) -> str:
    """As `set -x` shows it."""
    if word and all(char.isalnum() or char in "@%+=:,./-_^" for char in word):
        return word
    return "'" + word.replace("'", "'\"'\"'") + "'"
