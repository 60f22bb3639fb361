"""`labrunner lint`: every mistake of a lesson file, in one run."""

import json

from labrunner.authoring.lint import lint
from labrunner.cli.arguments import Arguments
from labrunner.cli.report import FINISHED, out
from labrunner.errors import LessonError


def run(arguments: Arguments) -> int:
    """With --json the form that `labrunner.authoring.lint` documents. Exits 3 where there is an error."""
    report = lint(arguments.paths)
    if arguments.json:
        out(json.dumps(report.to_json(), indent=2))
    else:
        for remark in report.remarks:
            out(str(remark))
        out(summary(len(report.lessons), len(report.errors), len(report.warnings)))
    return LessonError.exit_status if report.errors else FINISHED


def summary(lessons: int, errors: int, warnings: int) -> str:
    def counted(number: int, noun: str) -> str:
        return f"{number} {noun}{'' if number == 1 else 's'}"

    return f"{counted(lessons, 'lesson')}: {counted(errors, 'error')}, {counted(warnings, 'warning')}."
