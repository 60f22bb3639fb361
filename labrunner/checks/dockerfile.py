"""Whether a Dockerfile says what it should, instruction by instruction."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from labrunner.checks.amount import Amount
from labrunner.checks.evidence import Evidence, Probe, ReadFile
from labrunner.checks.instructions import InstructionPattern, shown
from labrunner.checks.looking import called
from labrunner.checks.nearmiss import most_alike
from labrunner.checks.order import order_points
from labrunner.checks.pattern import like
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.verdict import Unknown, Verdict
from labrunner.checks.workspace import inside, near_file, slips, text_of
from labrunner.dockerfile import Dockerfile, Instruction, Problem, read

_FORMED = ("CMD", "ENTRYPOINT", "RUN", "HEALTHCHECK", "SHELL")


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerfileCheck:
    """A Dockerfile of the workspace has the right instructions in the right order. Findings name the line.

    An instruction pattern is the beginning of an instruction as one would write it: `COPY package.json`,
    `RUN npm ci`, `EXPOSE 3000`, `CMD ["node", "server.js"]` (which asks for exec form as well). Its words
    must stand next to each other in the instruction, wherever; `*` within a word stands for any
    characters, alone for any number of words. `RUN /npm (ci|install)/` is a regular expression. Flags that
    the pattern does not mention may be there.
    """

    example: ClassVar[str] = """\
path: Dockerfile
from: node:*-alpine
has: [WORKDIR /usr/src/app, EXPOSE 3000]
lacks: [RUN npm start]
order: [COPY package.json, RUN npm, COPY .]
form: {CMD: exec}
"""

    path: str = "Dockerfile"
    """Inside the workspace."""
    from_: str | None = None
    """The image that the last stage is built on: `nginx:1.31-alpine`, `node:*-alpine`; a digest may be
    added."""
    has: tuple[str, ...] = ()
    """Instruction patterns that must all be there."""
    lacks: tuple[str, ...] = ()
    """Instruction patterns that must not be there. `FROM *:latest` also finds a base image without a tag."""
    order: tuple[str, ...] = ()
    """Instruction patterns; the first instruction that fits each must come after that of the one before.
    `COPY package.json before RUN npm` is the same as a list of the two."""
    form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """`CMD: exec` or `CMD: shell`, for CMD, ENTRYPOINT, RUN, HEALTHCHECK, SHELL."""
    stages: Amount | None = None
    """How many stages (FROM instructions) it has."""

    def __post_init__(self) -> None:
        inside(self.path)
        for pattern in (*self.has, *self.lacks, *self._order):
            InstructionPattern.read(pattern)
        if len(self._order) == 1:
            raise ValueError("`order` needs at least two instruction patterns.")
        for keyword, form in self.form.items():
            if keyword not in _FORMED or form not in ("exec", "shell"):
                raise ValueError(f"`form` holds entries such as `CMD: exec`, not `{keyword}: {form}`.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return (ReadFile(self.path), *slips(self.path, seen))

    def judge(self, seen: Evidence) -> Verdict:
        text = text_of(self.path, seen)
        if isinstance(text, Unknown):
            return text
        if text is None:
            missing = point(f"file {self.path}", "path", self.path, None, False)
            return concluded((missing,), near_file(self.path, seen))
        parsed = read(text)
        if isinstance(parsed, Problem):
            meant = f"Did you mean {parsed.hint}?" if parsed.hint else ""
            return concluded((point(self._at(parsed.line), "syntax", "", parsed.what, False, meant),))
        return concluded(self._points(parsed))

    @property
    def _order(self) -> tuple[str, ...]:
        return tuple(part.strip() for text in self.order for part in re.split(r"\s+before\s+", text))

    def _at(self, line: int | None) -> str:
        return self.path if line is None else f"{self.path} line {line}"

    def _points(self, parsed: Dockerfile) -> Iterator[Point]:
        instructions = parsed.instructions
        yield point(self.path, "path", self.path, self.path, True)
        if self.from_ is not None:
            last = parsed.stages[-1]
            base = parsed.base(last)
            named = base if "@" in self.from_ else base.partition("@")[0]
            holds = like(called(self.from_), called(named))
            yield point(self._at(last.line), "from", self.from_, base, holds)
        for pattern in map(InstructionPattern.read, self.has):
            yield self._has(pattern, instructions)
        for pattern in map(InstructionPattern.read, self.lacks):
            found = next((each for each in instructions if pattern.fits(each)), None)
            at = self._at(found.line if found else None)
            yield point(at, "lacks", pattern.written, shown(found) if found else None, found is None)
        if self.order:
            patterns = tuple(map(InstructionPattern.read, self._order))
            yield from order_points(patterns, instructions, self.path)
        for keyword, form in self.form.items():
            yield from self._forms(keyword, form, parsed)
        if self.stages is not None:
            count = len(parsed.stages)
            yield point(self.path, "stages", str(self.stages), str(count), self.stages.holds(count))

    def _has(self, pattern: InstructionPattern, instructions: tuple[Instruction, ...]) -> Point:
        fitting = next((each for each in instructions if pattern.fits(each)), None)
        if fitting is not None:
            return point(self._at(fitting.line), "has", pattern.written, shown(fitting), True)
        alike = {shown(each): each for each in instructions if each.keyword == pattern.keyword}
        closest = most_alike(pattern.written, alike, 0.0)
        line = alike[closest].line if closest else None
        return point(self._at(line), "has", pattern.written, closest, False)

    def _forms(self, keyword: str, form: str, parsed: Dockerfile) -> Iterator[Point]:
        field_name = f"form.{keyword}"
        written = [each for each in parsed.instructions if each.keyword == keyword]
        if not written:
            yield point(self.path, field_name, form, None, False)
        for each in written if keyword == "RUN" else written[-1:]:
            holds = each.form == form
            yield point(self._at(each.line), field_name, form, each.form, holds, _as_list(each, form))


def _as_list(instruction: Instruction, form: str) -> str:
    """The instruction in exec form, where it is plain enough to be turned into one."""
    text = instruction.text
    if form == "exec" and text.startswith("[") and "'" in text:
        return f"{instruction.keyword} {text.replace(chr(39), chr(34))}"
    if form == "exec" and instruction.keyword != "HEALTHCHECK" and re.fullmatch(r"[\w./:=@ -]+", text):
        words = ", ".join(f'"{word}"' for word in text.split())
        return f"{instruction.keyword} [{words}]"
    return ""
