"""`labrunner reset`: forget progress and workspace of a lesson, after showing what will go."""

import shutil
import sys

from labrunner.cli.arguments import Arguments
from labrunner.cli.lab import private_of, workspace_of
from labrunner.cli.report import FINISHED, out
from labrunner.cli.surroundings import look_around
from labrunner.errors import StoreError, UsageError
from labrunner.progress.progress import fold
from labrunner.progress.sqlite import open_store


def run(arguments: Arguments) -> int:
    store = open_store()
    try:
        begun = {opening.lesson for opening in store.openings()} | set(fold(store.attempts()))
        if arguments.lesson is not None and arguments.lesson not in begun:
            known = f" Begun so far: {', '.join(sorted(begun))}." if begun else ""
            raise UsageError(
                f"The lesson {arguments.lesson} was not begun; there is nothing to forget.{known}"
            )
        going = sorted(begun) if arguments.lesson is None else [arguments.lesson]
        if not going:
            out("No lesson was begun; there is nothing to forget.")
            return FINISHED
        progress = fold(store.attempts())
        out("This will be forgotten:")
        for lesson in going:
            done = sum(step.done for step in progress[lesson].steps.values()) if lesson in progress else 0
            folder = workspace_of(lesson)
            out(f"  {lesson}: {done} steps done" + (f", workspace {folder}" if folder.exists() else ""))
        if not arguments.yes:
            if not sys.stdin.isatty():
                raise UsageError("There is nobody to ask here.", "`labrunner reset --yes` forgets it.")
            if not look_around(plain=False).front.confirm("Forget it?", default=False):
                return FINISHED
        for lesson in going:
            store.forget(lesson)
            for folder in (workspace_of(lesson), private_of(lesson)):
                try:
                    if folder.exists():
                        shutil.rmtree(folder)
                except OSError as error:
                    raise StoreError(
                        f"{folder} could not be removed: {error.strerror}.", "Remove it by hand."
                    ) from error
        out(f"Forgotten: {', '.join(going)}. What it made on the engine stays until `labrunner clean`.")
    finally:
        store.close()
    return FINISHED
