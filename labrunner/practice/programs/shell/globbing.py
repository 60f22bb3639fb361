"""The names of files that a pattern stands for."""

import posixpath
from collections.abc import Iterator, Set
from dataclasses import dataclass

from labrunner.practice.programs.process import Files
from labrunner.practice.programs.shell.failures import TooMuch
from labrunner.practice.programs.shell.fields import Pieces
from labrunner.practice.programs.shell.patterns import Pattern, compiled

MOST_LOOKS = 40_000
"""Names that one pattern is held against, those that are walked to counted five times: `*/../*/../*` has no end."""


@dataclass(slots=True)
class Names:
    """The files as a shell sees them from its folder."""

    files: Files
    cwd: str
    shopt: Set[str]
    looked: int = 0

    def search(self, pieces: Pieces) -> list[str]:
        """The names that a pattern stands for; raises TooMuch."""
        chars = [(char, quoted) for text, quoted in pieces for char in text]
        levels: list[list[tuple[str, bool]]] = [[]]
        for char, quoted in chars:
            if char == "/":
                levels.append([])
            else:
                levels[-1].append((char, quoted))
        absolute = bool(chars) and chars[0][0] == "/"
        found = ["/"] if absolute else [""]
        names = [level for level in levels if level]
        only_folders = not levels[-1]
        for number, level in enumerate(names):
            pattern = compiled([(char, quoted) for char, quoted in level])
            last = number == len(names) - 1
            found = list(self._one_level(found, pattern, level, last=last and not only_folders))
            if not found:
                return []
        return [f"{name}/" for name in found] if only_folders else found

    def _one_level(
        self, before: list[str], pattern: Pattern, level: list[tuple[str, bool]], *, last: bool
    ) -> Iterator[str]:
        literal = pattern.literal
        for start in before:
            if literal is not None:
                if self._there(f"{start}{literal}"):
                    yield f"{start}{literal}" if last else f"{start}{literal}/"
                continue
            folder = posixpath.join(self.cwd, start or ".")
            try:
                names = [*self.files.list(folder)]
            except OSError:
                continue
            hidden = level[0][0] == "."
            for name in (*([".", ".."] if hidden else []), *names):
                if name.startswith(".") and not hidden and "dotglob" not in self.shopt:
                    continue
                self._count(1)
                if not pattern.matches(name):
                    continue
                if last:
                    yield f"{start}{name}"
                elif self._is_folder(f"{start}{name}"):
                    yield f"{start}{name}/"

    def _count(self, looks: int) -> None:
        self.looked += looks
        if self.looked > MOST_LOOKS:
            raise TooMuch

    def _there(self, path: str) -> bool:
        self._count(5)
        try:
            self.files.lstat(posixpath.join(self.cwd, path))
        except OSError:
            return False
        return True

    def _is_folder(self, path: str) -> bool:
        self._count(5)
        try:
            return self.files.stat(posixpath.join(self.cwd, path)).kind == "folder"
        except OSError:
            return False
