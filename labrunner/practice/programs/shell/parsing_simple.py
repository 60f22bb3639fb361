"""Reads simple commands: assignments, words, redirections, and aliases in their places; functions begin like them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.cursor import NAME
from labrunner.practice.programs.shell.parsing_redirects import redirect
from labrunner.practice.programs.shell.syntax import (
    Assignment,
    Command,
    Function,
    Literal,
    Part,
    Redirect,
    Simple,
    Word,
    plain,
)
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.parsing import Parser

ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]\n]*\])?(\+?)=")


def simple(parser: Parser, line: int) -> Command:
    assignments: list[Assignment] = []
    words: list[Word] = []
    redirects: list[Redirect] = []
    while True:
        parser.blanks()
        if parser.at_end():
            break
        if redirect(parser, redirects):
            continue
        operator = parser.operator()
        if operator in ("<", ">"):
            words.append((parser.process_substitution(),))
            continue
        if operator == "(" and len(words) == 1 and not assignments and not redirects:
            name = plain(words[0])
            if name is None:
                raise parser.unexpected()
            if not parser.dialect.arrays and NAME.fullmatch(name) is None:
                raise SyntaxTrouble(name, line, message="bad function name")
            parser.take("(")
            parser.expect(")")
            parser.newlines()
            return Function(name, parser.command(), line)
        if operator is not None:
            if operator == "(":
                raise parser.unexpected()
            break
        if not words:
            found = ASSIGNMENT.match(parser.text, parser.at)
            if found is not None and (found.group(2) is None or parser.dialect.arrays):
                assignments.append(assignment(parser, found))
                continue
            if alias(parser):
                continue
        elif parser.dialect.arrays and plain(words[0]) in (
            "declare",
            "local",
            "typeset",
            "readonly",
            "export",
        ):
            found = re.compile(ASSIGNMENT.pattern + r"\(").match(parser.text, parser.at)
            if found is not None:
                words.extend(declared(parser, found))
                continue
        word = parser.word()
        if word is None:
            break
        words.append(word)
    if not words and not assignments and not redirects:
        raise parser.unexpected()
    return Simple(tuple(assignments), tuple(words), tuple(redirects), line)


def declared(parser: Parser, found: re.Match[str]) -> list[Word]:
    """`declare -a x=(1 2)` becomes the declaration and one word that carries the elements."""
    parser.at = found.end() - 1
    parts: list[Part] = []
    for item in elements(parser):
        parts += (*item, Literal("\0"))
    return [(Literal(found.group(1)),), (Literal("\0items"), Literal("\0"), *parts)]


def assignment(parser: Parser, found: re.Match[str]) -> Assignment:
    name, index, append = found.group(1), found.group(2), bool(found.group(3))
    parser.at = found.end()
    where = parser.inside(index[1:-1]).quoted_text() if index else None
    if parser.dialect.arrays and parser.text.startswith("(", parser.at):
        return Assignment(name, (), append, where, tuple(elements(parser)))
    value = parser.word(assigned=True) or ()
    return Assignment(name, value, append, where)


def elements(parser: Parser) -> list[Word]:
    """What stands between the parentheses of an array."""
    parser.at += 1
    items: list[Word] = []
    while True:
        parser.newlines()
        if parser.at_end():
            raise SyntaxTrouble("", parser.here(), ")")
        if parser.text.startswith(")", parser.at):
            parser.at += 1
            return items
        items.append(parser.needed_word())


def alias(parser: Parser) -> bool:
    if parser.at >= parser.alias_end:
        parser.aliased = frozenset()
    found = re.compile(r"[A-Za-z0-9_.+:@%-]+(?=[\s;&|<>()]|$)").match(parser.text, parser.at)
    if found is None or found.group() in parser.aliased or found.group() not in parser.aliases:
        return False
    value = parser.aliases[found.group()]
    parser.aliased |= {found.group()}
    parser.replace(found.end(), value)
    parser.alias_end = parser.at + len(value)
    return True
