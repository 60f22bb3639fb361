"""`--filter reference=…`: Go's `path.Match`, in which `*` does not cross a slash."""

import re

from labrunner.practice.refusal import Refused
from labrunner.reference import Reference


def matches(pattern: str, reference: Reference) -> bool:
    """As Docker's `FamiliarMatch`: the familiar name, with or without its tag."""
    compiled = _compiled(pattern)
    return any(compiled.fullmatch(name) for name in (reference.familiar, reference.familiar_repository))


def _compiled(pattern: str) -> re.Pattern[str]:
    # Stars next to each other mean one, and one star is one loop: nothing here takes long.
    written, place = "", 0
    pattern = re.sub(r"\*{2,}", "*", pattern)
    if len(pattern) > 512 or pattern.count("*") > 16:
        raise Refused(400, f"invalid filter 'reference=[{pattern[:80]}]'")
    while place < len(pattern):
        character = pattern[place]
        place += 1
        if character == "*":
            written += "[^/]*"
        elif character == "?":
            written += "[^/]"
        elif character == "[":
            end = pattern.find("]", place + 1)
            if end < 0:
                raise Refused(400, "syntax error in pattern")
            inside = pattern[place:end]
            negated = inside.startswith("^")
            inside = re.sub(r"([\\\[\]&~|^])", r"\\\1", inside[1:] if negated else inside)
            written += f"[{'^' if negated else ''}{inside}]"
            place = end + 1
        elif character == "\\" and place < len(pattern):
            written += re.escape(pattern[place])
            place += 1
        else:
            written += re.escape(character)
    try:
        return re.compile(written)
    except re.error:
        raise Refused(400, "syntax error in pattern") from None
