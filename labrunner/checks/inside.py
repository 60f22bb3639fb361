"""What an image holds besides its settings: the steps it was made by, and its files."""

from collections.abc import Iterator
from dataclasses import dataclass

from labrunner.checks.evidence import Evidence
from labrunner.checks.looking import answered
from labrunner.checks.pattern import Pattern
from labrunner.checks.point import Point, point
from labrunner.checks.verdict import Unknown
from labrunner.engine.facts import HistoryEntry
from labrunner.engine.protocol import FileInImage, ImageHistory


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInside:
    """A file in an image's root filesystem."""

    path: str
    """Absolute: `/usr/share/nginx/html/index.html`."""
    text: Pattern | None = None
    """What it must contain."""
    exists: bool = True

    def __post_init__(self) -> None:
        if not self.path.startswith("/"):
            raise ValueError("The path of a file in an image begins with `/`.")
        if self.text is not None and not self.exists:
            raise ValueError("`exists: false` cannot stand beside what the file should contain.")

    def points(self, name: str, seen: Evidence) -> Iterator[Point | Unknown]:
        subject = f"image {name}"
        content = answered(seen, FileInImage(name, self.path), bytes)
        if isinstance(content, Unknown):
            yield content
        elif not self.exists:
            found = None if content is None else self.path
            yield point(subject, "contains_file.exists", self.path, found, content is None)
        elif content is None or self.text is None:
            found = None if content is None else self.path
            yield point(subject, "contains_file.path", self.path, found, content is not None)
        else:
            text = content.decode(errors="replace")
            beginning = next((line.strip() for line in text.splitlines() if line.strip()), "")[:80]
            holds = self.text.found_in(text)
            found = str(self.text) if holds else beginning
            yield point(f"{self.path} in {subject}", "contains_file.text", str(self.text), found, holds)


def history_points(pattern: Pattern, name: str, seen: Evidence) -> Iterator[Point | Unknown]:
    """Whether some step of an image's history contains the pattern; `found` is the newest that does."""
    rows = answered(seen, ImageHistory(name), tuple)
    if not isinstance(rows, tuple):
        yield rows or Unknown(f"{name} is gone.")
        return
    steps = [row.created_by for row in rows if isinstance(row, HistoryEntry)]
    step = next((step for step in steps if pattern.found_in(step)), None)
    yield point(f"image {name}", "history", str(pattern), step, step is not None)
