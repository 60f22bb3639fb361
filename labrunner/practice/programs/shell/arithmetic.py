"""`$((…))`: C's integers of 64 bits, with the shell's variables."""

import re
from collections.abc import Callable

from labrunner.practice.programs.shell.state import State

_TOKEN = re.compile(
    r"\s*(?:(0[xX][0-9a-fA-F]+|\d+#[0-9a-zA-Z@_]+|\d+)|([A-Za-z_][A-Za-z0-9_]*)"
    r"|(<<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%&|^~!<>=?:(),\[\]])|(\S))"
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<", "<=", ">", ">="),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
)
_ASSIGN = frozenset({"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="})
DEPTH = 40


class Miscalculated(Exception):
    """The text of what is wrong; `kind` is `zero` or `syntax`."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


def wrap(number: int) -> int:
    number &= 0xFFFF_FFFF_FFFF_FFFF
    return number - (1 << 64) if number >> 63 else number


def compute(text: str, state: State, depth: int = 0) -> int:
    """The value; raises Miscalculated, or Fixed for a read-only variable."""
    if depth > DEPTH or len(text) > 20_000:
        raise Miscalculated("syntax", text[:100])
    if not text.strip():
        return 0
    return _Reader(text, state, depth).whole()


class _Reader:
    def __init__(self, text: str, state: State, depth: int) -> None:
        self._text = text
        self._state = state
        self._depth = depth
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        self._skip = 0
        self._nesting = 0
        at = 0
        while at < len(text) and text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None or found.group(4):
                raise self._wrong()
            number, name, operator, _ = found.groups()
            kind = "number" if number else "name" if name else "operator"
            self._tokens.append((kind, number or name or operator))
            at = found.end()

    def _wrong(self) -> Miscalculated:
        return Miscalculated("syntax", self._text.strip())

    def whole(self) -> int:
        value = self._comma()
        if self._at < len(self._tokens):
            raise self._wrong()
        return value

    def _next(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, *operators: str) -> str:
        if self._at < len(self._tokens):
            kind, token = self._tokens[self._at]
            if kind == "operator" and token in operators:
                self._at += 1
                return token
        return ""

    def _comma(self) -> int:
        value = self._assignment()
        while self._take(","):
            value = self._assignment()
        return value

    def _assignment(self) -> int:
        self._nesting += 1
        if self._nesting > DEPTH:
            raise self._wrong()
        try:
            if self._at + 1 < len(self._tokens) and self._tokens[self._at][0] == "name":
                name, operator = self._tokens[self._at][1], self._tokens[self._at + 1]
                if operator[0] == "operator" and operator[1] in _ASSIGN:
                    self._at += 2
                    value = self._assignment()
                    if operator[1] != "=":
                        value = self._apply(operator[1][:-1], self._value(name), value)
                    return self._store(name, value)
            return self._ternary()
        finally:
            self._nesting -= 1

    def _store(self, name: str, value: int) -> int:
        value = wrap(value)
        if not self._skip:
            self._state.set(name, str(value))
        return value

    def _ternary(self) -> int:
        condition = self._binary(0)
        if not self._take("?"):
            return condition
        self._skip += not condition
        yes = self._assignment()
        self._skip -= not condition
        if not self._take(":"):
            raise self._wrong()
        self._skip += bool(condition)
        no = self._assignment()
        self._skip -= bool(condition)
        return yes if condition else no

    def _binary(self, level: int) -> int:
        if level == len(_LEVELS):
            return self._power()
        left = self._binary(level + 1)
        while operator := self._take(*_LEVELS[level]):
            if operator in ("&&", "||"):
                skipped = bool(left) == (operator == "||")
                self._skip += skipped
                right = self._binary(level + 1)
                self._skip -= skipped
                left = int(bool(left) and bool(right)) if operator == "&&" else int(bool(left) or bool(right))
            else:
                left = self._apply(operator, left, self._binary(level + 1))
        return left

    def _power(self) -> int:
        base = self._unary()
        if self._take("**"):
            exponent = self._power()
            if exponent < 0:
                raise self._wrong()
            return wrap(pow(base, exponent, 1 << 64))
        return base

    def _apply(self, operator: str, left: int, right: int) -> int:
        if operator in ("/", "%"):
            if right == 0:
                if self._skip:
                    return 0
                raise Miscalculated("zero", self._text.strip())
            quotient = abs(left) // abs(right)
            quotient = -quotient if (left < 0) != (right < 0) else quotient
            return wrap(quotient if operator == "/" else left - right * quotient)
        return wrap(_OPERATIONS[operator](left, right))

    def _unary(self) -> int:
        self._nesting += 1
        if self._nesting > DEPTH:
            raise self._wrong()
        try:
            return self._unary_inside()
        finally:
            self._nesting -= 1

    def _unary_inside(self) -> int:
        operator = self._take("+", "-", "!", "~", "++", "--")
        match operator:
            case "+":
                return self._unary()
            case "-":
                return wrap(-self._unary())
            case "!":
                return int(not self._unary())
            case "~":
                return ~self._unary()
            case "++" | "--":
                if self._at >= len(self._tokens) or self._tokens[self._at][0] != "name":
                    raise self._wrong()
                name = self._tokens[self._at][1]
                self._at += 1
                return self._store(name, self._value(name) + (1 if operator == "++" else -1))
            case _:
                return self._primary()

    def _primary(self) -> int:
        if self._take("("):
            value = self._comma()
            if not self._take(")"):
                raise self._wrong()
            return value
        if self._at >= len(self._tokens):
            raise self._wrong()
        kind, token = self._tokens[self._at]
        self._at += 1
        if kind == "number":
            return self._number(token)
        if kind != "name":
            raise self._wrong()
        if self._take("["):
            index = self._comma()
            if not self._take("]"):
                raise self._wrong()
            variable = self._state.variables.get(token)
            text = (variable.items or {}).get(index, "0") if variable is not None else "0"
            return compute(text, self._state, self._depth + 1)
        value = self._value(token)
        if step := self._take("++", "--"):
            self._store(token, value + (1 if step == "++" else -1))
        return value

    def _number(self, token: str) -> int:
        try:
            if "#" in token:
                base, _, digits = token.partition("#")
                return wrap(int(digits, int(base)))
            if token[:2].lower() == "0x":
                return wrap(int(token, 16))
            return wrap(int(token, 8) if token.startswith("0") and len(token) > 1 else int(token[:400]))
        except ValueError:
            raise self._wrong() from None

    def _value(self, name: str) -> int:
        text = self._state.get(name)
        if not text:
            return 0
        if re.fullmatch(r"\s*-?\d{1,18}\s*", text) and not text.strip().lstrip("-").startswith("0"):
            return int(text)
        return compute(text, self._state, self._depth + 1)


_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "<<": lambda left, right: left << (right & 63),
    ">>": lambda left, right: left >> (right & 63),
    "<": lambda left, right: int(left < right),
    "<=": lambda left, right: int(left <= right),
    ">": lambda left, right: int(left > right),
    ">=": lambda left, right: int(left >= right),
    "==": lambda left, right: int(left == right),
    "!=": lambda left, right: int(left != right),
    "&": lambda left, right: left & right,
    "^": lambda left, right: left ^ right,
    "|": lambda left, right: left | right,
}
