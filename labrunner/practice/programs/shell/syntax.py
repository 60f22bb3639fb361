"""A shell script as a value."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$name`, `${name…}`."""

    name: str
    operator: str = ""
    """`:-`, `-`, `:=`, `=`, `:?`, `?`, `:+`, `+`, `#`, `##`, `%`, `%%`, `/`, `//`, `/#`, `/%`, `:`, `^`, `,` …"""
    word: Word = ()
    second: Word | None = None
    """The replacement after a second slash, the length after a second colon."""
    index: Word | None = None
    """What stands in the brackets of an array's element."""
    length: bool = False
    indirect: bool = False
    quoted: bool = False
    text: str = ""
    """As it was written."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(…)`."""

    body: Sequence
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`$((…))`."""

    word: Word
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """A process substitution, which is refused when it is met."""

    text: str


Part = Literal | Parameter | Substitution | Arithmetic | Split
Word = tuple[Part, ...]


@dataclass(slots=True)
class Heredoc:
    """A here-document, whose text comes after the line that names it."""

    delimiter: str
    quoted: bool
    strip: bool
    body: Word = ()


@dataclass(frozen=True, slots=True)
class Redirect:
    fd: int
    kind: str
    """`<`, `>`, `>>`, `>|`, `<>`, `<&`, `>&`, `<<`, `<<<`, `&>`, `&>>`."""
    target: Word
    heredoc: Heredoc | None = None


@dataclass(frozen=True, slots=True)
class Assignment:
    name: str
    value: Word
    append: bool = False
    index: Word | None = None
    items: tuple[Word, ...] | None = None
    """The elements of `name=(…)`."""


@dataclass(frozen=True, slots=True)
class Simple:
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class Pipeline:
    commands: tuple[Command, ...]
    negated: bool = False
    errors: tuple[bool, ...] = ()
    """For each command whether `|&` follows it."""
    timed: bool = False


@dataclass(frozen=True, slots=True)
class AndOr:
    first: Pipeline
    rest: tuple[tuple[str, Pipeline], ...] = ()


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[tuple[AndOr, bool], ...]
    """Each with whether `&` follows it."""
    text: str = ""


@dataclass(frozen=True, slots=True)
class If:
    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None = None


@dataclass(frozen=True, slots=True)
class While:
    condition: Sequence
    body: Sequence
    until: bool = False


@dataclass(frozen=True, slots=True)
class For:
    name: str
    words: tuple[Word, ...] | None
    """None: the positional parameters."""
    body: Sequence
    line: int = 1


@dataclass(frozen=True, slots=True)
class ForArithmetic:
    start: Word
    condition: Word
    step: Word
    body: Sequence


@dataclass(frozen=True, slots=True)
class Case:
    word: Word
    branches: tuple[tuple[tuple[Word, ...], Sequence, str], ...]
    """Patterns, commands, and how the branch ends: `;;`, `;&` or `;;&`."""


@dataclass(frozen=True, slots=True)
class Group:
    body: Sequence


@dataclass(frozen=True, slots=True)
class Subshell:
    body: Sequence


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    body: Command
    line: int = 1


@dataclass(frozen=True, slots=True)
class Condition:
    """`[[ … ]]`: its words, operators among them as plain literals."""

    words: tuple[Word, ...]
    line: int = 1


@dataclass(frozen=True, slots=True)
class Compute:
    """`((…))`."""

    word: Word


@dataclass(frozen=True, slots=True)
class Redirected:
    command: Command
    redirects: tuple[Redirect, ...] = field(default=())


Command = (
    Simple
    | If
    | While
    | For
    | ForArithmetic
    | Case
    | Group
    | Subshell
    | Function
    | Condition
    | Compute
    | Redirected
    | Pipeline
)


def plain(word: Word) -> str | None:
    """The text of a word that has no quotes and no expansions."""
    if len(word) == 1 and isinstance(word[0], Literal) and not word[0].quoted:
        return word[0].text
    return None
