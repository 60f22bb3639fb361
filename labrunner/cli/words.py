"""The sentences of the command line, apart from those of a lesson."""

from collections.abc import Sequence

from labrunner.engine.protocol import Thing
from labrunner.lesson.model import Lesson
from labrunner.session.session import Session


def things(made: Sequence[Thing]) -> str:
    """`container lab-web, image lab-web:latest`"""
    return ", ".join(f"{thing.kind} {thing.name}" for thing in made)


def left_on_engine(made: Sequence[Thing]) -> str:
    return f"The lesson left on the engine: {things(made)}."


def name_taken(name: str) -> str:
    return (
        f"A container called {name} is on the engine already, and this lesson will want that name. "
        f"It stays untouched; to make room: docker container rename {name} {name}-mine"
    )


OFFER_PRACTICE = "Do this lesson on labrunner's practice engine, which has its own?"
PRACTICE_HAS_THEM = "labrunner's practice engine has its own images: --engine practice"


def out_of_reach(image: str, because: str) -> str:
    return (
        f"The lesson needs the image {image}, which is not on this engine and cannot be pulled now. {because}"
    )


def begun_elsewhere(engine: str) -> str:
    """`engine` is `docker` or `practice`."""
    there = "the practice engine" if engine == "practice" else "Docker"
    return (
        f"The lesson was begun on {there}, and what you made there is not here: `redo` makes it anew, "
        "up to the step where you are."
    )


def cannot_be_used(answers: str, why: str) -> str:
    return f"{answers} cannot be used here: {why}"


def time_taken(seconds: float) -> str:
    """Since the lesson was begun, pauses included."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return "Begun a moment ago."
    return f"Begun {minutes} minutes ago." if minutes < 120 else f"Begun {minutes // 60} hours ago."


def after_demo(lesson: str) -> str:
    return f"That was a demo; what it made was removed. `labrunner start {lesson}` is your turn."


def come_back(session: Session) -> str:
    number = session.next_up
    return (
        f"You are at step {number + 1} of {session.place.total}, “{session.lesson.steps[number].title}”. "
        f"`labrunner start {session.lesson.id}` goes on from there."
    )


def unfinished(session: Session) -> str:
    """Which step is missing, and which of its fields."""
    undone = [step for step in session.lesson.steps if step.id not in session.done]
    step = session.step if session.step.id not in session.done else undone[0]
    number = session.lesson.steps.index(step) + 1
    fields = session.missing if step is session.step else ()
    missing = f" Not met: {', '.join(fields)}." if fields else ""
    return (
        f"labrunner: the lesson {session.lesson.id} ended unfinished at step {number} of "
        f"{len(session.lesson.steps)}, {step.id} (“{step.title}”).{missing}"
    )


def scripts_of(lesson: Lesson, scripts: Sequence[str]) -> str:
    shown = "\n\n".join(scripts)
    return (
        f"The lesson “{lesson.front.title}” is not part of labrunner, and runs these commands:\n\n{shown}\n"
    )
