"""`labrunner status`: progress, per lesson and step."""

import json
from datetime import datetime
from typing import Any

from labrunner.cli.arguments import Arguments
from labrunner.cli.course import catalogue, whole
from labrunner.cli.report import FINISHED, note, out
from labrunner.lesson.model import Lesson
from labrunner.progress.progress import LessonProgress, StepProgress, fold
from labrunner.progress.sqlite import open_store


def run(arguments: Arguments) -> int:
    """With --json: `{"lessons": [{id, title, done, steps: [{id, title, state, met_at, attempts, hints, solution}]}]}`;
    `state` is done, skipped or open, `met_at` an ISO 8601 time with its offset."""
    found = catalogue(arguments.lessons)
    for trouble in found.troubles:
        note(f"labrunner: {trouble}")
    store = open_store()
    try:
        progress = fold(store.attempts())
    finally:
        store.close()
    reports = [report(whole(entry), progress.get(entry.front.id)) for entry in found.entries]
    if arguments.json:
        out(json.dumps({"lessons": reports}, indent=2))
        return FINISHED
    begun = [told for told in reports if told["begun"]]
    if not begun:
        out("No lesson was begun yet. `labrunner start` opens the course.")
    for told in begun:
        out(f"{told['title']} ({told['id']}): {'done' if told['done'] else 'begun'}")
        for number, step in enumerate(told["steps"], 1):
            out(f"  {number:>2}. {step['title']}: {in_words(step)}")
    return FINISHED


def report(lesson: Lesson, known: LessonProgress | None) -> dict[str, Any]:
    steps = []
    for step in lesson.steps:
        had = known.steps.get(step.id, StepProgress()) if known is not None else StepProgress()
        done = known is not None and known.stands(step.id, step.checks_hash)
        steps.append(
            {
                "id": step.id,
                "title": step.title,
                "state": "done" if done else "skipped" if had.skipped else "open",
                "met_at": when(had.met_at) if done else None,
                "attempts": had.attempts,
                "hints": had.hints,
                "solution": had.solution,
            }
        )
    return {
        "id": lesson.id,
        "title": lesson.front.title,
        "begun": known is not None,
        "done": all(step["state"] == "done" for step in steps),
        "steps": steps,
    }


def when(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at).astimezone().isoformat(timespec="seconds")


def in_words(step: dict[str, Any]) -> str:
    told = [str(step["state"])]
    if step["met_at"]:
        told[0] += f" {str(step['met_at'])[:16].replace('T', ' ')}"
    told += [
        f"{step[name]} {name if step[name] != 1 else name[:-1]}"
        for name in ("attempts", "hints")
        if step[name]
    ]
    if step["solution"]:
        told.append("solution shown")
    return ", ".join(told)
