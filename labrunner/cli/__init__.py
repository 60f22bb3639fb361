"""Wires the parts, reports, exits."""

import os
import sys
from collections.abc import Sequence

from labrunner.cli.report import reported


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status of `labrunner ARGV`; see `labrunner.errors` for what each status means."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words

    def program() -> int:
        wanted = [word for word in words if word != "--debug"]
        if (status := came_back(wanted)) is not None:
            return status
        from labrunner.cli.arguments import read  # 20 ms that coming back does without

        arguments = read(wanted)
        return int(arguments.run(arguments))

    return reported(program, debug=debug)


def came_back(words: Sequence[str]) -> int | None:
    """The exit status of a lesson that could be gone on with at once, or None."""
    folder = os.environ.get("LABRUNNER_DATA") or usual_folder()
    if words[:1] != ["start"] or not os.path.isdir(f"{folder}/bookmarks"):
        return None
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "dumb") == "dumb":
        return None
    import gc

    # What is imported stays: looking for garbage meanwhile takes a tenth of the time. `quick` turns it on again.
    gc.disable()
    from labrunner.cli.quick import come_back  # 50 ms, only where there is a bookmark

    return come_back(words, folder, os.get_terminal_size(sys.stdout.fileno()).columns)


def usual_folder() -> str:
    """Where `platformdirs` puts our data, said without its 6 ms. Where they differ, coming back is merely slower."""
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/labrunner")
    return os.path.join(os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "labrunner")
