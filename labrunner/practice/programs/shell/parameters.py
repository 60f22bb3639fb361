"""`$name` and `${name…}`: the value, or what stands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.changing import changed
from labrunner.practice.programs.shell.failures import Trouble
from labrunner.practice.programs.shell.fields import Fields
from labrunner.practice.programs.shell.syntax import Parameter

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.expansion import Expander


async def value_of(expander: Expander, part: Parameter) -> str | list[str] | None:
    """A string, the list that `@` or `*` stands for, or None where it is not set."""
    name = part.name
    if part.index is not None:
        index = await expander.text(part.index)
        items = array(expander, name)
        if index in ("@", "*"):
            return [] if items is None else [items[key] for key in _ordered(items)]
        if items is None:
            return None
        return items.get(await key(expander, name, index, items))
    if name in ("@", "*"):
        return list(expander.state.arguments)
    if name.isdigit():
        number = int(name[:6])
        if number == 0:
            return expander.state.name
        return expander.state.arguments[number - 1] if number <= len(expander.state.arguments) else None
    known = expander.special_value(name)
    return expander.state.get(name) if known is None else known


async def key(expander: Expander, name: str, index: str, items: dict[int | str, str]) -> int | str:
    if name in expander.state.associative:
        return index
    number = expander.compute(index)
    return (
        number
        if number >= 0
        else max((key for key in items if isinstance(key, int)), default=-1) + 1 + number
    )


async def parameter(expander: Expander, part: Parameter, made: Fields, *, split: bool) -> None:
    if part.indirect:
        part, done = await indirect(expander, part, made, split=split)
        if done:
            return
    value = await value_of(expander, part)
    many = part.name in ("@", "*") or (part.index is not None and isinstance(value, list))
    star = part.name == "*" or (part.index is not None and await expander.text(part.index) == "*")
    if part.length:
        size = len(value) if value is not None else 0
        if value is None and "u" in expander.state.options:
            raise Trouble(expander.unset_text(part.name), 127 if expander.bash else 2)
        expander.put(str(size), made, part.quoted or not split, part.quoted)
        return
    operator = part.operator
    if operator.lstrip(":") in ("-", "=", "?", "+") and operator:
        empty = value is None or (isinstance(value, list) and not value)
        empty = empty or (operator.startswith(":") and (value == "" or value == [""]))
        if await alternative(expander, part, operator, empty, made, split=split):
            return
        value = await value_of(expander, part)
    elif value is None and "u" in expander.state.options and not many:
        raise Trouble(expander.unset_text(part.name), 127 if expander.bash else 2)
    elif operator:
        value = await changed(expander, part, operator, value)
    give(expander, part, value, made, many=many, star=star, split=split)


def give(
    expander: Expander,
    part: Parameter,
    value: str | list[str] | None,
    made: Fields,
    *,
    many: bool,
    star: bool,
    split: bool,
) -> None:
    if value is None:
        value = [] if many else ""
    if isinstance(value, str):
        expander.put(value, made, part.quoted or not split, part.quoted)
        return
    separators = expander.state.get("IFS")
    if (part.quoted and star) or (not split and star):
        joint = " " if separators is None else separators[:1]
        made.add(joint.join(value), True)
        return
    for number, each in enumerate(value):
        if number:
            made.end()
        if part.quoted or not split:
            made.add(each, True)
        else:
            made.split(each, separators)


async def alternative(
    expander: Expander, part: Parameter, operator: str, empty: bool, made: Fields, *, split: bool
) -> bool:
    """`${x:-y}` and its kin; whether the word took the parameter's place."""
    kind = operator[-1]
    if kind == "+":
        if not empty:
            await word_into(expander, part, made, split=split)
        elif part.quoted and part.name != "@":
            made.add("", True)
        return True
    if not empty:
        return False
    if kind == "-":
        await word_into(expander, part, made, split=split)
    elif kind == "=":
        if part.name in ("@", "*") or part.name.isdigit():
            raise Trouble(f"{part.text}: bad substitution")
        expander.state.set(part.name, await expander.text(part.word))
        return False
    else:
        message = await expander.text(part.word)
        default = "parameter null or not set" if operator.startswith(":") else "parameter not set"
        if not expander.bash and not operator.startswith(":"):
            default = "parameter not set"
        elif not expander.bash:
            default = "parameter not set or null"
        raise Trouble(f"{part.name}: {message or default}", 127 if expander.bash else 2)
    return True


async def word_into(expander: Expander, part: Parameter, made: Fields, *, split: bool) -> None:
    if part.quoted:
        pieces = await expander.pieces(part.word)
        made.add("".join(text for text, _ in pieces), True)
    else:
        await expander.into(part.word, made, split=split)


async def indirect(
    expander: Expander, part: Parameter, made: Fields, *, split: bool
) -> tuple[Parameter, bool]:
    """`${!x}`, `${!x[@]}` and `${!prefix*}`."""
    if part.index is not None and await expander.text(part.index) in ("@", "*"):
        keys = [str(key) for key in _ordered(array(expander, part.name) or {})]
        give(expander, part, keys, made, many=True, star=False, split=split)
        return part, True
    if part.operator in ("*", "@"):
        names = sorted(name for name in expander.state.variables if name.startswith(part.name))
        give(expander, part, names, made, many=True, star=False, split=split)
        return part, True
    target = expander.state.get(part.name) or ""
    return Parameter(
        target, part.operator, part.word, part.second, None, False, False, part.quoted, part.text
    ), not target


def array(expander: Expander, name: str) -> dict[int | str, str] | None:
    variable = expander.state.variables.get(name)
    if variable is None:
        return None
    if variable.items is not None:
        return dict(variable.items)
    return None if variable.value is None else {0: variable.value}


def _ordered(items: dict[int | str, str]) -> list[int | str]:
    numbers = sorted(key for key in items if isinstance(key, int))
    return [*numbers, *(key for key in items if isinstance(key, str))]
