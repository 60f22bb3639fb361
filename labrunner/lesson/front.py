"""The YAML at the head of a lesson: all that the course list needs, read without the rest of the page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from labrunner.errors import LessonError, Location
from labrunner.lesson.decode import Decoder
from labrunner.lesson.entries import FrontEntries, ValueEntry
from labrunner.lesson.filling import STAND_IN, Filler
from labrunner.lesson.model import Constant, FrontMatter, ValueSource
from labrunner.lesson.problems import Problems
from labrunner.lesson.source import decoded, normalized
from labrunner.lesson.values import BUILT_IN, samples
from labrunner.lesson.yaml_nodes import Node, Record, Scalar, read

FORMAT = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What could be read of the front matter, and where the page goes on."""

    matter: FrontMatter | None
    """With its `{{values}}` not yet filled in."""
    values: Mapping[str, ValueSource] | None
    """What the lesson declares, also where the rest could not be read; None where that is not known."""
    lines: int
    """How many lines the front matter takes, both `---` included."""


def read_front(text: str, path: str, problems: Problems) -> Front:
    """The front matter of a normalised text.

    Raises `LessonError` where there is none, or where it is of another format version: then nothing else that
    could be said would be true.
    """
    yaml, lines = _split(text, path)
    at = Location(path=path, line=2)
    try:
        tree = read(yaml, at)
    except LessonError as error:
        problems.keep(error)
        return Front(matter=None, values=None, lines=lines)
    decoder = Decoder(kinds={}, problems=problems)
    if not isinstance(tree, Record):
        decoder.record(FrontEntries, tree, name="front matter", at=Location(path=path))
        return Front(matter=None, values=None, lines=lines)
    _check_format(tree)
    values = _values(tree.get("values"), decoder)
    head = replace(tree, entries=tuple(entry for entry in tree.entries if entry[0].text != "values"))
    entries = decoder.record(FrontEntries, head, name="front matter", at=Location(path=path))
    if values is not None:
        _check_texts(tree, samples(values, ""), problems)
    matter = None if entries is None or values is None else _matter(entries, values)
    return Front(matter=matter, values=values, lines=lines)


def front_of(content: bytes, path: str) -> FrontMatter:
    """The front matter of a lesson file, with sample values filled in. Raises the first `LessonError`."""
    problems = Problems()
    front = read_front(normalized(decoded(content, path), path), path, problems)
    if front.matter is None or len(problems):
        raise problems.sorted()[0]
    return filled(front.matter, samples(front.matter.values, front.matter.id))


def _split(text: str, path: str) -> tuple[str, int]:
    """The lines between the first `---` and the next, and how many lines that is."""
    first, *rest = text.split("\n")
    if first.rstrip() != "---":
        raise LessonError(
            "A lesson begins with front matter.",
            "Make `---` the first line, then `format: 1`, `id`, `title` and `summary`, then `---` again.",
            at=Location(path=path),
        )
    for number, line in enumerate(rest):
        if line.rstrip() == "---":
            return "\n".join(rest[:number]) + "\n", number + 2
    raise LessonError(
        "The front matter is never closed.", "End it with a line `---`.", at=Location(path=path)
    )


def _check_format(tree: Record) -> None:
    written = tree.get("format")
    if isinstance(written, Scalar) and written.text != FORMAT:
        raise LessonError(
            f"This is a lesson of format {written.text}, and this labrunner reads format {FORMAT}.",
            "Update labrunner, or write `format: 1`.",
            at=written.at,
        )


def _values(node: Node | None, decoder: Decoder) -> Mapping[str, ValueSource] | None:
    """The declared values; one that cannot be read still counts as declared."""
    if node is None:
        return {}
    if not isinstance(node, Record):
        decoder.problems.report("`values` needs names and texts.", "Write `name: text`.", at=node.at)
        return None
    values: dict[str, ValueSource] = {}
    for key, entry in node.entries:
        if key.text in BUILT_IN:
            what = f"The value `{key.text}` is always there and cannot be declared."
            decoder.problems.report(what, "Choose another name.", at=key.at)
        elif not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key.text):
            what = "The name of a value begins with a letter and has only lower-case letters, digits and `_`."
            decoder.problems.report(what, "Choose such a name.", at=key.at)
        values[key.text] = _source(key.text, entry, decoder) or Constant(text=STAND_IN)
    return values


def _source(name: str, node: Node, decoder: Decoder) -> ValueSource | None:
    if isinstance(node, Scalar):
        text = decoder.value(str, node, name=name)
        return None if text is None else Constant(text=text)
    entry = decoder.record(ValueEntry, node, name=name, at=node.at)
    return None if entry is None else entry.source


def _matter(entries: FrontEntries, values: Mapping[str, ValueSource]) -> FrontMatter:
    return FrontMatter(
        id=str(entries.id),
        title=str(entries.title),
        summary=str(entries.summary),
        minutes=None if entries.minutes is None else int(entries.minutes),
        after=tuple(str(lesson) for lesson in entries.after),
        needs=entries.needs,
        images=entries.images,
        values=MappingProxyType(dict(values)),
        language=entries.language,
    )


def filled(matter: FrontMatter, values: Mapping[str, str]) -> FrontMatter:
    """The front matter with these values in its title, summary and images."""
    filler = Filler(values=values, problems=Problems())
    nowhere = Location(path="")
    return replace(
        matter,
        title=filler.text(matter.title, nowhere),
        summary=filler.text(matter.summary, nowhere),
        images=tuple(filler.text(image, nowhere) for image in matter.images),
    )


def _check_texts(tree: Record, values: Mapping[str, str], problems: Problems) -> None:
    """Values may stand in the title, the summary and the images; in a constant, those that are above it."""
    for key in ("title", "summary", "images"):
        if (node := tree.get(key)) is not None:
            Filler(values=values, problems=problems).node(node)
    declared = tree.get("values")
    known = dict.fromkeys(BUILT_IN, "")
    for name, node in declared.entries if isinstance(declared, Record) else ():
        if isinstance(node, Scalar):
            Filler(values=known, problems=problems).node(node)
        known[name.text] = ""
