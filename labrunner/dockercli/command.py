"""What a command is: its names, its options and its arguments; and the reading of a line by it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from labrunner.dockercli.failure import Ended
from labrunner.dockercli.values import CHECKS

FLAG, ONE, MANY = "", "string", "list"


@dataclass(frozen=True, slots=True)
class Option:
    name: str
    """`--all`"""
    takes: str
    """Empty for a flag; else what its value is called in the help."""
    what: str
    letter: str = ""
    many: bool = False
    default: str = ""
    check: str = ""
    """How the value is checked, where what it takes does not say so: a key of CHECKS."""


@dataclass(slots=True)
class Given:
    """What was typed, sorted."""

    options: dict[str, list[str]] = field(default_factory=dict)
    arguments: list[str] = field(default_factory=list)

    def flag(self, name: str, *, default: bool = False) -> bool:
        values = self.options.get(name)
        return default if not values else values[-1] not in ("false", "0", "f", "F", "FALSE", "False")

    def one(self, name: str, default: str = "") -> str:
        values = self.options.get(name)
        return values[-1] if values else default

    def all(self, name: str) -> list[str]:
        return self.options.get(name, [])

    def filters(self) -> dict[str, dict[str, bool]] | None:
        """`--filter a=b` as the API wants it."""
        wanted: dict[str, dict[str, bool]] = {}
        for text in self.all("--filter"):
            name, _, value = text.partition("=")
            wanted.setdefault(name.strip().lower(), {})[value.strip()] = True
        return wanted or None


@dataclass(frozen=True, slots=True)
class Command:
    names: tuple[str, ...]
    """`image ls`, `image list`, `images`: every spelling, the first is the full one."""
    usage: str
    """What stands behind the name: `[OPTIONS] NAME[:TAG]`"""
    what: str
    least: int
    most: int | None
    module: str
    """Where in this package `function` is; imported when the command is run."""
    function: str
    options: tuple[Option, ...] = ()
    stops: bool = False
    """Whether options end at the first argument, as where a command for a container follows."""

    def read(self, words: Sequence[str], name: str) -> Given:
        """Raises Ended with docker's words for a line that it does not understand."""
        given = Given()
        left = list(words)
        while left:
            word = left.pop(0)
            if word == "--":
                given.arguments += left
                break
            if word == "--help" or (word == "-h" and not self._by_letter("h")):
                from labrunner.dockercli.manual import manual  # for those who ask

                raise Ended(manual(self, name), 0)
            if word.startswith("--"):
                self._long(word, left, given, name)
            elif word.startswith("-") and word != "-":
                self._short(word[1:], left, given, name)
            elif self.stops:
                given.arguments += [word, *left]
                break
            else:
                given.arguments.append(word)
        self._count(given.arguments, name)
        return given

    def _long(self, word: str, left: list[str], given: Given, name: str) -> None:
        known, sign, value = word.partition("=")
        option = next((each for each in self.options if each.name == known), None)
        if option is None:
            raise self._refused(f"unknown flag: {known}", name)
        if not sign and not option.takes:
            value = "true"
        elif not sign:
            if not left:
                raise self._refused(f"flag needs an argument: {known}", name)
            value = left.pop(0)
        self._keep(option, value, given, name)

    def _keep(self, option: Option, value: str, given: Given, name: str) -> None:
        if option.takes in CHECKS or option.check:
            try:
                CHECKS[option.check or option.takes](value)
            except ValueError as error:
                flag = f"-{option.letter}, {option.name}" if option.letter else option.name
                raise self._refused(f'invalid argument "{value}" for "{flag}" flag: {error}', name) from error
        given.options.setdefault(option.name, []).append(value)

    def _short(self, letters: str, left: list[str], given: Given, name: str) -> None:
        rest = letters
        while rest:
            letter, rest = rest[0], rest[1:]
            option = self._by_letter(letter)
            if option is None:
                raise self._refused(f"unknown shorthand flag: {letter!r} in -{letters}", name)
            value = "true"
            if option.takes:
                value, rest = rest.removeprefix("="), ""
                if not value:
                    if not left:
                        raise self._refused(f"flag needs an argument: {letter!r} in -{letters}", name)
                    value = left.pop(0)
            elif rest.startswith("="):
                value, rest = rest[1:], ""
            self._keep(option, value, given, name)

    def _by_letter(self, letter: str) -> Option | None:
        return next((each for each in self.options if each.letter == letter), None)

    def _refused(self, why: str, name: str) -> Ended:
        usage = f"{why}\n\nUsage:  docker {name} {self.usage}".rstrip()
        return Ended(f"{usage}\n\nRun 'docker {name} --help' for more information", 125)

    def _count(self, arguments: Sequence[str], name: str) -> None:
        if self.least <= len(arguments) and (self.most is None or len(arguments) <= self.most):
            return
        see = "Run"
        if self.most == 0:
            wanted = "accepts no arguments"
        elif self.least == self.most:
            wanted = f"requires {self.least} argument{'s' if self.least != 1 else ''}"
        elif self.most is None:
            see = "See"
            wanted = f"requires at least {self.least} argument{'s' if self.least != 1 else ''}"
        elif len(arguments) > self.most and self.least == 0:
            wanted = f"requires at most {self.most} argument{'s' if self.most != 1 else ''}"
        else:
            wanted = f"requires at least {self.least} and at most {self.most} arguments"
        raise Ended(
            f"docker: 'docker {name}' {wanted}\n\nUsage:  docker {name} {self.usage}".rstrip()
            + f"\n\n{see} 'docker {name} --help' for more information"
        )


Commands = Mapping[str, Command]
Run = Callable[..., int]
