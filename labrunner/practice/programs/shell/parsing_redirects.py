"""Reads redirections and the texts of here-documents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.cursor import REDIRECTS
from labrunner.practice.programs.shell.syntax import (
    Command,
    Heredoc,
    Literal,
    Parameter,
    Redirect,
    Redirected,
    Word,
)

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.parsing import Parser


def redirected(parser: Parser, command: Command) -> Command:
    redirects: list[Redirect] = []
    while redirect(parser, redirects):
        pass
    return Redirected(command, tuple(redirects)) if redirects else command


def redirect(parser: Parser, found: list[Redirect]) -> bool:
    parser.blanks()
    number = re.compile(r"\d{1,4}(?=[<>])").match(parser.text, parser.at)
    if number is not None:
        parser.at = number.end()
    operator = parser.operator()
    if operator not in REDIRECTS:
        if number is not None:
            parser.at = number.start()
        return False
    assert operator is not None
    if operator in ("<<<", "&>", "&>>") and not parser.dialect.arrays:
        operator = {"<<<": "<<", "&>": "&", "&>>": "&"}[operator]
        if operator == "&":
            return False
    if operator in ("<", ">") and parser.text.startswith(f"{operator}(", parser.at) and parser.dialect.arrays:
        return False
    parser.take(operator)
    fd = int(number.group()) if number is not None else 0 if operator.startswith("<") else 1
    parser.blanks()
    if operator in ("<<", "<<-"):
        start = parser.at
        word = parser.needed_word()
        heredoc = Heredoc(_unquoted(word), _has_quotes(parser.text[start : parser.at]), operator == "<<-")
        parser.heredocs.append(heredoc)
        found.append(Redirect(fd, "<<", (), heredoc))
        return True
    found.append(Redirect(fd, operator, parser.needed_word()))
    return True


def read_heredocs(parser: Parser) -> None:
    """Called just after a newline was taken."""
    waiting, parser.heredocs = parser.heredocs, []
    for heredoc in waiting:
        lines: list[str] = []
        line = parser.here()
        while parser.at < len(parser.text):
            end = parser.text.find("\n", parser.at)
            end = len(parser.text) if end < 0 else end
            row = parser.text[parser.at : end]
            parser.at = min(end + 1, len(parser.text))
            if heredoc.strip:
                row = row.lstrip("\t")
            if row == heredoc.delimiter:
                break
            lines.append(f"{row}\n")
        body = "".join(lines)
        word: Word = (Literal(body, True),)
        if not heredoc.quoted:
            inner = parser.inside(body, line=line)
            word = inner.quoted_text(heredoc=True)
        heredoc.body = word


def _unquoted(word: Word) -> str:
    return "".join(part.text for part in word if isinstance(part, Literal | Parameter))


def _has_quotes(text: str) -> bool:
    return any(char in text for char in "'\"\\")
