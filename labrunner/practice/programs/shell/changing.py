"""What `${x#…}`, `${x/…}`, `${x^…}` and `${x:…}` make of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.failures import TooMuch, Trouble
from labrunner.practice.programs.shell.patterns import Pattern
from labrunner.practice.programs.shell.syntax import Parameter

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.expansion import Expander


async def changed(
    expander: Expander, part: Parameter, operator: str, value: str | list[str] | None
) -> str | list[str] | None:
    if operator == ":":
        return await part_of(expander, part, value)
    pattern = await expander.pattern(part.word)
    if operator[0] == "/":
        replacement = "" if part.second is None else await expander.text(part.second)

        def change(text: str) -> str:
            return replaced(text, pattern, replacement, operator)

    elif operator[0] in "^,":

        def change(text: str) -> str:
            return _cased(text, operator, pattern)

    elif operator == "@":
        raise Trouble(f"{part.text}: bad substitution")
    else:

        def change(text: str) -> str:
            return trimmed(text, pattern, operator)

    if value is None:
        return None
    return change(value) if isinstance(value, str) else [change(each) for each in value]


async def part_of(
    expander: Expander, part: Parameter, value: str | list[str] | None
) -> str | list[str] | None:
    offset = await expander.number(part.word)
    length = None if part.second is None else await expander.number(part.second)
    if isinstance(value, list):
        values = [expander.state.name, *value] if part.name in ("@", "*") else value
        start = offset if offset >= 0 else max(len(values) + offset, 0)
        if part.name in ("@", "*") and offset == 0:
            start = 0
        return values[start:] if length is None else values[start : start + max(length, 0)]
    text = value or ""
    start = offset if offset >= 0 else len(text) + offset
    if start < 0:
        return ""
    if length is None:
        return text[start:]
    end = start + length if length >= 0 else len(text) + length
    return text[start : max(end, start)]


def trimmed(text: str, pattern: Pattern, operator: str) -> str:
    longest = len(operator) == 2
    if operator[0] == "#":
        length = pattern.prefix(text, longest=longest)
        return text if length is None else text[length:]
    start = pattern.suffix(text, longest=longest)
    return text if start is None else text[:start]


def replaced(text: str, pattern: Pattern, replacement: str, operator: str) -> str:
    if not pattern.tokens:
        return text
    if operator == "/#":
        length = pattern.prefix(text, longest=True)
        return text if length is None else replacement + text[length:]
    if operator == "/%":
        start = pattern.suffix(text, longest=True)
        return text if start is None else text[:start] + replacement
    literal = pattern.literal
    if literal is not None:
        return text.replace(literal, replacement, -1 if operator == "//" else 1)
    if len(text) > 20_000:
        raise TooMuch
    made: list[str] = []
    at = 0
    while at <= len(text):
        end = pattern.longest_at(text, at)
        if end is None or (end == at and at == len(text)):
            made.append(text[at : at + 1])
            at += 1
            continue
        made.append(replacement)
        if end == at:
            made.append(text[at : at + 1])
            end += 1
        at = end
        if operator == "/":
            break
    return "".join(made) + text[at:]


def _cased(text: str, operator: str, pattern: Pattern) -> str:
    change = str.upper if operator[0] == "^" else str.lower

    def one(char: str) -> str:
        return change(char) if not pattern.tokens or pattern.matches(char) else char

    if len(operator) == 2:
        return "".join(map(one, text))
    return one(text[:1]) + text[1:]
