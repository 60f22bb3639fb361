"""Whether a learner could know what a check demands: its literals have to stand in the prose, or in a value.

This is condition (f) of a lesson's proof; `labrunner lint` asks it without running anything.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from labrunner.checks.check import PlacedCheck
from labrunner.checks.pattern import Pattern
from labrunner.lesson.model import Lesson, Step

DEMANDED: Mapping[str, Sequence[str]] = {
    "image": (
        "name",
        "same_image_as",
        "shares_layers_with",
        "config.env",
        "config.labels",
        "config.workdir",
        "config.user",
        "config.ports",
        "contains_file.path",
        "contains_file.text",
    ),
    "container": ("name", "of", "label", "publishes", "env", "mounts"),
    "asked": ("about",),
    "file": ("path", "contains"),
    "dockerfile": ("path", "from_", "has"),
    "http": ("contains",),
    "registry": ("name", "tags"),
    "login": ("registry",),
    "engine": ("label",),
    "event": ("object",),
}
"""What the learner has to type or choose in order to meet a check. The rest follows from it."""

_WORD = re.compile(r"[\w.-]+")
_ASSUMED = frozenset({"latest", "tcp", "docker.io", "library", "ro"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """A word that a check demands and that the learner was not told."""

    check: PlacedCheck
    field: str
    literal: str
    word: str


def unsaid(lesson: Lesson) -> Iterator[Unsaid]:
    """Every literal that stands in no prose up to its step; `web:1.0` is said by `web` and `1.0`."""
    told = _words((lesson.front.title, lesson.front.summary, *(passage.markdown for passage in lesson.intro)))
    for step in lesson.steps:
        told |= _words(_shown(step))
        for check in step.checks:
            yield from _missing(check, told)


def _shown(step: Step) -> Iterator[str]:
    yield step.title
    yield from (passage.markdown for passage in step.prose)
    yield from (file.path for file in step.files)


def _missing(check: PlacedCheck, told: set[str]) -> Iterator[Unsaid]:
    if check.kind in {"any", "all"}:
        inner = [list(_missing(each, told)) for each in getattr(check.check, "checks", ())]
        if check.kind == "all":
            yield from (each for found in inner for each in found)
        elif all(inner):
            yield from inner[0]
        return
    for field in DEMANDED.get(check.kind, ()):
        for literal in _texts(_field(check.check, field)):
            words = [word for word in _literal_words(check.kind, field, literal) if word not in told]
            if words:
                name = field.rstrip("_")
                yield Unsaid(check=check, field=name, literal=literal, word=words[0])
                break


def _field(thing: object, path: str) -> object:
    for name in path.split("."):
        thing = getattr(thing, name, None)
    return thing


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case Pattern(plain=plain):
            yield plain
        case tuple():
            for item in value:
                yield from _texts(item)
        case Mapping():
            yield from (f"{key} {text}" for key, text in value.items())
        case _:
            pass


def _literal_words(kind: str, field: str, literal: str) -> Iterator[str]:
    """The words of a literal that have to be told; patterns and Docker's own words are left out."""
    if len(literal) > 2 and literal[0] == literal[-1] == "/" and kind in {"file", "dockerfile"}:
        return
    words = literal.split(None, 2)
    if kind == "asked":
        literal = words[2] if len(words) > 2 else ""
    elif (kind, field) == ("dockerfile", "has"):
        literal = literal.partition(" ")[2]
    for piece in literal.split():
        if "*" not in piece and not piece.startswith("-"):
            yield from _words((piece,)) - _ASSUMED


def _words(texts: Iterable[str]) -> set[str]:
    found = (word.strip(".-_") for text in texts for word in _WORD.findall(text))
    return {word for word in found if word}
