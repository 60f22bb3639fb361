"""Values of options: sizes, durations, numbers; and what docker's own command says of those it does not understand."""

import re
from collections.abc import Callable, Mapping

_UNITS = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_SECOND = 1_000_000_000
_DURATIONS = {"ns": 1, "us": 1000, "ms": 1_000_000, "s": _SECOND, "m": 60 * _SECOND, "h": 3600 * _SECOND}


def amount(text: str) -> int:
    """Bytes of `64m`; raises ValueError with docker's words."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([bkmg]?)(?:i?b)?", text.lower())
    if found is None:
        raise ValueError(f"invalid size: '{text}'")
    return int(float(found[1]) * _UNITS[found[2]])


def duration(text: str) -> int:
    """Nanoseconds of `1m30s`; raises ValueError with Go's words."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)", text)
    if text == "0":
        return 0
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f'time: invalid duration "{text}"')
    return int(sum(float(number) * _DURATIONS[unit] for number, unit in parts))


def whole(text: str) -> int:
    """Raises ValueError with Go's words."""
    if re.fullmatch(r"[+-]?\d+", text) is None:
        raise ValueError(f'strconv.ParseInt: parsing "{text}": invalid syntax')
    return int(text)


def processors(text: str) -> int:
    """Billionths of a processor: `1.5`; raises ValueError with docker's words."""
    if re.fullmatch(r"\d*\.?\d+|\d+\.", text) is None:
        raise ValueError(f"failed to parse {text} as a rational number")
    return round(float(text) * 10**9)


def choice(text: str) -> None:
    """`name=value` of a filter."""
    if "=" not in text:
        raise ValueError("bad format of filter (expected name=value)")


def tag(text: str) -> None:
    """The name that a build gives."""
    # 9 ms, which only builds pay.
    from labrunner.reference import InvalidReference, parse

    try:
        parse(text)
    except InvalidReference as error:
        why = str(error)
        prefix = "invalid reference format"
        raise ValueError(why if why.startswith(prefix) else f"{prefix}: {why}") from error


def mount(text: str) -> dict[str, object]:
    """`type=volume,source=NAME,target=PATH,readonly`; raises ValueError with docker's words."""
    made: dict[str, object] = {"Type": "volume"}
    for part in text.split(","):
        name, sign, value = part.partition("=")
        if not sign and name.lower() not in ("readonly", "ro"):
            raise ValueError(f"invalid field '{part}' must be a key=value pair")
        match name.lower():
            case "type":
                made["Type"] = value.lower()
            case "source" | "src":
                made["Source"] = value
            case "target" | "dst" | "destination":
                made["Target"] = value
            case "readonly" | "ro":
                made["ReadOnly"] = value in ("", "true", "1")
            case _:
                raise ValueError(f"unknown option '{name}' in '{part}'")
    return made


CHECKS: Mapping[str, Callable[[str], object]] = {
    "bytes": amount,
    "decimal": processors,
    "duration": duration,
    "filter": choice,
    "int": whole,
    "mount": mount,
    "tag": tag,
}
"""By what an option takes."""
