"""Go's patterns, compiled so that no text takes long: a star takes the least that will do, and never tries again.

`*` and `?` stop at a slash, as in filepath.Match. In `.dockerignore` there is `**` too, which does not, and a class may
match a slash; what they mean is told by moby's patternmatcher.
"""

import re
from collections.abc import Iterator

_STAR, _STARS, _REST = "*", "**", "…"
_BROKEN = "syntax error in pattern"
LONGEST = 4096


def compiled(pattern: str, *, stars: bool = False) -> re.Pattern[str]:
    """For `fullmatch`. `stars`: two of them cross slashes. Raises ValueError with Go's words."""
    if len(pattern) > LONGEST:
        raise ValueError(f"a pattern of more than {LONGEST} characters")
    if stars and pattern.startswith("**") and not re.search(r"[/*?\[\]\\]", pattern[2:]):
        return re.compile(".*" + re.escape(pattern[2:]), re.DOTALL)
    parts = _split(list(_tokens(pattern, stars)), _STARS)
    rest = bool(parts[-1]) and parts[-1][-1] == _REST
    if rest:
        parts[-1].pop()
    written = _between(parts[0], last=len(parts) == 1 and not rest)
    for number, part in enumerate(parts[1:], 2):
        if number == len(parts) and not rest:
            written += "(?:.*/)?" + _between(part, last=True)
        else:
            written += f"(?>(?:.*?/)??{_between(part, last=False)})"
    return re.compile(written + (".*" if rest else ""), re.DOTALL)


def _tokens(pattern: str, stars: bool) -> Iterator[str]:
    """Expressions for one character each, and the marks for what may be longer."""
    at = 0
    while at < len(pattern):
        character = pattern[at]
        at += 1
        if character == "*" and stars and pattern.startswith("*", at):
            at += 2 if pattern.startswith("/", at + 1) else 1
            yield _STARS if at < len(pattern) else _REST
        elif character == "*":
            yield _STAR
        elif character == "?":
            yield "[^/]"
        elif character == "[":
            written, at = _class(pattern, at)
            yield written if stars else "(?!/)" + written
        elif character == "\\":
            if at >= len(pattern):
                raise ValueError(_BROKEN)
            yield re.escape(pattern[at])
            at += 1
        else:
            yield re.escape(character)


def _split(tokens: list[str], mark: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == mark:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _between(tokens: list[str], *, last: bool) -> str:
    """What stands between two `**`: only the last star of all is followed by the end, and may look for it."""
    first, *others = ("".join(part) for part in _split(tokens, _STAR))
    for number, piece in enumerate(others, 1):
        if last and number == len(others):
            first += f"[^/]*{piece}"
        elif piece:
            first += f"(?>[^/]*?{piece})"
    return first


def _class(pattern: str, at: int) -> tuple[str, int]:
    """`[a-z]` behind its bracket, and where it ends."""
    negated = pattern.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while not (ranges and pattern.startswith("]", at)):
        low, at = _character(pattern, at)
        high = low
        if pattern.startswith("-", at):
            high, at = _character(pattern, at + 1)
        ranges.append((low, high))
    inside = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    if not inside:
        return "." if negated else "(?!)", at + 1
    return f"[{'^' if negated else ''}{inside}]", at + 1


def _character(pattern: str, at: int) -> tuple[str, int]:
    if at >= len(pattern) or pattern[at] in "-]":
        raise ValueError(_BROKEN)
    at += pattern[at] == "\\"
    if at + 1 >= len(pattern):
        raise ValueError(_BROKEN)
    return pattern[at], at + 1
