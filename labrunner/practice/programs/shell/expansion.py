"""From words to arguments: parameters, commands, arithmetic, splitting, file names."""

from __future__ import annotations

import posixpath
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from labrunner.practice.programs.process import Files
from labrunner.practice.programs.shell.arithmetic import Miscalculated, compute
from labrunner.practice.programs.shell.patterns import Pattern, compiled, special
from labrunner.practice.programs.shell.state import ELEMENTS, VALUE, State, TooMuch, Variable
from labrunner.practice.programs.shell.syntax import (
    Arithmetic,
    Literal,
    Parameter,
    Sequence,
    Split,
    Substitution,
    Word,
)


class Trouble(Exception):
    """An expansion that fails and, in a shell that is not interactive, ends it."""

    def __init__(self, message: str, status: int = 2) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


Pieces = list[tuple[str, bool]]
"""Text, each piece with whether it was quoted."""
BRACES = 20_000


@dataclass(slots=True)
class _Fields:
    """Fields while they are being made."""

    done: list[Pieces] = field(default_factory=list)
    current: Pieces | None = None

    def add(self, text: str, quoted: bool) -> None:
        if self.current is None:
            self.current = []
        self.current.append((text, quoted))

    def end(self) -> None:
        if self.current is not None:
            self.done.append(self.current)
            if len(self.done) > ELEMENTS:
                raise TooMuch
        self.current = None


@dataclass(slots=True)
class Expander:
    """Expands words for one shell."""

    state: State
    files: Files
    cwd: Callable[[], str]
    special_value: Callable[[str], str | None]
    """`$$`, `$!`, `$-` and the like."""
    capture: Callable[[Sequence], Awaitable[str]]
    unset_text: Callable[[str], str]
    flavour: str = "ash"

    @property
    def bash(self) -> bool:
        return self.flavour == "bash"

    async def fields(self, word: Word, *, split: bool = True) -> list[str]:
        """The arguments that one word becomes: none, one or many."""
        result: list[str] = []
        for each in self._braces(word) if self.bash else (word,):
            made = _Fields()
            await self._into(each, made, split=split)
            made.end()
            for pieces in made.done:
                result.extend(self._file_names(pieces))
        return result

    async def text(self, word: Word) -> str:
        """The one string that a word becomes where nothing is split, as in an assignment."""
        return "".join(text for text, _ in await self.pieces(word))

    async def pieces(self, word: Word) -> Pieces:
        made = _Fields()
        await self._into(word, made, split=False)
        made.end()
        joined: Pieces = []
        for number, pieces in enumerate(made.done):
            if number:
                joined.append((" ", True))
            joined.extend(pieces)
        return joined

    async def pattern(self, word: Word) -> Pattern:
        return compiled(await self.pieces(word))

    async def number(self, word: Word) -> int:
        return self.compute(await self.text(word))

    def compute(self, text: str) -> int:
        try:
            return compute(text, self.state)
        except Miscalculated as error:
            if self.bash:
                reason = "division by 0" if error.kind == "zero" else "syntax error: operand expected"
                raise Trouble(f'{error}: {reason} (error token is "{str(error)[-1:]}")', 1) from None
            if self.flavour == "dash":
                reason = "division by zero" if error.kind == "zero" else "expecting primary"
                raise Trouble(f'arithmetic expression: {reason}: "{error}"') from None
            raise Trouble("divide by zero" if error.kind == "zero" else "arithmetic syntax error") from None

    # -- parts

    async def _into(self, word: Word, made: _Fields, *, split: bool) -> None:
        for number, part in enumerate(word):
            match part:
                case Literal(text, quoted):
                    if number == 0 and not quoted and text.startswith("~"):
                        home, text = self._home(text, len(word) == 1)
                        if home:
                            made.add(home, True)
                    elif not split and not quoted and ":~" in text:
                        text = ":".join("".join(self._home(each, True)) for each in text.split(":"))
                    if text or quoted:
                        made.add(text, quoted)
                case Parameter():
                    await self._parameter(part, made, split=split)
                case Substitution(body, quoted):
                    self._put((await self.capture(body)).rstrip("\n"), made, quoted or not split, quoted)
                case Arithmetic(inner, quoted):
                    self._put(str(await self.number(inner)), made, quoted or not split, quoted)
                case Split(text):
                    raise Trouble(f"practice engine: process substitution {text} is not simulated")

    def _put(self, text: str, made: _Fields, whole: bool, quoted: bool) -> None:
        if whole:
            if text or quoted:
                made.add(text, quoted)
            return
        self._split(text, made)

    def _split(self, text: str, made: _Fields) -> None:
        """Field splitting by IFS."""
        separators = self.state.get("IFS")
        if separators is None:
            separators = " \t\n"
        if not separators:
            if text:
                made.add(text, False)
            return
        blank = "".join(char for char in separators if char in " \t\n")
        at = 0
        while at < len(text):
            start = at
            while at < len(text) and text[at] not in separators:
                at += 1
            if at > start:
                made.add(text[start:at], False)
            if at >= len(text):
                return
            hard = False
            while at < len(text) and text[at] in separators:
                if text[at] not in blank:
                    if hard:
                        break
                    hard = True
                at += 1
            if hard and made.current is None:
                made.add("", True)
            made.end()

    def _home(self, text: str, alone: bool) -> tuple[str, str]:
        """The folder for a leading `~`, and the rest."""
        name, slash, rest = text[1:].partition("/")
        if not slash and not alone:
            return "", text
        home: str | None = None
        if not text.startswith("~"):
            return "", text
        if not name:
            home = self.state.get("HOME")
        else:
            for line in self._passwd():
                row = line.split(":")
                if len(row) > 5 and row[0] == name:
                    home = row[5]
        return (home, slash + rest) if home is not None else ("", text)

    def _passwd(self) -> list[str]:
        try:
            return self.files.read("/etc/passwd").decode("utf-8", "replace").splitlines()
        except OSError:
            return []

    # -- parameters

    def _array(self, name: str) -> dict[int | str, str] | None:
        variable = self.state.variables.get(name)
        if variable is None:
            return None
        if variable.items is not None:
            return dict(variable.items)
        return None if variable.value is None else {0: variable.value}

    async def _value(self, part: Parameter) -> str | list[str] | None:
        """A string, the list that `@` or `*` stands for, or None where it is not set."""
        name = part.name
        if part.index is not None:
            index = await self.text(part.index)
            items = self._array(name)
            if index in ("@", "*"):
                return [] if items is None else [items[key] for key in _ordered(items)]
            if items is None:
                return None
            return items.get(await self._key(name, index, items))
        if name in ("@", "*"):
            return list(self.state.arguments)
        if name.isdigit():
            number = int(name[:6])
            if number == 0:
                return self.state.name
            return self.state.arguments[number - 1] if number <= len(self.state.arguments) else None
        known = self.special_value(name)
        return self.state.get(name) if known is None else known

    async def _key(self, name: str, index: str, items: dict[int | str, str]) -> int | str:
        if name in self.state.associative:
            return index
        number = self.compute(index)
        return (
            number
            if number >= 0
            else max((key for key in items if isinstance(key, int)), default=-1) + 1 + number
        )

    async def _parameter(self, part: Parameter, made: _Fields, *, split: bool) -> None:
        if part.indirect:
            part, done = await self._indirect(part, made, split=split)
            if done:
                return
        value = await self._value(part)
        many = part.name in ("@", "*") or (part.index is not None and isinstance(value, list))
        star = part.name == "*" or (part.index is not None and await self.text(part.index) == "*")
        if part.length:
            size = len(value) if value is not None else 0
            if value is None and "u" in self.state.options:
                raise Trouble(self.unset_text(part.name), 127 if self.bash else 2)
            self._put(str(size), made, part.quoted or not split, part.quoted)
            return
        operator = part.operator
        if operator.lstrip(":") in ("-", "=", "?", "+") and operator:
            empty = value is None or (isinstance(value, list) and not value)
            empty = empty or (operator.startswith(":") and (value == "" or value == [""]))
            if await self._alternative(part, operator, empty, made, split=split):
                return
            value = await self._value(part)
        elif value is None and "u" in self.state.options and not many:
            raise Trouble(self.unset_text(part.name), 127 if self.bash else 2)
        elif operator:
            value = await self._changed(part, operator, value)
        self._give(part, value, made, many=many, star=star, split=split)

    def _give(
        self,
        part: Parameter,
        value: str | list[str] | None,
        made: _Fields,
        *,
        many: bool,
        star: bool,
        split: bool,
    ) -> None:
        if value is None:
            value = [] if many else ""
        if isinstance(value, str):
            self._put(value, made, part.quoted or not split, part.quoted)
            return
        separators = self.state.get("IFS")
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
                self._split(each, made)

    async def _alternative(
        self, part: Parameter, operator: str, empty: bool, made: _Fields, *, split: bool
    ) -> bool:
        """`${x:-y}` and its kin; whether the word took the parameter's place."""
        kind = operator[-1]
        if kind == "+":
            if not empty:
                await self._word_into(part, made, split=split)
            elif part.quoted and part.name != "@":
                made.add("", True)
            return True
        if not empty:
            return False
        if kind == "-":
            await self._word_into(part, made, split=split)
        elif kind == "=":
            if part.name in ("@", "*") or part.name.isdigit():
                raise Trouble(f"{part.text}: bad substitution")
            self.state.set(part.name, await self.text(part.word))
            return False
        else:
            message = await self.text(part.word)
            default = "parameter null or not set" if operator.startswith(":") else "parameter not set"
            if not self.bash and not operator.startswith(":"):
                default = "parameter not set"
            elif not self.bash:
                default = "parameter not set or null"
            raise Trouble(f"{part.name}: {message or default}", 127 if self.bash else 2)
        return True

    async def _word_into(self, part: Parameter, made: _Fields, *, split: bool) -> None:
        if part.quoted:
            pieces = await self.pieces(part.word)
            made.add("".join(text for text, _ in pieces), True)
        else:
            await self._into(part.word, made, split=split)

    async def _indirect(self, part: Parameter, made: _Fields, *, split: bool) -> tuple[Parameter, bool]:
        """`${!x}`, `${!x[@]}` and `${!prefix*}`."""
        if part.index is not None and await self.text(part.index) in ("@", "*"):
            keys = [str(key) for key in _ordered(self._array(part.name) or {})]
            self._give(part, keys, made, many=True, star=False, split=split)
            return part, True
        if part.operator in ("*", "@"):
            names = sorted(name for name in self.state.variables if name.startswith(part.name))
            self._give(part, names, made, many=True, star=False, split=split)
            return part, True
        target = self.state.get(part.name) or ""
        return Parameter(
            target, part.operator, part.word, part.second, None, False, False, part.quoted, part.text
        ), not target

    async def _changed(
        self, part: Parameter, operator: str, value: str | list[str] | None
    ) -> str | list[str] | None:
        if operator == ":":
            return await self._part_of(part, value)
        pattern = await self.pattern(part.word)
        if operator[0] == "/":
            replacement = "" if part.second is None else await self.text(part.second)

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

    async def _part_of(self, part: Parameter, value: str | list[str] | None) -> str | list[str] | None:
        offset = await self.number(part.word)
        length = None if part.second is None else await self.number(part.second)
        if isinstance(value, list):
            values = [self.state.name, *value] if part.name in ("@", "*") else value
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

    # -- braces and file names

    def _braces(self, word: Word) -> Iterator[Word]:
        """`{a,b}` and `{1..3}`, which only bash has."""
        todo = [word]
        count = 0
        while todo:
            each = todo.pop(0)
            made = _first_brace(each)
            count += 1
            if count > BRACES or len(todo) > BRACES:
                raise TooMuch
            if made is None:
                yield each
            else:
                todo[0:0] = made

    def _file_names(self, pieces: Pieces) -> list[str]:
        text = "".join(each for each, _ in pieces)
        if len(text) > VALUE:
            raise TooMuch
        if "f" in self.state.options or not any(not quoted and special(each) for each, quoted in pieces):
            return [text]
        found = sorted(self._search(pieces))
        if not found and "nullglob" in self.state.shopt:
            return []
        return found or [text]

    def _search(self, pieces: Pieces) -> list[str]:
        """The names that a pattern stands for."""
        chars = [(char, quoted) for text, quoted in pieces for char in text]
        levels: list[list[tuple[str, bool]]] = [[]]
        for char, quoted in chars:
            if char == "/":
                levels.append([])
            else:
                levels[-1].append((char, quoted))
        absolute = bool(chars) and chars[0][0] == "/"
        found = ["/"] if absolute else [""]
        names = [level for level in levels if level]
        only_folders = not levels[-1]
        for number, level in enumerate(names):
            pattern = compiled([(char, quoted) for char, quoted in level])
            last = number == len(names) - 1
            found = list(self._one_level(found, pattern, level, last=last and not only_folders))
            if not found:
                return []
        return [f"{name}/" for name in found] if only_folders else found

    def _one_level(
        self, before: list[str], pattern: Pattern, level: list[tuple[str, bool]], *, last: bool
    ) -> Iterator[str]:
        literal = pattern.literal
        for start in before:
            if literal is not None:
                if self._there(f"{start}{literal}"):
                    yield f"{start}{literal}" if last else f"{start}{literal}/"
                continue
            folder = posixpath.join(self.cwd(), start or ".")
            try:
                names = [*self.files.list(folder)]
            except OSError:
                continue
            hidden = level[0][0] == "."
            for name in (*([".", ".."] if hidden else []), *names):
                if name.startswith(".") and not hidden and "dotglob" not in self.state.shopt:
                    continue
                if not pattern.matches(name):
                    continue
                if last:
                    yield f"{start}{name}"
                elif self._is_folder(f"{start}{name}"):
                    yield f"{start}{name}/"

    def _there(self, path: str) -> bool:
        try:
            self.files.lstat(posixpath.join(self.cwd(), path))
        except OSError:
            return False
        return True

    def _is_folder(self, path: str) -> bool:
        try:
            return self.files.stat(posixpath.join(self.cwd(), path)).kind == "folder"
        except OSError:
            return False


def _ordered(items: dict[int | str, str]) -> list[int | str]:
    numbers = sorted(key for key in items if isinstance(key, int))
    return [*numbers, *(key for key in items if isinstance(key, str))]


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


def _first_brace(word: Word) -> list[Word] | None:
    """The words that the first brace expression of a word makes."""
    flat: list[object] = []
    for part in word:
        if isinstance(part, Literal) and not part.quoted:
            flat.extend(part.text)
        else:
            flat.append(part)
    for start, item in enumerate(flat):
        if item != "{":
            continue
        depth, commas = 0, []
        for at in range(start, len(flat)):
            if flat[at] == "{":
                depth += 1
            elif flat[at] == "," and depth == 1:
                commas.append(at)
            elif flat[at] == "}":
                depth -= 1
                if depth == 0:
                    inside = flat[start + 1 : at]
                    before, after = flat[:start], flat[at + 1 :]
                    if commas:
                        edges = [start, *commas, at]
                        pieces = [flat[low + 1 : high] for low, high in pairwise(edges)]
                        return [_word([*before, *piece, *after]) for piece in pieces]
                    steps = _range("".join(inside)) if all(isinstance(each, str) for each in inside) else None  # type: ignore[arg-type]
                    if steps is not None:
                        return [_word([*before, *step, *after]) for step in steps]
                    break
    return None


def _word(flat: list[object]) -> Word:
    parts: list[object] = []
    text = ""
    for item in flat:
        if isinstance(item, str):
            text += item
        else:
            if text:
                parts.append(Literal(text))
                text = ""
            parts.append(item)
    if text or not parts:
        parts.append(Literal(text))
    return tuple(parts)  # type: ignore[arg-type]


def _range(text: str) -> list[str] | None:
    first, dots, rest = text.partition("..")
    if not dots:
        return None
    last, _, step = rest.partition("..")
    try:
        if len(first) == 1 and len(last) == 1 and first.isalpha() and last.isalpha():
            low, high = ord(first), ord(last)
            return [
                chr(code) for code in range(low, high + (1 if high >= low else -1), 1 if high >= low else -1)
            ]
        low, high = int(first), int(last)
        by = abs(int(step)) if step else 1
    except ValueError:
        return None
    by = (by or 1) if high >= low else -(by or 1)
    if abs(high - low) > BRACES * abs(by):
        raise TooMuch
    width = (
        max(len(first.lstrip("-")), len(last.lstrip("-")))
        if first.startswith("0") or last.startswith("0")
        else 0
    )
    return [str(number).zfill(width) for number in range(low, high + (1 if by > 0 else -1), by)]


__all__ = ["Expander", "Pieces", "Trouble", "Variable"]
