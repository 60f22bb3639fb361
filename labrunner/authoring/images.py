"""Which images a lesson needs and does not make: a preflight looks for those that are listed."""

import re
from collections.abc import Iterator

from labrunner.checks.dockercommand import DockerCommand, docker_commands
from labrunner.checks.image import ImageCheck
from labrunner.checks.looking import called
from labrunner.errors import Location
from labrunner.lesson.model import Lesson, Script, WorkspaceFile
from labrunner.lesson.script import commands

_FROM = re.compile(r"^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)


def unlisted_images(lesson: Lesson) -> Iterator[tuple[str, Location]]:
    """Each image that a solution or a Dockerfile uses before anything made it, once, with its place.

    Left out are names that only a shell can tell, and those that a check says are not to be there.
    """
    known = {called(image) for image in lesson.front.images}
    known.update(_absent(lesson))
    page = Location(path=lesson.path)
    for file in lesson.workspace:
        yield from _unknown(_bases(file), known, page)
    for script in lesson.setup:
        yield from _unknown(_used(script, known), known, script.at)
    for step in lesson.steps:
        for file in step.files:
            yield from _unknown(_bases(file), known, step.at)
        for script in (*step.setup, *([step.solution] if step.solution else [])):
            yield from _unknown(_used(script, known), known, script.at)


def _unknown(images: Iterator[str], known: set[str], at: Location) -> Iterator[tuple[str, Location]]:
    for image in images:
        if called(image) not in known and "$" not in image:
            known.add(called(image))
            yield image, at


def _absent(lesson: Lesson) -> Iterator[str]:
    for placed in (placed for step in lesson.steps for placed in step.checks):
        if isinstance(placed.check, ImageCheck) and not placed.check.exists:
            yield called(placed.check.name)


def _used(script: Script, made: set[str]) -> Iterator[str]:
    """The images that a script uses; what it makes is added to `made` on the way."""
    for line in commands(script.text):
        for command in docker_commands(line):
            yield from _sources(command)
            made.update(called(image) for image in _products(command))


def _sources(command: DockerCommand) -> tuple[str, ...]:
    match command.path:
        case ("image", "pull"):
            return command.arguments
        case ("container", "run" | "create") | ("image", "tag"):
            return command.arguments[:1]
        case _:
            return ()


def _products(command: DockerCommand) -> tuple[str, ...]:
    match command.path:
        case ("image", "build"):
            return tuple(value for name, value in command.options if name == "tag")
        case ("image", "tag" | "import") | ("container", "commit"):
            return command.arguments[1:2]
        case _:
            return ()


def _bases(file: WorkspaceFile) -> Iterator[str]:
    """What the stages of a Dockerfile begin with, its own stages left out."""
    if "dockerfile" not in file.path.rpartition("/")[2].lower():
        return
    stages = {"scratch"}
    for base, stage in _FROM.findall(file.content.decode(errors="replace")):
        if base.lower() not in stages:
            yield base
        stages.add(stage.lower())
