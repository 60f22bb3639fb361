"""Proofs on the practice engine: every lesson on one of its own, several at once.

Most of a proof is waiting for a shell or for a change that must not come, so lessons side by side cost little more
than one; and the learner's own practice engine is left alone.
"""

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from labrunner.authoring.proof import Proof
from labrunner.authoring.prove import pages_of, prove
from labrunner.engine.sdk import open_engine
from labrunner.practice import start as practice

AT_ONCE = 4
"""Lessons for each processor."""


def prove_in_practice(paths: Sequence[Path], environment: Mapping[str, str] | None = None) -> Proof:
    """As `prove`, with fresh practice engines."""
    pages = pages_of(paths)
    at_once = min(len(pages), AT_ONCE * (os.cpu_count() or 1))
    alone = partial(prove_alone, environment=dict(os.environ if environment is None else environment))
    if at_once == 1:
        return alone(pages[0])
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        proofs = list(pool.map(alone, pages))
    first = proofs[0]
    return Proof(
        engine=first.engine,
        version=first.version,
        store=first.store,
        lessons=tuple(lesson for each in proofs for lesson in each.lessons),
    )


def prove_alone(page: Path, environment: Mapping[str, str]) -> Proof:
    folder = Path(tempfile.mkdtemp(prefix="labrunner-proof-"))
    try:
        with closing(open_engine(practice.start(folder / "engine"))) as engine:
            return prove([page], engine, environment=environment)
    finally:
        practice.stop(folder / "engine")
        shutil.rmtree(folder, ignore_errors=True)
