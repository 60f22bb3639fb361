"""YAML as trees that remember where each word stood, and that hold nothing a lesson has no use for.

Only PyYAML's event parser is used: it builds nothing, so depth is checked before anything is made of the text
(libyaml's own composer crashes on 100,000 nested brackets). Scalars keep their text; what an unquoted one
stands for follows the core schema of YAML 1.2, where `80:80`, `no`, `on` and dates are texts
(https://yaml.org/spec/1.2.2/#103-core-schema).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from labrunner.errors import LessonError, Location
from labrunner.lesson.problems import shown
from labrunner.lesson.source import BLOCK_LIMIT
from labrunner.lesson.yaml_words import explained, shifted

DEPTH_LIMIT = 20

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    text: str
    plain: bool = False
    """Written without quotes, so that it may be a number, true, false or null."""
    filled: bool = False
    """A `{{value}}` was filled in, so that quotes around it do not make a number a text."""
    raw: str = ""
    """As it stands in the file, quotes and all."""
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    items: "tuple[Node, ...]"
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A YAML mapping; its keys are unique."""

    entries: "tuple[tuple[Scalar, Node], ...]"
    at: Location

    def get(self, key: str) -> "Node | None":
        return next((value for name, value in self.entries if name.text == key), None)


Node = Scalar | Sequence | Record

_INT = re.compile(r"[-+]?[0-9]{1,18}|0o[0-7]{1,20}|0x[0-9a-fA-F]{1,15}")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_TRUE, _FALSE, _NULL = (
    {"true", "True", "TRUE"},
    {"false", "False", "FALSE"},
    {"null", "Null", "NULL", "~", ""},
)


def meaning(scalar: Scalar) -> str | int | float | bool | None:
    """What a scalar stands for in the YAML 1.2 core schema."""
    text = scalar.text
    if not (scalar.plain or scalar.filled):
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def read(text: str, at: Location) -> Node | None:
    """The tree of one YAML block whose first line stands at `at`; None where it is empty.

    Raises `LessonError` at the first thing that is no YAML, or that lessons do without: aliases, anchors,
    tags, merge keys, directives, several documents, keys given twice, more than 64 KiB or 20 levels.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > BLOCK_LIMIT:
        raise LessonError(
            f"This YAML block is {size // 1024} KiB long; the limit is 64 KiB.",
            "A check needs a few lines; move data into a file of the workspace.",
            at=at,
        )
    if early := _UNQUOTED_VALUE.search(text):
        raise LessonError(
            f"{shown(early[2])} begins with a brace, which YAML takes for a mapping.",
            f'Put the value in quotes: `{early[1].strip()} "{shown(early[2], 40)}"`.',
            at=shifted(at, text.count("\n", 0, early.start(2)), _column(text, early.start(2))),
        )
    try:
        return _Tree(text, at).grow()
    except yaml.YAMLError as error:
        raise explained(error, text, at) from error


class _Tree:
    """Builds nodes from events with a stack of its own, so that no input can exhaust Python's."""

    def __init__(self, text: str, at: Location) -> None:
        self._text = text
        self._at = at
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._documents = 0

    def grow(self) -> Node | None:
        root: Node | None = None
        open_: list[_Open] = []
        for event in self._events:
            place = event.start_mark
            at = shifted(self._at, place.line, place.column)
            match event:
                case yaml.DocumentStartEvent():
                    self._start(event, at)
                    continue
                case yaml.AliasEvent():
                    raise LessonError(
                        f"The alias `*{shown(str(event.anchor))}` is not known in lessons.",
                        "Write the value again.",
                        at=at,
                    )
                case yaml.ScalarEvent():
                    self._refuse_extras(event, at)
                    node: Node = Scalar(
                        text=event.value,
                        plain=event.style is None or event.style == "",
                        raw=self._text[place.index : _end(event)],
                        at=at,
                    )
                case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                    self._refuse_extras(event, at)
                    open_.append(_Open(isinstance(event, yaml.MappingStartEvent), at))
                    if len(open_) > DEPTH_LIMIT:
                        raise LessonError(
                            f"This YAML is nested deeper than {DEPTH_LIMIT} levels.", "Flatten it.", at=at
                        )
                    continue
                case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                    node = open_.pop().closed()
                case _:
                    continue
            if open_:
                open_[-1].add(node)
            else:
                root = node
        if isinstance(root, Scalar) and root.plain and root.text == "":
            return None
        return root

    def _start(self, event: Any, at: Location) -> None:
        self._documents += 1
        if self._documents > 1 or event.version or event.tags:
            raise LessonError(
                "A block holds one YAML document, without directives.", "Delete the `---` or `%` line.", at=at
            )

    def _refuse_extras(self, event: Any, at: Location) -> None:
        if event.anchor is not None:
            raise LessonError(
                f"The anchor `&{shown(event.anchor)}` is not known in lessons.", "Delete it.", at=at
            )
        if event.tag is not None:
            raise LessonError(f"The tag `{shown(event.tag)}` is not known in lessons.", "Delete it.", at=at)


def _end(event: Any) -> int:
    index: int = event.end_mark.index
    return index


class _Open:
    """A mapping or sequence whose end has not come yet."""

    def __init__(self, is_mapping: bool, at: Location) -> None:
        self._is_mapping = is_mapping
        self._at = at
        self._nodes: list[Node] = []
        self._keys: dict[str, Location] = {}

    def add(self, node: Node) -> None:
        if self._is_mapping and len(self._nodes) % 2 == 0:
            self._check_key(node)
        self._nodes.append(node)

    def closed(self) -> Node:
        if not self._is_mapping:
            return Sequence(items=tuple(self._nodes), at=self._at)
        keys = [node for node in self._nodes[::2] if isinstance(node, Scalar)]
        return Record(entries=tuple(zip(keys, self._nodes[1::2], strict=True)), at=self._at)

    def _check_key(self, node: Node) -> None:
        if not isinstance(node, Scalar):
            raise LessonError(
                "A key has to be a word, not a list or a mapping.",
                'If this is a value such as `{{name}}`, put it in quotes: `"{{name}}"`.',
                at=node.at,
            )
        if node.plain and node.text == "<<":
            raise LessonError(
                "The merge key `<<` is not known in lessons.", "Write the keys out.", at=node.at
            )
        if first := self._keys.get(node.text):
            raise LessonError(
                f"The key `{shown(node.text)}` is given twice; the first is on line {first.line}.",
                "Keep one of them.",
                at=node.at,
            )
        self._keys[node.text] = node.at


_UNQUOTED_VALUE = re.compile(
    r"^([ \t]*(?:- +)*(?:[\w.\-]+:[ \t]+|- +))(\{\{[ \t]*\w+[ \t]*\}\}[^\n]*)", re.MULTILINE
)


def _column(text: str, offset: int) -> int:
    return offset - text.rfind("\n", 0, offset) - 1
