"""What BuildKit finds doubtful in a Dockerfile: its rules as data, for `docker build` and `docker build --check`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from labrunner.dockerfile import Dockerfile, Instruction, Problem, Stage, read
from labrunner.practice.build.expand import Expander, unset_names
from labrunner.practice.build.grammar import flags
from labrunner.practice.build.metadata import command, variables
from labrunner.practice.build.naming import suggestion
from labrunner.practice.build.scope import platform_arguments
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, parse

URL = "https://docs.docker.com/go/dockerfile/rule/{}/"
RULES: Mapping[str, str] = {
    "ConsistentInstructionCasing": (
        "All commands within the Dockerfile should use the same casing (either upper or lower)"
    ),
    "DuplicateStageName": "Stage names should be unique",
    "ExposeInvalidFormat": (
        "IP address and host-port mapping should not be used in EXPOSE instruction. "
        "This will become an error in a future release"
    ),
    "ExposeProtoCasing": "Protocol in EXPOSE instruction should be lowercase",
    "FromAsCasing": "The 'as' keyword should match the case of the 'from' keyword",
    "FromPlatformFlagConstDisallowed": "FROM --platform flag should not use a constant value",
    "InvalidDefaultArgInFrom": "Default value for global ARG results in an empty or invalid base image name",
    "JSONArgsRecommended": (
        "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals"
    ),
    "LegacyKeyValueFormat": "Legacy key/value format with whitespace separator should not be used",
    "MaintainerDeprecated": (
        "The MAINTAINER instruction is deprecated, use a label instead to define an image author"
    ),
    "MultipleInstructionsDisallowed": (
        "Multiple instructions of the same type should not be used in the same stage"
    ),
    "NoEmptyContinuation": "Empty continuation lines will become errors in a future release",
    "RedundantTargetPlatform": (
        "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior"
    ),
    "ReservedStageName": "Reserved words should not be used as stage names",
    "SecretsUsedInArgOrEnv": "Sensitive data should not be used in the ARG or ENV commands",
    "StageNameCasing": "Stage names should be lowercase",
    "UndefinedArgInFrom": "FROM command must use declared ARGs",
    "UndefinedVar": "Variables should be defined before their use",
    "WorkdirRelativePath": (
        "Relative workdir without an absolute workdir declared within the build can have unexpected results "
        "if the base image changes"
    ),
}
_RESERVED = ("context", "scratch")
_SECRET = re.compile(
    r"(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)", re.IGNORECASE
)
_PUBLIC = re.compile(r"(?:_|^)public(?:_|$)", re.IGNORECASE)
_EXPANDED = ("ADD", "COPY", "ENV", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
_ONCE = ("CMD", "ENTRYPOINT", "HEALTHCHECK")
_DIRECTIVE = re.compile(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*")

Environment = Callable[[str], Mapping[str, str] | None]
"""The variables of a base image by its name as written; None where the image is not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:  # noqa: A001 - the word of BuildKit and its clients
    rule: str
    """`StageNameCasing`"""
    detail: str
    """`Stage name 'Foo' should be lowercase`"""
    lines: tuple[int, int]

    @property
    def description(self) -> str:
        """Of the rule."""
        return RULES[self.rule]

    @property
    def url(self) -> str:
        return URL.format(re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=JSON)", "-", self.rule).lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """`# check=skip=A,B;error=true`"""

    skip: frozenset[str] = frozenset()
    error: bool = False
    """A build with warnings fails: `lint violation found for rules: A, B`."""


def find(
    text: str,
    *,
    build_args: Mapping[str, str | None] | None = None,
    environment: Environment = lambda _: None,
) -> tuple[Warning, ...]:
    """In BuildKit's order; nothing for a text that is no Dockerfile. Variables are looked for only in stages whose
    base image is known."""
    found = read(text)
    if isinstance(found, Problem):
        return ()
    skip = directive(text).skip
    if "all" in skip:
        return ()
    check = _Check(found, {k: v for k, v in (build_args or {}).items() if v is not None}, environment)
    return tuple(warning for warning in check.all() if warning.rule not in skip)


def directive(text: str) -> Directive:
    for line in text.removeprefix("\ufeff").splitlines():
        found = _DIRECTIVE.fullmatch(line.strip())
        if found is None or found[1].lower() not in ("syntax", "escape", "check"):
            break
        if found[1].lower() == "check":
            given = dict(part.partition("=")[::2] for part in found[2].split(";"))
            names = frozenset(name.strip() for name in given.get("skip", "").split(",") if name.strip())
            return Directive(skip=names, error=given.get("error", "").strip().lower() == "true")
    return Directive()


def environment_of(store: Store) -> Environment:
    """Of the images that are here."""

    def look(name: str) -> Mapping[str, str] | None:
        if name == "scratch":
            return {"PATH": ""}
        try:
            return variables(store.find(str(parse(name))).run)
        except (InvalidReference, Refused):
            return None

    return look


class _Check:
    def __init__(
        self, dockerfile: Dockerfile, build_args: Mapping[str, str], environment: Environment
    ) -> None:
        self._file = dockerfile
        self._given = build_args
        self._environment = environment
        self._ends: dict[str, tuple[dict[str, str] | None, bool]] = {}
        """Of each stage, at its end: its variables, and whether it has set an absolute working folder."""

    def all(self) -> Iterator[Warning]:
        for gap in self._file.gaps:
            yield Warning(
                rule="NoEmptyContinuation", detail="Empty continuation line", lines=(gap.line, gap.line)
            )
        for instruction in self._file.instructions:
            yield from _written(instruction)
        yield from self._names()
        yield from self._casing()
        yield from self._bases()
        for stage in self._file.stages:
            yield from self._stage(stage)

    def _names(self) -> Iterator[Warning]:
        seen: set[str] = set()
        for stage in self._file.stages:
            if stage.name in _RESERVED:
                detail = f'Stage name should not use the same name as reserved stage "{stage.name}"'
                yield _at(stage.instructions[0], "ReservedStageName", detail)
            if stage.name and stage.name in seen:
                detail = f'Duplicate stage name "{stage.name}", stage names should be unique'
                yield _at(stage.instructions[0], "DuplicateStageName", detail)
            seen.add(stage.name)

    def _casing(self) -> Iterator[Warning]:
        words = [(each, each.original.split()[0]) for each in self._file.instructions]
        lower = sum(word == word.lower() for _, word in words)
        upper = sum(word == word.upper() for _, word in words)
        wanted = "lowercase" if lower > upper else "uppercase"
        for instruction, word in words:
            if word != (word.lower() if lower > upper else word.upper()):
                detail = f"Command '{word}' should match the case of the command majority ({wanted})"
                yield _at(instruction, "ConsistentInstructionCasing", detail)

    def _bases(self) -> Iterator[Warning]:
        known = dict(platform_arguments("amd64"))
        defaults = dict(known)
        for instruction in self._file.globals:
            for word in instruction.arguments:
                name, _, value = word.partition("=")
                value = _expanded(value, defaults)
                defaults[name] = value
                known[name] = self._given.get(name, value)
        for stage in self._file.stages:
            first = stage.instructions[0]
            name = _expanded(stage.base, defaults)
            if not _is_name(name) and stage.base.lower() not in self._stage_names(stage):
                detail = f"Default value for ARG {stage.base} results in empty or invalid base image name"
                yield _at(first, "InvalidDefaultArgInFrom", detail)
            platform = flags(first).get("platform", "")
            if platform and "$" not in platform:
                detail = f'FROM --platform flag should not use constant value "{platform}"'
                yield _at(first, "FromPlatformFlagConstDisallowed", detail)
            for asked in unset_names(f"{stage.base} {platform}", known, self._file.escape):
                detail = f"FROM argument '{asked}' is not declared{_meant(asked, known)}"
                yield _at(first, "UndefinedArgInFrom", detail)
            if platform in ("$TARGETPLATFORM", "${TARGETPLATFORM}"):
                yield _at(first, "RedundantTargetPlatform", RULES["RedundantTargetPlatform"])

    def _stage_names(self, stage: Stage) -> set[str]:
        return {each.name for each in self._file.stages if each.name and each.line < stage.line}

    def _stage(self, stage: Stage) -> Iterator[Warning]:
        known, absolute = self._start(stage)
        last: dict[str, Instruction] = {}
        shell: dict[str, object] = {}
        for instruction in stage.instructions[1:]:
            keyword = instruction.keyword
            if known is not None and keyword in (*_EXPANDED, "ARG"):
                for asked in unset_names(" ".join(instruction.arguments), known, self._file.escape):
                    hint = _meant(asked, known, "$")
                    yield _at(instruction, "UndefinedVar", f"Usage of undefined variable '${asked}'{hint}")
            if keyword in _ONCE:
                if keyword in last:
                    detail = (
                        f"Multiple {keyword} instructions should not be used in the same stage "
                        "because only the last one will be used"
                    )
                    yield _at(last[keyword], "MultipleInstructionsDisallowed", detail)
                last[keyword] = instruction
            if keyword == "SHELL":
                shell = {"Shell": command(instruction, {})}
            if keyword == "WORKDIR":
                path = instruction.arguments[0] if instruction.arguments else ""
                if not path.startswith(("/", "$")) and not absolute:
                    detail = (
                        f'Relative workdir "{path}" can have unexpected results if the base image changes'
                    )
                    yield _at(instruction, "WorkdirRelativePath", detail)
                absolute = absolute or path.startswith(("/", "$"))
            yield from _doubtful(instruction, has_shell=bool(shell))
            if known is not None and keyword in ("ARG", "ENV"):
                for word in instruction.arguments:
                    name, _, value = word.partition("=")
                    known[name] = _expanded(value, known)
        if stage.name:
            self._ends[stage.name] = (known, absolute)

    def _start(self, stage: Stage) -> tuple[dict[str, str] | None, bool]:
        if stage.base.lower() in self._ends:
            known, absolute = self._ends[stage.base.lower()]
            return (None if known is None else dict(known)), absolute
        defaults = {
            name: self._given.get(name, value)
            for each in self._file.globals
            for name, _, value in (word.partition("=") for word in each.arguments)
        }
        found = self._environment(_expanded(stage.base, defaults))
        return (None if found is None else dict(found)), False


def _written(instruction: Instruction) -> Iterator[Warning]:
    """What the way of writing alone tells."""
    if instruction.keyword == "MAINTAINER":
        detail = "Maintainer instruction is deprecated in favor of using label"
        yield _at(instruction, "MaintainerDeprecated", detail)
    if instruction.keyword != "FROM" or len(instruction.arguments) != 3:
        return
    word, (_, as_, name) = instruction.original.split()[0], instruction.arguments
    if name != name.lower():
        yield _at(instruction, "StageNameCasing", f"Stage name '{name}' should be lowercase")
    if (word == word.lower() and as_ != as_.lower()) or (word == word.upper() and as_ != as_.upper()):
        yield _at(instruction, "FromAsCasing", f"'{as_}' and '{word}' keywords' casing do not match")


def _doubtful(instruction: Instruction, *, has_shell: bool) -> Iterator[Warning]:
    keyword = instruction.keyword
    if keyword in ("CMD", "ENTRYPOINT") and instruction.form == "shell" and not has_shell:
        detail = (
            f"JSON arguments recommended for {keyword} to prevent unintended behavior related to OS signals"
        )
        yield _at(instruction, "JSONArgsRecommended", detail)
    if keyword in ("ENV", "LABEL") and "=" not in (instruction.text.split() or ["="])[0]:
        word = instruction.original.split()[0]
        detail = f'"{word} key=value" should be used instead of legacy "{word} key value" format'
        yield _at(instruction, "LegacyKeyValueFormat", detail)
    if keyword in ("ARG", "ENV"):
        for given in instruction.arguments:
            name = given.partition("=")[0]
            if _SECRET.search(name) and not _PUBLIC.search(name):
                detail = f'Do not use ARG or ENV instructions for sensitive data ({keyword} "{name}")'
                yield _at(instruction, "SecretsUsedInArgOrEnv", detail)
    if keyword == "EXPOSE":
        yield from _exposed(instruction)


def _exposed(instruction: Instruction) -> Iterator[Warning]:
    for port in instruction.arguments:
        if ":" in port and "$" not in port:
            detail = (
                f"EXPOSE instruction should not define an IP address or host-port mapping, found '{port}'"
            )
            yield _at(instruction, "ExposeInvalidFormat", detail)
    for port in instruction.arguments:
        protocol = port.partition("/")[2]
        if protocol != protocol.lower() and "$" not in port:
            detail = f"Defined protocol '{port}' in EXPOSE instruction should be lowercase"
            yield _at(instruction, "ExposeProtoCasing", detail)


def _at(instruction: Instruction, rule: str, detail: str) -> Warning:
    return Warning(rule=rule, detail=detail, lines=(instruction.line, instruction.end))


def _meant(name: str, known: Mapping[str, str], mark: str = "") -> str:
    near = suggestion(name, known)
    return f" (did you mean {mark}{near}?)" if near else ""


def _expanded(text: str, known: Mapping[str, str]) -> str:
    try:
        return Expander(variables=known).word(text)
    except ValueError:
        return ""


def _is_name(name: str) -> bool:
    try:
        parse(name)
    except InvalidReference:
        return False
    return True
