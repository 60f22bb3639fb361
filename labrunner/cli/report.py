"""The only place that prints errors or picks an exit status."""

import os
import sys
from collections.abc import Callable

from labrunner.errors import LabrunnerError, UsageError

FINISHED = 0
BUG = 1
UNFINISHED = 9
INTERRUPTED = 130


def out(text: str) -> None:
    """Data, for a person or a program to read."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Everything else."""
    sys.stderr.write(text if text.endswith("\n") else text + "\n")
    sys.stderr.flush()


def show_traceback() -> None:
    import traceback  # 7 ms, and seldom needed

    traceback.print_exc()


def reported(program: Callable[[], int], *, debug: bool) -> int:
    """Run it; an expected failure is one clear sentence, a bug shows where it is."""
    try:
        return program()
    except LabrunnerError as error:
        if debug:
            show_traceback()
        note(f"labrunner: {error}")
        if isinstance(error, UsageError):
            note("`labrunner --help` shows what there is.")
        return error.exit_status
    except KeyboardInterrupt:
        note("")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINISHED
    except Exception:
        show_traceback()
        note("labrunner: this is a bug in labrunner. Please report it with the lines above.")
        return BUG
