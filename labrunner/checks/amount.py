"""Numbers as authors write them: `7`, `">= 2"`, `10MB`, and how far off an answer may be (`10%`)."""

import re
from dataclasses import dataclass
from typing import Literal, Self

Relation = Literal["=", "!=", ">=", "<=", ">", "<"]

_AMOUNT = re.compile(r"\s*(?P<relation>==?|!=|>=|<=|>|<)?\s*(?P<rest>.+?)\s*")
_SIZE = re.compile(
    r"(?P<number>\d+(?:\.(?P<decimals>\d+))?)\s*(?P<unit>[kmgt]?(?:i?b)?|bytes?)", re.IGNORECASE
)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_IN_WORDS: dict[Relation, str] = {
    "=": "",
    "!=": "other than ",
    ">=": "at least ",
    "<=": "at most ",
    ">": "more than ",
    "<": "less than ",
}


@dataclass(frozen=True, slots=True)
class Size:
    """A number of bytes, and what its writing leaves open."""

    number: float
    slack: float = 0.0
    """Half of the last written digit: `1.98MB` stands for all that is shown as 1.98MB."""
    unit: bool = False


def read_size(text: str) -> Size | None:
    """`1.98MB`, `10 kB`, `4MiB`, `2500`; MB is a million bytes, as the docker command prints it. None: not a
    size."""
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        return None
    unit = found["unit"].lower()
    plain = unit in ("", "b", "byte", "bytes")
    scale = 1.0 if plain else float((1024 if "i" in unit else 1000) ** _POWERS[unit[0]])
    slack = 0.0 if plain else 0.5 * scale / 10 ** len(found["decimals"] or "")
    return Size(float(found["number"]) * scale, slack, unit != "")


def size_text(size: float) -> str:
    """Bytes as the docker command prints them: three digits, powers of a thousand."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.3g}{unit}"
        size /= 1000
    return f"{size:.3g}TB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A number that something must have, or a bound for it."""

    relation: Relation = "="
    number: float
    slack: float = 0.0
    written: str = ""

    @classmethod
    def read(cls, text: str) -> Self:
        """`7`, `= 7`, `!= 0`, `>= 2`, `< 10MB`; ValueError says what an amount looks like."""
        found = _AMOUNT.fullmatch(text)
        size = read_size(found["rest"]) if found else None
        if found is None or size is None:
            raise ValueError(f'"{text}" is not an amount; write a number such as 7, ">= 2" or "< 10MB".')
        sign = found["relation"] or "="
        relation: Relation = "="
        for known in _IN_WORDS:
            if sign == known:
                relation = known
        return cls(relation=relation, number=size.number, slack=size.slack, written=found["rest"])

    def holds(self, number: float) -> bool:
        match self.relation:
            case "=":
                return abs(number - self.number) <= self.slack
            case "!=":
                return abs(number - self.number) > self.slack
            case ">=":
                return number >= self.number
            case "<=":
                return number <= self.number
            case ">":
                return number > self.number
            case "<":
                return number < self.number

    def __str__(self) -> str:
        return _IN_WORDS[self.relation] + (self.written or f"{self.number:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far off a number may be: a share of the right one, or an amount either way."""

    share: float = 0.0
    absolute: float = 0.0

    @classmethod
    def read(cls, text: str) -> Self:
        """`10%`, `1`, `2MB`; ValueError says what a tolerance looks like."""
        stripped = text.strip()
        size = read_size(stripped.removesuffix("%"))
        if size is None or (stripped.endswith("%") and size.unit):
            raise ValueError(
                f'"{text}" is not a tolerance; write a share such as 10%, or an amount such as 1.'
            )
        if stripped.endswith("%"):
            return cls(share=size.number / 100)
        return cls(absolute=size.number)

    def allows(self, expected: float, found: float) -> bool:
        return abs(found - expected) <= max(self.absolute, self.share * abs(expected))
