"""The steps of a lesson in brief, kept between runs: enough to say how far a learner is without reading the page."""

import json
from dataclasses import dataclass
from pathlib import Path

from labrunner.lesson.cache import NO_CACHE, TextCache, front_key
from labrunner.lesson.files import read_page


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBrief:
    id: str
    title: str
    """With sample values."""
    asks: bool
    """Whether the learner has to do or answer anything."""
    checks_hash: str


def cached_briefs(page: Path, cache: TextCache = NO_CACHE) -> tuple[StepBrief, ...]:
    """The steps of the lesson in a file. Raises the first `LessonError` where there is no lesson."""
    key = f"steps {front_key(read_page(page))}"
    kept = _from_text(cache.get(key) or "")
    if kept is not None:
        return kept
    # Late: 150 ms for Markdown, YAML and the check kinds, which kept briefs do not need.
    from labrunner.lesson.loading import load

    briefs = tuple(
        StepBrief(id=step.id, title=step.title, asks=step.asks, checks_hash=step.checks_hash)
        for step in load(page).steps
    )
    cache.put(key, json.dumps([[brief.id, brief.title, brief.asks, brief.checks_hash] for brief in briefs]))
    return briefs


def _from_text(text: str) -> tuple[StepBrief, ...] | None:
    try:
        return tuple(
            StepBrief(id=str(id_), title=str(title), asks=bool(asks), checks_hash=str(checks_hash))
            for id_, title, asks, checks_hash in json.loads(text)
        )
    except (ValueError, TypeError, RecursionError):
        return None
