"""Shell patterns: `*`, `?`, `[…]`, matched without ever taking more than length times length steps."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

_CLASSES: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum,
    "alpha": str.isalpha,
    "blank": lambda char: char in " \t",
    "cntrl": lambda char: ord(char) < 32 or ord(char) == 127,
    "digit": lambda char: char.isascii() and char.isdigit(),
    "graph": lambda char: char.isprintable() and char != " ",
    "lower": str.islower,
    "print": str.isprintable,
    "punct": lambda char: char.isascii() and char.isprintable() and not char.isalnum() and char != " ",
    "space": str.isspace,
    "upper": str.isupper,
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
}


@dataclass(frozen=True, slots=True)
class _Set:
    negated: bool
    ranges: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]

    def has(self, char: str) -> bool:
        inside = any(low <= char <= high for low, high in self.ranges)
        inside = inside or any(_CLASSES[name](char) for name in self.classes)
        return inside != self.negated


STAR, ANY = object(), object()


@dataclass(frozen=True, slots=True)
class Pattern:
    tokens: tuple[object, ...]

    @property
    def literal(self) -> str | None:
        """The text it is where it has nothing special."""
        return "".join(self.tokens) if all(isinstance(token, str) for token in self.tokens) else None  # type: ignore[arg-type]

    def matches(self, text: str) -> bool:
        return _match(self.tokens, text)

    def prefix(self, text: str, *, longest: bool) -> int | None:
        """The length of the shortest or longest start of `text` that matches."""
        lengths: Iterable[int] = range(len(text), -1, -1) if longest else range(len(text) + 1)
        return next((length for length in lengths if _match(self.tokens, text[:length])), None)

    def suffix(self, text: str, *, longest: bool) -> int | None:
        """Where the shortest or longest end of `text` that matches begins."""
        starts: Iterable[int] = range(len(text) + 1) if longest else range(len(text), -1, -1)
        return next((start for start in starts if _match(self.tokens, text[start:])), None)

    def longest_at(self, text: str, start: int) -> int | None:
        """Where the longest match that begins at `start` ends."""
        return next(
            (end for end in range(len(text), start - 1, -1) if _match(self.tokens, text[start:end])), None
        )


def _one(token: object, char: str) -> bool:
    if isinstance(token, str):
        return token == char
    return token is ANY or (isinstance(token, _Set) and token.has(char))


def _match(tokens: tuple[object, ...], text: str) -> bool:
    at = token = 0
    star, resume = -1, 0
    while at < len(text):
        if token < len(tokens) and tokens[token] is STAR:
            star, resume = token, at
            token += 1
        elif token < len(tokens) and _one(tokens[token], text[at]):
            token += 1
            at += 1
        elif star >= 0:
            resume += 1
            at, token = resume, star + 1
        else:
            return False
    while token < len(tokens) and tokens[token] is STAR:
        token += 1
    return token == len(tokens)


def compiled(pieces: Iterable[tuple[str, bool]]) -> Pattern:
    """From text, each piece with whether it was quoted."""
    chars = [(char, quoted) for text, quoted in pieces for char in text]
    tokens: list[object] = []
    at = 0
    while at < len(chars):
        char, quoted = chars[at]
        at += 1
        if quoted or char not in "*?[\\":
            tokens.append(char)
        elif char == "*":
            if not tokens or tokens[-1] is not STAR:
                tokens.append(STAR)
        elif char == "?":
            tokens.append(ANY)
        elif char == "\\":
            if at < len(chars):
                tokens.append(chars[at][0])
                at += 1
            else:
                tokens.append(char)
        else:
            found = _bracket(chars, at)
            if found is None:
                tokens.append(char)
            else:
                tokens.append(found[0])
                at = found[1]
    return Pattern(tuple(tokens))


def _bracket(chars: list[tuple[str, bool]], at: int) -> tuple[_Set, int] | None:
    negated = at < len(chars) and chars[at][0] in "!^" and not chars[at][1]
    at += negated
    ranges: list[tuple[str, str]] = []
    classes: list[str] = []
    first = True
    while at < len(chars):
        char, quoted = chars[at]
        if char == "]" and not quoted and not first:
            return _Set(negated, tuple(ranges), tuple(classes)), at + 1
        first = False
        if char == "[" and not quoted and at + 1 < len(chars) and chars[at + 1][0] == ":":
            text = "".join(each for each, _ in chars[at + 2 : at + 12])
            name, found, _ = text.partition(":]")
            if found and name in _CLASSES:
                classes.append(name)
                at += len(name) + 4
                continue
        if at + 2 < len(chars) and chars[at + 1] == ("-", False) and chars[at + 2][0] != "]":
            ranges.append((char, chars[at + 2][0]))
            at += 3
        else:
            ranges.append((char, char))
            at += 1
    return None


def special(text: str) -> bool:
    return any(char in text for char in "*?[")
