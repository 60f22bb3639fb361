"""Reads a shell's words: quotes, and the text between them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Self

from labrunner.practice.programs.shell.cursor import Cursor
from labrunner.practice.programs.shell.dialect import Dialect
from labrunner.practice.programs.shell.escapes import unescape
from labrunner.practice.programs.shell.parsing_dollars import expansion
from labrunner.practice.programs.shell.syntax import Literal, Part, Sequence, Split, Word
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble


class Words(Cursor, ABC):
    """A cursor that reads words; what `$(…)` holds is read by whoever reads commands."""

    def __init__(
        self, text: str, dialect: Dialect, aliases: Mapping[str, str] | None = None, line: int = 1
    ) -> None:
        super().__init__(text, dialect, aliases, line)
        self.depth = 0

    @abstractmethod
    def next_command(self) -> Sequence | None:
        """The next complete command, None at the end."""

    @abstractmethod
    def nested(self) -> Sequence:
        """The commands of `$(…)` up to its parenthesis, which is not taken."""

    def inside(self, text: str, aliases: Mapping[str, str] | None = None, *, line: int = 1) -> Self:
        """For a text that is a part of this one."""
        return type(self)(text, self.dialect, aliases, line)

    def needed_word(self) -> Word:
        word = self.word()
        if word is None:
            raise self.unexpected()
        return word

    def word(self, *, assigned: bool = False, regular: bool = False) -> Word | None:
        """The next word, None where an operator or the end comes first."""
        if not assigned:
            self.blanks()
        parts: list[Part] = []
        text: list[str] = []
        stop = " \t\n" if regular else " \t\n;&|<>()"
        nested = 0

        def flush() -> None:
            if text:
                parts.append(Literal("".join(text)))
                text.clear()

        while self.at < len(self.text):
            char = self.text[self.at]
            if regular and char in "()":
                nested += 1 if char == "(" else -1
                if nested < 0:
                    break
            if char in stop and not (regular and nested > 0 and char != "\n"):
                if char in "<>" and self.dialect.arrays and self.text.startswith("(", self.at + 1):
                    flush()
                    parts.append(self.process_substitution())
                    continue
                break
            if char == "\\":
                if self.text.startswith("\\\n", self.at):
                    self.at += 2
                    continue
                flush()
                parts.append(Literal(self.text[self.at + 1 : self.at + 2] or "\\", True))
                self.at += 2
            elif char == "'":
                flush()
                parts.append(Literal(self.single(), True))
            elif char == '"':
                flush()
                self.at += 1
                inner = self.quoted_text('"')
                parts.extend(inner if inner else (Literal("", True),))
            elif char == "$" and self.dialect.conditions and self.text.startswith("$'", self.at):
                flush()
                parts.append(Literal(self.dollar_quoted(), True))
            elif char == "$" and self.dialect.arrays and self.text.startswith('$"', self.at):
                self.at += 1
            elif char in "$`":
                flush()
                parts.append(expansion(self, False))
            else:
                text.append(char)
                self.at += 1
        flush()
        return tuple(parts) if parts else ((Literal(""),) if assigned else None)

    def process_substitution(self) -> Part:
        end = self.balanced(self.at + 2, "(", ")")
        if end is None:
            raise SyntaxTrouble("", self.here(), ")")
        text = self.text[self.at : end + 1]
        self.at = end + 1
        return Split(text)

    def single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise SyntaxTrouble("", self.here(), message="unterminated quoted string")
        text = self.text[self.at + 1 : end]
        self.at = end + 1
        return text

    def dollar_quoted(self) -> str:
        at = self.at + 2
        while at < len(self.text) and self.text[at] != "'":
            at += 2 if self.text[at] == "\\" else 1
        if at >= len(self.text):
            raise SyntaxTrouble("", self.here(), message="unterminated quoted string")
        text = unescape(self.text[self.at + 2 : at], dollar=True)
        self.at = at + 1
        return text

    def quoted_text(self, closing: str = "", *, heredoc: bool = False) -> Word:
        """Text in which only `$`, backquotes and backslashes mean something, up to `closing` or the end."""
        parts: list[Part] = []
        text: list[str] = []
        special = "$`\\\n" if heredoc else '$`"\\\n' if closing == '"' else "$`\\\n"
        while self.at < len(self.text):
            char = self.text[self.at]
            if closing and char == closing:
                self.at += 1
                if text or not parts:
                    parts.append(Literal("".join(text), True))
                return tuple(parts)
            if char == "\\" and self.at + 1 < len(self.text):
                following = self.text[self.at + 1]
                if following == "\n":
                    pass
                elif following in special:
                    text.append(following)
                else:
                    text.append(char + following)
                self.at += 2
            elif char in "$`":
                before = len(text)
                part = expansion(self, True)
                if isinstance(part, Literal):
                    text.append(part.text)
                else:
                    if before:
                        parts.append(Literal("".join(text), True))
                        text.clear()
                    parts.append(part)
            else:
                text.append(char)
                self.at += 1
        if closing:
            raise SyntaxTrouble("", self.here(), message="unterminated quoted string")
        if text or not parts:
            parts.append(Literal("".join(text), True))
        return tuple(parts)

    def brace_word(self, quoted: bool, stops: str) -> Word:
        """A word inside braces, up to `}` or one of `stops`, which are not taken."""
        parts: list[Part] = []
        text: list[str] = []

        def flush() -> None:
            if text:
                parts.append(Literal("".join(text), quoted))
                text.clear()

        while self.at < len(self.text):
            char = self.text[self.at]
            if char == "}" or char in stops:
                break
            if char == "\\" and self.at + 1 < len(self.text):
                following = self.text[self.at + 1]
                flush()
                if quoted and following not in '$`"\\}':
                    parts.append(Literal(char + following, True))
                elif following != "\n":
                    parts.append(Literal(following, True))
                self.at += 2
            elif char == "'" and not quoted:
                flush()
                parts.append(Literal(self.single(), True))
            elif char == '"':
                flush()
                self.at += 1
                parts.extend(self.quoted_text('"') or (Literal("", True),))
            elif char in "$`":
                flush()
                parts.append(expansion(self, quoted))
            else:
                text.append(char)
                self.at += 1
        flush()
        return tuple(parts)
