"""A place in a shell's text, and the small things that may come next: blanks, operators, reserved words."""

import bisect
import re
from collections.abc import Mapping

from labrunner.practice.programs.shell.dialect import Dialect
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OPERATORS = (
    *(";;&", "<<-", "<<<", "&>>", ";;", ";&", "&&", "||", "|&", "<<", ">>", "<&", ">&", "<>", ">|", "&>"),
    *(";", "&", "|", "(", ")", "<", ">", "\n"),
)
REDIRECTS = frozenset({"<", ">", ">>", "<<", "<<-", "<<<", "<&", ">&", "<>", ">|", "&>", "&>>"})
RESERVED = frozenset(
    (
        *("if", "then", "elif", "else", "fi", "do", "done", "case", "esac", "while", "until", "for", "in"),
        *("{", "}", "!", "function", "[[", "time", "select"),
    )
)
BLANK = " \t"


class Cursor:
    """Raises SyntaxTrouble where something else comes than must."""

    def __init__(
        self, text: str, dialect: Dialect, aliases: Mapping[str, str] | None = None, line: int = 1
    ) -> None:
        self.text = text
        self.dialect = dialect
        self.aliases = aliases or {}
        self.line = line
        self.at = 0
        self._find_ends()

    def _find_ends(self) -> None:
        self._ends = [found.start() for found in re.finditer("\n", self.text)]

    def here(self) -> int:
        """The line."""
        return self.line + bisect.bisect_left(self._ends, self.at)

    def replace(self, end: int, text: str) -> None:
        """Another text stands from here to `end`, and is read next."""
        self.text = self.text[: self.at] + text + self.text[end:]
        self._find_ends()

    def blanks(self) -> None:
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in BLANK:
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            elif char == "#" and (self.at == 0 or self.text[self.at - 1] in " \t\n;&|()`"):
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def newlines(self) -> None:
        while self.operator() == "\n":
            self.take("\n")

    def at_end(self) -> bool:
        self.blanks()
        return self.at >= len(self.text)

    def operator(self) -> str | None:
        self.blanks()
        char = self.text[self.at : self.at + 1]
        if not char or char not in ";&|<>()\n":
            return None
        for operator in OPERATORS:
            if self.text.startswith(operator, self.at):
                if operator in ("&>", "&>>", ";&", ";;&", "|&") and not self.dialect.arrays:
                    continue
                return operator
        return None

    def take(self, operator: str) -> None:
        self.blanks()
        self.at += len(operator)

    def expect(self, operator: str) -> None:
        if self.operator() != operator:
            raise self.unexpected(operator)
        self.take(operator)

    def unexpected(self, expected: str = "") -> SyntaxTrouble:
        line = self.here()
        operator = self.operator()
        if operator is not None:
            return SyntaxTrouble("newline" if operator == "\n" else operator, line, expected)
        if self.at_end():
            return SyntaxTrouble("", line, expected)
        found = re.compile(r"[^\s;&|<>()]+").match(self.text, self.at)
        return SyntaxTrouble(found.group() if found is not None else self.text[self.at], line, expected)

    def peek(self) -> str | None:
        """The next word where it is plain text up to a blank or an operator."""
        self.blanks()
        found = re.compile(r"[A-Za-z{}!\[\]_]+(?=[\s;&|<>()]|$)").match(self.text, self.at)
        return found.group() if found is not None and found.group() in RESERVED | {"]]"} else None

    def balanced(self, at: int, opening: str, closing: str) -> int | None:
        """Where the bracket opened before `at` closes."""
        depth = 0
        while at < len(self.text):
            char = self.text[at]
            if char == "\\":
                at += 1
            elif char in "'\"":
                end = self.text.find(char, at + 1)
                at = end if end > 0 else at
            elif char == opening:
                depth += 1
            elif char == closing:
                if depth == 0:
                    return at
                depth -= 1
            at += 1
        return None
