"""`labrunner list`: the course, and how far the learner is."""

import json
from dataclasses import asdict

from labrunner.cli.arguments import Arguments
from labrunner.cli.course import catalogue, course_text, rows
from labrunner.cli.report import FINISHED, note, out
from labrunner.progress.progress import fold
from labrunner.progress.sqlite import open_store


def run(arguments: Arguments) -> int:
    """With --json: `{"lessons": [{id, title, summary, minutes, steps_total, steps_done, state, next}]}`."""
    found = catalogue(arguments.lessons)
    for trouble in found.troubles:
        note(f"labrunner: {trouble}")
    store = open_store()
    try:
        listed = rows(found.entries, fold(store.attempts()), steps=True)
    finally:
        store.close()
    if arguments.json:
        out(json.dumps({"lessons": [asdict(row) for row in listed]}, indent=2))
    else:
        out(course_text(listed))
    return FINISHED
