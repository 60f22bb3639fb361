"""`labrunner prove`: lessons shown unmet before, met after each right way, unmet after each wrong one."""

import sys
from collections.abc import Callable
from contextlib import closing

from labrunner.authoring.junit import as_junit
from labrunner.authoring.proof import Proof
from labrunner.authoring.prove import Trying, prove
from labrunner.authoring.reports import as_json, as_table
from labrunner.cli.arguments import Arguments
from labrunner.cli.choosing import choose
from labrunner.cli.report import FINISHED, note, out
from labrunner.errors import LabrunnerError, LessonError


def run(arguments: Arguments) -> int:
    """The table, or with --json the form that `labrunner.authoring.reports` documents. Exits 3 where a proof fails."""
    if arguments.engine == "practice":
        from labrunner.authoring.practicing import prove_in_practice  # 90 ms of multiprocessing

        proof = prove_in_practice(arguments.paths)
    else:
        with closing(choose(arguments.engine).open()) as engine:
            proof = prove(arguments.paths, engine, on_progress=progress())
    if arguments.junit is not None:
        write_junit(proof, arguments)
    out(as_json(proof) if arguments.json else as_table(proof))
    return FINISHED if proof.ok else LessonError.exit_status


def progress() -> Callable[[Trying], None]:
    """One line that is drawn over and over, where somebody looks at it."""
    if not sys.stderr.isatty():
        return lambda _: None

    def tell(now: Trying) -> None:
        line = f"{now.lesson}, step {now.number} of {now.total}: {now.claim}"
        sys.stderr.write(f"\r\x1b[K{line[:78]}\r")
        sys.stderr.flush()

    return tell


def write_junit(proof: Proof, arguments: Arguments) -> None:
    try:
        arguments.junit.write_text(as_junit(proof), encoding="utf-8")
    except OSError as error:
        what = f"{arguments.junit} cannot be written: {error.strerror}."
        raise LabrunnerError(what, "Choose another file.") from error
    note(f"The JUnit report is in {arguments.junit}.")
