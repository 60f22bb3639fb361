"""Lint: everything that can be said of a lesson without running it.

`labrunner lint --json` prints `LintReport.to_json()`. Its form is stable; keys may be added, none changes:

    {"version": 1,
     "lessons": ["lessons/04-tagging/lesson.md"],
     "errors": 1,
     "warnings": 0,
     "remarks": [{"severity": "error",
                  "rule": "format",
                  "path": "lessons/04-tagging/lesson.md",
                  "line": 12,
                  "column": 1,
                  "what": "There is no check kind `imge`.",
                  "remedy": "Did you mean `image`? …"}]}

`rule` is `format` for what the lesson format does not know, `plugin` for a check kind of another package that
does not load, else a name in `rules.RULES`. Remarks are sorted by path, line and column. An error is also a
reason for exit status 3; a warning is not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labrunner.authoring.rules import HIDDEN, RULES, Severity, Subject
from labrunner.errors import LessonError, Location, PluginError
from labrunner.lesson.catalogue import cached_fronts, find, pages_at
from labrunner.lesson.files import WORKSPACE, read_page
from labrunner.lesson.front import read_front
from labrunner.lesson.keys import Kinds
from labrunner.lesson.kinds import EVERY_KIND
from labrunner.lesson.loading import inspect
from labrunner.lesson.model import FrontMatter, Lesson
from labrunner.lesson.outline import outline
from labrunner.lesson.problems import Problems
from labrunner.lesson.source import decoded, is_text, normalized


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    severity: Severity
    rule: str
    what: str
    remedy: str = ""
    at: Location

    def __str__(self) -> str:
        return f"{self.at}: {self.severity}: {self.what} {self.remedy}".rstrip() + f" [{self.rule}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class LintReport:
    lessons: tuple[str, ...]
    """The lesson files that were read."""
    remarks: tuple[Remark, ...]
    """Sorted by place."""

    @property
    def errors(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.severity == "error")

    @property
    def warnings(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.severity == "warning")

    def to_json(self) -> dict[str, object]:
        """The report as JSON values; see the module for its form."""
        return {
            "version": 1,
            "lessons": list(self.lessons),
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "remarks": [
                {
                    "severity": remark.severity,
                    "rule": remark.rule,
                    "path": remark.at.path,
                    "line": remark.at.line,
                    "column": remark.at.column,
                    "what": remark.what,
                    "remedy": remark.remedy,
                }
                for remark in self.remarks
            ],
        }


def lint(paths: Sequence[Path], *, kinds: Kinds = EVERY_KIND) -> LintReport:
    """Lint lesson files, lesson folders and course folders. A path that cannot be read is an error, too."""
    remarks: list[Remark] = []
    pages: dict[Path, None] = {}
    for path in paths:
        try:
            pages.update(dict.fromkeys(pages_at(path)))
        except LessonError as error:
            remarks.append(_from_error(error))
    fronts = [front for front in cached_fronts(pages) if isinstance(front, FrontMatter)]
    shipped = (entry.front.id for entry in find().entries)
    known = frozenset((*shipped, *(front.id for front in fronts)))
    seen: dict[str, str] = {}
    for page in pages:
        lesson, found = _lint_page(page, known, kinds)
        remarks += found
        if lesson is None:
            continue
        if lesson.id in seen:
            what = f"The lesson id `{lesson.id}` is taken by {seen[lesson.id]}."
            at = Location(path=str(page))
            remarks.append(
                Remark(severity="error", rule="format", what=what, remedy="Give one another id.", at=at)
            )
        seen.setdefault(lesson.id, str(page))
    unique = {(remark.at, remark.rule, remark.what): remark for remark in remarks}
    return LintReport(lessons=tuple(map(str, pages)), remarks=tuple(unique[key] for key in sorted(unique)))


def _lint_page(page: Path, known: frozenset[str], kinds: Kinds) -> tuple[Lesson | None, list[Remark]]:
    try:
        lesson, errors = inspect(page, kinds=kinds)
    except PluginError as error:
        at = Location(path=str(page))
        return None, [Remark(severity="error", rule="plugin", what=error.what, remedy=error.remedy, at=at)]
    if lesson is None:
        return None, [_from_error(error) for error in errors]
    source = normalized(decoded(read_page(page), str(page)), str(page))
    front_lines = read_front(source, str(page), Problems()).lines
    subject = Subject(
        lesson=lesson,
        outline=outline(source, str(page), Problems(), skip=front_lines),
        source=source,
        known=known,
    )
    return lesson, [*_by_rules(subject), *_hidden_in_files(subject)]


def _by_rules(subject: Subject) -> Iterator[Remark]:
    for name, rule in RULES.items():
        for found in rule.find(subject):
            yield Remark(severity=rule.severity, rule=name, what=found.what, remedy=found.remedy, at=found.at)


def _hidden_in_files(subject: Subject) -> Iterator[Remark]:
    """The same as the rule `hidden-text`, for the files beside the page."""
    folder = Path(subject.lesson.path).parent / WORKSPACE
    for file in subject.lesson.workspace:
        hidden = HIDDEN.search(file.content.decode()) if is_text(file.content) else None
        if hidden is not None and (folder / file.path).exists():
            what = f"The file holds the character U+{ord(hidden[0]):04X}, which reorders text on the screen."
            at = Location(path=str(folder / file.path))
            yield Remark(severity="error", rule="hidden-text", what=what, remedy="Delete it.", at=at)


def _from_error(error: LessonError) -> Remark:
    return Remark(severity="error", rule="format", what=error.what, remedy=error.remedy, at=error.at)
