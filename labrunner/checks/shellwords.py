"""A shell's command line taken apart into the simple commands it holds, without running or expanding
anything."""

import re
from collections.abc import Iterator

_REDIRECTION = re.compile(r"(?:\d*(?:<<<|<<-?|>>|>\||>&|<&|<>|>|<)|&>>?)")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\+?=.*", re.DOTALL)
_KEYWORDS = {"if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"}
_ENDS = {"fi", "done", "}", "esac"}
_WRAPPERS = {"sudo", "doas", "command", "builtin", "exec", "env", "nohup"}
_WRAPPER_VALUES = {"-u", "-g", "-C", "-h", "-p"}
_DEEPEST = 5

Words = tuple[str, ...]


def simple_commands(line: str) -> tuple[Words, ...]:
    """The commands of a line in their order, each as unquoted words: lists (`;`, `&&`, `||`), pipes, groups
    and substitutions are taken apart; assignments, redirections, here-documents, comments and `sudo` are left
    out."""
    return tuple(_commands(line, 0))


def _commands(line: str, depth: int) -> Iterator[Words]:
    for words, inner in _Scanner(line).lists():
        stripped = _without_prefix(words)
        if stripped:
            yield stripped
        if depth < _DEEPEST:
            for text in inner:
                yield from _commands(text, depth + 1)


def _without_prefix(words: list[str]) -> Words:
    """The command itself, after assignments, keywords of the shell and `sudo`."""
    at = 0
    wrapped = False
    while at < len(words):
        word = words[at]
        if word in _WRAPPERS:
            wrapped = True
        elif wrapped and word.startswith("-"):
            at += word in _WRAPPER_VALUES
        elif word in _KEYWORDS or _ASSIGNMENT.fullmatch(word):
            wrapped = wrapped and word not in _KEYWORDS
        elif word in _ENDS and at == len(words) - 1:
            return ()
        else:
            break
        at += 1
    return tuple(words[at:])


class _Scanner:
    """Reads a line character by character, as POSIX 2.3 (token recognition) says."""

    def __init__(self, line: str) -> None:
        self._line = line
        self._at = 0
        self._word: list[str] | None = None
        self._words: list[str] = []
        self._inner: list[str] = []
        self._skip_next = False
        """The next word is a redirection's target."""
        self._documents: list[str] = []
        """Ends of here-documents whose text begins at the next line."""
        self._document_next = False

    def lists(self) -> Iterator[tuple[list[str], list[str]]]:
        """(words, texts of the substitutions within them) of each simple command."""
        line = self._line
        while self._at < len(line):
            char = line[self._at]
            if char in " \t":
                self._end_word()
                self._at += 1
            elif char == "#" and self._word is None:
                end = line.find("\n", self._at)
                self._at = len(line) if end < 0 else end
            elif redirection := self._redirection():
                self._redirect(redirection)
            elif char in ";|&\n()":
                self._end_word()
                yield from self._taken()
                self._at += 1
                if char == "\n":
                    self._pass_documents()
            else:
                self._word_part(char)
        self._end_word()
        yield from self._taken()

    def _taken(self) -> Iterator[tuple[list[str], list[str]]]:
        if self._words or self._inner:
            yield self._words, self._inner
        self._words, self._inner, self._skip_next = [], [], False

    def _redirection(self) -> str:
        started = self._word is not None
        match = _REDIRECTION.match(self._line, self._at)
        if match is None or (started and match[0][0].isdigit()):
            return ""
        if started and "".join(self._word or ()).isdigit():
            self._word = None
        return match[0]

    def _redirect(self, operator: str) -> None:
        self._end_word()
        self._at += len(operator)
        self._skip_next = True
        self._document_next = operator.lstrip("0123456789") in ("<<", "<<-")

    def _end_word(self) -> None:
        if self._word is None:
            return
        word = "".join(self._word)
        self._word = None
        if not self._skip_next:
            self._words.append(word)
        elif self._document_next:
            self._documents.append(word)
        self._skip_next = self._document_next = False

    def _pass_documents(self) -> None:
        for end in self._documents:
            while self._at < len(self._line):
                line, _, _ = self._line[self._at :].partition("\n")
                self._at = min(len(self._line), self._at + len(line) + 1)
                if line.lstrip("\t") == end:
                    break
        self._documents = []

    def _word_part(self, char: str) -> None:
        word = self._word = self._word if self._word is not None else []
        line, at = self._line, self._at
        if char == "\\":
            if line[at + 1 : at + 2] != "\n":
                word.append(line[at + 1 : at + 2])
            elif not word:
                self._word = None
            self._at += 2
        elif char == "'":
            end = line.find("'", at + 1)
            end = len(line) if end < 0 else end
            word.append(line[at + 1 : end])
            self._at = end + 1
        elif char == '"':
            self._double_quoted(word)
        elif char == "`":
            end = line.find("`", at + 1)
            end = len(line) if end < 0 else end
            self._inner.append(line[at + 1 : end])
            word.append(line[at : end + 1])
            self._at = end + 1
        elif line.startswith("$(", at):
            self._substitution(word)
        else:
            word.append(char)
            self._at += 1

    def _double_quoted(self, word: list[str]) -> None:
        self._at += 1
        while self._at < len(self._line):
            char = self._line[self._at]
            if char == '"':
                self._at += 1
                return
            if char == "\\" and self._line[self._at + 1 : self._at + 2] in set('"\\$`\n'):
                escaped = self._line[self._at + 1]
                word.append("" if escaped == "\n" else escaped)
                self._at += 2
            elif self._line.startswith("$(", self._at):
                self._substitution(word)
            else:
                word.append(char)
                self._at += 1

    def _substitution(self, word: list[str]) -> None:
        start, depth = self._at, 0
        while self._at < len(self._line):
            char = self._line[self._at]
            depth += (char == "(") - (char == ")")
            self._at += 1
            if depth == 0 and char == ")":
                break
        text = self._line[start : self._at]
        self._inner.append(text[2:].removesuffix(")"))
        word.append(text)
