"""A learner's typed answer, read kindly: `7 layers`, `seven`, `1.98 MB`, `80/tcp`, `"nginx" `."""

import re
from dataclasses import dataclass

from labrunner.checks.amount import read_size
from labrunner.checks.looking import called

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_THOUSANDS = re.compile(r"(?<=\d)[,'_ ](?=\d{3}(?!\d))")
_SIZE = re.compile(r"\d+(?:[.,]\d+)?\s*(?:[kmgt]i?b?|bytes?|b)\b", re.IGNORECASE)
_LARGE = re.compile(r"\d+[.,]\d+\s*[kmgt]i?b\b", re.IGNORECASE)
"""Docker shows no thousand MB: a comma before such a unit is a decimal one."""
_IN_WORDS = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NOTHING = {"", "none", "nothing", "empty", "no", "-", "null", "[]"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it was typed."""

    number: float
    slack: float = 0.0
    """Half of its last digit: who types 2.6 has rounded."""
    unit: bool = False
    """A unit of size stood after it."""


def number_in(reply: str) -> Figure | None:
    """The first number of a reply, in digits or in words."""
    found = _NUMBER.search(_THOUSANDS.sub("", reply))
    if found is not None:
        digits = found[0].replace(",", ".")
        decimals = digits.partition(".")[2]
        return Figure(float(digits), 0.5 / 10 ** len(decimals))
    for word in re.findall(r"[a-z]+", reply.lower()):
        if word in _IN_WORDS:
            return Figure(float(_IN_WORDS.index(word)))
    return Figure(0.0) if _plain(reply) in _NOTHING - {""} else None


def size_in(reply: str) -> Figure | None:
    """The first size of a reply; a bare number is bytes."""
    found = _LARGE.search(reply) or _SIZE.search(_THOUSANDS.sub("", reply))
    if found is not None:
        size = read_size(found[0].replace(",", "."))
        if size is not None:
            return Figure(size.number, size.slack, unit=True)
    bare = number_in(reply)
    return Figure(bare.number) if bare is not None else None


def says(reply: str, expected: str) -> bool:
    """Whether a reply says what is expected: a text, an image's name, or a list in any spelling."""
    given, wanted = _plain(reply), _plain(expected)
    label, colon, rest = given.partition(": ")
    if colon and label.isalpha() and ": " not in wanted and says(rest, expected):
        return True
    if not wanted:
        return given in _NOTHING
    if wanted.startswith("/") and given.rstrip("/") == wanted.rstrip("/"):
        return True
    return given == wanted or called(given) == called(wanted) or _words(given) == _words(wanted)


def says_all(reply: str, expected: tuple[str, ...]) -> bool:
    """Whether a reply names each of several things, in any order, and nothing else."""
    return set(_words(_plain(reply))) == {_plain(each).removesuffix("/tcp") for each in expected}


def _plain(text: str) -> str:
    """Small letters, one space between words, without quotes around and a point at the end."""
    return " ".join(text.casefold().split()).strip("\"'`“”.").strip()


def _words(text: str) -> tuple[str, ...]:
    """The words of a list or command however it is written: `["a", "b"]`, `a, b`, `a b`, `a and b`, `port 80`, `:80`."""
    words = (
        word.removesuffix("/tcp").removeprefix(":") for word in re.split(r"[\s,\[\]\"'{}]+", text) if word
    )
    return tuple(word for word in words if word not in ("and", "port", "ports"))
