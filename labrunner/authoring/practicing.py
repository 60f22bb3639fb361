"""Proofs on the practice engine: every lesson, or part of a long one, on an engine of its own, several at once.

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
from labrunner.authoring.shares import Share, joined, shares
from labrunner.engine.sdk import open_engine
from labrunner.lesson.loading import inspect
from labrunner.practice import start as practice

AT_ONCE = 4
"""Parts of lessons for each processor."""
WAYS_IN_A_PART = 63
"""A lesson with more ways than this is proved in several parts."""


def prove_in_practice(paths: Sequence[Path], environment: Mapping[str, str] | None = None) -> Proof:
    """As `prove`, with fresh practice engines."""
    pages = pages_of(paths)
    ways = {page: ways_of(page) for page in pages}
    # The longest first, so that none is left over at the end.
    parts = [
        (page, share)
        for page in sorted(pages, key=lambda page: -ways[page])
        for share in shares(max(1, -(-ways[page] // WAYS_IN_A_PART)))
    ]
    at_once = min(len(parts), AT_ONCE * (os.cpu_count() or 1))
    alone = partial(prove_alone, environment=dict(os.environ if environment is None else environment))
    if at_once == 1:
        return alone(*parts[0])
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(at_once, mp_context=context) as pool:
        proofs = list(pool.map(alone, *zip(*parts, strict=True)))
    proved = {
        page: [p.lessons[0] for (of, _), p in zip(parts, proofs, strict=True) if of == page] for page in pages
    }
    first = proofs[0]
    return Proof(
        engine=first.engine,
        version=first.version,
        store=first.store,
        lessons=tuple(joined(proved[page]) for page in pages),
    )


def ways_of(page: Path) -> int:
    """How many ways there are beside the solutions."""
    lesson, _ = inspect(page)
    return sum(len(step.accepts) + len(step.rejects) for step in lesson.steps) if lesson is not None else 0


def prove_alone(page: Path, share: Share, environment: Mapping[str, str]) -> Proof:
    folder = Path(tempfile.mkdtemp(prefix="labrunner-proof-"))
    try:
        with closing(open_engine(practice.start(folder / "engine"))) as engine:
            return prove([page], engine, environment=environment, share=share)
    finally:
        practice.stop(folder / "engine")
        shutil.rmtree(folder, ignore_errors=True)
