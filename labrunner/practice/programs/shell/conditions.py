"""`[[ … ]]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.arithmetic import Miscalculated, compute
from labrunner.practice.programs.shell.failures import Failure
from labrunner.practice.programs.shell.syntax import Literal, Word, plain
from labrunner.practice.programs.testing import BINARY, UNARY, Mistested, Tester, compare

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell

_ALL_BINARY = BINARY | {"=~", "\0<", "\0>"}


async def condition(shell: Shell, words: tuple[Word, ...]) -> int:
    """0 where it holds, 1 where not, 2 where it is none."""
    reader = _Reader(shell, words)
    try:
        return int(not await reader.disjunction())
    except Mistested as error:
        await shell.complain(str(error), "[[")
        return 2
    except Failure as error:
        await shell.explain(error)
        return 1


class _Reader:
    def __init__(self, shell: Shell, words: tuple[Word, ...]) -> None:
        self._shell = shell
        self._words = words
        self._at = 0

    def _operator(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return (plain(self._words[at]) or "") if at < len(self._words) else ""

    async def disjunction(self) -> bool:
        value = await self._conjunction()
        while self._operator() == "\0||":
            self._at += 1
            other = await self._conjunction()
            value = value or other
        return value

    async def _conjunction(self) -> bool:
        value = await self._negation()
        while self._operator() == "\0&&":
            self._at += 1
            other = await self._negation()
            value = value and other
        return value

    async def _negation(self) -> bool:
        if self._operator() == "!":
            self._at += 1
            return not await self._negation()
        if self._operator() == "\0(":
            self._at += 1
            value = await self.disjunction()
            self._at += 1
            return value
        return await self._primary()

    async def _text(self) -> str:
        if self._at >= len(self._words):
            raise Mistested("argument expected")
        word = self._words[self._at]
        self._at += 1
        return await self._shell.expander.text(word)

    def _tester(self) -> Tester:
        process = self._shell.process
        return Tester(
            files=process.files,
            cwd=process.cwd,
            uid=process.uid,
            gid=process.gid,
            terminal=lambda fd: fd in process.fds and process.fds[fd].tty,
            is_set=lambda name: name in self._shell.state.variables,
        )

    async def _primary(self) -> bool:
        first = self._operator()
        binary = self._operator(1)
        if binary not in _ALL_BINARY and first in UNARY:
            self._at += 1
            word = await self._text()
            if first == "-o":
                return word in self._shell.state.options
            return self._tester().unary(first, word)
        if binary in _ALL_BINARY:
            left = await self._text()
            self._at += 1
            return await self._binary(left, binary.removeprefix("\0"))
        return await self._text() != ""

    async def _binary(self, left: str, operator: str) -> bool:
        match operator:
            case "=" | "==" | "!=":
                word = self._words[self._at] if self._at < len(self._words) else (Literal(""),)
                self._at += 1
                matched = (await self._shell.expander.pattern(word)).matches(left)
                return matched == (operator != "!=")
            case "=~":
                return await self._regular(left)
            case "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge":
                right = await self._text()
                try:
                    state = self._shell.state
                    return compare(compute(left, state), operator, compute(right, state))
                except Miscalculated as error:
                    raise Mistested(str(error)) from None
            case _:
                return self._tester().binary(left, operator, await self._text())

    async def _regular(self, left: str) -> bool:
        """Matched by bashkit's linear engine: a learner's pattern must not be able to hold up the daemon."""
        from labrunner.practice.programs.tools import regular_match

        word = self._words[self._at] if self._at < len(self._words) else ()
        self._at += 1
        expression = ""
        for text, quoted in await self._shell.expander.pieces(word):
            expression += (
                "".join(f"\\{char}" if char in ".^$*+?()[]{}|\\" else char for char in text)
                if quoted
                else text
            )
        groups = await regular_match(expression, left)
        if groups is None:
            return False
        self._shell.state.set_items("BASH_REMATCH", dict(enumerate(groups)))
        return True
