"""The `filters` parameter: the CLI writes `{"label":{"a=b":true}}`, the docker SDK `{"label":["a=b"]}`."""

import json
import re
import time
from collections.abc import Iterable, Mapping
from datetime import datetime

from labrunner.practice.refusal import Refused

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_TRUE, _FALSE = ("1", "true"), ("0", "false")


class Filters:
    def __init__(self, values: Mapping[str, tuple[str, ...]]) -> None:
        self._values = values

    @classmethod
    def read(cls, text: str, allowed: Iterable[str] = ()) -> "Filters":
        """Raises Docker's words for what is no filter, or none of the `allowed`."""
        if not text.strip():
            return cls({})
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            raise Refused(400, "invalid filter") from None
        if told is None:
            return cls({})
        if not isinstance(told, dict):
            raise Refused(400, "invalid filter")
        values: dict[str, tuple[str, ...]] = {}
        for name, given in told.items():
            if isinstance(given, str | bool | int) or not isinstance(given, list | dict):
                raise Refused(400, "invalid filter")
            values[name] = tuple(str(value) for value in given)
        known = tuple(allowed)
        for name in values:
            if known and name not in known:
                raise Refused(400, f"invalid filter '{name}'")
        return cls(values)

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(name))

    def __bool__(self) -> bool:
        return any(self._values.values())

    def values(self, name: str) -> tuple[str, ...]:
        return self._values.get(name, ())

    def asdict(self) -> dict[str, tuple[str, ...]]:
        return dict(self._values)

    def truth(self, name: str) -> bool | None:
        """None where it was not asked for."""
        given = self.values(name)
        if not given:
            return None
        lowered = {value.lower() for value in given}
        if len(lowered) == 1:
            (value,) = lowered
            if value in _TRUE:
                return True
            if value in _FALSE:
                return False
        raise Refused(400, f"invalid filter '{name}=[{' '.join(given)}]'")

    def exactly(self, name: str, *candidates: str) -> bool:
        return name not in self or any(value in candidates for value in self.values(name))

    def labels(self, labels: Mapping[str, str] | None, name: str = "label") -> bool:
        """Every `key` or `key=value` asked for is among the labels."""
        own = labels or {}
        for asked in self.values(name):
            key, equals, value = asked.partition("=")
            if key not in own or (equals and own[key] != value):
                return False
        return True

    def keeps(self, labels: Mapping[str, str] | None) -> bool:
        """For prunes: `label` must be there, and nothing of `label!`."""
        return self.labels(labels) and not ("label!" in self and self.labels(labels, "label!"))

    def until(self) -> float | None:
        """The moment in seconds since the epoch before which a thing must have been made."""
        given = self.values("until")
        if not given:
            return None
        if len(given) > 1:
            raise Refused(400, "more than one until filter specified")
        return moment(given[0])


def moment(text: str, now: float | None = None) -> float:
    """`1h30m` ago, a Unix time, or RFC 3339 with or without its end."""
    seconds = duration(text)
    if seconds is not None:
        return (time.time() if now is None else now) - seconds
    if re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,9})?", text):
        return float(text)
    try:
        written = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text.replace("Z", "+00:00")))
    except ValueError:
        raise Refused(400, f'failed to parse value as time or duration: "{text[:80]}"') from None
    return written.astimezone().timestamp()


def duration(text: str) -> float | None:
    """Seconds of Go's `1h30m`; None where it is no duration."""
    pieces = re.findall(r"([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h)", text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in pieces)
