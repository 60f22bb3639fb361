"""Go templates, as far as `--format` needs them: fields, functions, pipelines, if, range, with, variables.

Source: the documentation of Go's text/template, and docker's own functions (json, join, split, lower, upper, title,
pad, truncate, println).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from labrunner.dockercli.failure import Ended

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*"|`[^`]*`)|(?P<number>-?\d+(?:\.\d+)?)|(?P<pipe>\||\(|\)|:=|=|,)"""
    r"""|(?P<variable>\$[A-Za-z_0-9]*(?:\.[A-Za-z_0-9]+)*)|(?P<after>(?<=\))(?:\.[A-Za-z_0-9]+)+)"""
    r"""|(?P<field>(?:\.[A-Za-z_][A-Za-z_0-9]*)+|\.)|(?P<word>[A-Za-z_][A-Za-z_0-9]*))"""
)
_CONSTANTS = {"true": True, "false": False, "nil": None}
_STRUCTS = (
    ("HostIp", "HostPort"),
    ("Name", "MaximumRetryCount"),
    ("Type", "Config"),
    ("Type", "Name", "Source", "Destination", "Driver", "Mode", "RW", "Propagation"),
)
"""Objects that are no maps to Go, with their fields in its order."""
_ACTION = re.compile(r"\{\{(-\s)?(.*?)(\s-)?\}\}", re.DOTALL)


class _Error(Exception):
    """What a function says of its arguments."""


class Failed(Exception):
    """A template that parses asked for something that is not there; told in Go's words."""

    def __init__(self, at: int, node: str, why: str, *, field: str = "") -> None:
        super().__init__(why)
        self.at, self.node, self.why = at, node, why
        self.field = field
        """The name of a field that is not there."""
        self.before = ""
        """What the template said until then."""

    def told(self, name: str = "", *, of: str = "") -> str:
        """`name`: of the template; `of`: the Go type that has no such field, where it is no map."""
        why = f"can't evaluate field {self.field} in type {of}" if of and self.field else self.why
        return f'template: {name}:1:{self.at}: executing "{name}" at <{self.node}>: {why}'


@dataclass(frozen=True, slots=True)
class Zero:
    """What Go has where nothing was told."""

    text: str
    """As it is printed."""
    json: object = None


PARSING = 64
"""The status of `inspect` for a template that does not parse; the lists end with 1."""
POINTER, MAP, LIST, TEXT, FALSE = Zero("<nil>"), Zero("map[]"), Zero("[]"), Zero("", ""), Zero("false", False)
Zeros = Mapping[str, Mapping[str, Zero]]
"""By the name of the field that holds them; those of the whole have none."""


@dataclass(slots=True)
class _Scope:
    names: dict[str, object]
    root: object
    zeros: Zeros

    def inner(self) -> "_Scope":
        return _Scope(dict(self.names), self.root, self.zeros)


class _Token(NamedTuple):
    kind: str
    text: str
    at: int
    """The column in the whole template."""


@dataclass(slots=True)
class _Node:
    kind: str
    """text, say, if, range, with"""
    text: str = ""
    at: int = 0
    body: "list[_Node]" = field(default_factory=list)
    other: "list[_Node]" = field(default_factory=list)


class Template:
    """Raises Ended with docker's words for a template that does not parse."""

    def __init__(self, text: str, zeros: "Zeros | None" = None) -> None:
        """`zeros`: the fields that Go's types have, whether the engine told them or not."""
        self._zeros = zeros or {}
        pieces = list(_pieces(text))
        self._nodes, rest, stop = _tree(pieces, 0)
        if rest != len(pieces) or stop:
            raise _broken("unexpected {{end}}")
        _check(self._nodes)

    def filled(self, data: object) -> str:
        """Raises Failed."""
        said: list[str] = []
        try:
            said.extend(_said(self._nodes, data, _Scope({"$": data}, data, self._zeros)))
        except Failed as failed:
            failed.before = "".join(said)
            raise
        return "".join(said)


def _check(nodes: Sequence[_Node]) -> None:
    """Go finds a function that is not there before it says anything."""
    for node in nodes:
        text = "" if node.kind == "text" else re.sub(r"^(\$\w+\s*,\s*)?\$\w+\s*:?=", "", node.text)
        for token in _tokens(text, 0):
            if token.kind == "word" and token.text not in FUNCTIONS and token.text not in _CONSTANTS:
                raise _broken(f'function "{token.text}" not defined')
        _check(node.body)
        _check(node.other)


_Piece = tuple[str, str, int]


def _pieces(text: str) -> Iterator[_Piece]:
    at = 0
    trim = False
    for found in _ACTION.finditer(text):
        before = text[at : found.start()]
        before = before.lstrip() if trim else before
        before = before.rstrip() if found[1] else before
        if before:
            yield "text", before, 0
        yield "do", found[2].strip(), found.start(2) + len(found[2]) - len(found[2].lstrip())
        trim = bool(found[3])
        at = found.end()
    rest = text[at:].lstrip() if trim else text[at:]
    if "{{" in rest:
        raise _broken("unclosed action")
    if rest:
        yield "text", rest, 0


def _tree(pieces: Sequence[_Piece], at: int) -> tuple[list[_Node], int, str]:
    """Nodes up to an `else` or `end` that is not theirs; where that stands, and what it says."""
    nodes: list[_Node] = []
    while at < len(pieces):
        kind, text, column = pieces[at]
        at += 1
        word, _, rest = text.partition(" ")
        if kind == "text":
            nodes.append(_Node("text", text))
        elif word in ("if", "range", "with"):
            body, at, stop = _tree(pieces, at)
            other: list[_Node] = []
            if stop.startswith("else if "):
                # The chain is the other branch of this one, and shares its end.
                at -= 1
                pieces = [*pieces[:at], _after_else(pieces[at]), *pieces[at + 1 :]]
                other, at, stop = _first(pieces, at)
            elif stop == "else":
                other, at, stop = _tree(pieces, at)
            if stop != "end":
                raise _broken("unexpected EOF")
            nodes.append(_Node(word, rest, column + len(word) + 1, body, other))
        elif word in ("end", "else"):
            return nodes, at, text
        elif not text.startswith("/*"):
            nodes.append(_Node("say", text, column))
    return nodes, at, ""


def _after_else(piece: _Piece) -> _Piece:
    kind, text, column = piece
    return kind, text.removeprefix("else "), column + len("else ")


def _first(pieces: Sequence[_Piece], at: int) -> tuple[list[_Node], int, str]:
    """The one `if` that stands at a place, with its end."""
    _, text, column = pieces[at]
    word, _, rest = text.partition(" ")
    body, at, stop = _tree(pieces, at + 1)
    other: list[_Node] = []
    if stop.startswith("else if "):
        pieces = [*pieces[: at - 1], _after_else(pieces[at - 1]), *pieces[at:]]
        other, at, stop = _first(pieces, at - 1)
    elif stop == "else":
        other, at, stop = _tree(pieces, at)
    return [_Node(word, rest, column + len(word) + 1, body, other)], at, stop


def _said(nodes: Sequence[_Node], dot: object, scope: _Scope) -> Iterator[str]:
    for node in nodes:
        match node.kind:
            case "text":
                yield node.text
            case "say":
                yield from _action(node, dot, scope)
            case "if" | "with":
                value = _value(node.text, node.at, dot, scope)
                inside = value if node.kind == "with" and _true(value) else dot
                yield from _said(node.body if _true(value) else node.other, inside, scope)
            case _:
                yield from _ranged(node, dot, scope)


def _action(node: _Node, dot: object, scope: _Scope) -> Iterator[str]:
    assigned = re.match(r"(\$\w+)\s*:?=\s*(.*)", node.text)
    if assigned:
        scope.names[assigned[1]] = _value(assigned[2], node.at + assigned.start(2), dot, scope)
    else:
        yield shown(_value(node.text, node.at, dot, scope))


def _ranged(node: _Node, dot: object, scope: _Scope) -> Iterator[str]:
    bound = re.match(r"(?:(\$\w+)\s*,\s*)?(\$\w+)\s*:=\s*(.*)", node.text)
    text, at = (bound[3], node.at + bound.start(3)) if bound else (node.text, node.at)
    value = _value(text, at, dot, scope)
    pairs: Sequence[tuple[object, object]]
    if isinstance(value, Mapping):
        pairs = sorted(value.items())
    else:
        pairs = list(enumerate(value)) if isinstance(value, (list, tuple)) else []
    for key, each in pairs:
        inner = scope.inner()
        if bound:
            inner.names[bound[2]] = each
            if bound[1]:
                inner.names[bound[1]] = key
        yield from _said(node.body, each, inner)
    if not pairs:
        yield from _said(node.other, dot, scope)


def _value(text: str, column: int, dot: object, scope: _Scope) -> Any:
    tokens = list(_tokens(text, column))
    value, at = _pipeline(tokens, 0, dot, scope)
    if at != len(tokens):
        raise _broken(f"unexpected {tokens[at].text!r} in command")
    return value


def _tokens(text: str, column: int) -> Iterator[_Token]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            raise _broken(f"unexpected {text[at : at + 1]!r} in operand")
        assert found.lastgroup is not None
        yield _Token(found.lastgroup, found[found.lastgroup], column + found.start(found.lastgroup))
        at = found.end()


def _pipeline(tokens: list[_Token], at: int, dot: object, scope: _Scope) -> tuple[Any, int]:
    value: Any = None
    first = True
    while True:
        value, at = _call(tokens, at, dot, scope, () if first else (value,))
        first = False
        if at < len(tokens) and tokens[at][:2] == ("pipe", "|"):
            at += 1
            continue
        return value, at


def _call(
    tokens: list[_Token], at: int, dot: object, scope: _Scope, piped: tuple[Any, ...]
) -> tuple[Any, int]:
    begin = at
    if at < len(tokens) and tokens[at].kind == "word" and tokens[at].text not in _CONSTANTS:
        name = tokens[at].text
        arguments, at = _operands(tokens, at + 1, dot, scope)
        try:
            return FUNCTIONS[name](*arguments, *piped), at
        except _Error as error:
            command = " ".join(token.text for token in tokens[begin:at])
            why = f"error calling {name}: {error}"
            raise Failed(tokens[begin].at, command, why) from error
    operands, at = _operands(tokens, at, dot, scope)
    if operands and callable(operands[0]):
        return operands[0](*operands[1:], *piped), at
    if len(operands) != 1:
        raise _broken("missing value for command")
    return operands[0], at


def _operands(tokens: list[_Token], at: int, dot: object, scope: _Scope) -> tuple[list[Any], int]:
    found: list[Any] = []
    while at < len(tokens):
        kind, text, column = tokens[at]
        if kind == "pipe" and text != "(":
            break
        at += 1
        match kind:
            case "text":
                found.append(text[1:-1] if text[0] == "`" else json.loads(text))
            case "number":
                found.append(float(text) if "." in text else int(text))
            case "field":
                found.append(_field(dot, text, column, scope))
            case "variable":
                name, _, path = text.partition(".")
                found.append(_field(scope.names[name], f".{path}", column, scope, name))
            case "word":
                found.append(_CONSTANTS[text])
            case "after":
                found[-1] = _field(found[-1], text, column, scope)
            case _:
                value, at = _pipeline(tokens, at, dot, scope)
                at += 1
                found.append(value)
    return found, at


def _field(value: object, path: str, column: int, scope: _Scope, before: str = "") -> Any:
    parts = [name for name in path.split(".") if name]
    holder: str | None = "" if value is scope.root else None
    for name in parts:
        known = scope.zeros.get(holder, {}) if holder is not None else {}
        if isinstance(value, Mapping) and (name in value or name in known):
            value = value.get(name)
            value = known.get(name) if value is None else value
            holder = name
            continue
        missing = holder if isinstance(value, Zero) and holder else name
        # Go counts a chain of names from its second.
        at = column + len(before) + (len(parts[0]) + 1 if len(parts) > 1 or before else 0)
        raise Failed(at, before + path, f'map has no entry for key "{missing}"', field=missing)
    return value


def _true(value: object) -> bool:
    return bool(value) and not isinstance(value, Zero)


def shown(value: object) -> str:
    """A value as Go prints it."""
    match value:
        case None:
            return "<no value>"
        case Zero():
            return value.text
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case float():
            return f"{value:g}"
        case Mapping():
            for fields in _STRUCTS:
                if value.keys() <= set(fields) and fields[0] in value:
                    return "{" + " ".join(shown(value.get(name, "")) for name in fields) + "}"
            return "map[" + " ".join(f"{key}:{_inner(each)}" for key, each in sorted(value.items())) + "]"
        case list() | tuple():
            return "[" + " ".join(shown(each) for each in value) + "]"
        case _:
            return str(value)


def _inner(value: object) -> str:
    """A set is a map to nothing: `map[80/tcp:{}]`."""
    return "{}" if isinstance(value, Mapping) and not value else shown(value)


def _json(value: object) -> str:
    value = value.json if isinstance(value, Zero) else value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(key, "")
        else:
            if not isinstance(value, (list, tuple)) or key >= len(value):
                raise _Error(f"index out of range: {key}")
            value = value[key]
    return value


def _len(value: Any) -> int:
    if value is POINTER:
        raise _Error("len of nil pointer")
    return 0 if value is None or isinstance(value, Zero) else len(value)


def _printf(form: str, *values: Any) -> str:
    texts = iter(values)

    def one(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        value = next(texts, "")
        verb = found[2]
        if verb == "q":
            return json.dumps(shown(value), ensure_ascii=False)
        if verb in "vs":
            return f"%{found[1]}s" % shown(value)
        return f"%{found[1]}{verb}" % value

    return re.sub(r"%%|%([-+0-9.]*)([a-zA-Z])", one, form)


def _compare(test: Callable[[Any, Any], bool]) -> Callable[..., bool]:
    return lambda a, *others: any(test(a, each) for each in others)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "json": _json,
    "len": _len,
    "index": _index,
    "join": lambda values, between: "" if isinstance(values, Zero) else between.join(map(str, values or ())),
    "split": lambda text, between: text.split(between),
    "lower": lambda text: str(text).lower(),
    "upper": lambda text: str(text).upper(),
    "title": lambda text: str(text).title(),
    "pad": lambda text, before, after: " " * before + text + " " * after if text else text,
    "truncate": lambda text, width: text[:width],
    "print": lambda *values: "".join(map(shown, values)),
    "println": lambda *values: " ".join(map(shown, values)) + "\n",
    "printf": _printf,
    "eq": _compare(lambda a, b: a == b),
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "not": lambda value: not _true(value),
    "and": lambda *values: next((each for each in values if not _true(each)), values[-1]),
    "or": lambda *values: next((each for each in values if _true(each)), values[-1]),
    "slice": lambda value, *bounds: value[slice(*bounds)],
}


def _broken(why: str) -> Ended:
    return Ended(f"template parsing error: template: :1: {why}", PARSING)
