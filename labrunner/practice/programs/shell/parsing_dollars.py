"""Reads what begins with `$` or a backquote: parameters, commands, arithmetic."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.cursor import NAME
from labrunner.practice.programs.shell.syntax import (
    AndOr,
    Arithmetic,
    Literal,
    Parameter,
    Part,
    Sequence,
    Substitution,
    Word,
)
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.parsing_words import Words

DEPTH = 60
"""Commands inside commands."""
_SPECIAL = "@*#?-$!0123456789"
_OPERATOR = re.compile(r":[-=?+]|##?|%%?|//|/[#%]|/|\^\^?|,,?|[-=?+]|:|@")


def expansion(words: Words, quoted: bool) -> Part:
    """What starts with `$` or a backquote."""
    if words.text[words.at] == "`":
        return backquoted(words, quoted)
    following = words.text[words.at + 1 : words.at + 2]
    if words.text.startswith("$((", words.at):
        end = words.balanced(words.at + 3, "(", ")")
        if end is not None and words.text.startswith("))", end):
            inner = words.inside(words.text[words.at + 3 : end], line=words.here())
            word = inner.quoted_text()
            words.at = end + 2
            return Arithmetic(word, quoted)
        if end is None:
            raise SyntaxTrouble("", words.here(), message="missing '))'")
    if following == "(":
        words.at += 2
        body = words.nested()
        words.at += 1
        return Substitution(body, quoted)
    if following == "{":
        return braced(words, quoted)
    name = NAME.match(words.text, words.at + 1)
    if name is not None:
        words.at = name.end()
        return Parameter(name.group(), quoted=quoted, text=f"${name.group()}")
    if following and following in _SPECIAL:
        words.at += 2
        return Parameter(following, quoted=quoted, text=f"${following}")
    words.at += 1
    return Literal("$", quoted)


def backquoted(words: Words, quoted: bool) -> Part:
    line = words.here()
    at = words.at + 1
    text: list[str] = []
    while at < len(words.text) and words.text[at] != "`":
        if words.text[at] == "\\" and words.text[at + 1 : at + 2] in (
            "`",
            "\\",
            "$",
            *(['"'] if quoted else []),
        ):
            at += 1
        text.append(words.text[at : at + 1])
        at += 1
    if at >= len(words.text):
        raise SyntaxTrouble("", line, message="unterminated quoted string")
    words.at = at + 1
    if words.depth > DEPTH:
        raise SyntaxTrouble("`", line, message="too deeply nested")
    inner = words.inside("".join(text), words.aliases, line=line)
    inner.depth = words.depth + 1
    items: list[tuple[AndOr, bool]] = []
    while (command := inner.next_command()) is not None:
        items.extend(command.items)
    return Substitution(Sequence(tuple(items), inner.text), quoted)


def braced(words: Words, quoted: bool) -> Parameter:
    start = words.at
    words.at += 2
    length = indirect = False
    if re.compile(r"#(?:[A-Za-z_@*]|[0-9?$!-]\})").match(words.text, words.at):
        length = True
        words.at += 1
    elif (
        words.text.startswith("!", words.at) and NAME.match(words.text, words.at + 1) and words.dialect.arrays
    ):
        indirect = True
        words.at += 1
    found = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+|[@*#?$!-]").match(words.text, words.at)
    if found is None:
        raise bad(words, start)
    name = found.group()
    words.at = found.end()
    index: Word | None = None
    if words.dialect.arrays and words.text.startswith("[", words.at):
        end = words.balanced(words.at + 1, "[", "]")
        if end is None:
            raise bad(words, start)
        index = words.inside(words.text[words.at + 1 : end]).quoted_text()
        words.at = end + 1
    operator = ""
    word: Word = ()
    second: Word | None = None
    if not words.text.startswith("}", words.at):
        kind = _OPERATOR.match(words.text, words.at)
        if kind is None:
            raise bad(words, start)
        operator = kind.group()
        if (operator[0] in "/^,@" or operator == ":") and not words.dialect.conditions:
            raise bad(words, start)
        words.at = kind.end()
        stops = "/" if operator.startswith("/") else ":" if operator == ":" else ""
        pattern = operator[0] in "#%/^,"
        word = words.brace_word(quoted and not pattern, stops)
        if stops and words.text.startswith(stops, words.at):
            words.at += 1
            second = words.brace_word(quoted, "")
    if not words.text.startswith("}", words.at):
        raise SyntaxTrouble("", words.here(), message="unterminated quoted string: missing '}'")
    words.at += 1
    return Parameter(
        name, operator, word, second, index, length, indirect, quoted, text=words.text[start : words.at]
    )


def bad(words: Words, start: int) -> SyntaxTrouble:
    end = words.text.find("}", start)
    if end < 0:
        return SyntaxTrouble("", words.here(), message="unterminated quoted string: missing '}'")
    return SyntaxTrouble(words.text[start : end + 1], words.here(), message="bad substitution")
