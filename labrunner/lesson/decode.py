"""From a YAML tree to a frozen dataclass: its fields are the keys, its type hints are the rules.

The hints come from a closed set: `str`, `int`, `bool`, `float`, `Literal[...]`, `X | None`, `tuple[X, ...]`
(a list, or one item alone), `Mapping[str, X]`, a nested dataclass, a class with `read(text)`, and
`PlacedCheck` (a mapping with one key, the kind). A key that is a Python keyword has an underscore after it in
Python (`from_`). Every mistake is reported at its place; reading goes on after each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

from labrunner.checks.check import PlacedCheck
from labrunner.errors import Location
from labrunner.lesson.keys import CommonKeys, Key, Kinds, keys_of
from labrunner.lesson.problems import Problems, closest, did_you_mean, one_of, shown
from labrunner.lesson.yaml_nodes import Node, Record, Scalar, Sequence, meaning

T = TypeVar("T")


class _Failed:
    """Stands for a value that could not be read and was reported."""


_FAILED: Final = _Failed()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entries:
    """The keys and values of one block, and what its unknown keys were probably meant to be."""

    nodes: Mapping[str, Node]
    name: str
    """How messages call the block: `check image`."""
    at: Location
    unknown: bool = False
    meant: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Reads trees into values; `kinds` are the check kinds that a `PlacedCheck` may be of."""

    kinds: Kinds
    problems: Problems

    def record(self, kind: type[T], node: Node | None, *, name: str, at: Location) -> T | None:
        """A dataclass from a mapping. Messages call it `name`, and place a missing key `at`."""
        entries = self._entries(node, keys_of(kind), name=name, at=at)
        return None if entries is None else self._made(kind, entries)

    def placed(self, kind: str, node: Node | None, *, number: int, at: Location) -> PlacedCheck | None:
        """A check of a known kind, from the mapping that holds its own keys and the common ones."""
        entries = self._entries(
            node, keys_of(self.kinds[kind]) + keys_of(CommonKeys), name=f"check {kind}", at=at
        )
        if entries is None:
            return None
        check = self._made(self.kinds[kind], entries)
        common = self._made(CommonKeys, entries)
        if check is None or common is None:
            return None
        return PlacedCheck(
            kind=kind,
            check=check,
            id=common.id or f"{kind}-{number}",
            because=common.because,
            holds=common.holds,
            only=common.only,
            negated=common.not_,
            needs=common.needs,
            at=at,
        )

    def value(self, kind: type[T], node: Node, *, name: str) -> T | None:
        """One value of a key, as `kind` asks for it."""
        value = self._value(kind, node, name=name)
        return value if isinstance(value, kind) else None

    def by_kind(self, node: Node, *, number: int = 1) -> PlacedCheck | None:
        """A check written as a mapping with one key, its kind."""
        if not isinstance(node, Record) or len(node.entries) != 1:
            self.problems.report(
                "A check inside another block is a mapping with one key, its kind.",
                "Write for example `image: {name: nginx}`.",
                at=node.at,
            )
            return None
        key, body = node.entries[0]
        if not self.knows_kind(key.text, at=key.at):
            return None
        return self.placed(key.text, body, number=number, at=key.at)

    def knows_kind(self, kind: str, *, at: Location) -> bool:
        if kind in self.kinds:
            return True
        self.problems.report(
            f"There is no check kind `{shown(kind)}`.",
            f"{did_you_mean(kind, self.kinds)} The kinds are {one_of(self.kinds)}.".lstrip(),
            at=at,
        )
        return False

    def _entries(
        self, node: Node | None, keys: tuple[Key, ...], *, name: str, at: Location
    ) -> _Entries | None:
        if node is None:
            return _Entries(nodes={}, name=name, at=at)
        if isinstance(node, Sequence) and (listed := _list_key(keys)):
            return _Entries(nodes={listed.name: node}, name=name, at=at)
        if not isinstance(node, Record):
            what = f"`{name}` needs keys and values, not {_described(node)}."
            self.problems.report(what, "Write `key: value` lines.", at=node.at)
            return None
        names = [key.name for key in keys]
        unknown = [key for key, _ in node.entries if key.text not in names]
        for key in unknown:
            self.problems.report(
                f"`{shown(key.text)}` is not a key of `{name}`.",
                f"{did_you_mean(key.text, names)} Its keys are {one_of(names)}.".lstrip(),
                at=key.at,
            )
        return _Entries(
            nodes={key.text: value for key, value in node.entries},
            name=name,
            at=at,
            unknown=bool(unknown),
            meant=frozenset(closest(key.text, names) or "" for key in unknown),
        )

    def _made(self, kind: type[T], entries: _Entries) -> T | None:
        arguments: dict[str, object] = {}
        complete = not entries.unknown
        for key in keys_of(kind):
            if key.name in entries.nodes:
                value = self._value(key.hint, entries.nodes[key.name], name=key.name)
                complete = complete and value is not _FAILED
                arguments[key.field] = value
            elif key.required:
                complete = False
                if key.name not in entries.meant:
                    what = f"`{entries.name}` needs the key `{key.name}`."
                    self.problems.report(what, f"Add `{key.name}: …`.", at=entries.at)
        if not complete:
            return None
        try:
            return kind(**arguments)
        except ValueError as error:
            self.problems.report(_sentence(error), at=entries.at)
            return None

    def _value(self, hint: Any, node: Node, *, name: str) -> object:
        origin = get_origin(hint)
        if origin in {Union, UnionType}:
            return self._union(get_args(hint), node, name=name)
        if origin is tuple:
            return self._items(get_args(hint)[0], node, name=name)
        if origin is Literal:
            return self._choice(get_args(hint), node, name=name)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._mapping(get_args(hint)[1], node, name=name)
        if hint is PlacedCheck:
            return self.by_kind(node) or _FAILED
        if isinstance(hint, type) and hasattr(hint, "read"):
            return self._readable(hint, node, name=name)
        if isinstance(hint, type) and is_dataclass(hint):
            made: object = self.record(hint, node, name=name, at=node.at)
            return _FAILED if made is None else made
        return self._scalar(hint, node, name=name)

    def _union(self, hints: tuple[Any, ...], node: Node, *, name: str) -> object:
        """`X | None`; of several, the first that fits, else the last one's complaints."""
        if NoneType in hints and isinstance(node, Scalar) and node.plain and node.text in {"null", "~"}:
            return None
        *others, last = [hint for hint in hints if hint is not NoneType]
        for hint in others:
            attempt = Decoder(kinds=self.kinds, problems=Problems())
            value = attempt._value(hint, node, name=name)
            if value is not _FAILED:
                return value
        return self._value(last, node, name=name)

    def _items(self, hint: Any, node: Node, *, name: str) -> object:
        nodes = node.items if isinstance(node, Sequence) else (node,)
        if hint is PlacedCheck:
            return _all(self.by_kind(item, number=n) or _FAILED for item, n in _numbered(nodes))
        return _all([self._value(hint, item, name=name) for item in nodes])

    def _choice(self, choices: tuple[object, ...], node: Node, *, name: str) -> object:
        words = [str(choice) for choice in choices]
        if not isinstance(node, Scalar):
            return self._refuse(f"`{name}` is one of {one_of(words)}, not {_described(node)}.", "", node)
        if node.plain and meaning(node) is None:
            return self._no_value(name, node)
        for choice in choices:
            if choice == node.text or (not isinstance(choice, str) and choice == meaning(node)):
                return choice
        what = f"`{name}` cannot be `{shown(node.text)}`."
        return self._refuse(
            what, f"{did_you_mean(node.text, words)} It is one of {one_of(words)}.".lstrip(), node
        )

    def _mapping(self, hint: Any, node: Node, *, name: str) -> object:
        if not isinstance(node, Record):
            what = f"`{name}` needs names and texts, not {_described(node)}."
            return self._refuse(what, "Write `name: text`.", node)
        values = {key.text: self._value(hint, value, name=key.text) for key, value in node.entries}
        return _FAILED if _FAILED in values.values() else values

    def _readable(self, kind: Any, node: Node, *, name: str) -> object:
        text = self._scalar(str, node, name=name)
        if not isinstance(text, str):
            return _FAILED
        try:
            return kind.read(text)
        except ValueError as error:
            return self._refuse(f"`{name}`: {_sentence(error)}", "", node)

    def _scalar(self, hint: Any, node: Node, *, name: str) -> object:
        if hint not in _WANTED:
            raise TypeError(f"the decoder knows no rule for {hint!r} (key `{name}`)")
        wanted, remedy = _WANTED[hint]
        if not isinstance(node, Scalar):
            return self._refuse(f"`{name}` is {wanted}, not {_described(node)}.", remedy, node)
        value = meaning(node)
        if node.plain and value is None:
            return self._no_value(name, node)
        if hint is str:
            return node.text
        if type(value) is hint:
            return value
        if hint is float and type(value) is int:
            return float(value)
        return self._refuse(f"`{name}` is {wanted}, not `{shown(node.text)}`.", remedy, node)

    def _no_value(self, name: str, node: Node) -> _Failed:
        return self._refuse(f"`{name}` has no value.", f"Write `{name}: …`, or leave the key out.", node)

    def _refuse(self, what: str, remedy: str, node: Node) -> _Failed:
        self.problems.report(what, remedy, at=node.at)
        return _FAILED


_WANTED: Mapping[Any, tuple[str, str]] = {
    str: ("a text", ""),
    int: ("a whole number", "Write it in digits, without quotes."),
    float: ("a number", "Write it in digits, without quotes."),
    bool: ("`true` or `false`", "YAML 1.2 takes `yes`, `no`, `on` and `off` for texts."),
}


def _list_key(keys: tuple[Key, ...]) -> Key | None:
    """The key that a block stands for which is a list of checks (`any`, `all`)."""
    return next((key for key in keys if key.hint == tuple[PlacedCheck, ...]), None)


def _all(values: Iterable[object]) -> object:
    """The values as a tuple, or failed where one of them is."""
    items = tuple(values)
    return _FAILED if _FAILED in items else items


def _numbered(nodes: tuple[Node, ...]) -> Iterable[tuple[Node, int]]:
    """Each check node with its number among those of the same kind, from 1."""
    seen: dict[str, int] = {}
    for node in nodes:
        kind = node.entries[0][0].text if isinstance(node, Record) and node.entries else ""
        seen[kind] = seen.get(kind, 0) + 1
        yield node, seen[kind]


def _described(node: Node) -> str:
    match node:
        case Scalar(text=text):
            return f"`{shown(text)}`"
        case Sequence():
            return "a list"
        case Record():
            return "a mapping"


def _sentence(error: ValueError) -> str:
    text = str(error).strip() or "This value cannot be used"
    return text if text.endswith((".", "?")) else f"{text}."
