"""From words to arguments: parameters, commands, arithmetic, splitting, file names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from labrunner.practice.programs.process import Files
from labrunner.practice.programs.shell.arithmetic import Miscalculated, compute
from labrunner.practice.programs.shell.braces import braces
from labrunner.practice.programs.shell.failures import TooMuch, Trouble
from labrunner.practice.programs.shell.fields import Fields, Pieces
from labrunner.practice.programs.shell.globbing import Names
from labrunner.practice.programs.shell.parameters import parameter
from labrunner.practice.programs.shell.patterns import Pattern, compiled, special
from labrunner.practice.programs.shell.state import VALUE, State
from labrunner.practice.programs.shell.syntax import (
    Arithmetic,
    Literal,
    Parameter,
    Sequence,
    Split,
    Substitution,
    Word,
)


@dataclass(slots=True)
class Expander:
    """Expands words for one shell."""

    state: State
    files: Files
    cwd: Callable[[], str]
    special_value: Callable[[str], str | None]
    """`$$`, `$!`, `$-` and the like."""
    capture: Callable[[Sequence], Awaitable[str]]
    unset_text: Callable[[str], str]
    flavour: str = "ash"

    @property
    def bash(self) -> bool:
        return self.flavour == "bash"

    async def fields(self, word: Word, *, split: bool = True) -> list[str]:
        """The arguments that one word becomes: none, one or many."""
        result: list[str] = []
        for each in braces(word) if self.bash else (word,):
            made = Fields()
            await self.into(each, made, split=split)
            made.end()
            for pieces in made.done:
                result.extend(self._file_names(pieces))
        return result

    async def text(self, word: Word) -> str:
        """The one string that a word becomes where nothing is split, as in an assignment."""
        return "".join(text for text, _ in await self.pieces(word))

    async def pieces(self, word: Word) -> Pieces:
        made = Fields()
        await self.into(word, made, split=False)
        made.end()
        joined: Pieces = []
        for number, pieces in enumerate(made.done):
            if number:
                joined.append((" ", True))
            joined.extend(pieces)
        return joined

    async def pattern(self, word: Word) -> Pattern:
        return compiled(await self.pieces(word))

    async def number(self, word: Word) -> int:
        return self.compute(await self.text(word))

    def compute(self, text: str) -> int:
        try:
            return compute(text, self.state)
        except Miscalculated as error:
            if self.bash:
                reason = "division by 0" if error.kind == "zero" else "syntax error: operand expected"
                raise Trouble(f'{error}: {reason} (error token is "{str(error)[-1:]}")', 1) from None
            if self.flavour == "dash":
                reason = "division by zero" if error.kind == "zero" else "expecting primary"
                raise Trouble(f'arithmetic expression: {reason}: "{error}"') from None
            raise Trouble("divide by zero" if error.kind == "zero" else "arithmetic syntax error") from None

    async def into(self, word: Word, made: Fields, *, split: bool) -> None:
        for number, part in enumerate(word):
            match part:
                case Literal(text, quoted):
                    if number == 0 and not quoted and text.startswith("~"):
                        home, text = self._home(text, len(word) == 1)
                        if home:
                            made.add(home, True)
                    elif not split and not quoted and ":~" in text:
                        text = ":".join("".join(self._home(each, True)) for each in text.split(":"))
                    if text or quoted:
                        made.add(text, quoted)
                case Parameter():
                    await parameter(self, part, made, split=split)
                case Substitution(body, quoted):
                    self.put((await self.capture(body)).rstrip("\n"), made, quoted or not split, quoted)
                case Arithmetic(inner, quoted):
                    self.put(str(await self.number(inner)), made, quoted or not split, quoted)
                case Split(text):
                    raise Trouble(f"practice engine: process substitution {text} is not simulated")

    def _home(self, text: str, alone: bool) -> tuple[str, str]:
        """The folder for a leading `~`, and the rest."""
        name, slash, rest = text[1:].partition("/")
        if not slash and not alone:
            return "", text
        home: str | None = None
        if not text.startswith("~"):
            return "", text
        if not name:
            home = self.state.get("HOME")
        else:
            for line in self._passwd():
                row = line.split(":")
                if len(row) > 5 and row[0] == name:
                    home = row[5]
        return (home, slash + rest) if home is not None else ("", text)

    def _passwd(self) -> list[str]:
        try:
            return self.files.read("/etc/passwd").decode("utf-8", "replace").splitlines()
        except OSError:
            return []

    # -- braces and file names

    def put(self, text: str, made: Fields, whole: bool, quoted: bool) -> None:
        if whole:
            if text or quoted:
                made.add(text, quoted)
            return
        made.split(text, self.state.get("IFS"))

    def _file_names(self, pieces: Pieces) -> list[str]:
        text = "".join(each for each, _ in pieces)
        if len(text) > VALUE:
            raise TooMuch
        if "f" in self.state.options or not any(not quoted and special(each) for each, quoted in pieces):
            return [text]
        found = sorted(Names(self.files, self.cwd(), self.state.shopt).search(pieces))
        if not found and "nullglob" in self.state.shopt:
            return []
        return found or [text]
