"""What lint finds in a lesson that is read without error but would teach badly: one function a rule."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from labrunner.authoring.images import unlisted_images
from labrunner.authoring.literals import unsaid
from labrunner.checks.check import PlacedCheck
from labrunner.errors import Location
from labrunner.lesson.model import Lesson
from labrunner.lesson.pages import Outline, TaskList
from labrunner.lesson.problems import did_you_mean, shown
from labrunner.lesson.script import commands
from labrunner.lesson.values import references

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A lesson as lint sees it."""

    lesson: Lesson
    outline: Outline
    source: str
    """The text of the page, values not filled in."""
    known: frozenset[str]
    """The ids of all lessons there are."""

    def head(self, key: str) -> Location:
        """Where a key of the front matter stands; the first line where it does not."""
        for number, line in enumerate(self.source.split("\n"), 1):
            if line.startswith(f"{key}:"):
                return Location(path=self.lesson.path, line=number)
        return Location(path=self.lesson.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    what: str
    remedy: str = ""
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An error makes the proof of the lesson fail, or misleads a learner; a warning is worth a look."""

    severity: Severity
    find: Callable[[Subject], Iterator[Found]]


def no_solution(subject: Subject) -> Iterator[Found]:
    for step in subject.lesson.steps:
        if step.solution is None and any(_is_done_by_commands(check) for check in step.checks):
            yield Found(
                what=f"The step `{step.id}` has checks and no solution: nothing shows that it can be done.",
                remedy="Add an `sh solution` block.",
                at=step.at,
            )


def unsaid_literal(subject: Subject) -> Iterator[Found]:
    for missing in unsaid(subject.lesson):
        yield Found(
            what=f"The check asks for `{shown(missing.literal)}` (`{missing.field}`), "
            f"and no prose up to here says `{missing.word}`.",
            remedy="Tell the learner, or check less.",
            at=missing.check.at,
        )


def early_solution(subject: Subject) -> Iterator[Found]:
    for step in subject.lesson.steps:
        if step.solution is None:
            continue
        lines = [_spaced(command) for command in commands(step.solution.text)]
        for number, hint in enumerate(step.hints[:-1], 1):
            if lines and all(line in _spaced(hint) for line in lines):
                yield Found(
                    what=f"Hint {number} of the step `{step.id}` gives the solution away.",
                    remedy="Only the last hint may; the solution is shown after it.",
                    at=step.at,
                )


def hidden_text(subject: Subject) -> Iterator[Found]:
    for number, line in enumerate(subject.source.split("\n"), 1):
        if hidden := HIDDEN.search(line):
            yield Found(
                what=f"The character U+{ord(hidden[0]):04X} stands here, which reorders text on the screen.",
                remedy="Delete it.",
                at=Location(path=subject.lesson.path, line=number, column=hidden.start() + 1),
            )


def unknown_lesson(subject: Subject) -> Iterator[Found]:
    for lesson in subject.lesson.front.after:
        if lesson not in subject.known:
            yield Found(
                what=f"`after` names the lesson `{lesson}`, which is not here.",
                remedy=did_you_mean(lesson, sorted(subject.known))
                or "Lint it together with this one, or delete the name.",
                at=subject.head("after"),
            )


def no_minutes(subject: Subject) -> Iterator[Found]:
    if subject.lesson.front.minutes is None:
        yield Found(
            what="Nothing says how long the lesson takes.",
            remedy="Add `minutes: …` to the front matter.",
            at=subject.head("minutes"),
        )


def unlisted_image(subject: Subject) -> Iterator[Found]:
    for image, at in unlisted_images(subject.lesson):
        yield Found(
            what=f"The lesson uses the image `{image}`, which `images` does not list.",
            remedy="List it: the preflight looks for what a lesson needs before it starts.",
            at=at,
        )


def no_hint(subject: Subject) -> Iterator[Found]:
    for step in subject.lesson.steps:
        if step.checks and not step.hints:
            yield Found(
                what=f"The step `{step.id}` has checks and no hint.",
                remedy="Add an `md hint` that says what to think about.",
                at=step.at,
            )


def no_reply(subject: Subject) -> Iterator[Found]:
    for step in subject.lesson.steps:
        if step.question is not None and not any(option.reply for option in step.question.options):
            yield Found(
                what=f"The question of the step `{step.id}` says nothing about what is chosen.",
                remedy="Indent a sentence under each option: why it is right or wrong.",
                at=step.at,
            )


def lonely_option(subject: Subject) -> Iterator[Found]:
    for step in subject.lesson.steps:
        if step.question is not None and len(step.question.options) < 2:
            yield Found(
                what=f"The question of the step `{step.id}` has one option.", remedy="Add others.", at=step.at
            )


def wrapped_option(subject: Subject) -> Iterator[Found]:
    for page in subject.outline.steps:
        for block in page.blocks:
            for task in block.tasks if isinstance(block, TaskList) else ():
                if task.reply and task.reply[0].text[:1].islower():
                    yield Found(
                        what="This line is the reply to the option above, and reads like its second half.",
                        remedy="Keep an option on one line; begin a reply with a capital.",
                        at=Location(path=subject.lesson.path, line=task.reply[0].number),
                    )


def long_says(subject: Subject) -> Iterator[Found]:
    for step in subject.lesson.steps:
        for reject in step.rejects:
            if len(reject.says) > LONGEST_SAYS:
                yield Found(
                    what=f"`says` is {len(reject.says)} characters long, and has to be seen word for word.",
                    remedy="Name the two or three words that matter.",
                    at=reject.at,
                )


def other_title(subject: Subject) -> Iterator[Found]:
    if subject.outline.title != subject.lesson.front.title:
        said = f"`{shown(subject.outline.title)}`" if subject.outline.title else "missing"
        yield Found(
            what=f"The `#` heading is {said}, and the title is `{shown(subject.lesson.front.title)}`.",
            remedy="Make them the same.",
            at=subject.outline.intro.at,
        )


def unused_value(subject: Subject) -> Iterator[Found]:
    used = {reference.name for reference in references(subject.source)}
    for name in subject.lesson.front.values:
        if name not in used and not subject.lesson.workspace:
            what = f"The value `{name}` is used nowhere."
            yield Found(what=what, remedy="Use it, or delete it.", at=subject.head("values"))


def unneeded_registry(subject: Subject) -> Iterator[Found]:
    used = any(reference.name == "registry" for reference in references(subject.source))
    if used and "lab-registry" not in subject.lesson.front.needs:
        yield Found(
            what="The lesson uses `{{registry}}`, and `needs` does not name `lab-registry`.",
            remedy="Add `needs: [lab-registry]`, so that it is there when the lesson starts.",
            at=subject.head("needs"),
        )


LONGEST_SAYS = 60
HIDDEN = re.compile("[\u061c\u202a-\u202e\u2066-\u2069]")
"""Bidirectional controls: they reorder what stands around them on the screen."""

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "no-solution": Rule(severity="error", find=no_solution),
        "unsaid-literal": Rule(severity="error", find=unsaid_literal),
        "early-solution": Rule(severity="error", find=early_solution),
        "hidden-text": Rule(severity="error", find=hidden_text),
        "unknown-lesson": Rule(severity="warning", find=unknown_lesson),
        "no-minutes": Rule(severity="warning", find=no_minutes),
        "unlisted-image": Rule(severity="warning", find=unlisted_image),
        "no-hint": Rule(severity="warning", find=no_hint),
        "no-reply": Rule(severity="warning", find=no_reply),
        "lonely-option": Rule(severity="warning", find=lonely_option),
        "wrapped-option": Rule(severity="warning", find=wrapped_option),
        "long-says": Rule(severity="warning", find=long_says),
        "other-title": Rule(severity="warning", find=other_title),
        "unused-value": Rule(severity="warning", find=unused_value),
        "unneeded-registry": Rule(severity="warning", find=unneeded_registry),
    }
)


def _is_done_by_commands(check: PlacedCheck) -> bool:
    """An answer is typed, not done."""
    inner: tuple[PlacedCheck, ...] = getattr(check.check, "checks", ())
    return any(map(_is_done_by_commands, inner)) if inner else check.kind != "answer"


def _spaced(text: str) -> str:
    return " ".join(text.split())
