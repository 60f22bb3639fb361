"""What an author may write in a YAML block, read from a dataclass: its fields are the keys."""

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Literal, get_type_hints

Kinds = Mapping[str, type[Any]]
"""Check kinds by the name that stands after `yaml check`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonKeys:
    """Keys that every check has beside its own."""

    because: str = ""
    """One sentence of yours, shown when the check is not met."""
    holds: Literal["once", "now"] = "once"
    """`once`: met once in this step, it stays met. `now`: it has to hold each time."""
    only: Literal["docker", "practice"] | None = None
    """The check counts on this engine only."""
    not_: bool = False
    """`true`: the check is met while what it says does not hold."""
    needs: str = ""
    """The id of a check of this step that has to be met before this one can be told."""
    id: str = ""
    """A name for `needs` and for progress; `KIND-1`, `KIND-2`, … where it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key that an author may write: a field of a dataclass."""

    name: str
    field: str
    """The name in Python: `from_` for the key `from`."""
    hint: Any
    required: bool
    default: object = None


def keys_of(kind: type) -> tuple[Key, ...]:
    """The keys of a dataclass, in the order of its fields."""
    return _keys_of(kind)


@cache
def _keys_of(kind: Hashable) -> tuple[Key, ...]:
    if not isinstance(kind, type) or not is_dataclass(kind):
        raise TypeError(f"{kind!r} is not a dataclass, so no keys can be read from it")
    hints = get_type_hints(kind)
    return tuple(
        Key(
            name=field.name.rstrip("_"),
            field=field.name,
            hint=hints[field.name],
            required=field.default is MISSING and field.default_factory is MISSING,
            default=_default(field),
        )
        for field in fields(kind)
        if field.init
    )


def _default(field: "Field[Any]") -> object:
    if field.default is not MISSING:
        return field.default
    return None if field.default_factory is MISSING else field.default_factory()
