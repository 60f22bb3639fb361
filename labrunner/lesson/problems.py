"""All that is wrong with a lesson, gathered in one reading, so that ten mistakes are mended in one go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from labrunner.errors import LessonError, Location

MOST_PROBLEMS = 200


@dataclass(slots=True)
class Problems:
    """What was found so far. One of the few moving things: it only ever grows."""

    _found: list[LessonError] = field(default_factory=list)

    def report(self, what: str, remedy: str = "", *, at: Location) -> None:
        self.keep(LessonError(what, remedy, at=at))

    def keep(self, error: LessonError) -> None:
        """Raises `LessonError` once there are 200: nobody reads more, and a hostile file has a million."""
        if len(self._found) >= MOST_PROBLEMS:
            raise LessonError("There may be more mistakes than these 200.", "Mend these first.", at=error.at)
        self._found.append(error)

    def end_with(self, error: LessonError) -> None:
        """Keep what ended the reading."""
        self._found.append(error)

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[LessonError, ...]:
        """By place; the same sentence at the same place once."""
        unique = {(error.at, error.what): error for error in self._found}
        return tuple(error for _, error in sorted(unique.items(), key=lambda item: item[0]))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean X?`, or nothing where no known word is close."""
    close = closest(word, known)
    return f"Did you mean `{close}`?" if close else ""


def closest(word: str, known: Iterable[str]) -> str | None:
    folded = {name.lower().replace("-", "_"): name for name in known}
    # difflib is quadratic: a word of 60 KB would take minutes, and is close to nothing anyway.
    matches = get_close_matches(word[:80].lower().replace("-", "_"), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def one_of(known: Iterable[str]) -> str:
    """The known words as a list to read, `a`, `b`, `c`; of very many, the first forty."""
    names = [f"`{name}`" for name in known]
    return ", ".join(names if len(names) <= 40 else [*names[:40], "…"])


def shown(text: str, limit: int = 60) -> str:
    """An author's own words inside a message: one line, cut short."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
