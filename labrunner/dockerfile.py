"""A Dockerfile as stages of instructions, each with its line: one reader for checks and builds alike.

The grammar is BuildKit's (e2b-dockerfile-utils is a port of its parser, imported when the first Dockerfile is
read: 5 to 12 ms). Variables are left as they are written; what Docker refuses comes back as a value with its line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

Form = Literal["exec", "shell"]

KEYWORDS = (
    *(
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
    ),
    *("ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)

_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::?-([^}$]*))?\})")
_PAIRED = ("ENV", "LABEL")
_GAP = "Empty continuation line found in: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Heredoc:
    name: str
    text: str
    expand: bool = True
    """Whether variables in it are replaced: its name was written without quotes."""
    strip_tabs: bool = False
    """Written `<<-`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    keyword: str
    """In capitals."""
    text: str
    """All that follows the keyword, continuation lines joined, flags included."""
    original: str = ""
    """As it is written, the keyword in its own letters; continuation lines joined."""
    flags: tuple[str, ...] = ()
    """`--from=build`, without quotes."""
    arguments: tuple[str, ...] = ()
    """Exec form: the words of the list. ENV, LABEL: `NAME=value` for each, in whichever form they were
    written. Shell-form RUN, CMD, ENTRYPOINT, SHELL: the command as one text. HEALTHCHECK: `CMD` or `NONE`,
    then like CMD. ONBUILD: the instruction it holds, as one text. Otherwise the words, quotes kept."""
    form: Form = "shell"
    """`exec` where the arguments were written as a JSON list."""
    heredocs: tuple[Heredoc, ...] = ()
    line: int
    """Where it begins, from 1."""
    end: int
    """Its last line, here-documents included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    base: str
    """As it is written: an image's name, an earlier stage's, `scratch`; variables are not replaced."""
    name: str = ""
    """In small letters, as Docker compares it."""
    instructions: tuple[Instruction, ...]
    """FROM is the first."""

    @property
    def line(self) -> int:
        return self.instructions[0].line


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    text: str
    """Without the `#`."""
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dockerfile:
    stages: tuple[Stage, ...]
    globals: tuple[Instruction, ...] = ()
    """ARG instructions before the first FROM."""
    escape: str = "\\"
    syntax: str = ""
    """What `# syntax=` names."""
    comments: tuple[Comment, ...] = ()
    gaps: tuple[Comment, ...] = ()
    """Empty lines inside an instruction: the text is the instruction's, the line its last."""

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """All of them in the order of their lines."""
        return (*self.globals, *(each for stage in self.stages for each in stage.instructions))

    def base(self, stage: Stage) -> str:
        """The image that a stage is built on in the end: earlier stages followed, and the defaults of ARG
        filled in where they are known."""
        named = {each.name: each for each in self.stages if each.name and each.line < stage.line}
        base = self._filled(stage.base)
        return self.base(named[base.lower()]) if base.lower() in named else base

    def _filled(self, text: str) -> str:
        defaults = dict(each.arguments[0].partition("=")[::2] for each in self.globals if each.arguments)

        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            return defaults.get(name, "").strip("\"'") or found[3] or found[0]

        return _VARIABLE.sub(value, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why Docker would refuse a Dockerfile."""

    what: str
    """In BuildKit's own words."""
    line: int | None = None
    hint: str = ""
    """The keyword that may have been meant."""


def read(text: str) -> Dockerfile | Problem:
    """The Dockerfile, or the first thing in it that Docker would refuse."""
    from e2b_dockerfile_utils import DockerfileSyntaxError, parse_dockerfile_ast

    try:
        tree = parse_dockerfile_ast(text)
    except DockerfileSyntaxError as error:
        return _problem(str(error), error.line)
    instructions = tuple(_instruction(each) for each in tree.instructions)
    if not instructions:
        return Problem(what="the Dockerfile cannot be empty")
    starts = [n for n, each in enumerate(instructions) if each.keyword == "FROM"]
    globals_ = instructions[: starts[0]] if starts else instructions
    for instruction in globals_:
        if instruction.keyword != "ARG":
            return Problem(what="no build stage in current context", line=instruction.line)
    if not starts:
        return Problem(what="dockerfile contains no stages to build")
    stages = []
    for start, end in zip(starts, [*starts[1:], len(instructions)], strict=True):
        stage = _stage(instructions[start:end])
        if isinstance(stage, Problem):
            return stage
        stages.append(stage)
    directives = dict(_directives(text))
    return Dockerfile(
        stages=tuple(stages),
        globals=globals_,
        escape=tree.escape_token,
        syntax=directives.get("syntax", ""),
        comments=tuple(_comments(text, instructions, len(directives))),
        gaps=tuple(
            Comment(text=each.message.removeprefix(_GAP), line=each.line)
            for each in tree.warnings
            if each.message.startswith(_GAP)
        ),
    )


def _problem(message: str, line: int | None) -> Problem:
    what = re.sub(r"^Dockerfile parse error(?: on line \d+)?: ", "", message)
    unknown = what.removeprefix("unknown instruction: ")
    meant = get_close_matches(unknown.upper(), KEYWORDS, n=1, cutoff=0.6) if unknown != what else []
    return Problem(what=what, line=line, hint="".join(meant))


def _instruction(parsed: Any) -> Instruction:
    """Of the parser's instruction, whose package has no types."""
    text = re.sub(r"^\s*\S+\s*", "", parsed.original, count=1).rstrip()
    arguments = tuple(parsed.args)
    if parsed.name in _PAIRED:
        arguments = tuple(f"{arguments[n]}={arguments[n + 1]}" for n in range(0, len(arguments) - 1, 3))
    elif parsed.name == "ONBUILD":
        arguments = (text,)
    return Instruction(
        keyword=parsed.name,
        text=text,
        original=parsed.original,
        flags=tuple(parsed.flags),
        arguments=arguments,
        form="exec" if parsed.json else "shell",
        heredocs=tuple(
            Heredoc(name=each.name, text=each.content, expand=each.expand, strip_tabs=each.chomp)
            for each in parsed.heredocs
        ),
        line=parsed.start_line,
        end=parsed.end_line,
    )


def _stage(instructions: tuple[Instruction, ...]) -> Stage | Problem:
    first = instructions[0]
    words = first.arguments
    match words:
        case (base,):
            return Stage(base=base, instructions=instructions)
        case (base, as_, name) if as_.upper() == "AS":
            return Stage(base=base, name=name.lower(), instructions=instructions)
        case _:
            return Problem(what="FROM requires either one or three arguments", line=first.line)


def _directives(text: str) -> Iterator[tuple[str, str]]:
    """Parser directives stand before all else. Source: BuildKit, frontend/dockerfile/parser/directives.go."""
    for line in text.removeprefix("\ufeff").splitlines():
        found = _DIRECTIVE.fullmatch(line.strip())
        if found is None or found[1].lower() not in ("syntax", "escape", "check"):
            return
        yield found[1].lower(), found[2]


def _comments(text: str, instructions: tuple[Instruction, ...], directives: int) -> Iterator[Comment]:
    """Lines that begin with `#`, but for directives and the text of here-documents."""
    documents = {
        line
        for each in instructions
        for line in range(each.end - sum(d.text.count("\n") + 1 for d in each.heredocs) + 1, each.end + 1)
        if each.heredocs
    }
    for number, line in enumerate(text.splitlines(), 1):
        if number > directives and number not in documents and line.lstrip().startswith("#"):
            yield Comment(text=line.lstrip()[1:].strip(), line=number)
