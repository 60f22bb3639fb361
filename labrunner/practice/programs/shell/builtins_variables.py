"""Builtins about variables: export, readonly, unset, local, declare, let, mapfile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.cursor import NAME
from labrunner.practice.programs.shell.failures import Fixed, TooMuch
from labrunner.practice.programs.shell.leaving import Exit
from labrunner.practice.programs.shell.state import Variable

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def export(shell: Shell, words: list[str]) -> int:
    flags = [word for word in words[1:] if word.startswith("-")]
    names = [word for word in words[1:] if not word.startswith("-")]
    if not names:
        prefix = "declare -x " if shell.flavour == "bash" else "export "
        quote = '"' if shell.flavour == "bash" else "'"
        for name, value in shell.state.exported():
            await shell.say(prefix + name + ("" if value is None else f"={quote}{value}{quote}") + "\n", 1)
        return 0
    status = 0
    for each in names:
        name, equals, value = each.partition("=")
        append = name.endswith("+") and bool(equals)
        name = name.removesuffix("+") if append else name
        if NAME.fullmatch(name) is None:
            await _bad_name(shell, words[0], each)
            status = 1
            continue
        if equals:
            await shell.assign(name, ((shell.state.get(name) or "") if append else "") + value)
        shell.state.mark(name, exported="-n" not in flags)
    shell.refresh()
    return status


async def _bad_name(shell: Shell, builtin: str, word: str) -> None:
    if shell.flavour == "bash":
        await shell.complain(f"`{word}': not a valid identifier", builtin)
        return
    await shell.complain(f"{word.partition('=')[0]}: bad variable name", builtin)
    if not shell.interactive:
        raise Exit(2)


async def readonly(shell: Shell, words: list[str]) -> int:
    names = [word for word in words[1:] if not word.startswith("-")]
    if not names:
        for name, variable in sorted(shell.state.variables.items()):
            if variable.fixed:
                await shell.say(f"readonly {name}='{variable.value or ''}'\n", 1)
        return 0
    for each in names:
        name, equals, value = each.partition("=")
        if NAME.fullmatch(name) is None:
            await _bad_name(shell, words[0], each)
            return 1
        if equals:
            await shell.assign(name, value)
        shell.state.mark(name, fixed=True)
    return 0


async def unset(shell: Shell, words: list[str]) -> int:
    functions = "-f" in words
    for name in words[1:]:
        if name.startswith("-"):
            continue
        if functions or (name not in shell.state.variables and name in shell.state.functions):
            shell.state.functions.pop(name, None)
            continue
        base, bracket, rest = name.partition("[")
        variable = shell.state.variables.get(base)
        if bracket and variable is not None and variable.items is not None:
            key: int | str = rest.removesuffix("]")
            if base not in shell.state.associative:
                key = shell.expander.compute(str(key))
            shell.state.set_items(
                base, {each: value for each, value in variable.items.items() if each != key}
            )
            continue
        shell.state.unset(name)
        shell.state.associative.discard(name)
    shell.refresh()
    return 0


async def local(shell: Shell, words: list[str]) -> int:
    if not shell.state.locals:
        if shell.flavour == "bash":
            await shell.complain("can only be used in a function", "local")
            return 1
        await shell.complain("not in a function", "local")
        raise Exit(2)
    return await declare(shell, words)


async def declare(shell: Shell, words: list[str]) -> int:
    state = shell.state
    flags = "".join(word[1:] for word in words[1:] if word.startswith("-"))
    names = [word for word in words[1:] if not word.startswith(("-", "+"))]
    if "p" in flags or (not names and words[0] != "local"):
        for name, variable in sorted(state.variables.items()):
            if not names or name in names:
                kind = "x" if variable.exported else "-"
                await shell.say(f'declare -{kind} {name}="{variable.value or ""}"\n', 1)
        return 0
    last = ""
    for each in names:
        if each.startswith("\0items"):
            items = (
                each.removeprefix("\0items").strip("\0").split("\0") if each.strip("\0") != "items" else []
            )
            pairs: dict[int | str, str] = {}
            for number, item in enumerate(items):
                key, found, value = item.removeprefix("[").partition("]=")
                if item.startswith("[") and found:
                    pairs[key if last in state.associative else shell.expander.compute(key)] = value
                else:
                    pairs[number] = item
            state.set_items(last, pairs)
            continue
        name, equals, value = each.partition("=")
        append = name.endswith("+") and bool(equals)
        name = name.removesuffix("+") if append else name
        if NAME.fullmatch(name) is None:
            await _bad_name(shell, words[0], each)
            return 1
        last = name
        if state.locals and "g" not in flags:
            old = state.get(name)
            state.localise(name)
            if not equals and shell.flavour != "dash":
                state.variables[name] = Variable(exported=state.variables.get(name, Variable()).exported)
            elif equals:
                fixed = state.variables.get(name, Variable())
                if fixed.fixed:
                    raise Fixed(name)
            value = (old or "") + value if append else value
        elif append:
            value = (state.get(name) or "") + value
        if "A" in flags:
            state.associative.add(name)
        if "a" in flags or "A" in flags:
            state.set_items(name, dict(state.variables.get(name, Variable()).items or {}))
        if equals:
            await shell.assign(name, str(shell.expander.compute(value)) if "i" in flags else value)
        elif name not in state.variables:
            state.variables[name] = Variable()
        if "x" in flags:
            state.mark(name, exported=True)
        if "r" in flags:
            state.mark(name, fixed=True)
    shell.refresh()
    return 0


async def let(shell: Shell, words: list[str]) -> int:
    value = 0
    for word in words[1:]:
        value = shell.expander.compute(word)
    return int(not value)


async def mapfile(shell: Shell, words: list[str]) -> int:
    from labrunner.practice.programs.process import read_all

    names = [word for word in words[1:] if not word.startswith("-")]
    text = (await read_all(shell.process.stdin, 16 * 1024 * 1024)).decode("utf-8", "surrogateescape")
    rows = text.splitlines(keepends="-t" not in words)
    if len(rows) > 50_000:
        raise TooMuch
    shell.state.set_items(names[0] if names else "MAPFILE", dict(enumerate(rows)))
    return 0
