"""What one instruction may look like: its flags and how many words it takes, checked before anything is built."""

import re
from collections.abc import Mapping
from dataclasses import replace

from labrunner.dockerfile import Dockerfile, Instruction, Problem, read
from labrunner.practice.build.failure import BuildFailure
from labrunner.practice.build.golang import duration, quoted

FLAGS: Mapping[str, Mapping[str, str]] = {
    "FROM": {"platform": "text"},
    "ADD": {
        "chown": "text",
        "chmod": "text",
        "link": "switch",
        "keep-git-dir": "switch",
        "checksum": "text",
        "exclude": "list",
        "unpack": "switch",
    },
    "COPY": {
        "chown": "text",
        "chmod": "text",
        "link": "switch",
        "from": "text",
        "exclude": "list",
    },
    "RUN": {"mount": "list", "network": "text"},
    "HEALTHCHECK": {
        "interval": "text",
        "timeout": "text",
        "start-period": "text",
        "start-interval": "text",
        "retries": "text",
    },
}
BUILDKIT_ONLY = ("chmod", "mount", "network")
"""What the classic builder refuses; other flags that it does not know how to follow it passes over."""
MOST_STEPS = 1000
LONGEST = 1024 * 1024

_ONE = ("MAINTAINER", "WORKDIR", "USER", "STOPSIGNAL")
_SOME = ("ENV", "LABEL", "EXPOSE", "VOLUME", "ARG", "ONBUILD", "HEALTHCHECK")
_STAGE_NAME = re.compile(r"[a-z][a-z0-9-_.]*")
_WITHOUT_LINE = (
    "no build stage in current context",
    "dockerfile contains no stages to build",
    "the Dockerfile cannot be empty",
)
_SHORTEST = 1_000_000


def read_checked(text: str, filename: str, *, buildkit: bool) -> Dockerfile:
    """The Dockerfile; raises `BuildFailure` with what Docker says of the first thing that is wrong in it."""
    if len(text) > LONGEST:
        raise BuildFailure(f"dockerfile is bigger than allowed max size ({LONGEST})", filename=filename)
    if not text:
        shown = "" if buildkit else f" ({filename})"
        raise BuildFailure(f"the Dockerfile{shown} cannot be empty", filename=filename)
    found = read(text)
    if isinstance(found, Problem):
        raise _refusal(found, text, filename, buildkit)
    if len(found.instructions) > MOST_STEPS:
        raise BuildFailure(f"the Dockerfile has more than {MOST_STEPS} instructions", filename=filename)
    for instruction in found.instructions:
        why = wrong(instruction)
        if why:
            raise BuildFailure(
                f"dockerfile parse error on line {instruction.line}: {why}",
                location=(instruction.line, instruction.end),
                dockerfile=text,
                filename=filename,
            )
    return found


def flags(instruction: Instruction) -> Mapping[str, str]:
    """`{"chown": "1000:1000", "link": "true"}`; of one that may be given more than once, the last."""
    return {name: values[-1] for name, values in _pairs(instruction).items()}


def flag_list(instruction: Instruction, name: str) -> tuple[str, ...]:
    return tuple(_pairs(instruction).get(name, ()))


def wrong(instruction: Instruction) -> str:
    """In Docker's words; empty where nothing is."""
    return _wrong_flags(instruction) or _wrong_words(instruction)


def trigger(text: str, line: int, end: int) -> Instruction:
    """The instruction that an ONBUILD holds, at the place of whatever sets it off; raises `BuildFailure`."""
    found = read(f"FROM scratch\n{text}\n")
    if isinstance(found, Problem):
        hint = f" (did you mean {found.hint}?)" if found.hint else ""
        raise BuildFailure(f"{found.what}{hint}", location=(line, end))
    instructions = found.instructions[1:]
    if len(instructions) != 1:
        raise BuildFailure("ONBUILD requires at least one argument", location=(line, end))
    why = wrong(instructions[0])
    if why:
        raise BuildFailure(f"dockerfile parse error on line {line}: {why}", location=(line, end))
    return replace(instructions[0], line=line, end=end)


def _refusal(problem: Problem, text: str, filename: str, buildkit: bool) -> BuildFailure:
    what = problem.what
    line = problem.line
    if what == "the Dockerfile cannot be empty":
        what, line = "file with no instructions", 1
    if what.startswith(("unknown instruction", "FROM requires")):
        hint = f" (did you mean {problem.hint}?)" if problem.hint else ""
        what = f"dockerfile parse error on line {line}: {what}{hint}"
    elif not buildkit and what not in _WITHOUT_LINE:
        what = f"failed to parse Dockerfile: {what}"
    if "invalid escape token" in what or what in _WITHOUT_LINE[1:]:
        line = None
    location = None if line is None else (line, _end(text, line, whole="heredoc" in what))
    return BuildFailure(what, location=location, dockerfile=text, filename=filename)


def _end(text: str, line: int, *, whole: bool) -> int:
    """The last line of the instruction that begins at a line: the `whole` rest, or its continuations."""
    lines = text.splitlines()
    if whole:
        return max(len(lines), line)
    while line <= len(lines) and lines[line - 1].rstrip().endswith("\\"):
        line += 1
    return min(line, max(len(lines), 1))


def _pairs(instruction: Instruction) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flag in instruction.flags:
        name, equals, value = flag.removeprefix("--").partition("=")
        found.setdefault(name, []).append(value if equals else "true")
    return found


def _wrong_flags(instruction: Instruction) -> str:
    known = FLAGS.get(instruction.keyword, {})
    seen: set[str] = set()
    for flag in instruction.flags:
        name, equals, value = flag.removeprefix("--").partition("=")
        kind = known.get(name)
        if kind is None:
            return f"unknown flag: --{name}"
        if name in seen and kind != "list":
            return f"duplicate flag specified: --{name}"
        seen.add(name)
        if kind == "switch":
            if equals and value.lower() not in ("true", "false"):
                return f"expecting boolean value for flag --{name}, not: {value}"
        elif not equals:
            return f"missing a value on flag: --{name}"
    return ""


def _wrong_words(instruction: Instruction) -> str:
    keyword, words = instruction.keyword, instruction.arguments
    match keyword:
        case "COPY" | "ADD":
            return _wrong_copy(keyword, words)
        case "ENV" | "LABEL":
            if not words:
                return f"{keyword} requires at least one argument"
            return f"{keyword} names can not be blank" if any(word.startswith("=") for word in words) else ""
        case "ARG":
            if not words:
                return "ARG requires at least one argument"
            return "ARG names can not be blank" if any(word.startswith("=") for word in words) else ""
        case "VOLUME":
            if not words:
                return "VOLUME requires at least one argument"
            return (
                "" if all(word.strip() for word in words) else "VOLUME specified can not be an empty string"
            )
        case "SHELL":
            if instruction.form == "shell":
                return "SHELL requires the arguments to be in JSON form" if words else _few("SHELL")
            return "" if words else _few("SHELL")
        case "HEALTHCHECK":
            return _wrong_healthcheck(instruction)
        case "ONBUILD":
            return _wrong_onbuild(words)
        case "FROM" if len(words) == 3 and not _STAGE_NAME.fullmatch(words[2].lower()):
            return f"invalid name for build stage: {quoted(words[2])}, name can't start with a number or contain symbols"
        case _ if keyword in _ONE and not words:
            return f"{keyword} requires exactly one argument"
        case _ if keyword in _SOME and not words:
            return _few(keyword)
    return ""


def _few(keyword: str) -> str:
    return f"{keyword} requires at least one argument"


def _wrong_copy(keyword: str, words: tuple[str, ...]) -> str:
    if len(words) >= 2:
        return ""
    if not words:
        return f"{keyword} requires at least two arguments, but none were provided. Destination could not be determined"
    return f"{keyword} requires at least two arguments, but only one was provided. Destination could not be determined"


def _wrong_onbuild(words: tuple[str, ...]) -> str:
    text = words[0].strip() if words else ""
    if not text:
        return _few("ONBUILD")
    held = text.split()[0].upper()
    if held == "ONBUILD":
        return "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"
    if held in ("MAINTAINER", "FROM"):
        return f"{held} isn't allowed as an ONBUILD trigger"
    return ""


def _wrong_healthcheck(instruction: Instruction) -> str:
    words = instruction.arguments
    if not words:
        return _few("HEALTHCHECK")
    kind = words[0].upper()
    if kind == "NONE":
        return "HEALTHCHECK NONE takes no arguments" if len(words) > 1 else ""
    given = flags(instruction)
    for name in ("interval", "timeout", "start-period", "start-interval"):
        if name not in given:
            continue
        try:
            nanoseconds = duration(given[name])
        except ValueError as error:
            return str(error)
        if nanoseconds < 0:
            return f"Interval {quoted(name)} cannot be negative"
        if 0 < nanoseconds < _SHORTEST:
            return f"Interval {quoted(name)} cannot be less than 1ms"
    if kind != "CMD":
        return f"Unknown type {quoted(words[0])} in HEALTHCHECK (try CMD)"
    if len(words) == 1:
        return "Missing command after HEALTHCHECK CMD"
    retries = given.get("retries", "")
    if retries:
        if not re.fullmatch(r"[+-]?\d{1,9}", retries):
            return f"strconv.ParseInt: parsing {quoted(retries)}: invalid syntax"
        if int(retries) < 0:
            return f"--retries cannot be negative ({int(retries)})"
    return ""
