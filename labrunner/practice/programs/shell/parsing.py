"""From text to syntax: one complete command at a time, as shells read their input."""

import bisect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from labrunner.practice.programs.shell.syntax import (
    AndOr,
    Arithmetic,
    Assignment,
    Case,
    Command,
    Compute,
    Condition,
    For,
    ForArithmetic,
    Function,
    Group,
    Heredoc,
    If,
    Literal,
    Parameter,
    Part,
    Pipeline,
    Redirect,
    Redirected,
    Sequence,
    Simple,
    Split,
    Subshell,
    Substitution,
    While,
    Word,
    plain,
)

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\[[^\]\n]*\])?(\+?)=")
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
CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
BLANK = " \t"
DEPTH = 60
_SPECIAL = "@*#?-$!0123456789"
_OPERATOR = re.compile(r":[-=?+]|##?|%%?|//|/[#%]|/|\^\^?|,,?|[-=?+]|:|@")


class SyntaxTrouble(Exception):
    """Text that is no shell; `token` is what was met ("" at the end), `expected` what was awaited."""

    def __init__(self, token: str, line: int, expected: str = "", message: str = "") -> None:
        super().__init__(message or token)
        self.token = token
        self.line = line
        self.expected = expected
        self.message = message

    @property
    def incomplete(self) -> bool:
        """Whether more input could make it right."""
        return self.token == "" or self.message.startswith("unterminated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What the language has beyond POSIX."""

    conditions: bool = False
    """`[[ … ]]`, `${x/a/b}`, `${x:1:2}`, `$'…'`, `function`."""
    arrays: bool = False
    """`(( ))`, arrays, `{a,b}`, `<<<`, `&>`."""


@dataclass(slots=True)
class Parser:
    """Reads commands from a text; SyntaxTrouble where it cannot."""

    text: str
    dialect: Dialect = field(default_factory=Dialect)
    aliases: Mapping[str, str] = field(default_factory=dict)
    line: int = 1
    at: int = 0
    _ends: list[int] = field(default_factory=list)
    _heredocs: list[Heredoc] = field(default_factory=list)
    _depth: int = 0
    _aliased: frozenset[str] = frozenset()
    _alias_end: int = -1

    def __post_init__(self) -> None:
        self._ends = [found.start() for found in re.finditer("\n", self.text)]

    def here(self, at: int | None = None) -> int:
        return self.line + bisect.bisect_left(self._ends, self.at if at is None else at)

    # -- commands

    def next_command(self) -> Sequence | None:
        """The next complete command, None at the end."""
        self._newlines()
        if self.at >= len(self.text):
            return None
        start = self.at
        items: list[tuple[AndOr, bool]] = []
        while True:
            item = self._and_or()
            operator = self._operator()
            if operator in (";", "&"):
                self._take(operator)
                items.append((item, operator == "&"))
                operator = self._operator()
                if operator == "\n" or self._at_end():
                    break
                if operator is not None and operator not in ("(", *REDIRECTS):
                    raise self._unexpected()
                continue
            items.append((item, False))
            if operator == "\n" or self._at_end():
                break
            raise self._unexpected()
        text = self.text[start : self.at]
        if self._operator() == "\n":
            self._take("\n")
        self._leftover_heredocs()
        return Sequence(tuple(items), text)

    def _leftover_heredocs(self) -> None:
        if self._heredocs:
            self._read_heredocs()

    def _list(self, closers: frozenset[str]) -> Sequence:
        """Commands up to a closing word or `)`, which is not taken."""
        self._depth += 1
        if self._depth > DEPTH:
            raise SyntaxTrouble("(", self.here(), message="too deeply nested")
        start = self.at
        items: list[tuple[AndOr, bool]] = []
        while True:
            self._newlines()
            if self._closed(closers):
                break
            item = self._and_or()
            operator = self._operator()
            if operator in (";", "&", "\n"):
                self._take(operator)
                items.append((item, operator == "&"))
                continue
            items.append((item, False))
            self._newlines()
            if self._closed(closers):
                break
            raise self._unexpected(_wanted(closers))
        self._depth -= 1
        return Sequence(tuple(items), self.text[start : self.at])

    def _body(self, closers: frozenset[str]) -> Sequence:
        body = self._list(closers)
        if not body.items:
            raise self._unexpected(_wanted(closers) if self._at_end() else "")
        return body

    def _closed(self, closers: frozenset[str]) -> bool:
        if self._at_end():
            raise SyntaxTrouble("", self.here(), _wanted(closers))
        operator = self._operator()
        if operator is not None:
            if operator in closers:
                return True
            if operator in (")", ";;", ";&", ";;&"):
                raise self._unexpected(_wanted(closers))
            return False
        word = self._peek_word()
        if word in closers:
            return True
        if word in CLOSERS:
            raise self._unexpected(_wanted(closers))
        return False

    def _and_or(self) -> AndOr:
        first = self._pipeline()
        rest: list[tuple[str, Pipeline]] = []
        while (operator := self._operator()) in ("&&", "||"):
            assert operator is not None
            self._take(operator)
            self._newlines()
            rest.append((operator, self._pipeline()))
        return AndOr(first, tuple(rest))

    def _pipeline(self) -> Pipeline:
        negated = timed = False
        while (word := self._peek_word()) in ("!", "time"):
            if word == "time" and not self.dialect.arrays:
                break
            self._word()
            negated, timed = negated != (word == "!"), timed or word == "time"
        commands = [self._command()]
        errors: list[bool] = []
        while (operator := self._operator()) in ("|", "|&"):
            assert operator is not None
            self._take(operator)
            errors.append(operator == "|&")
            self._newlines()
            commands.append(self._command())
        return Pipeline(tuple(commands), negated, (*errors, False), timed)

    def _command(self) -> Command:
        if self._at_end():
            raise SyntaxTrouble("", self.here())
        operator = self._operator()
        line = self.here()
        if operator == "(":
            if self.dialect.arrays and self.text.startswith("((", self.at):
                computed = self._computed()
                if computed is not None:
                    return self._redirected(Compute(computed))
            self._take("(")
            body = self._body(frozenset({")"}))
            self._take(")")
            return self._redirected(Subshell(body))
        if operator is not None and operator not in REDIRECTS:
            raise self._unexpected()
        word = self._peek_word() if operator is None else None
        match word:
            case "if":
                return self._redirected(self._if())
            case "while" | "until":
                self._word()
                condition = self._body(frozenset({"do"}))
                self._word()
                body = self._body(frozenset({"done"}))
                self._word()
                return self._redirected(While(condition, body, word == "until"))
            case "for":
                return self._redirected(self._for(line))
            case "case":
                return self._redirected(self._case())
            case "{":
                self._word()
                body = self._body(frozenset({"}"}))
                self._word()
                return self._redirected(Group(body))
            case "[[" if self.dialect.conditions:
                return self._redirected(self._condition(line))
            case "function" if self.dialect.conditions:
                self._word()
                name = plain(self._needed_word()) or ""
                if self._operator() == "(":
                    self._take("(")
                    self._expect(")")
                self._newlines()
                return Function(name, self._command(), line)
            case str() if word in CLOSERS or word == "in":
                if word != "in":
                    raise self._unexpected()
            case _:
                pass
        return self._simple(line)

    def _simple(self, line: int) -> Command:
        assignments: list[Assignment] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            self._blanks()
            if self._at_end():
                break
            if self._redirect(redirects):
                continue
            operator = self._operator()
            if operator in ("<", ">"):
                words.append((self._process_substitution(),))
                continue
            if operator == "(" and len(words) == 1 and not assignments and not redirects:
                name = plain(words[0])
                if name is None:
                    raise self._unexpected()
                if not self.dialect.arrays and NAME.fullmatch(name) is None:
                    raise SyntaxTrouble(name, line, message="bad function name")
                self._take("(")
                self._expect(")")
                self._newlines()
                return Function(name, self._command(), line)
            if operator is not None:
                if operator == "(":
                    raise self._unexpected()
                break
            if not words:
                found = ASSIGNMENT.match(self.text, self.at)
                if found is not None and (found.group(2) is None or self.dialect.arrays):
                    assignments.append(self._assignment(found))
                    continue
                if self._alias():
                    continue
            elif self.dialect.arrays and plain(words[0]) in (
                "declare",
                "local",
                "typeset",
                "readonly",
                "export",
            ):
                found = re.compile(ASSIGNMENT.pattern + r"\(").match(self.text, self.at)
                if found is not None:
                    words.extend(self._declared(found))
                    continue
            word = self._word()
            if word is None:
                break
            words.append(word)
        if not words and not assignments and not redirects:
            raise self._unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects), line)

    def _declared(self, found: "re.Match[str]") -> list[Word]:
        """`declare -a x=(1 2)` becomes the declaration and one word that carries the elements."""
        self.at = found.end() - 1
        items = self._items()
        name = found.group(1)
        return [(Literal(name),), (Literal("\0items"), *[Literal("\0")], *_joined(items))]

    def _assignment(self, found: "re.Match[str]") -> Assignment:
        name, index, append = found.group(1), found.group(2), bool(found.group(3))
        self.at = found.end()
        where = Parser(index[1:-1], self.dialect)._quoted_text() if index else None
        if self.dialect.arrays and self.text.startswith("(", self.at):
            return Assignment(name, (), append, where, tuple(self._items()))
        value = self._word(assigned=True) or ()
        return Assignment(name, value, append, where)

    def _items(self) -> list[Word]:
        self.at += 1
        items: list[Word] = []
        while True:
            self._newlines()
            if self._at_end():
                raise SyntaxTrouble("", self.here(), ")")
            if self.text.startswith(")", self.at):
                self.at += 1
                return items
            items.append(self._needed_word())

    def _alias(self) -> bool:
        if self.at >= self._alias_end:
            self._aliased = frozenset()
        found = re.compile(r"[A-Za-z0-9_.+:@%-]+(?=[\s;&|<>()]|$)").match(self.text, self.at)
        if found is None or found.group() in self._aliased or found.group() not in self.aliases:
            return False
        value = self.aliases[found.group()]
        self._aliased |= {found.group()}
        self.text = self.text[: self.at] + value + self.text[found.end() :]
        self._alias_end = self.at + len(value)
        self.__post_init__()
        return True

    def _redirected(self, command: Command) -> Command:
        redirects: list[Redirect] = []
        while self._redirect(redirects):
            pass
        return Redirected(command, tuple(redirects)) if redirects else command

    def _redirect(self, found: list[Redirect]) -> bool:
        self._blanks()
        number = re.compile(r"\d{1,4}(?=[<>])").match(self.text, self.at)
        if number is not None:
            self.at = number.end()
        operator = self._operator()
        if operator not in REDIRECTS:
            if number is not None:
                self.at = number.start()
            return False
        assert operator is not None
        if operator in ("<<<", "&>", "&>>") and not self.dialect.arrays:
            operator = {"<<<": "<<", "&>": "&", "&>>": "&"}[operator]
            if operator == "&":
                return False
        if operator in ("<", ">") and self.text.startswith(f"{operator}(", self.at) and self.dialect.arrays:
            return False
        self._take(operator)
        fd = int(number.group()) if number is not None else 0 if operator.startswith("<") else 1
        self._blanks()
        if operator in ("<<", "<<-"):
            start = self.at
            word = self._needed_word()
            heredoc = Heredoc(_unquoted(word), _has_quotes(self.text[start : self.at]), operator == "<<-")
            self._heredocs.append(heredoc)
            found.append(Redirect(fd, "<<", (), heredoc))
            return True
        found.append(Redirect(fd, operator, self._needed_word()))
        return True

    def _read_heredocs(self) -> None:
        """Called just after a newline was taken."""
        waiting, self._heredocs = self._heredocs, []
        for heredoc in waiting:
            lines: list[str] = []
            line = self.here()
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                row = self.text[self.at : end]
                self.at = min(end + 1, len(self.text))
                if heredoc.strip:
                    row = row.lstrip("\t")
                if row == heredoc.delimiter:
                    break
                lines.append(f"{row}\n")
            body = "".join(lines)
            word: Word = (Literal(body, True),)
            if not heredoc.quoted:
                inner = Parser(body, self.dialect, line=line)
                word = inner._quoted_text(heredoc=True)
            heredoc.body = word

    # -- compound commands

    def _if(self) -> If:
        self._word()
        branches: list[tuple[Sequence, Sequence]] = []
        otherwise: Sequence | None = None
        while True:
            condition = self._body(frozenset({"then"}))
            self._word()
            body = self._body(frozenset({"elif", "else", "fi"}))
            branches.append((condition, body))
            word = plain(self._needed_word())
            if word == "else":
                otherwise = self._body(frozenset({"fi"}))
                self._word()
            if word != "elif":
                return If(tuple(branches), otherwise)

    def _for(self, line: int) -> Command:
        self._word()
        self._blanks()
        if self.dialect.arrays and self.text.startswith("((", self.at):
            computed = self._computed(";")
            if computed is not None:
                self._separator()
                body = self._do()
                text = [part for part in computed if isinstance(part, Literal)]
                start, condition, step = _three(computed, text)
                return ForArithmetic(start, condition, step, body)
        word = self._word()
        name = None if word is None else plain(word)
        if name is None or NAME.fullmatch(name) is None:
            raise SyntaxTrouble(name or "", self.here(), message="bad for loop variable")
        self._newlines()
        words: list[Word] | None = None
        if self._peek_word() == "in":
            self._word()
            words = []
            while (word := self._word()) is not None:
                words.append(word)
        self._separator()
        body = self._do()
        return For(name, None if words is None else tuple(words), body, line)

    def _separator(self) -> None:
        if self._operator() == ";":
            self._take(";")
        self._newlines()

    def _do(self) -> Sequence:
        word = self._peek_word()
        if word == "{" and self.dialect.arrays:
            self._word()
            body = self._body(frozenset({"}"}))
        elif word == "do":
            self._word()
            body = self._body(frozenset({"done"}))
        else:
            raise self._unexpected("do")
        self._word()
        return body

    def _case(self) -> Case:
        self._word()
        word = self._needed_word()
        self._newlines()
        if self._peek_word() != "in":
            raise self._unexpected("in")
        self._word()
        branches: list[tuple[tuple[Word, ...], Sequence, str]] = []
        while True:
            self._newlines()
            if self._at_end():
                raise SyntaxTrouble("", self.here(), "esac")
            if self._peek_word() == "esac":
                self._word()
                return Case(word, tuple(branches))
            if self._operator() == "(":
                self._take("(")
            patterns = [self._needed_word()]
            while self._operator() == "|":
                self._take("|")
                patterns.append(self._needed_word())
            self._expect(")")
            body = self._list(frozenset({";;", ";&", ";;&", "esac"}))
            ending = self._operator() or ""
            self._take(ending)
            branches.append((tuple(patterns), body, ending))

    def _condition(self, line: int) -> Condition:
        self._word()
        words: list[Word] = []
        regular = False
        while True:
            self._newlines()
            if self._at_end():
                raise SyntaxTrouble("", self.here(), "]]")
            operator = self._operator()
            if operator in ("(", ")", "&&", "||", "<", ">") and not regular:
                assert operator is not None
                self._take(operator)
                words.append((Literal(f"\0{operator}"),))
                continue
            word = self._word(regular=regular)
            if word is None:
                raise self._unexpected("]]")
            regular = plain(word) == "=~"
            if plain(word) == "]]":
                return Condition(tuple(words), line)
            words.append(word)

    def _computed(self, _separator: str = "") -> Word | None:
        """`((…))` from its first parenthesis; None where it is two nested subshells."""
        end = self._balanced(self.at + 2, "(", ")")
        if end is None or not self.text.startswith("))", end):
            return None
        inner = Parser(self.text[self.at + 2 : end], self.dialect, line=self.here())
        word = inner._quoted_text()
        self.at = end + 2
        return word

    def _balanced(self, at: int, opening: str, closing: str) -> int | None:
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

    # -- words

    def _needed_word(self) -> Word:
        word = self._word()
        if word is None:
            raise self._unexpected()
        return word

    def _peek_word(self) -> str | None:
        """The next word where it is plain text up to a blank or an operator."""
        self._blanks()
        found = re.compile(r"[A-Za-z{}!\[\]_]+(?=[\s;&|<>()]|$)").match(self.text, self.at)
        return found.group() if found is not None and found.group() in RESERVED | {"]]"} else None

    def _word(self, *, assigned: bool = False, regular: bool = False) -> Word | None:
        """The next word, None where an operator or the end comes first."""
        if not assigned:
            self._blanks()
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
                    parts.append(self._process_substitution())
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
                parts.append(Literal(self._single(), True))
            elif char == '"':
                flush()
                self.at += 1
                inner = self._quoted_text('"')
                parts.extend(inner if inner else (Literal("", True),))
            elif char == "$" and self.dialect.conditions and self.text.startswith("$'", self.at):
                flush()
                parts.append(Literal(self._dollar_quoted(), True))
            elif char == "$" and self.dialect.arrays and self.text.startswith('$"', self.at):
                self.at += 1
            elif char in "$`":
                flush()
                parts.append(self._expansion(False))
            else:
                text.append(char)
                self.at += 1
        flush()
        return tuple(parts) if parts else ((Literal(""),) if assigned else None)

    def _process_substitution(self) -> Part:
        end = self._balanced(self.at + 2, "(", ")")
        if end is None:
            raise SyntaxTrouble("", self.here(), ")")
        text = self.text[self.at : end + 1]
        self.at = end + 1
        return Split(text)

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise SyntaxTrouble("", self.here(), message="unterminated quoted string")
        text = self.text[self.at + 1 : end]
        self.at = end + 1
        return text

    def _dollar_quoted(self) -> str:
        from labrunner.practice.programs.shell.escapes import unescape

        at = self.at + 2
        while at < len(self.text) and self.text[at] != "'":
            at += 2 if self.text[at] == "\\" else 1
        if at >= len(self.text):
            raise SyntaxTrouble("", self.here(), message="unterminated quoted string")
        text = unescape(self.text[self.at + 2 : at], dollar=True)
        self.at = at + 1
        return text

    def _quoted_text(self, closing: str = "", *, heredoc: bool = False) -> Word:
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
                part = self._expansion(True)
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

    def _expansion(self, quoted: bool) -> Part:
        """What starts with `$` or a backquote."""
        if self.text[self.at] == "`":
            return self._backquoted(quoted)
        following = self.text[self.at + 1 : self.at + 2]
        if self.text.startswith("$((", self.at):
            end = self._balanced(self.at + 3, "(", ")")
            if end is not None and self.text.startswith("))", end):
                inner = Parser(self.text[self.at + 3 : end], self.dialect, line=self.here())
                word = inner._quoted_text()
                self.at = end + 2
                return Arithmetic(word, quoted)
            if end is None:
                raise SyntaxTrouble("", self.here(), message="missing '))'")
        if following == "(":
            self.at += 2
            waiting, self._heredocs = self._heredocs, []
            depth, self._depth = self._depth, self._depth
            body = self._list(frozenset({")"}))
            self._depth = depth
            self.at += 1
            self._heredocs = waiting
            return Substitution(body, quoted)
        if following == "{":
            return self._braced(quoted)
        name = NAME.match(self.text, self.at + 1)
        if name is not None:
            self.at = name.end()
            return Parameter(name.group(), quoted=quoted, text=f"${name.group()}")
        if following and following in _SPECIAL:
            self.at += 2
            return Parameter(following, quoted=quoted, text=f"${following}")
        self.at += 1
        return Literal("$", quoted)

    def _backquoted(self, quoted: bool) -> Part:
        line = self.here()
        at = self.at + 1
        text: list[str] = []
        while at < len(self.text) and self.text[at] != "`":
            if self.text[at] == "\\" and self.text[at + 1 : at + 2] in (
                "`",
                "\\",
                "$",
                *(['"'] if quoted else []),
            ):
                at += 1
            text.append(self.text[at : at + 1])
            at += 1
        if at >= len(self.text):
            raise SyntaxTrouble("", line, message="unterminated quoted string")
        self.at = at + 1
        if self._depth > DEPTH:
            raise SyntaxTrouble("`", line, message="too deeply nested")
        inner = Parser("".join(text), self.dialect, self.aliases, line)
        inner._depth = self._depth + 1
        items: list[tuple[AndOr, bool]] = []
        while (command := inner.next_command()) is not None:
            items.extend(command.items)
        return Substitution(Sequence(tuple(items), inner.text), quoted)

    def _braced(self, quoted: bool) -> Parameter:
        start = self.at
        self.at += 2
        length = indirect = False
        if re.compile(r"#(?:[A-Za-z_@*]|[0-9?$!-]\})").match(self.text, self.at):
            length = True
            self.at += 1
        elif (
            self.text.startswith("!", self.at) and NAME.match(self.text, self.at + 1) and self.dialect.arrays
        ):
            indirect = True
            self.at += 1
        found = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+|[@*#?$!-]").match(self.text, self.at)
        if found is None:
            raise self._bad(start)
        name = found.group()
        self.at = found.end()
        index: Word | None = None
        if self.dialect.arrays and self.text.startswith("[", self.at):
            end = self._balanced(self.at + 1, "[", "]")
            if end is None:
                raise self._bad(start)
            index = Parser(self.text[self.at + 1 : end], self.dialect)._quoted_text()
            self.at = end + 1
        operator = ""
        word: Word = ()
        second: Word | None = None
        if not self.text.startswith("}", self.at):
            kind = _OPERATOR.match(self.text, self.at)
            if kind is None:
                raise self._bad(start)
            operator = kind.group()
            if (operator[0] in "/^,@" or operator == ":") and not self.dialect.conditions:
                raise self._bad(start)
            self.at = kind.end()
            stops = "/" if operator.startswith("/") else ":" if operator == ":" else ""
            pattern = operator[0] in "#%/^,"
            word = self._brace_word(quoted and not pattern, stops)
            if stops and self.text.startswith(stops, self.at):
                self.at += 1
                second = self._brace_word(quoted, "")
        if not self.text.startswith("}", self.at):
            raise SyntaxTrouble("", self.here(), message="unterminated quoted string: missing '}'")
        self.at += 1
        return Parameter(
            name, operator, word, second, index, length, indirect, quoted, text=self.text[start : self.at]
        )

    def _bad(self, start: int) -> SyntaxTrouble:
        end = self.text.find("}", start)
        if end < 0:
            return SyntaxTrouble("", self.here(), message="unterminated quoted string: missing '}'")
        return SyntaxTrouble(self.text[start : end + 1], self.here(), message="bad substitution")

    def _brace_word(self, quoted: bool, stops: str) -> Word:
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
                parts.append(Literal(self._single(), True))
            elif char == '"':
                flush()
                self.at += 1
                parts.extend(self._quoted_text('"') or (Literal("", True),))
            elif char in "$`":
                flush()
                parts.append(self._expansion(quoted))
            else:
                text.append(char)
                self.at += 1
        flush()
        return tuple(parts)

    # -- tokens

    def _blanks(self) -> None:
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

    def _newlines(self) -> None:
        while self._operator() == "\n":
            self._take("\n")

    def _at_end(self) -> bool:
        self._blanks()
        return self.at >= len(self.text)

    def _operator(self) -> str | None:
        self._blanks()
        char = self.text[self.at : self.at + 1]
        if not char or char not in ";&|<>()\n":
            return None
        for operator in OPERATORS:
            if self.text.startswith(operator, self.at):
                if operator in ("&>", "&>>", ";&", ";;&", "|&") and not self.dialect.arrays:
                    continue
                return operator
        return None

    def _take(self, operator: str) -> None:
        self._blanks()
        self.at += len(operator)
        if operator == "\n" and self._heredocs:
            self._read_heredocs()

    def _expect(self, operator: str) -> None:
        if self._operator() != operator:
            raise self._unexpected(operator)
        self._take(operator)

    def _unexpected(self, expected: str = "") -> SyntaxTrouble:
        line = self.here()
        operator = self._operator()
        if operator is not None:
            return SyntaxTrouble("newline" if operator == "\n" else operator, line, expected)
        if self._at_end():
            return SyntaxTrouble("", line, expected)
        found = re.compile(r"[^\s;&|<>()]+").match(self.text, self.at)
        return SyntaxTrouble(found.group() if found is not None else self.text[self.at], line, expected)


def _wanted(closers: frozenset[str]) -> str:
    if "fi" in closers and len(closers) > 1:
        return "fi"
    for each in ("then", "do", "done", "fi", "esac", ")", "}"):
        if each in closers:
            return each
    return ""


def _unquoted(word: Word) -> str:
    return "".join(part.text for part in word if isinstance(part, Literal | Parameter))


def _has_quotes(text: str) -> bool:
    return any(char in text for char in "'\"\\")


def _joined(items: list[Word]) -> list[Part]:
    parts: list[Part] = []
    for item in items:
        parts.extend((*item, Literal("\0")))
    return parts


def _three(computed: Word, _text: list[Literal]) -> tuple[Word, Word, Word]:
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
