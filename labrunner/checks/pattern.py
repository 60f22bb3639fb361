r"""The one pattern language of checks: plain text, `/…/`, and `*` in a `like`.

Plain text is looked for as it stands, capitals and all. Between slashes it is a regular expression (a slash
within is written `\/`), looked for in each line; what could run for ever is refused when the lesson is read.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

LONGEST_EXPRESSION = 200
LONGEST_LINES = (4_000, 4_000, 1_000, 250)
"""Of a line, what a regular expression is tried on, by the number of its open repeats: each of them multiplies
the work by the length, so that the worst line takes half a second."""
LONGEST_TEXT = 65_536

MOST_CHOICES = 10
"""How many `?` and `|` an expression may have: each of them may double the work."""

_EXPRESSION = re.compile(r"/((?:[^/\\]|\\.)+)/", re.DOTALL)
_REPEAT = re.compile(r"[*+]|\{\d*,\d*\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a text must contain."""

    text: str
    """As the author wrote it."""

    @classmethod
    def read(cls, text: str) -> Self:
        """ValueError where the expression between the slashes is not one, or could run for ever."""
        expression = _between_slashes(text)
        if expression is not None:
            _vet(expression)
        elif not text:
            raise ValueError("A pattern cannot be empty.")
        return cls(text)

    @property
    def plain(self) -> str:
        """The text that is looked for as it stands; "" for a regular expression."""
        return "" if _between_slashes(self.text) is not None else self.text

    def found_in(self, text: str) -> bool:
        expression = _between_slashes(self.text)
        if expression is None:
            return self.text in text
        compiled, repeats = _compiled(expression), len(_REPEAT.findall(_atoms(expression)))
        longest = LONGEST_LINES[min(repeats, len(LONGEST_LINES) - 1)]
        return any(compiled.search(line[:longest]) for line in text[:LONGEST_TEXT].splitlines() or [""])

    def __str__(self) -> str:
        return self.text


def like(pattern: str, text: str) -> bool:
    """Whether the whole text looks like the pattern, in which `*` stands for any characters."""
    if "*" not in pattern:
        return pattern == text
    first, *middle, last = pattern.split("*")
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def _between_slashes(text: str) -> str | None:
    r"""The expression, in which a slash is written `\/`; None for plain text, of which `/usr/src/` is one."""
    found = _EXPRESSION.fullmatch(text)
    return found[1] if found else None


@lru_cache(maxsize=256)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _vet(expression: str) -> None:
    if len(expression) > LONGEST_EXPRESSION:
        raise ValueError(f"A regular expression has at most {LONGEST_EXPRESSION} characters.")
    try:
        _compiled(expression)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"/{expression}/ is not a regular expression: {error}.") from error
    _refuse_what_runs_for_ever(expression)


def _refuse_what_runs_for_ever(expression: str) -> None:
    """Backtracking explodes where what is repeated can itself match in several ways."""
    atoms = _atoms(expression)
    if re.search(r"\\[1-9]|\(\?P=|\(\?<[=!]", expression):
        raise ValueError(f"/{expression}/ looks back at what it matched, which patterns here cannot.")
    if len(_REPEAT.findall(atoms)) >= len(LONGEST_LINES):
        raise ValueError(f"/{expression}/ has more than 3 open repeats (*, +); simplify it.")
    if len(re.findall(r"(?<![(*+?}])\?|\|", atoms)) > MOST_CHOICES:
        raise ValueError(f"/{expression}/ has more than {MOST_CHOICES} choices (?, |); simplify it.")
    open_groups: list[bool] = []
    for at, atom in enumerate(atoms):
        if atom == "(":
            open_groups.append(False)
        elif atom == ")" and open_groups:
            ambiguous = open_groups.pop()
            if ambiguous and atoms[at + 1 : at + 2] in ("*", "+", "{"):
                raise ValueError(
                    f"/{expression}/ repeats a group that can match in several ways; simplify it."
                )
            if open_groups:
                open_groups[-1] |= ambiguous
        elif open_groups and atom in "|*+?{" and atoms[at - 1] != "(":
            open_groups[-1] = True


def _atoms(expression: str) -> str:
    """The expression with an `x` for each escape and each class, so that what is left of `*` and `(` is syntax."""
    return re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", expression, flags=re.DOTALL)
