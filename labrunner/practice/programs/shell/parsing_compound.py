"""Reads `if`, `while`, `for`, `case`, `[[` and `((`, each from its first word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.cursor import NAME
from labrunner.practice.programs.shell.syntax import (
    Case,
    Command,
    Condition,
    For,
    ForArithmetic,
    If,
    Literal,
    Part,
    Sequence,
    While,
    Word,
    plain,
)
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.parsing import Parser


def if_(parser: Parser) -> If:
    parser.word()
    branches: list[tuple[Sequence, Sequence]] = []
    otherwise: Sequence | None = None
    while True:
        condition = parser.body(frozenset({"then"}))
        parser.word()
        body = parser.body(frozenset({"elif", "else", "fi"}))
        branches.append((condition, body))
        word = plain(parser.needed_word())
        if word == "else":
            otherwise = parser.body(frozenset({"fi"}))
            parser.word()
        if word != "elif":
            return If(tuple(branches), otherwise)


def while_(parser: Parser, *, until: bool) -> While:
    parser.word()
    condition = parser.body(frozenset({"do"}))
    parser.word()
    body = parser.body(frozenset({"done"}))
    parser.word()
    return While(condition, body, until)


def for_(parser: Parser, line: int) -> Command:
    parser.word()
    parser.blanks()
    if parser.dialect.arrays and parser.text.startswith("((", parser.at):
        computed = computation(parser)
        if computed is not None:
            separator(parser)
            body = do(parser)
            start, condition, step = _three(computed)
            return ForArithmetic(start, condition, step, body)
    word = parser.word()
    name = None if word is None else plain(word)
    if name is None or NAME.fullmatch(name) is None:
        raise SyntaxTrouble(name or "", parser.here(), message="bad for loop variable")
    parser.newlines()
    words: list[Word] | None = None
    if parser.peek() == "in":
        parser.word()
        words = []
        while (word := parser.word()) is not None:
            words.append(word)
    separator(parser)
    body = do(parser)
    return For(name, None if words is None else tuple(words), body, line)


def separator(parser: Parser) -> None:
    if parser.operator() == ";":
        parser.take(";")
    parser.newlines()


def do(parser: Parser) -> Sequence:
    word = parser.peek()
    if word == "{" and parser.dialect.arrays:
        parser.word()
        body = parser.body(frozenset({"}"}))
    elif word == "do":
        parser.word()
        body = parser.body(frozenset({"done"}))
    else:
        raise parser.unexpected("do")
    parser.word()
    return body


def case_(parser: Parser) -> Case:
    parser.word()
    word = parser.needed_word()
    parser.newlines()
    if parser.peek() != "in":
        raise parser.unexpected("in")
    parser.word()
    branches: list[tuple[tuple[Word, ...], Sequence, str]] = []
    while True:
        parser.newlines()
        if parser.at_end():
            raise SyntaxTrouble("", parser.here(), "esac")
        if parser.peek() == "esac":
            parser.word()
            return Case(word, tuple(branches))
        if parser.operator() == "(":
            parser.take("(")
        patterns = [parser.needed_word()]
        while parser.operator() == "|":
            parser.take("|")
            patterns.append(parser.needed_word())
        parser.expect(")")
        body = parser.commands(frozenset({";;", ";&", ";;&", "esac"}))
        ending = parser.operator() or ""
        parser.take(ending)
        branches.append((tuple(patterns), body, ending))


def condition_(parser: Parser, line: int) -> Condition:
    parser.word()
    words: list[Word] = []
    regular = False
    while True:
        parser.newlines()
        if parser.at_end():
            raise SyntaxTrouble("", parser.here(), "]]")
        operator = parser.operator()
        if operator in ("(", ")", "&&", "||", "<", ">") and not regular:
            assert operator is not None
            parser.take(operator)
            words.append((Literal(f"\0{operator}"),))
            continue
        word = parser.word(regular=regular)
        if word is None:
            raise parser.unexpected("]]")
        regular = plain(word) == "=~"
        if plain(word) == "]]":
            return Condition(tuple(words), line)
        words.append(word)


def computation(parser: Parser) -> Word | None:
    """`((…))` from its first parenthesis; None where it is two nested subshells."""
    end = parser.balanced(parser.at + 2, "(", ")")
    if end is None or not parser.text.startswith("))", end):
        return None
    inner = parser.inside(parser.text[parser.at + 2 : end], line=parser.here())
    word = inner.quoted_text()
    parser.at = end + 2
    return word


def _three(computed: Word) -> tuple[Word, Word, Word]:
    """The three parts of `for ((…;…;…))`."""
    found: list[list[Part]] = [[]]
    for part in computed:
        if isinstance(part, Literal):
            pieces = part.text.split(";")
            found[-1].append(Literal(pieces[0], True))
            found.extend([Literal(piece, True)] for piece in pieces[1:])
        else:
            found[-1].append(part)
    while len(found) < 3:
        found.append([])
    return tuple(found[0]), tuple(found[1]), tuple(found[2])
