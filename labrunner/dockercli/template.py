"""Go templates, as far as `--format` needs them: fields, functions, pipelines, if, range, with, variables.

Source: the documentation of Go's text/template, and docker's own functions (json, join, split, lower, upper, title,
pad, truncate, println).
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labrunner.dockercli.failure import Ended

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:\\.|[^"\\])*"|`[^`]*`)|(?P<number>-?\d+(?:\.\d+)?)|(?P<pipe>\||\(|\)|:=|=|,)"""
    r"""|(?P<variable>\$[A-Za-z_0-9]*(?:\.[A-Za-z_0-9]+)*)|(?P<field>(?:\.[A-Za-z_][A-Za-z_0-9]*)+|\.)"""
    r"""|(?P<after>(?<=\))(?:\.[A-Za-z_0-9]+)+)|(?P<word>[A-Za-z_][A-Za-z_0-9]*))"""
)
_ACTION = re.compile(r"\{\{(-\s)?(.*?)(\s-)?\}\}", re.DOTALL)


@dataclass(slots=True)
class _Node:
    kind: str
    """text, say, if, range, with"""
    text: str = ""
    body: "list[_Node]" = field(default_factory=list)
    other: "list[_Node]" = field(default_factory=list)


class Template:
    """Raises Ended with docker's words for a template that does not parse."""

    def __init__(self, text: str) -> None:
        self._text = text
        pieces = list(_pieces(text))
        self._nodes, rest, _ = _tree(pieces, 0)
        if rest != len(pieces):
            raise _broken(text, "unexpected {{end}}")

    def filled(self, data: object) -> str:
        """Raises KeyError with the name of a field that is not there."""
        return "".join(_said(self._nodes, data, {"$": data}))


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    trim = False
    for found in _ACTION.finditer(text):
        before = text[at : found.start()]
        before = before.lstrip() if trim else before
        before = before.rstrip() if found[1] else before
        if before:
            yield "text", before
        yield "do", found[2].strip()
        trim = bool(found[3])
        at = found.end()
    rest = text[at:].lstrip() if trim else text[at:]
    if "{{" in rest:
        raise _broken(text, "unclosed action")
    if rest:
        yield "text", rest


def _tree(pieces: Sequence[tuple[str, str]], at: int) -> tuple[list[_Node], int, str]:
    """Nodes up to an `else` or `end` that is not theirs; where that stands, and what it says."""
    nodes: list[_Node] = []
    while at < len(pieces):
        kind, text = pieces[at]
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
                pieces = [*pieces[:at], ("do", stop.removeprefix("else ")), *pieces[at + 1 :]]
                other, at, stop = _first(pieces, at)
            elif stop == "else":
                other, at, stop = _tree(pieces, at)
            if stop != "end":
                raise _broken(text, "unexpected EOF")
            nodes.append(_Node(word, rest, body, other))
        elif word in ("end", "else"):
            return nodes, at, text
        elif not text.startswith("/*"):
            nodes.append(_Node("say", text))
    return nodes, at, ""


def _first(pieces: Sequence[tuple[str, str]], at: int) -> tuple[list[_Node], int, str]:
    """The one `if` that stands at a place, with its end."""
    word, _, rest = pieces[at][1].partition(" ")
    body, at, stop = _tree(pieces, at + 1)
    other: list[_Node] = []
    if stop.startswith("else if "):
        pieces = [*pieces[: at - 1], ("do", stop.removeprefix("else ")), *pieces[at:]]
        other, at, stop = _first(pieces, at - 1)
    elif stop == "else":
        other, at, stop = _tree(pieces, at)
    return [_Node(word, rest, body, other)], at, stop


def _said(nodes: Sequence[_Node], dot: object, names: dict[str, object]) -> Iterator[str]:
    for node in nodes:
        match node.kind:
            case "text":
                yield node.text
            case "say":
                yield from _action(node.text, dot, names)
            case "if" | "with":
                value = _value(node.text, dot, names)
                inside = value if node.kind == "with" and _true(value) else dot
                yield from _said(node.body if _true(value) else node.other, inside, names)
            case _:
                yield from _ranged(node, dot, names)


def _action(text: str, dot: object, names: dict[str, object]) -> Iterator[str]:
    assigned = re.match(r"(\$\w+)\s*:?=\s*(.*)", text)
    if assigned:
        names[assigned[1]] = _value(assigned[2], dot, names)
    else:
        yield shown(_value(text, dot, names))


def _ranged(node: _Node, dot: object, names: dict[str, object]) -> Iterator[str]:
    bound = re.match(r"(?:(\$\w+)\s*,\s*)?(\$\w+)\s*:=\s*(.*)", node.text)
    value = _value(bound[3] if bound else node.text, dot, names)
    pairs: Sequence[tuple[object, object]]
    if isinstance(value, Mapping):
        pairs = sorted(value.items())
    else:
        pairs = list(enumerate(value)) if isinstance(value, (list, tuple)) else []
    for key, each in pairs:
        inner = dict(names)
        if bound:
            inner[bound[2]] = each
            if bound[1]:
                inner[bound[1]] = key
        yield from _said(node.body, each, inner)
    if not pairs:
        yield from _said(node.other, dot, names)


def _value(text: str, dot: object, names: Mapping[str, object]) -> Any:
    tokens = list(_tokens(text))
    value, at = _pipeline(tokens, 0, dot, names)
    if at != len(tokens):
        raise _broken(text, f"unexpected {tokens[at][1]!r} in command")
    return value


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            raise _broken(text, f"unexpected {text[at : at + 1]!r} in operand")
        assert found.lastgroup is not None
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def _pipeline(
    tokens: list[tuple[str, str]], at: int, dot: object, names: Mapping[str, object]
) -> tuple[Any, int]:
    value: Any = None
    first = True
    while True:
        value, at = _call(tokens, at, dot, names, () if first else (value,))
        first = False
        if at < len(tokens) and tokens[at] == ("pipe", "|"):
            at += 1
            continue
        return value, at


def _call(
    tokens: list[tuple[str, str]], at: int, dot: object, names: Mapping[str, object], piped: tuple[Any, ...]
) -> tuple[Any, int]:
    if at < len(tokens) and tokens[at][0] == "word" and tokens[at][1] not in ("true", "false", "nil"):
        name = tokens[at][1]
        function = FUNCTIONS.get(name)
        if function is None:
            raise _broken(name, f'function "{name}" not defined')
        arguments, at = _operands(tokens, at + 1, dot, names)
        return function(*arguments, *piped), at
    operands, at = _operands(tokens, at, dot, names)
    if len(operands) != 1:
        raise _broken(" ".join(text for _, text in tokens), "missing value for command")
    return operands[0], at


def _operands(
    tokens: list[tuple[str, str]], at: int, dot: object, names: Mapping[str, object]
) -> tuple[list[Any], int]:
    found: list[Any] = []
    while at < len(tokens):
        kind, text = tokens[at]
        if kind == "pipe" and text != "(":
            break
        at += 1
        match kind:
            case "text":
                found.append(text[1:-1] if text[0] == "`" else json.loads(text))
            case "number":
                found.append(float(text) if "." in text else int(text))
            case "field":
                found.append(_field(dot, text))
            case "variable":
                name, _, path = text.partition(".")
                found.append(_field(names[name], f".{path}"))
            case "word":
                found.append({"true": True, "false": False, "nil": None}.get(text, text))
            case "after":
                found[-1] = _field(found[-1], text)
            case _:
                value, at = _pipeline(tokens, at, dot, names)
                at += 1
                found.append(value)
    return found, at


def _field(value: object, path: str) -> Any:
    for name in path.strip(".").split("."):
        if not name:
            continue
        if not isinstance(value, Mapping) or name not in value:
            raise KeyError(name)
        value = value[name]
    return value


def _true(value: object) -> bool:
    return bool(value)


def shown(value: object) -> str:
    """A value as Go prints it."""
    match value:
        case None:
            return "<no value>"
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case float():
            return f"{value:g}"
        case Mapping():
            return "map[" + " ".join(f"{key}:{shown(each)}" for key, each in sorted(value.items())) + "]"
        case list() | tuple():
            return "[" + " ".join(shown(each) for each in value) + "]"
        case _:
            return str(value)


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(key, "")
        else:
            if not isinstance(value, (list, tuple)) or key >= len(value):
                raise Ended(
                    f'template: :1:2: executing "" at <index>: error calling index: index out of range: {key}'
                )
            value = value[key]
    return value


def _len(value: Any) -> int:
    if value is None:
        raise Ended('template: :1:2: executing "" at <len>: error calling len: len of nil pointer')
    return len(value)


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
    "join": lambda values, between: between.join(map(str, values or ())),
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


def _broken(_text: str, why: str) -> Ended:
    return Ended(f"template parsing error: template: :1: {why}", 64)
