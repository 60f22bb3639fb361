"""How Go writes and reads values: Docker's history texts and messages are made of it."""

import re

_ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r", 92: "\\\\"}
_UNITS = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_PIECE = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)")
_LONGEST = 2**63 - 1


def quoted(text: str, mark: str = '"') -> str:
    """`%q`: `a"b` is `"a\\"b"`."""
    return mark + "".join(_escaped(character, mark) for character in text) + mark


def quoted_list(texts: list[str] | tuple[str, ...]) -> str:
    """`%q` of a slice: `["nginx" "-g"]`."""
    return "[" + " ".join(quoted(text) for text in texts) + "]"


def duration_text(nanoseconds: int) -> str:
    """`1h0m0s`, `1.5s`, `250ms`, `0s`."""
    if nanoseconds == 0:
        return "0s"
    if nanoseconds < 10**9:
        unit = next(unit for unit in ("ms", "µs", "ns") if nanoseconds >= _UNITS[unit])
        return f"{_decimal(nanoseconds, _UNITS[unit])}{unit}"
    hours, rest = divmod(nanoseconds, _UNITS["h"])
    minutes, rest = divmod(rest, _UNITS["m"])
    seconds = f"{_decimal(rest, 10**9)}s"
    if hours:
        return f"{hours}h{minutes}m{seconds}"
    return f"{minutes}m{seconds}" if minutes else seconds


def duration(text: str) -> int:
    """Nanoseconds; raises ValueError with Go's words."""
    invalid = ValueError(f"time: invalid duration {quoted(text)}")
    body = text[1:] if text[:1] in ("-", "+") else text
    if body == "0":
        return 0
    if not body:
        raise invalid
    total = position = 0
    while position < len(body):
        found = _PIECE.match(body, position)
        if found is None:
            if re.fullmatch(r"[\d.]+", body[position:]) and re.search(r"\d", body[position:]):
                raise ValueError(f"time: missing unit in duration {quoted(text)}")
            raise invalid
        whole, part, unit = found[1], found[2] or "", _UNITS[found[3]]
        if (not whole and not part) or len(whole) > 20 or len(part) > 40:
            raise invalid
        total += int(whole or 0) * unit + int(part or 0) * unit // 10 ** len(part)
        position = found.end()
    if total > _LONGEST:
        raise invalid
    return -total if text.startswith("-") else total


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)


def _escaped(character: str, mark: str) -> str:
    code = ord(character)
    if character == mark:
        return "\\" + mark
    if code in _ESCAPES:
        return _ESCAPES[code]
    if character.isprintable():
        return character
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
