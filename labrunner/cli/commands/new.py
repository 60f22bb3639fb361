"""`labrunner new`: a small lesson that works, to be changed into one's own."""

from labrunner.authoring.scaffold import create
from labrunner.cli.arguments import Arguments
from labrunner.cli.report import FINISHED, out


def run(arguments: Arguments) -> int:
    made = create(arguments.path)
    out(f"{made}")
    out(f"Next: labrunner lint {made} && labrunner prove {made}")
    return FINISHED
