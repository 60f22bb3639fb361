"""One lesson from the first screen to the last word: what `start` and `demo` have in common."""

import os
import random
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from labrunner.cli import words
from labrunner.cli.beginning import LAB_REGISTRY, Wish, agree, begin, place
from labrunner.cli.choosing import Chosen
from labrunner.cli.course import catalogue, rows
from labrunner.cli.lab import gateway, private_of, workspace_of
from labrunner.cli.preflight import engine_for, names_taken
from labrunner.cli.report import FINISHED, UNFINISHED, note
from labrunner.cli.seat import Seat, sweep, take_seat
from labrunner.cli.surroundings import Surroundings, columns, told
from labrunner.engine.protocol import Engine
from labrunner.errors import EngineError, UsageError
from labrunner.lesson.catalogue import Entry
from labrunner.lesson.loading import load
from labrunner.lesson.model import EngineName
from labrunner.progress.progress import fold
from labrunner.progress.sqlite import data_folder
from labrunner.progress.store import Opening, ProgressStore
from labrunner.runner.cleaning import removed, still_there
from labrunner.runner.jobs import Jobs
from labrunner.runner.labregistry import ACCOUNT, lab_registry
from labrunner.runner.protocols import Shell
from labrunner.runner.rehearsal import Rehearsal
from labrunner.runner.runner import Runner
from labrunner.runner.world import World
from labrunner.session.session import Session, opened
from labrunner.shell.events import ShellEvent
from labrunner.shell.integration import launch


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A shell that stands already; `heard` is what happened in it since."""

    seat: Seat
    shell: Shell
    jobs: Jobs
    chosen: Chosen
    engine: Engine
    heard: tuple[ShellEvent, ...] = ()
    shown: bool = False
    """The step is on the screen: the learner came back to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a lesson was left."""

    session: Session
    opening: Opening
    chosen: Chosen
    exit_status: int


def run_lesson(
    found: Entry, wish: Wish, around: Surroundings, store: ProgressStore, started: Started | None = None
) -> Ended:
    """Run it to its end, and close its shell."""
    if wish.demo:
        found = apart(found)
    with ExitStack() as stack:
        if started is None:
            # What is wrong with the lesson is told before an engine is looked for.
            page = load(Path(found.path))
            kept = store.opening(found.front.id)
            begun_on = kept.engine if kept is not None else ""
            chosen, engine = stack.enter_context(engine_for(page, wish, around, begun_on))
        else:
            chosen, engine = started.chosen, started.engine
        opening, lesson, resumed = begin(found, engine, wish, around, store)
        if wish.step and lesson.place(wish.step) is None:
            known = ", ".join(step.id for step in lesson.steps)
            raise UsageError(f"The lesson {lesson.id} has no step {wish.step}.", f"Its steps are {known}.")
        if wish.demo:
            lesson = replace(lesson, front=found.front)
            stack.callback(forget_demo, lesson.id, workspace_of(lesson.id), engine, store)
        for name in () if resumed else names_taken(lesson, engine):
            told(words.name_taken(name), around)
        place(lesson, Path(opening.workspace))
        agree(lesson, found, around, store)
        session = opened(
            lesson,
            chosen.name,
            fold(store.attempts(lesson.id)).get(lesson.id),
            at=wish.step,
            unattended=not around.interactive,
        )
        if started is None:
            started = sit_down(lesson.id, chosen, engine, opening, around, wish, stack)
        sweep()
        sitting = stack.enter_context(ExitStack())
        sitting.callback(started.shell.close)
        if LAB_REGISTRY in found.front.needs and not wish.registry:
            account = opening.values.get("user") or ACCOUNT
            sitting.enter_context(
                lab_registry(data_folder() / "registry", opening.values["registry"], account)
            )
        jobs = started.jobs
        requests = sitting.enter_context(
            gateway(started.seat, lesson.id, chosen.address, lambda: jobs.post(None))
        )
        runner = Runner(
            session,
            shell=started.shell,
            front=around.front,
            world=World(
                engine=engine,
                workspace=Path(opening.workspace),
                docker_config=Path(started.seat.docker_config),
                kind=chosen.name,
                gateway=bool(started.seat.socket),
            ),
            store=store,
            jobs=jobs,
            environment=started.seat.environment,
            before={thing.name: thing.id for thing in opening.before},
            columns=columns,
            clock=time.time,
            requests=requests,
            rehearsal=Rehearsal(mistakes=2) if wish.demo else None,
            pace=human_pace if wish.demo and wish.speed == "human" else at_once,
        )
        session = runner.run(resumed=resumed, shown=started.shown, heard=started.heard)
        sitting.close()
        if session.finished and not wish.demo:
            say_goodbye(session, opening, engine, around, store)
    status = farewell(session, around, wish)
    return Ended(session=session, opening=opening, chosen=chosen, exit_status=status)


def sit_down(
    lesson: str,
    chosen: Chosen,
    engine: Engine,
    opening: Opening,
    around: Surroundings,
    wish: Wish,
    stack: ExitStack,
) -> Started:
    """Take a seat and start the shell; `stack` undoes it."""
    seat = take_seat(lesson, chosen.address, chosen.certificates, private_of(lesson))
    stack.callback(seat.leave)
    jobs = Jobs()
    stack.callback(jobs.close)
    shell = shell_for(seat, opening.workspace, chosen.name, around, wish, jobs.wake)
    shell.start()
    return Started(seat=seat, shell=shell, jobs=jobs, chosen=chosen, engine=engine)


def apart(found: Entry) -> Entry:
    """The same lesson under an id of its own, so that a demo leaves the learner's progress and workspace alone."""
    return replace(found, front=replace(found.front, id=f"{found.front.id}-demo"))


def forget_demo(lesson: str, workspace: Path, engine: Engine, store: ProgressStore) -> None:
    """Take away all that a demo made."""
    made = tuple(thing for _, thing in store.made(lesson))
    with suppress(EngineError):
        store.forget_made(lesson, removed(engine, made).things)
    store.forget(lesson)
    shutil.rmtree(workspace, ignore_errors=True)


def shell_for(
    seat: Seat, workspace: str, engine: EngineName, around: Surroundings, wish: Wish, wake: int
) -> Shell:
    how = launch(
        environment=seat.environment,
        directory=workspace,
        run_folder=seat.shell_folder,
        label="practice:" if engine == "practice" else "",
        fed=not around.interactive,
    )
    if around.interactive:
        from labrunner.shell.relay import Relay  # one of the two is enough

        return Relay(
            how,
            terminal_in=sys.stdin.fileno(),
            terminal_out=sys.stdout.fileno(),
            wake=wake,
            record=recorder(wish.record),
        )
    from labrunner.shell.feed import FedShell

    lines = nobody() if wish.demo else sys.stdin
    return FedShell(how, commands=lines, output=sys.stdout, wake=wake, echo="$ ", held=True)


def recorder(path: Path | None) -> Callable[[bytes], object] | None:
    """Writes what the terminal is sent to a file, as `script` does; `cat` plays it."""
    if path is None:
        return None
    try:
        return path.open("wb", buffering=0).write
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}.", "Choose another file for --record."
        ) from error


def nobody() -> TextIO:
    """A stream on which nothing comes, and which does not end: all that is typed is typed by the rehearsal."""
    reading, _open = os.pipe()
    return os.fdopen(reading)


def say_goodbye(
    session: Session, opening: Opening, engine: Engine, around: Surroundings, store: ProgressStore
) -> None:
    """What is left on the engine, with the offer to clean, and what comes next."""
    lesson = session.lesson.id
    told(words.time_taken(time.time() - opening.begun), around)
    made = tuple(thing for _, thing in store.made(lesson))
    try:
        left = still_there(made, engine.observe())
    except EngineError:
        left = made
    if left and around.interactive:
        told(words.left_on_engine(left), around)
        if around.front.confirm("Remove it now?", default=False):
            with suppress(EngineError):
                store.forget_made(lesson, removed(engine, left).things)
    elif left:
        told(f"{words.left_on_engine(left)} `labrunner clean` removes it.", around)
    coming = next((row for row in rows(catalogue(None).entries, fold(store.attempts())) if row.next), None)
    if coming is not None:
        told(f"Next: labrunner start {coming.id}", around)


def farewell(session: Session, around: Surroundings, wish: Wish) -> int:
    """The last words, and the exit status."""
    if session.finished:
        if wish.demo:
            note(words.after_demo(session.lesson.id.removesuffix("-demo")))
        return FINISHED
    if around.interactive:
        if session.phase != "over":
            note(words.come_back(session))
        return FINISHED
    note(words.unfinished(session))
    return UNFINISHED


def at_once(shell: Shell, line: str) -> None:
    shell.type(line + "\n")


def human_pace(shell: Shell, line: str) -> None:
    """Type as a person would: a pause to think, then key by key."""
    shell.wait(0.6 if line else 1.2)
    for character in line:
        shell.type(character)
        shell.wait(random.uniform(0.02, 0.07))
    shell.type("\n")
