"""A key's type hint in an author's words, for the manual."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from labrunner.checks.check import PlacedCheck
from labrunner.lesson.keys import Key

_PLAIN: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    PlacedCheck: "check by kind",
}


def in_words(hint: Any) -> str:
    """`text or list of texts`, `one of running, exited`, `amount`."""
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        return " or ".join(in_words(each) for each in get_args(hint) if each is not NoneType)
    if origin is tuple:
        inner = get_args(hint)[0]
        if inner is PlacedCheck:
            return "list of checks by kind"
        return f"{in_words(inner)}, or a list of them"
    if origin is Literal:
        return f"one of {', '.join(map(str, get_args(hint)))}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"mapping of {in_words(get_args(hint)[1])}s by name"
    if hint in _PLAIN:
        return _PLAIN[hint]
    if readable(hint):
        return str(hint.__name__).lower()
    return "mapping"


def default_in_words(key: Key) -> str:
    """What a key stands for where it is left out; empty where that is nothing."""
    match key.default:
        case bool(value):
            return "true" if value else "false"
        case str(text) | int(text) | float(text):
            return f"{text:g}" if isinstance(text, float) else str(text)
        case _:
            return ""


def readable(hint: Any) -> bool:
    """Whether the value is one text with a grammar of its own."""
    return isinstance(hint, type) and hasattr(hint, "read")


def parts(hint: Any) -> Iterator[type]:
    """The classes that a hint is made of, its own tuples and unions taken apart."""
    if isinstance(hint, type) and get_origin(hint) is None:
        yield hint
    for inner in get_args(hint):
        yield from parts(inner)


def nested(hint: Any) -> type | None:
    """The dataclass whose keys stand below this key, if that is what it holds."""
    found = (each for each in parts(hint) if is_dataclass(each) and each is not PlacedCheck)
    return next((each for each in found if not readable(each)), None)
