"""Markdown in, Lesson out: the one way a lesson file becomes a value, with every mistake in it found."""

import hashlib
from collections.abc import Mapping

from labrunner.checks.kinds import CHECK_KINDS
from labrunner.errors import LessonError, Location
from labrunner.lesson.decode import Decoder
from labrunner.lesson.filling import Filler
from labrunner.lesson.front import Front, filled, read_front
from labrunner.lesson.ids import step_ids
from labrunner.lesson.keys import Kinds
from labrunner.lesson.model import Lesson
from labrunner.lesson.outline import outline
from labrunner.lesson.problems import Problems
from labrunner.lesson.source import normalized
from labrunner.lesson.steps import PageReader
from labrunner.lesson.values import samples


def parse(
    text: str, path: str, *, values: Mapping[str, str] | None = None, kinds: Kinds = CHECK_KINDS
) -> Lesson:
    """The lesson. Raises the first `LessonError` by place; see `examine` for `values`."""
    lesson, errors = examine(text, path, values=values, kinds=kinds)
    if lesson is None:
        raise errors[0]
    return lesson


def examine(
    text: str, path: str, *, values: Mapping[str, str] | None = None, kinds: Kinds = CHECK_KINDS
) -> tuple[Lesson | None, tuple[LessonError, ...]]:
    """The lesson, or else everything that is wrong with it, sorted by place: never a part of a lesson.

    `values` are those of a started lesson (`values.settle`); a declared name that is missing there, and every
    name where there are none, has its sample value.
    """
    problems = Problems()
    try:
        lesson = _read(text, path, values, kinds, problems)
    except LessonError as error:
        problems.end_with(error)
        lesson = None
    return (None if len(problems) else lesson), problems.sorted()


def _read(
    text: str, path: str, values: Mapping[str, str] | None, kinds: Kinds, problems: Problems
) -> Lesson | None:
    source = normalized(text, path)
    front = read_front(source, path, problems)
    cut = outline(source, path, problems, skip=front.lines)
    known = _values(front, values)
    reader = PageReader(
        decoder=Decoder(kinds=kinds, problems=problems),
        filler=Filler(values=known, problems=problems),
        problems=problems,
        definitions=cut.definitions,
    )
    intro = reader.step(cut.intro, "")
    ids = step_ids(cut, problems)
    steps = tuple(map(reader.step, cut.steps, ids))
    if not steps:
        problems.report(
            "The lesson has no step.",
            "Begin one with a `##` heading.",
            at=Location(path=path, line=front.lines + 1),
        )
    if front.matter is None:
        return None
    return Lesson(
        front=filled(front.matter, known or {}),
        intro=intro.prose,
        steps=steps,
        setup=intro.setup,
        cleanup=intro.cleanup,
        workspace=intro.files,
        hash=hashlib.sha256(source.encode()).hexdigest(),
        path=path,
    )


def _values(front: Front, given: Mapping[str, str] | None) -> Mapping[str, str] | None:
    if front.values is None:
        return None
    sample = samples(front.values, front.matter.id if front.matter else "lesson")
    return {**sample, **(given or {})}
