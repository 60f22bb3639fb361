"""Which files of its folder a Dockerfile can need, so that a client sends no others, and which secrets.

What depends on variables is not guessed: then everything is asked for.
"""

import posixpath
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from labrunner.dockerfile import Dockerfile, Instruction, Problem, Stage, read
from labrunner.reference import InvalidReference, parse

_REMOTE = re.compile(r"(?:https?|git|ssh)://|git@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    context: bool = True
    """Whether the build reads its context at all."""
    follow: tuple[str, ...] = ()
    """Paths and patterns in the context; empty: everything."""
    secrets: tuple[str, ...] = ()
    """Names of the secrets that a RUN mounts."""
    registries: tuple[str, ...] = ()
    """Where the images come from: `docker.io`, `localhost:5000`."""


def survey(text: str, target: str) -> Survey:
    """Of the stages that `target` stands on. A Dockerfile that cannot be read needs nothing: its build fails."""
    found = read(text)
    if isinstance(found, Problem):
        return Survey(context=False)
    instructions = [each for stage in _stages(found, target) for each in stage.instructions]
    sources = [source for each in instructions for source in _sources(each)]
    paths = {posixpath.normpath(posixpath.join("/", source)).lstrip("/") for source in sources}
    everything = "" in paths or any("$" in source for source in sources)
    return Survey(
        context=bool(sources),
        follow=() if everything else tuple(sorted(paths)),
        secrets=tuple(dict.fromkeys(name for each in instructions for name in _secrets(each))),
        registries=tuple(dict.fromkeys(_registries(found))),
    )


def _registries(dockerfile: Dockerfile) -> Iterator[str]:
    names = {stage.name for stage in dockerfile.stages}
    for stage in dockerfile.stages:
        for name in (dockerfile.base(stage), *_stands_on(stage)):
            if name and name != "scratch" and name.lower() not in names and not name.isdigit():
                with suppress(InvalidReference):
                    yield parse(name).domain


def _stages(dockerfile: Dockerfile, target: str) -> tuple[Stage, ...]:
    stages = dockerfile.stages
    numbers = {stage.name: n for n, stage in enumerate(stages) if stage.name}
    numbers |= {str(n): n for n in range(len(stages))}
    last = numbers.get(target.lower(), len(stages) - 1)
    todo, seen = [last], set[int]()
    while todo:
        number = todo.pop()
        if number in seen:
            continue
        seen.add(number)
        for name in _stands_on(stages[number]):
            if "$" in name:
                return stages
            if name.lower() in numbers:
                todo.append(numbers[name.lower()])
    return tuple(stages[number] for number in sorted(seen))


def _stands_on(stage: Stage) -> Iterator[str]:
    yield stage.base
    for instruction in stage.instructions:
        for flag in instruction.flags:
            name, _, value = flag.removeprefix("--").partition("=")
            if name == "from":
                yield value
            elif name == "mount":
                yield _options(value).get("from", "")


def _sources(instruction: Instruction) -> Iterator[str]:
    flags = dict(flag.removeprefix("--").partition("=")[::2] for flag in instruction.flags)
    if instruction.keyword in ("COPY", "ADD") and "from" not in flags:
        documents = {document.name for document in instruction.heredocs}
        for source in instruction.arguments[:-1]:
            name = source.removeprefix("<<").removeprefix("-").strip("\"'")
            if not _REMOTE.match(source) and not (source.startswith("<<") and name in documents):
                yield source.strip("\"'")
    elif instruction.keyword == "RUN":
        for flag in instruction.flags:
            options = _options(flag.removeprefix("--mount="))
            if (
                flag.startswith("--mount=")
                and options.get("type", "bind") == "bind"
                and "from" not in options
            ):
                yield options.get("source", options.get("src", "/"))
    elif instruction.keyword == "ONBUILD":
        yield "/"


def _secrets(instruction: Instruction) -> Iterator[str]:
    for flag in instruction.flags:
        options = _options(flag.removeprefix("--mount="))
        if flag.startswith("--mount=") and options.get("type") == "secret":
            yield options.get("id") or posixpath.basename(options.get("target", options.get("dst", "")))


def _options(text: str) -> dict[str, str]:
    return dict(part.partition("=")[::2] for part in text.split(","))
