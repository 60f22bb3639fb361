"""A JSON Schema of every YAML block in a lesson, for editors: `labrunner schema`.

`$defs` holds `front`, `reject`, `feedback` and one `check-KIND` for each kind; the schema as a whole fits any
of them. It describes the form; what a text means (an image name, a size) only the decoder knows.
"""

from collections.abc import Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from labrunner.authoring.docstrings import class_doc, field_docs
from labrunner.authoring.hints import readable
from labrunner.checks.check import PlacedCheck
from labrunner.lesson.entries import FrontEntries
from labrunner.lesson.keys import CommonKeys, Key, Kinds, keys_of
from labrunner.lesson.kinds import EVERY_KIND
from labrunner.lesson.steps import FeedbackKeys, RejectKeys

Schema = dict[str, object]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SCALARS: Mapping[Any, Schema] = {
    str: {"type": ["string", "number", "boolean"]},
    int: {"type": ["integer", "string"]},
    float: {"type": ["number", "string"]},
    bool: {"type": ["boolean", "string"]},
}
"""A text may be written without quotes; a number may come from a `{{value}}`, which is a text at first."""


def schema(kinds: Kinds = EVERY_KIND) -> Schema:
    """The schema as JSON values."""
    blocks = {
        "front": _record(FrontEntries),
        "reject": _record(RejectKeys),
        "feedback": _record(FeedbackKeys),
        **{f"check-{kind}": _check(found) for kind, found in kinds.items()},
    }
    check_by_kind: Schema = {
        "type": "object",
        "properties": {kind: {"$ref": f"#/$defs/check-{kind}"} for kind in kinds},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    return {
        "$schema": DIALECT,
        "title": "The YAML blocks of a labrunner lesson, format 1",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in blocks],
        "$defs": {**blocks, "check": check_by_kind},
    }


def _check(kind: type[Any]) -> Schema:
    """A check's own keys and the common ones; one that is made of checks may be a list of them."""
    whole = _record(kind, common=keys_of(CommonKeys))
    if any(key.hint == tuple[PlacedCheck, ...] for key in keys_of(kind)):
        return {"description": whole["description"], "anyOf": [_CHECKS, whole]}
    return whole


def _record(kind: type[Any], common: tuple[Key, ...] = ()) -> Schema:
    docs = {**field_docs(CommonKeys), **field_docs(kind)}
    keys = (*keys_of(kind), *common)
    record: Schema = {
        "type": "object",
        "description": " ".join(class_doc(kind).split()),
        "properties": {key.name: _described(key, docs.get(key.field, "")) for key in keys},
        "additionalProperties": False,
    }
    required = [key.name for key in keys if key.required]
    return {**record, "required": required} if required else record


def _described(key: Key, doc: str) -> Schema:
    described = _of(key.hint)
    if doc:
        described = {**described, "description": doc}
    if isinstance(key.default, (bool, int, float)) or (isinstance(key.default, str) and key.default):
        described = {**described, "default": key.default}
    return described


def _of(hint: Any) -> Schema:
    origin = get_origin(hint)
    if origin in {Union, UnionType}:
        options = [_of(each) if each is not NoneType else {"type": "null"} for each in get_args(hint)]
        return {"anyOf": options}
    if origin is tuple:
        inner = get_args(hint)[0]
        return (
            _CHECKS
            if inner is PlacedCheck
            else {"anyOf": [_of(inner), {"type": "array", "items": _of(inner)}]}
        )
    if origin is Literal:
        return {"enum": list(get_args(hint))}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _of(get_args(hint)[1])}
    if hint is PlacedCheck:
        return {"$ref": "#/$defs/check"}
    if hint in _SCALARS:
        return dict(_SCALARS[hint])
    return dict(_SCALARS[str]) if readable(hint) else _record(hint)


_CHECKS: Schema = {
    "anyOf": [{"$ref": "#/$defs/check"}, {"type": "array", "items": {"$ref": "#/$defs/check"}}],
}
