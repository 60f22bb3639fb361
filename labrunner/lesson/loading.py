"""A lesson read from disk as a whole: its page, its workspace, and the hash of both."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from labrunner.errors import LessonError, Location
from labrunner.lesson.files import WORKSPACE, read_page, read_workspace
from labrunner.lesson.filling import Filler
from labrunner.lesson.keys import Kinds
from labrunner.lesson.kinds import EVERY_KIND
from labrunner.lesson.markdown import examine
from labrunner.lesson.model import Lesson, WorkspaceFile
from labrunner.lesson.problems import Problems
from labrunner.lesson.source import decoded, is_text
from labrunner.lesson.values import samples


def load(path: Path, *, values: Mapping[str, str] | None = None, kinds: Kinds = EVERY_KIND) -> Lesson:
    """The lesson in a file, ready for a learner. Raises the first `LessonError`; see `markdown.examine`."""
    lesson, errors = inspect(path, values=values, kinds=kinds)
    if lesson is None:
        raise errors[0]
    return lesson


def inspect(
    path: Path, *, values: Mapping[str, str] | None = None, kinds: Kinds = EVERY_KIND
) -> tuple[Lesson | None, tuple[LessonError, ...]]:
    """The lesson, or else everything that is wrong with its page and its workspace."""
    problems = Problems()
    lesson = None
    content = b""
    files: tuple[WorkspaceFile, ...] = ()
    try:
        content = read_page(path)
        lesson, errors = examine(decoded(content, str(path)), str(path), values=values, kinds=kinds)
        for error in errors:
            problems.end_with(error)
    except LessonError as error:
        problems.end_with(error)
    try:
        files = read_workspace(path.parent / WORKSPACE)
    except LessonError as error:
        problems.end_with(error)
    if lesson is not None:
        known = {**samples(lesson.front.values, lesson.id), **(values or {})}
        filler = Filler(values=known, problems=problems)
        workspace = tuple(_filled(file, path.parent / WORKSPACE, filler) for file in files)
        lesson = replace(lesson, workspace=workspace + lesson.workspace, hash=_hash(content, files))
    return (None if len(problems) else lesson), problems.sorted()


def _filled(file: WorkspaceFile, folder: Path, filler: Filler) -> WorkspaceFile:
    if not is_text(file.content):
        return file
    text = filler.text(file.content.decode(), Location(path=str(folder / file.path)))
    return replace(file, content=text.encode())


def _hash(page: bytes, files: tuple[WorkspaceFile, ...]) -> str:
    """Changes when anything of the lesson changes; made of what the author wrote, not of its values."""
    whole = hashlib.sha256(page)
    for file in files:
        whole.update(f"\0{file.path}\0{file.executable}\0{len(file.content)}\0".encode())
        whole.update(file.content)
    return whole.hexdigest()
