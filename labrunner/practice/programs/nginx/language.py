"""nginx's configuration language as text: words, directives and blocks, with the line of each."""

import fnmatch
from collections.abc import Iterator
from dataclasses import dataclass

from labrunner.practice.programs.process import Files

_FILES = 200
_DEPTH = 10


class BadConfiguration(Exception):
    """Why nginx does not start, in nginx's words and with `in FILE:LINE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    name: str
    words: tuple[str, ...] = ()
    block: tuple["Directive", ...] | None = None
    """None where the directive ends with a semicolon."""
    file: str = ""
    line: int = 0

    @property
    def at(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    text: str
    line: int
    quoted: bool = False


@dataclass(slots=True, kw_only=True)
class Source:
    """Reads a configuration and what it includes, once each, remembering the texts for `nginx -T`."""

    files: Files
    base: str = "/etc/nginx"
    texts: dict[str, str]

    def read(self, path: str) -> tuple[Directive, ...]:
        return self._file(path, 0)

    def _file(self, path: str, depth: int) -> tuple[Directive, ...]:
        try:
            text = self.files.read(path).decode("utf-8", "replace")
        except FileNotFoundError:
            raise BadConfiguration(f'open() "{path}" failed (2: No such file or directory)') from None
        except IsADirectoryError:
            raise BadConfiguration(f'read() "{path}" failed (21: Is a directory)') from None
        except OSError as error:
            raise BadConfiguration(f'open() "{path}" failed ({error.errno}: {error.strerror})') from None
        self.texts[path] = text
        if len(self.texts) > _FILES or depth > _DEPTH:
            raise BadConfiguration(f"too many included files at {path}")
        return self.parsed(text, path, depth)

    def parsed(self, text: str, path: str, depth: int = 0) -> tuple[Directive, ...]:
        return self._block(list(_words(text, path)), 0, path, depth, None)[0]

    def _block(
        self, words: list[_Word], at: int, path: str, depth: int, opened: _Word | None
    ) -> tuple[tuple[Directive, ...], int]:
        found: list[Directive] = []
        if depth > 3 * _DEPTH:
            raise BadConfiguration(f"too deep blocks in {path}")
        while at < len(words):
            first = words[at]
            if not first.quoted and first.text == "}":
                if opened is None:
                    raise BadConfiguration(f'unexpected "}}" in {path}:{first.line}')
                return tuple(found), at + 1
            if not first.quoted and first.text in (";", "{"):
                raise BadConfiguration(f'unexpected "{first.text}" in {path}:{first.line}')
            end = at + 1
            while end < len(words) and (words[end].quoted or words[end].text not in (";", "{", "}")):
                end += 1
            if end == len(words):
                raise BadConfiguration(
                    f'unexpected end of file, expecting ";" or "}}" in {path}:{words[-1].line}'
                )
            stop = words[end]
            if stop.text == "}":
                raise BadConfiguration(f'unexpected "}}" in {path}:{stop.line}')
            given = tuple(word.text for word in words[at + 1 : end])
            block: tuple[Directive, ...] | None = None
            at = end + 1
            if stop.text == "{":
                block, at = self._block(words, at, path, depth + 1, first)
            directive = Directive(name=first.text, words=given, block=block, file=path, line=first.line)
            if directive.name == "include" and block is None:
                found.extend(self._included(directive, depth))
            else:
                found.append(directive)
        if opened is not None:
            last = words[-1].line
            raise BadConfiguration(f'unexpected end of file, expecting "}}" in {path}:{last}')
        return tuple(found), at

    def _included(self, directive: Directive, depth: int) -> Iterator[Directive]:
        if len(directive.words) != 1:
            raise BadConfiguration(f'invalid number of arguments in "include" directive in {directive.at}')
        wanted = directive.words[0]
        path = wanted if wanted.startswith("/") else f"{self.base}/{wanted}"
        if any(sign in path for sign in "*?["):
            for each in _matching(self.files, path):
                yield from self._file(each, depth + 1)
            return
        try:
            yield from self._file(path, depth + 1)
        except BadConfiguration as bad:
            raise BadConfiguration(
                f"{bad} in {directive.at}" if str(bad).startswith("open()") else str(bad)
            ) from None


def _matching(files: Files, pattern: str) -> list[str]:
    folder, _, name = pattern.rpartition("/")
    if any(sign in folder for sign in "*?["):
        raise BadConfiguration(
            f'the practice engine follows patterns only in a file name, not in "{pattern}"'
        )
    if not files.exists(folder or "/"):
        return []
    return [
        f"{folder}/{each}" for each in sorted(files.list(folder or "/")) if fnmatch.fnmatchcase(each, name)
    ]


def _words(text: str, path: str) -> Iterator[_Word]:
    line = 1
    at = 0
    size = len(text)
    while at < size:
        char = text[at]
        if char == "\n":
            line += 1
            at += 1
        elif char.isspace():
            at += 1
        elif char == "#":
            while at < size and text[at] != "\n":
                at += 1
        elif char in ";{}":
            yield _Word(text=char, line=line)
            at += 1
        elif char in "\"'":
            started = line
            at += 1
            kept: list[str] = []
            while at < size and text[at] != char:
                if text[at] == "\\" and at + 1 < size:
                    kept.append(_escaped(text[at + 1], char))
                    at += 1
                else:
                    kept.append(text[at])
                line += text[at] == "\n"
                at += 1
            if at >= size:
                raise BadConfiguration(f'unexpected end of file, expecting "{char}" in {path}:{line}')
            at += 1
            yield _Word(text="".join(kept), line=started, quoted=True)
        else:
            start = at
            while at < size and not text[at].isspace() and text[at] not in ";{":
                if text[at] == "\\":
                    at += 1
                elif text[at] == "$" and text[at : at + 2] == "${":
                    at = max(text.find("}", at), at)
                at += 1
            yield _Word(text=text[start:at], line=line)


def _escaped(char: str, quote: str) -> str:
    if char == quote or char == "\\":
        return char
    return {"n": "\n", "t": "\t", "r": "\r"}.get(char, "\\" + char)
