"""`labrunner clean`: remove what lessons made on the engine, after showing it."""

import sys

from labrunner.cli import words
from labrunner.cli.arguments import Arguments
from labrunner.cli.choosing import choose
from labrunner.cli.report import FINISHED, note, out
from labrunner.cli.surroundings import look_around
from labrunner.errors import EngineError, UsageError
from labrunner.progress.sqlite import open_store
from labrunner.runner.cleaning import removed


def run(arguments: Arguments) -> int:
    store = open_store()
    try:
        made = store.made()
        if not made:
            out("Lessons left nothing on the engine.")
            return FINISHED
        out("Lessons made these, and they will be removed if they are still what they were:")
        for lesson, thing in made:
            out(f"  {thing.kind:<10} {thing.name}  (lesson {lesson})")
        if not arguments.yes:
            if not sys.stdin.isatty():
                raise UsageError("There is nobody to ask here.", "`labrunner clean --yes` removes them.")
            if not look_around(plain=False).front.confirm("Remove them?", default=False):
                return FINISHED
        engine = choose(arguments.engine).open()
        done = removed(engine, tuple(dict.fromkeys(thing for _, thing in made)))
        engine.close()
        for lesson, thing in made:
            if thing in done.things:
                store.forget_made(lesson, (thing,))
        gone = [thing for thing in done.things if thing not in done.gone_before]
        out(f"Removed: {words.things(gone)}." if gone else "Nothing of it was there any more.")
        for thing, why in done.refused:
            note(f"Still there: {thing.kind} {thing.name}: {why}")
        if done.refused:
            raise EngineError(
                "Not everything could be removed.", "Stop what still uses it, and run clean again."
            )
    finally:
        store.close()
    return FINISHED
