"""`labrunner kinds`: the manual of the check kinds, from their own docstrings."""

from labrunner.authoring.manual import overview, page
from labrunner.cli.arguments import Arguments
from labrunner.cli.report import FINISHED, out
from labrunner.cli.surroundings import columns


def run(arguments: Arguments) -> int:
    width = min(columns(), 100)
    out(page(arguments.kind, width=width) if arguments.kind else overview(width=width))
    return FINISHED
