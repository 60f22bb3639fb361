"""Whether a file of the workspace is there and says what it should."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from labrunner.checks.evidence import Evidence, Probe, ReadFile
from labrunner.checks.pattern import Pattern
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.verdict import Unknown, Verdict
from labrunner.checks.workspace import inside, near_file, slips, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """A file of the workspace is there and contains what it should. For a Dockerfile, `dockerfile` says
    more."""

    example: ClassVar[str] = """\
path: .dockerignore
contains: [node_modules, .git]
"""

    path: str
    """Inside the workspace, with forward slashes."""
    exists: bool = True
    """`false`: there must be no such file."""
    contains: tuple[Pattern, ...] = ()
    """Patterns that must all be found: plain text, or a regular expression between slashes."""
    equals_file: str | None = None
    """Another file of the workspace that it must be equal to, line endings and empty lines at the end
    aside."""

    def __post_init__(self) -> None:
        inside(self.path)
        if self.equals_file is not None:
            inside(self.equals_file)
        if not self.exists and (self.contains or self.equals_file):
            raise ValueError("`exists: false` cannot stand beside what the file should contain.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        wanted = [ReadFile(self.path)]
        if self.equals_file is not None:
            wanted.append(ReadFile(self.equals_file))
        return (*wanted, *slips(self.path, seen)) if self.exists else tuple(wanted)

    def judge(self, seen: Evidence) -> Verdict:
        subject = f"file {self.path}"
        text = text_of(self.path, seen)
        if isinstance(text, Unknown):
            return text
        if not self.exists:
            found = None if text is None else "present"
            return concluded((point(subject, "exists", "absent", found, text is None, f"rm {self.path}"),))
        if text is None:
            return concluded((point(subject, "path", self.path, None, False),), near_file(self.path, seen))
        return concluded(self._points(text, seen))

    def _points(self, text: str, seen: Evidence) -> Iterator[Point | Unknown]:
        subject = f"file {self.path}"
        yield point(subject, "path", self.path, self.path, True)
        for pattern in self.contains:
            holds = pattern.found_in(text)
            yield point(subject, "contains", str(pattern), str(pattern) if holds else None, holds)
        if self.equals_file is not None:
            other = text_of(self.equals_file, seen)
            if isinstance(other, Unknown):
                yield other
            else:
                found = self.equals_file if other is not None else None
                if other is not None:
                    found = _difference(text, other) or found
                holds = found == self.equals_file
                yield point(subject, "equals_file", self.equals_file, found, holds)


def _difference(text: str, other: str) -> str:
    """The first line that differs; "" where none does."""
    pairs = zip_longest(text.rstrip().split("\n"), other.rstrip().split("\n"))
    for number, (ours, theirs) in enumerate(pairs, 1):
        if ours != theirs:
            return f"line {number}: {ours}" if ours is not None else f"no line {number}"
    return ""
