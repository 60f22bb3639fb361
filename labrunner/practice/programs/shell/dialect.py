"""Which of the three shells is spoken, and what its language has beyond POSIX."""

from dataclasses import dataclass
from typing import Literal

Flavour = Literal["ash", "dash", "bash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What the language has beyond POSIX."""

    conditions: bool = False
    """`[[ … ]]`, `${x/a/b}`, `${x:1:2}`, `$'…'`, `function`."""
    arrays: bool = False
    """`(( ))`, arrays, `{a,b}`, `<<<`, `&>`."""


DIALECTS = {
    "ash": Dialect(conditions=True),
    "dash": Dialect(),
    "bash": Dialect(conditions=True, arrays=True),
}
