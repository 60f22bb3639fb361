"""The course is done as well by a learner who changes things from another terminal, or in Docker Desktop: past the
lab shell, where nothing is seen but what is true of the engine and of the files afterwards."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from labrunner.authoring.bench import Bench
from labrunner.authoring.prove import laid_out
from labrunner.authoring.sitting import Sitting
from labrunner.authoring.typing import Typist
from labrunner.authoring.worlds import Worlds
from labrunner.checks.dockercommand import docker_commands
from labrunner.engine.sdk import open_engine
from labrunner.lesson.catalogue import pages_at
from labrunner.lesson.script import commands
from labrunner.session.advance import advance
from labrunner.session.events import EngineChanged, Opened, WordSaid
from labrunner.session.moving import finish, go_on
from labrunner.session.session import opened
from tests.engine import real

PAGES = pages_at(Path(__file__).parents[2] / "lessons")
CHANGING = {
    *(("image", verb) for verb in ("build", "pull", "tag", "rm", "prune", "load")),
    *(("container", verb) for verb in ("run", "create", "start", "stop", "rm", "prune")),
}
"""What is done elsewhere. To look at something, to log in and to push belong to the lab shell: its learner is asked
what he has seen, and it has a configuration of its own."""
PATIENCE = 20


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=[page.parent.name for page in PAGES])
def test_what_is_changed_from_another_terminal_counts(page: Path, practice_engine: str) -> None:
    real.empty(practice_engine)
    with (
        laid_out(page, open_engine(practice_engine), os.environ) as (lesson, bench, _),
        closing(bench.shell()) as typist,
    ):
        worlds = Worlds(bench)
        worlds.renew(lesson.files, None)
        sitting = Sitting(opened(lesson, bench.world.kind), bench, worlds.look)
        sitting.go(lambda session: advance(session, Opened()))
        for step in lesson.steps:
            if step.solution is not None and step.checks:
                for command in commands(step.solution.text):
                    do(command, sitting, bench, typist)
                sitting.take("", typist, right=True)
                assert sitting.session.checks_met, step.id
            if step.question is not None:
                right = tuple(str(number) for number in sorted(step.question.right))
                sitting.tell(WordSaid("answer", right))
            sitting.go(go_on)
        sitting.go(finish)
    real.empty(practice_engine)


def do(command: str, sitting: Sitting, bench: Bench, typist: Typist) -> None:
    changing = any(each.path in CHANGING for each in docker_commands(command))
    if not changing or command.startswith("answer"):
        sitting.take(command, typist, right=True)
        return
    with elsewhere(command, bench) as shell:
        end = time.monotonic() + PATIENCE
        while shell.poll() is None and not sitting.session.checks_met and time.monotonic() < end:
            sitting.tell(EngineChanged())
        refused = shell.poll() not in (None, 0)
    sitting.tell(EngineChanged())
    if refused:
        # Nothing has changed: a lesson asks for it because of what is to be read then.
        sitting.take(command, typist, right=True)


@contextmanager
def elsewhere(command: str, bench: Bench) -> Iterator[subprocess.Popen[bytes]]:
    """A command in another terminal, where Ctrl-C is pressed in the end if it still runs."""
    shell = subprocess.Popen(
        ["bash", "-c", command],
        env=bench.straight,
        cwd=bench.world.workspace,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield shell
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGINT)
        shell.wait(PATIENCE)
