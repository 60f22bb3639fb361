"""What is fixed when a lesson is first begun: its values, its workspace, and what was on the engine before."""

import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from labrunner.cli import words
from labrunner.cli.lab import workspace_of
from labrunner.cli.report import note
from labrunner.cli.surroundings import Surroundings
from labrunner.engine.protocol import Engine, Thing
from labrunner.errors import LessonError, ShellError, UsageError
from labrunner.lesson.catalogue import Entry
from labrunner.lesson.loading import load
from labrunner.lesson.model import AskedValue, FreePort, Lesson
from labrunner.lesson.values import built_in_values, settle
from labrunner.progress.store import Opening, ProgressStore
from labrunner.runner.labregistry import free_address, is_free
from labrunner.shell.workspace import prepare

LAB_REGISTRY = "lab-registry"
"""What a lesson needs that pushes."""
PORTS_TRIED = 200
TIMES_ASKED = 5
WORDS = (
    *("amber", "birch", "cedar", "coral", "ember", "fjord", "grove", "heron", "indigo", "juniper"),
    *("lagoon", "maple", "north", "olive", "pebble", "quartz", "raven", "saffron", "tundra", "willow"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asked for."""

    engine: str = "auto"
    step: str = ""
    registry: str = ""
    demo: bool = False
    speed: str = "human"
    record: Path | None = None


def begin(
    found: Entry, engine: Engine, wish: Wish, around: Surroundings, store: ProgressStore
) -> tuple[Opening, Lesson, bool]:
    """What was fixed when the lesson was first begun, or is fixed now; the lesson with it; whether it goes on."""
    front = found.front
    kept = store.opening(front.id)
    registry = wish.registry or registry_of(found, kept)
    workspace = workspace_of(front.id)

    def settled(known: Mapping[str, str]) -> dict[str, str]:
        return settle(
            front.values,
            built_in_values(registry=registry, workspace=tilde(workspace), lesson=front.id),
            free_port=free_port,
            random_word=lambda: random.choice(WORDS),
            ask=asking(around),
            known=known,
        )

    lesson, values = loaded(found, settled, still_good(found, engine, kept), around)
    if kept is not None and kept.engine == engine.name and kept.values == values:
        return kept, lesson, True
    opening = Opening(
        lesson=front.id,
        values=values,
        engine=engine.name,
        workspace=str(workspace),
        begun=time.time(),
        before=kept.before if kept and kept.engine == engine.name else images_before(engine, store, front.id),
    )
    store.open_lesson(opening)
    return opening, lesson, kept is not None


def loaded(
    found: Entry,
    settled: Callable[[Mapping[str, str]], dict[str, str]],
    known: Mapping[str, str],
    around: Surroundings,
) -> tuple[Lesson, Mapping[str, str]]:
    """The lesson with its values; what was answered is asked again where the lesson cannot be read with it."""
    asked = {name for name, source in found.front.values.items() if isinstance(source, AskedValue)}
    for _ in range(TIMES_ASKED):
        values = settled(known)
        try:
            return load(Path(found.path), values=values), values
        except LessonError as error:
            if not asked:
                raise
            if around.interactive:
                answers = ", ".join(f"“{values[name]}”" for name in sorted(asked))
                note(words.cannot_be_used(answers, error.what))
        known = {name: value for name, value in values.items() if name not in asked}
    values = settled(known)
    return load(Path(found.path), values=values), values


def still_good(found: Entry, engine: Engine, kept: Opening | None) -> Mapping[str, str]:
    """The values of an earlier start, without ports that another program has taken since."""
    if kept is None:
        return {}
    ports = {name for name, source in found.front.values.items() if isinstance(source, FreePort)}
    taken = {name for name in ports if name in kept.values and not is_free(f"localhost:{kept.values[name]}")}
    if taken:
        published = {str(port.host) for each in engine.observe().containers for port in each.ports}
        taken = {name for name in taken if kept.values[name] not in published}
    return {name: value for name, value in kept.values.items() if name not in taken}


def registry_of(found: Entry, kept: Opening | None) -> str:
    """Where the lesson pushes to: the lab registry, on the port it had before if that is still free."""
    before = kept.values.get("registry", "") if kept is not None else ""
    if before and (LAB_REGISTRY not in found.front.needs or is_free(before)):
        return before
    return free_address()


def images_before(engine: Engine, store: ProgressStore, lesson: str) -> tuple[Thing, ...]:
    """What is on the engine now and was not made by an earlier run of this lesson."""
    ours = {thing for _, thing in store.made(lesson)}
    there = (
        Thing(kind="image", id=image.id, name=name)
        for image in engine.observe().images
        for name in image.names
    )
    return tuple(thing for thing in there if thing not in ours)


def asking(around: Surroundings) -> Callable[[str, str], str]:
    if not around.interactive:
        return lambda _question, default: default
    return around.front.ask


def place(lesson: Lesson, workspace: Path) -> None:
    """The lesson's files in its workspace, those that are not there yet."""
    try:
        prepare(workspace, lesson.files)
    except OSError as error:
        raise ShellError(
            f"The workspace {workspace} cannot be made: {error.strerror}.",
            "Say where there is room for it with LABRUNNER_DATA.",
        ) from error


def agree(lesson: Lesson, found: Entry, around: Surroundings, store: ProgressStore) -> None:
    """Scripts of a lesson from elsewhere run only after the learner has seen them and agreed, once."""
    scripts = [*lesson.setup, *lesson.cleanup]
    for step in lesson.steps:
        scripts += [*step.setup, *step.cleanup]
    if found.ours or not scripts or store.agreed(lesson.hash):
        return
    remedy = "Start it once in a terminal to see them and agree."
    if not around.interactive:
        raise UsageError(f"The lesson {lesson.id} wants to run scripts of its own on this machine.", remedy)
    around.front.show_text(words.scripts_of(lesson, [script.text for script in scripts]))
    if not around.front.confirm("Run these scripts on this machine?", default=False):
        raise UsageError(f"The scripts of the lesson {lesson.id} were not agreed to.", "Nothing was run.")
    store.agree(lesson.hash)


def free_port(start: int) -> int:
    """The first TCP port from `start` on that nobody listens on."""
    for port in range(start, min(start + PORTS_TRIED, 65536)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
    raise ShellError(f"No port from {start} to {start + 199} is free.", "Stop a program that listens on one.")


def tilde(path: Path) -> str:
    home = str(Path.home())
    return f"~{str(path)[len(home) :]}" if str(path).startswith(f"{home}/") else str(path)
