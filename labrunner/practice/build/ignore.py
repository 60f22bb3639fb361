"""`.dockerignore`: which files of a context the build does not see."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.wildcards import compiled
from labrunner.practice.images.tree import Node, Tree

LARGEST = 1024 * 1024
MOST_LOOKS = 5_000_000
"""Patterns times files."""


def patterns(text: str) -> list[str]:
    """As Docker reads the file: no comments, no empty lines, no slash in front, `a/../b` made `b`."""
    found: list[str] = []
    for line in text.removeprefix("\ufeff").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        pattern = line.strip()
        mark = "!" if pattern.startswith("!") else ""
        pattern = pattern[len(mark) :].strip()
        if pattern:
            clean = posixpath.normpath(pattern)
            found.append(mark + (clean.lstrip("/") if len(clean) > 1 else clean))
    return found


def without(files: Tree, ignored: list[str]) -> Tree:
    """The files that no pattern hides; a folder stays where something in it does. Raises `BuildFailure`."""
    if not ignored:
        return files
    if len(ignored) * len(files) > MOST_LOOKS:
        raise BuildFailure(
            f"practice engine: {len(ignored)} patterns in .dockerignore are too many for {len(files)} files"
        )
    try:
        hiding = Hiding(ignored)
    except ValueError as error:
        raise BuildFailure(f"failed to parse .dockerignore: {error}") from error
    kept: dict[str, Node] = {}
    closed: set[str] = set()
    for path, node in files.under(""):
        folder = path.rpartition("/")[0]
        if folder in closed:
            closed.add(path)
            continue
        if not hiding.hides(path):
            kept[path] = node
            continue
        if not hiding.may_show_below(path):
            closed.add(path)
    return Tree({**_holders(files, kept), **kept})


class Hiding:
    """Patterns in their order: a later one overrules an earlier one, and `!` shows what was hidden."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Raises ValueError with Docker's words."""
        self._rules = tuple(map(_rule, patterns))
        self._folders: dict[str, tuple[bool, ...]] = {"": (False,) * len(self._rules)}

    def hides(self, path: str) -> bool:
        """Whether it, or a folder that it is in, is hidden and not shown again."""
        matched = self._matched(path)
        decided = [rule for rule, one in zip(self._rules, matched, strict=True) if one]
        return bool(decided) and not decided[-1].shows

    def may_show_below(self, folder: str) -> bool:
        """Whether a `!` could show something in a hidden folder."""
        return any(rule.shows and rule.may_be_below(folder.split("/")) for rule in self._rules)

    def _matched(self, path: str) -> tuple[bool, ...]:
        """Rule by rule; what matches a folder matches all that is in it."""
        known = self._folders.get(path)
        if known is None:
            before = self._matched(path.rpartition("/")[0])
            found, hidden = [], False
            for rule, one in zip(self._rules, before, strict=True):
                # A rule that could change nothing is not asked.
                one = one or (rule.shows == hidden and rule.expression.fullmatch(path) is not None)
                found.append(one)
                hidden = not rule.shows if one else hidden
            known = self._folders[path] = tuple(found)
        return known


@dataclass(frozen=True, slots=True)
class _Rule:
    shows: bool
    expression: re.Pattern[str]
    parts: tuple[str, ...]

    def may_be_below(self, folder: list[str]) -> bool:
        for mine, theirs in zip(self.parts, folder, strict=False):
            if "**" in mine:
                return True
            if mine != theirs and not re.search(r"[*?\[\\]", mine):
                return False
        return len(self.parts) > len(folder)


def _rule(written: str) -> _Rule:
    shows = written.startswith("!")
    pattern = written[shows:].strip()
    if not pattern:
        raise ValueError(f"Invalid ignore pattern '{written}': illegal exclusion pattern")
    clean = posixpath.normpath(pattern)
    clean = clean.lstrip("/") if len(clean) > 1 else clean
    try:
        return _Rule(shows, compiled(clean, stars=True), tuple(clean.split("/")))
    except ValueError as error:
        raise ValueError(f"Invalid ignore pattern '{written}': {error}") from error


def _holders(files: Tree, kept: dict[str, Node]) -> dict[str, Node]:
    """Ignored folders of which something is kept after all."""
    found: dict[str, Node] = {}
    for path in kept:
        while path:
            path = path.rpartition("/")[0]
            if path in kept or path in found:
                break
            if (node := files.get(path)) is not None:
                found[path] = node
    return found
