"""From text to syntax: one complete command at a time, as shells read their input."""

from collections.abc import Mapping

from labrunner.practice.programs.shell.cursor import REDIRECTS
from labrunner.practice.programs.shell.dialect import Dialect
from labrunner.practice.programs.shell.parsing_compound import (
    case_,
    computation,
    condition_,
    for_,
    if_,
    while_,
)
from labrunner.practice.programs.shell.parsing_dollars import DEPTH
from labrunner.practice.programs.shell.parsing_redirects import read_heredocs, redirected
from labrunner.practice.programs.shell.parsing_simple import simple
from labrunner.practice.programs.shell.parsing_words import Words
from labrunner.practice.programs.shell.syntax import (
    AndOr,
    Command,
    Compute,
    Function,
    Group,
    Heredoc,
    Pipeline,
    Sequence,
    Subshell,
    plain,
)
from labrunner.practice.programs.shell.syntaxtrouble import SyntaxTrouble

CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})


class Parser(Words):
    """Reads commands from a text; SyntaxTrouble where it cannot."""

    def __init__(
        self, text: str, dialect: Dialect, aliases: Mapping[str, str] | None = None, line: int = 1
    ) -> None:
        super().__init__(text, dialect, aliases, line)
        self.heredocs: list[Heredoc] = []
        """Whose texts begin after the next newline."""
        self.aliased: frozenset[str] = frozenset()
        """The aliases whose text is being read."""
        self.alias_end = -1

    def next_command(self) -> Sequence | None:
        """The next complete command, None at the end."""
        self.newlines()
        if self.at >= len(self.text):
            return None
        start = self.at
        items: list[tuple[AndOr, bool]] = []
        while True:
            item = self.and_or()
            operator = self.operator()
            if operator in (";", "&"):
                self.take(operator)
                items.append((item, operator == "&"))
                operator = self.operator()
                if operator == "\n" or self.at_end():
                    break
                if operator is not None and operator not in ("(", *REDIRECTS):
                    raise self.unexpected()
                continue
            items.append((item, False))
            if operator == "\n" or self.at_end():
                break
            raise self.unexpected()
        text = self.text[start : self.at]
        if self.operator() == "\n":
            self.take("\n")
        read_heredocs(self)
        return Sequence(tuple(items), text)

    def take(self, operator: str) -> None:
        super().take(operator)
        if operator == "\n":
            read_heredocs(self)

    def nested(self) -> Sequence:
        waiting, self.heredocs = self.heredocs, []
        body = self.commands(frozenset({")"}))
        self.heredocs = waiting
        return body

    def commands(self, closers: frozenset[str]) -> Sequence:
        """Commands up to a closing word or `)`, which is not taken."""
        self.depth += 1
        if self.depth > DEPTH:
            raise SyntaxTrouble("(", self.here(), message="too deeply nested")
        start = self.at
        items: list[tuple[AndOr, bool]] = []
        while True:
            self.newlines()
            if self.closed(closers):
                break
            item = self.and_or()
            operator = self.operator()
            if operator in (";", "&", "\n"):
                self.take(operator)
                items.append((item, operator == "&"))
                continue
            items.append((item, False))
            self.newlines()
            if self.closed(closers):
                break
            raise self.unexpected(_wanted(closers))
        self.depth -= 1
        return Sequence(tuple(items), self.text[start : self.at])

    def body(self, closers: frozenset[str]) -> Sequence:
        body = self.commands(closers)
        if not body.items:
            raise self.unexpected(_wanted(closers) if self.at_end() else "")
        return body

    def closed(self, closers: frozenset[str]) -> bool:
        if self.at_end():
            raise SyntaxTrouble("", self.here(), _wanted(closers))
        operator = self.operator()
        if operator is not None:
            if operator in closers:
                return True
            if operator in (")", ";;", ";&", ";;&"):
                raise self.unexpected(_wanted(closers))
            return False
        word = self.peek()
        if word in closers:
            return True
        if word in CLOSERS:
            raise self.unexpected(_wanted(closers))
        return False

    def and_or(self) -> AndOr:
        first = self.pipeline()
        rest: list[tuple[str, Pipeline]] = []
        while (operator := self.operator()) in ("&&", "||"):
            assert operator is not None
            self.take(operator)
            self.newlines()
            rest.append((operator, self.pipeline()))
        return AndOr(first, tuple(rest))

    def pipeline(self) -> Pipeline:
        negated = timed = False
        while (word := self.peek()) in ("!", "time"):
            if word == "time" and not self.dialect.arrays:
                break
            self.word()
            negated, timed = negated != (word == "!"), timed or word == "time"
        commands = [self.command()]
        errors: list[bool] = []
        while (operator := self.operator()) in ("|", "|&"):
            assert operator is not None
            self.take(operator)
            errors.append(operator == "|&")
            self.newlines()
            commands.append(self.command())
        return Pipeline(tuple(commands), negated, (*errors, False), timed)

    def command(self) -> Command:
        if self.at_end():
            raise SyntaxTrouble("", self.here())
        operator = self.operator()
        line = self.here()
        if operator == "(":
            if self.dialect.arrays and self.text.startswith("((", self.at):
                computed = computation(self)
                if computed is not None:
                    return redirected(self, Compute(computed))
            self.take("(")
            body = self.body(frozenset({")"}))
            self.take(")")
            return redirected(self, Subshell(body))
        if operator is not None and operator not in REDIRECTS:
            raise self.unexpected()
        word = self.peek() if operator is None else None
        match word:
            case "if":
                return redirected(self, if_(self))
            case "while" | "until":
                return redirected(self, while_(self, until=word == "until"))
            case "for":
                return redirected(self, for_(self, line))
            case "case":
                return redirected(self, case_(self))
            case "{":
                self.word()
                body = self.body(frozenset({"}"}))
                self.word()
                return redirected(self, Group(body))
            case "[[" if self.dialect.conditions:
                return redirected(self, condition_(self, line))
            case "function" if self.dialect.conditions:
                self.word()
                name = plain(self.needed_word()) or ""
                if self.operator() == "(":
                    self.take("(")
                    self.expect(")")
                self.newlines()
                return Function(name, self.command(), line)
            case str() if word in CLOSERS or word == "in":
                if word != "in":
                    raise self.unexpected()
            case _:
                pass
        return simple(self, line)


def _wanted(closers: frozenset[str]) -> str:
    if "fi" in closers and len(closers) > 1:
        return "fi"
    for each in ("then", "do", "done", "fi", "esac", ")", "}"):
        if each in closers:
            return each
    return ""
