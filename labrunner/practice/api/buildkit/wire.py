"""Protocol buffers for the few messages that buildx sends: a dataclass is the table, these functions read it."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypeVar

Scalar = Literal["int", "bool", "string", "bytes"]
Kind = Scalar | type[Any]

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
LONGEST_VARINT = 10
INT64 = 1 << 64


class Malformed(ValueError):
    """These bytes are no message of that type."""


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands in its message, and how it is written."""

    number: int
    kind: Kind
    many: bool = False
    key: Scalar | None = None
    """The type of the keys, when the field is a map."""


def one(number: int, kind: Kind) -> Any:
    """A field that is there once; a message that is absent is None."""
    default: Any = {"int": 0, "bool": False, "string": "", "bytes": b""}.get(str(kind))
    return dataclasses.field(default=default, metadata={"place": Place(number, kind)})


def many(number: int, kind: Kind) -> Any:
    return dataclasses.field(default=(), metadata={"place": Place(number, kind, many=True)})


def mapping(number: int, kind: Kind, key: Scalar = "string") -> Any:
    return dataclasses.field(default_factory=dict, metadata={"place": Place(number, kind, key=key)})


Message = TypeVar("Message")


def encode(message: Any) -> bytes:
    out = bytearray()
    for field in dataclasses.fields(message):
        place: Place = field.metadata["place"]
        value = getattr(message, field.name)
        if place.key is not None:
            for name, item in value.items():
                entry = _item(Place(1, place.key), name) + _item(Place(2, place.kind), item)
                out += _varint(place.number << 3 | BYTES) + _varint(len(entry)) + entry
        elif place.many:
            for item in value:
                out += _item(place, item)
        elif value is not None and (not isinstance(place.kind, str) or value):
            out += _item(place, value)
    return bytes(out)


def decode(kind: type[Message], data: bytes) -> Message:
    """Raises Malformed. Fields that the table does not know are left out."""
    places = {field.metadata["place"].number: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for number, wire, raw in _fields(data):
        field = places.get(number)
        if field is None:
            continue
        place: Place = field.metadata["place"]
        if place.key is not None:
            name, item = _entry(place, wire, raw)
            values.setdefault(field.name, {})[name] = item
        elif place.many:
            values.setdefault(field.name, []).extend(_items(place, wire, raw))
        else:
            values[field.name] = _value(place.kind, wire, raw)
    made = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    return kind(**made)


def _varint(value: int) -> bytes:
    value %= INT64
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _item(place: Place, value: Any) -> bytes:
    if place.kind in ("int", "bool"):
        return _varint(place.number << 3 | VARINT) + _varint(int(value))
    data = _written(place.kind, value)
    return _varint(place.number << 3 | BYTES) + _varint(len(data)) + data


def _written(kind: Kind, value: Any) -> bytes:
    if kind == "bytes":
        return bytes(value)
    if kind == "string":
        return str(value).encode("utf-8", "surrogateescape")
    return encode(value)


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for count in range(LONGEST_VARINT):
        if at + count >= len(data):
            raise Malformed("a number ends too early")
        byte = data[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value % INT64, at + count + 1
    raise Malformed("a number is too long")


def _fields(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    at = 0
    while at < len(data):
        key, at = _read_varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == VARINT:
            value, at = _read_varint(data, at)
            yield number, wire, value
            continue
        if wire == BYTES:
            length, at = _read_varint(data, at)
        elif wire in (FIXED64, FIXED32):
            length = 8 if wire == FIXED64 else 4
        else:
            raise Malformed(f"wire type {wire}")
        if at + length > len(data):
            raise Malformed("a field ends too early")
        yield number, wire, data[at : at + length]
        at += length


def _value(kind: Kind, wire: int, raw: int | bytes) -> Any:
    if kind in ("int", "bool"):
        if not isinstance(raw, int):
            raise Malformed("a number was expected")
        signed = raw - INT64 if raw >= INT64 // 2 else raw
        return bool(raw) if kind == "bool" else signed
    if not isinstance(raw, bytes) or wire != BYTES:
        raise Malformed("bytes were expected")
    if kind == "bytes":
        return raw
    if isinstance(kind, str):
        return raw.decode("utf-8", "surrogateescape")
    return decode(kind, raw)


def _items(place: Place, wire: int, raw: int | bytes) -> Iterator[Any]:
    """One item, or the many of a packed list of numbers."""
    if place.kind not in ("int", "bool") or isinstance(raw, int):
        yield _value(place.kind, wire, raw)
        return
    at = 0
    while at < len(raw):
        number, at = _read_varint(raw, at)
        yield _value(place.kind, VARINT, number)


def _entry(place: Place, wire: int, raw: int | bytes) -> tuple[Any, Any]:
    if not isinstance(raw, bytes) or wire != BYTES:
        raise Malformed("a map's entry was expected")
    assert place.key is not None
    defaults: Mapping[str, Any] = {"int": 0, "bool": False, "string": "", "bytes": b""}
    name = defaults[place.key]
    item = defaults[place.kind] if isinstance(place.kind, str) else place.kind()
    for number, inner, value in _fields(raw):
        if number == 1:
            name = _value(place.key, inner, value)
        elif number == 2:
            item = _value(place.kind, inner, value)
    return name, item
