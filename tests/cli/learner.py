"""Somebody who knows a lesson's answers, and what they would type."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from labrunner.lesson.catalogue import find
from labrunner.lesson.loading import load
from labrunner.lesson.model import Lesson
from labrunner.lesson.script import commands
from labrunner.progress.sqlite import open_store
from tests.cli.program import Home
from tests.engine.hand import free_port


def begun(home: Home, lesson: str, engine: str = "docker") -> Lesson:
    """The lesson as it was begun in that home, with the values that were fixed then."""
    ran = home.run("start", lesson, "--engine", engine, "--plain")
    assert ran.returncode == 9, ran.stderr
    store = open_store(home.path / "data" / "progress.sqlite3")
    opening = store.opening(lesson)
    assert opening is not None
    # All engines of this machine share its ports, and the tests of another may be about to take the usual one.
    if "port" in opening.values:
        store.open_lesson(replace(opening, values={**opening.values, "port": str(free_port())}))
    store.close()
    return lesson_of(home, lesson)


def lesson_of(home: Home, lesson: str) -> Lesson:
    store = open_store(home.path / "data" / "progress.sqlite3")
    opening = store.opening(lesson)
    store.close()
    assert opening is not None
    return load(Path(find().entry(lesson).path), values=opening.values)


def lines(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """(step id, what is typed) from the first step to the last."""
    for step in lesson.steps:
        if step.solution is not None:
            for command in commands(step.solution.text):
                yield step.id, command
        if step.question is not None:
            yield step.id, f"answer {' '.join(map(str, sorted(step.question.right)))}"
