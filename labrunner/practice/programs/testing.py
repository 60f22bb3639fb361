"""`test`, `[` and the primaries of `[[`."""

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from labrunner.practice.programs.process import Files, FileStat, LiveFiles

UNARY = frozenset(f"-{letter}" for letter in "efdLhsrwxznbcpStugkOGNvo")
BINARY = frozenset(("=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef", "<", ">"))


class Mistested(Exception):
    """An expression that is none; the argument says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tester:
    files: Files
    cwd: str
    uid: int = 0
    gid: int = 0
    terminal: Callable[[int], bool] = lambda _: False
    is_set: Callable[[str], bool] = lambda _: False

    def _stat(self, path: str, *, follow: bool = True) -> FileStat | None:
        if not path:
            return None
        path = posixpath.join(self.cwd, path)
        try:
            return self.files.stat(path) if follow else self.files.lstat(path)
        except OSError:
            return None

    def _access(self, path: str, wanted: int) -> bool:
        files: LiveFiles = self.files  # type: ignore[assignment]
        return bool(path) and files.access(posixpath.join(self.cwd, path), wanted)

    def unary(self, operator: str, word: str) -> bool:
        match operator:
            case "-z":
                return word == ""
            case "-n":
                return word != ""
            case "-t":
                return word.isdigit() and self.terminal(int(word[:5]))
            case "-v":
                return self.is_set(word)
            case "-o":
                return False
            case "-L" | "-h":
                found = self._stat(word, follow=False)
                return found is not None and found.kind == "link"
            case "-r":
                return self._access(word, 4)
            case "-w":
                return self._access(word, 2)
            case "-x":
                return self._access(word, 1)
            case _:
                found = self._stat(word)
                return found is not None and self._kind(operator, found)

    def _kind(self, operator: str, found: FileStat) -> bool:
        match operator:
            case "-f":
                return found.kind == "file"
            case "-d":
                return found.kind == "folder"
            case "-s":
                return found.size > 0
            case "-p":
                return found.kind == "fifo"
            case "-b" | "-S":
                return False
            case "-c":
                return found.kind == "device"
            case "-u":
                return bool(found.mode & 0o4000)
            case "-g":
                return bool(found.mode & 0o2000)
            case "-k":
                return bool(found.mode & 0o1000)
            case "-O":
                return found.uid == self.uid
            case "-G":
                return found.gid == self.gid
            case _:
                return True

    def binary(self, left: str, operator: str, right: str) -> bool:
        match operator:
            case "=" | "==":
                return left == right
            case "!=":
                return left != right
            case "<":
                return left < right
            case ">":
                return left > right
            case "-nt" | "-ot":
                one, other = self._stat(left), self._stat(right)
                if operator == "-ot":
                    one, other = other, one
                return one is not None and other is not None and one.mtime > other.mtime
            case "-ef":
                files: LiveFiles = self.files  # type: ignore[assignment]
                if self._stat(left) is None or self._stat(right) is None:
                    return False
                return files.same(posixpath.join(self.cwd, left), posixpath.join(self.cwd, right))
            case _:
                return compare(_integer(left), operator, _integer(right))


def compare(left: int, operator: str, right: int) -> bool:
    match operator:
        case "-eq":
            return left == right
        case "-ne":
            return left != right
        case "-lt":
            return left < right
        case "-le":
            return left <= right
        case "-gt":
            return left > right
        case _:
            return left >= right


def _integer(text: str) -> int:
    try:
        return int(text.strip()[:60]) if text.strip() else _bad(text)
    except ValueError:
        return _bad(text)


def _bad(text: str) -> int:
    raise Mistested(text)


def evaluate(words: Sequence[str], tester: Tester) -> bool:
    """Raises Mistested."""
    if len(words) > 2000:
        raise Mistested("too many arguments")
    reader = _Reader(list(words), tester)
    return reader.whole()


class _Reader:
    def __init__(self, words: list[str], tester: Tester) -> None:
        self._words = words
        self._at = 0
        self._tester = tester
        self._depth = 0

    def whole(self) -> bool:
        words = self._words
        match len(words):
            case 0:
                return False
            case 1:
                return words[0] != ""
            case 2 if words[0] == "!":
                return words[1] == ""
            case 3 if words[1] in BINARY:
                return self._tester.binary(*words)
            case 3 if words[0] == "(" and words[2] == ")":
                return words[1] != ""
            case _:
                pass
        value = self._or()
        if self._at < len(words):
            raise Mistested(f"{words[self._at]}: unexpected operator")
        return value

    def _next(self) -> str | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _or(self) -> bool:
        value = self._and()
        while self._next() == "-o":
            self._at += 1
            value = self._and() or value
        return value

    def _and(self) -> bool:
        value = self._not()
        while self._next() == "-a":
            self._at += 1
            value = self._not() and value
        return value

    def _not(self) -> bool:
        self._depth += 1
        if self._depth > 60:
            raise Mistested("too deeply nested")
        try:
            if self._next() == "!":
                self._at += 1
                return not self._not()
            return self._primary()
        finally:
            self._depth -= 1

    def _primary(self) -> bool:
        word = self._next()
        if word is None:
            raise Mistested("argument expected")
        words, at = self._words, self._at
        if at + 2 < len(words) and words[at + 1] in BINARY:
            self._at += 3
            return self._tester.binary(word, words[at + 1], words[at + 2])
        if word == "(":
            self._at += 1
            value = self._or()
            if self._next() != ")":
                raise Mistested("closing paren expected")
            self._at += 1
            return value
        if word in UNARY and at + 1 < len(words):
            self._at += 2
            return self._tester.unary(word, words[at + 1])
        self._at += 1
        if len(words) == 2 and word.startswith("-"):
            raise Mistested(f"{word}: unexpected operator")
        return word != ""
