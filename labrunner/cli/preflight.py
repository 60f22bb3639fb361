"""What is looked at before a lesson begins, so that it does not fail in the middle: its engine, images and names."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from labrunner.checks.container import ContainerCheck
from labrunner.checks.looking import called
from labrunner.cli import words
from labrunner.cli.beginning import Wish
from labrunner.cli.choosing import PRACTICE, Chosen, choose, practice
from labrunner.cli.report import note
from labrunner.cli.surroundings import Surroundings, told
from labrunner.engine.protocol import Engine
from labrunner.errors import EngineRefused
from labrunner.lesson.model import Lesson
from labrunner.runner.ledger import LESSON_LABEL


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """An image that is not on the engine and that the engine cannot pull now."""

    image: str
    because: str
    """One or two sentences, with Docker's own words in them."""


@contextmanager
def engine_for(
    lesson: Lesson, wish: Wish, around: Surroundings, begun_on: str
) -> Iterator[tuple[Chosen, Engine]]:
    """The engine to do a lesson on; the learner is told which. `begun_on` names the one it was begun on, or none.

    Where Docker has neither the images of a lesson that is begun nor a way to get them, practice is offered.
    """
    chosen = choose(wish.engine, begun_on=begun_on)
    note(chosen.why)
    if begun_on not in ("", chosen.name):
        told(words.begun_elsewhere(begun_on), around)
    engine = chosen.open()
    try:
        missing = None
        if chosen.name == "docker" and begun_on != "docker":
            missing = out_of_reach(lesson, engine)
        if missing is not None:
            told(words.out_of_reach(missing.image, missing.because), around)
            if wish.engine != "auto" or not around.interactive:
                note(words.PRACTICE_HAS_THEM)
            elif around.front.confirm(words.OFFER_PRACTICE, default=True):
                engine.close()
                chosen = practice(f"As agreed, {PRACTICE}")
                note(chosen.why)
                engine = chosen.open()
        yield chosen, engine
    finally:
        engine.close()


def out_of_reach(lesson: Lesson, engine: Engine) -> OutOfReach | None:
    """The first image of the lesson that the engine neither has nor can get.

    Without a mirror one image speaks for all: Docker Hub counts each look as a pull, and a class shares its limit.
    """
    there = {name for image in engine.observe().images for name in image.names}
    missing = [name for name in lesson.front.images if called(name) not in there]
    for name in missing if engine.facts().mirrors else missing[:1]:
        try:
            engine.look_up(name)
        except EngineRefused as error:
            return OutOfReach(image=called(name), because=str(error))
    return None


def names_taken(lesson: Lesson, engine: Engine) -> tuple[str, ...]:
    """Names that the lesson's containers will want, and that containers which no lesson made have now."""
    wanted = {
        placed.check.name
        for step in lesson.steps
        for placed in step.checks
        if isinstance(placed.check, ContainerCheck) and placed.check.name is not None
    }
    return tuple(
        container.name
        for container in engine.observe().containers
        if container.name in wanted and LESSON_LABEL not in container.labels
    )
