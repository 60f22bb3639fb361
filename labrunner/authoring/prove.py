"""`labrunner prove`: lessons shown unmet before, met after each right way, unmet after each wrong one, on an engine.

It wants the engine to itself: what is new on it when a lesson is over is removed, and nothing that was there before.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from labrunner.authoring.bench import Bench, bench
from labrunner.authoring.claims import unreadable
from labrunner.authoring.proof import LessonProof, Proof
from labrunner.authoring.shares import WHOLE, Share
from labrunner.authoring.walk import walk
from labrunner.engine.protocol import Engine
from labrunner.errors import LessonError
from labrunner.lesson.catalogue import pages_at
from labrunner.lesson.keys import Kinds
from labrunner.lesson.kinds import EVERY_KIND
from labrunner.lesson.loading import inspect, load
from labrunner.lesson.model import Lesson, Step
from labrunner.lesson.values import built_in_values, settle
from labrunner.runner.labregistry import FIRST_PORT, lab_registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Trying:
    """What is being shown now."""

    lesson: str
    step: str
    """Its title."""
    number: int
    """From 1."""
    total: int
    claim: str
    """`met after accept 2`"""


def prove(
    paths: Sequence[Path],
    engine: Engine,
    *,
    on_progress: Callable[[Trying], None] = lambda _: None,
    environment: Mapping[str, str] | None = None,
    kinds: Kinds = EVERY_KIND,
    share: Share = WHOLE,
) -> Proof:
    """Prove the lessons at these paths: files, lesson folders or course folders.

    Raises LessonError where there is none, EngineError and ShellError where nothing can be shown. `environment`
    is what the lab shell starts with (the process's own by default; its HOME is not used as a home). `share`: of the
    ways beside the solutions.
    """
    facts = engine.facts()
    surroundings = os.environ if environment is None else environment
    pages = pages_of(paths)
    return Proof(
        engine=engine.name,
        version=facts.version,
        store=facts.store,
        lessons=tuple(_prove(page, engine, on_progress, surroundings, kinds, share) for page in pages),
    )


def pages_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """The pages of these files and folders, each once. Raises LessonError where there is none."""
    return tuple(dict.fromkeys(page for path in paths for page in pages_at(path)))


def _prove(
    page: Path,
    engine: Engine,
    on_progress: Callable[[Trying], None],
    environment: Mapping[str, str],
    kinds: Kinds,
    share: Share,
) -> LessonProof:
    began = time.monotonic()
    try:
        with laid_out(page, engine, environment, kinds) as (lesson, place, values):

            def doing(step: Step, claim: str) -> None:
                number = lesson.steps.index(step) + 1
                on_progress(
                    Trying(
                        lesson=lesson.id, step=step.title, number=number, total=len(lesson.steps), claim=claim
                    )
                )

            walked = walk(lesson, place, doing, share)
    except Unreadable as unreadable_page:
        return LessonProof(
            path=str(page), id=unreadable_page.lesson, claims=unreadable(unreadable_page.errors)
        )
    return LessonProof(
        path=str(page),
        id=lesson.id,
        title=lesson.front.title,
        values=values,
        claims=walked.claims,
        steps=walked.steps,
        seconds=time.monotonic() - began,
    )


class Unreadable(Exception):
    """A page that is no lesson, with everything that is wrong in it."""

    def __init__(self, lesson: str, errors: tuple[LessonError, ...]) -> None:
        super().__init__(lesson)
        self.lesson = lesson
        self.errors = errors


@contextmanager
def laid_out(
    page: Path, engine: Engine, environment: Mapping[str, str], kinds: Kinds = EVERY_KIND
) -> Iterator[tuple[Lesson, Bench, Mapping[str, str]]]:
    """A lesson, the lab that it can be done in, its registry if it needs one, and its values.

    Raises Unreadable, ShellError, EngineError.
    """
    sample, errors = inspect(page, kinds=kinds)
    if sample is None:
        raise Unreadable("", errors)
    with ExitStack() as stack:
        place = stack.enter_context(bench(engine, sample.id, environment))
        registry = f"localhost:{_free_port(FIRST_PORT)}"
        if "lab-registry" in sample.front.needs:
            stack.enter_context(lab_registry(place.folder / "registry", registry))
        values = _values(sample, str(place.world.workspace), registry)
        try:
            lesson = load(page, values=values, kinds=kinds)
        except LessonError as error:
            raise Unreadable(sample.id, (error,)) from error
        yield lesson, place, values


def _values(lesson: Lesson, workspace: str, registry: str) -> Mapping[str, str]:
    """Those that a learner could have, with ports that are not the ones written in the lesson: what a lesson says
    about a port has to go through its value."""
    return settle(
        lesson.front.values,
        built_in_values(registry=registry, workspace=workspace, lesson=lesson.id),
        free_port=_free_port,
        random_word=lambda: "amber",
        ask=lambda _question, default: default or "student",
    )


def _free_port(start: int) -> int:
    """A free TCP port somewhere above `start`; proofs in several processes begin to look at different places."""
    first = start + 1 + os.getpid() % 400
    return next((port for port in range(first, 65536) if _is_free(port)), start)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
