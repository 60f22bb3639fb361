"""A small lesson, and everything that can be shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.checks.check import PlacedCheck
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.finding import Finding
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict
from labrunner.errors import Location
from labrunner.lesson.model import FrontMatter, Lesson, Option, Passage, Question, Step
from labrunner.session.effects import (
    CheckReport,
    Place,
    Show,
    ShowEnd,
    ShowHint,
    ShowLesson,
    ShowMet,
    ShowNotice,
    ShowReply,
    ShowSolution,
    ShowStep,
    ShowSteps,
    ShowUnmet,
    StepLine,
    StepMark,
)
from labrunner.session.rows import LessonRow

AT = Location(path="lesson.md")


@dataclass(frozen=True)
class Anything:
    """A check that always holds."""

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return ()

    def judge(self, seen: Evidence) -> Verdict:
        return Met()


def placed(kind: str) -> PlacedCheck:
    return PlacedCheck(kind=kind, check=Anything(), id=f"{kind}-1", at=AT)


QUESTION = Question(
    options=(
        Option(text="Tagging copied the layers", right=False, reply="Look at the `IMAGE ID` column."),
        Option(text="Both names show the same `IMAGE ID`, there is one copy of the layers", right=True),
        Option(text="The first name is gone", right=False),
    )
)
SEVERAL = Question(
    options=(
        Option(text="`tag` makes a copy", right=False),
        Option(text="A tag is a label", right=True),
        Option(text="An image may have **many** names", right=True),
    )
)
READ = Step(
    id="before", title="What you will need", prose=(Passage(markdown="A name. *Nothing* else."),), at=AT
)
PUSH = Step(
    id="push",
    title="Push too early",
    prose=(
        Passage(
            markdown="Push the image **before** you have logged in, and read what the registry says.\n\n"
            "- the first part of the name says where to push\n- the second says whose it is"
        ),
        Passage(markdown="The practice registry is quick.", only="practice"),
        Passage(markdown="A real registry takes a while.", only="docker"),
    ),
    checks=(placed("asked"),),
    at=AT,
)
COPIES = Step(
    id="copies",
    title="How many copies are there now?",
    prose=(Passage(markdown="How many image IDs does `docker image ls` show?"),),
    question=QUESTION,
    at=AT,
)
SIZE = Step(
    id="size",
    title="How large is it?",
    prose=(Passage(markdown="How large is `nginx:alpine`?"),),
    checks=(placed("answer"),),
    at=AT,
)
LESSON = Lesson(
    front=FrontMatter(
        id="tagging",
        title="Tag and push images",
        summary="One image, many names; give it yours and push it.",
        minutes=25,
    ),
    intro=(Passage(markdown="Afterwards you can name an image so that it can be **pushed**."),),
    steps=(READ, PUSH, COPIES, SIZE),
)


def place(number: int, marks: str) -> Place:
    names: Mapping[str, StepMark] = {"d": "done", "c": "current", "s": "skipped", "t": "todo"}
    return Place(number=number, marks=tuple(names[mark] for mark in marks))


def step(shown: Step, number: int, marks: str, *, brief: bool = False) -> ShowStep:
    title = LESSON.front.title
    return ShowStep(
        step=shown, lesson_title=title, place=place(number, marks), engine="practice", brief=brief
    )


SHOWS: Mapping[str, Show] = {
    "a lesson begins": ShowLesson(lesson=LESSON, engine="practice", resumed=False),
    "a lesson is taken up": ShowLesson(lesson=LESSON, engine="docker", resumed=True),
    "a step to read": step(READ, 1, "cttt"),
    "a step to do": step(PUSH, 2, "dctt"),
    "a step seen before": step(PUSH, 2, "dctt", brief=True),
    "a question": step(COPIES, 3, "dsct"),
    "something to find out": step(SIZE, 4, "dsdc"),
    "met": ShowMet(step=COPIES, place=place(3, "dsdt"), reports=(), running=False),
    "met while it runs": ShowMet(step=PUSH, place=place(2, "dctt"), reports=(), running=True),
    "met before": ShowMet(
        step=SIZE, place=place(4, "dsdd"), reports=(), running=False, arrival=True, last=True
    ),
    "not met": ShowUnmet(
        step=PUSH, place=place(2, "dctt"), reports=(), said=("Port 8080 is taken by `web1`.",)
    ),
    "a hint": ShowHint(number=1, total=2, text="`push` takes **one** name."),
    "the last hint": ShowHint(number=2, total=2, text="It begins with the registry."),
    "a solution": ShowSolution(text="# push it\ndocker image push localhost:5001/student/nginx\n"),
    "a wrong answer": ShowReply(chosen=(QUESTION.options[0],), right=False),
    "half an answer": ShowReply(chosen=(SEVERAL.options[1],), right=False, missing=True),
    "a right answer": ShowReply(chosen=(QUESTION.options[1],), right=True),
    "the steps": ShowSteps(
        lines=(
            StepLine(id="before", title="What you will need", mark="done"),
            StepLine(id="push", title="Push too early", mark="current"),
            StepLine(id="copies", title="How many copies are there now?", mark="skipped"),
            StepLine(id="size", title="How large is it?", mark="todo"),
        )
    ),
    "a notice": ShowNotice(notice="no such step", detail="42"),
    "the words": ShowNotice(notice="words"),
    "the end": ShowEnd(lesson=LESSON, hints=1, skipped=()),
    "the end, with a step skipped": ShowEnd(lesson=LESSON, hints=0, skipped=("Push too early",)),
}

NAME_DIFFERS = CheckReport(
    placed=placed("container"),
    verdict=Unmet((Finding(field="name", expected="web", found="web1", subject="container web1"),)),
    with_remedy=False,
)
IMAGE_THERE = CheckReport(
    placed=placed("image"),
    verdict=Met((Finding(field="exists", expected="yes", found="yes", subject="image nginx:latest"),)),
    with_remedy=False,
)
NO_ANSWER = CheckReport(
    placed=placed("http"), verdict=Unknown("Nothing answered within 5 seconds."), with_remedy=False
)
REPORTED = ShowUnmet(step=PUSH, place=place(2, "dctt"), reports=(IMAGE_THERE, NAME_DIFFERS, NO_ANSWER))

ROWS = (
    LessonRow(
        id="find",
        title="Find good images",
        summary="Official images, tags, and how to tell a good one.",
        minutes=15,
        steps_total=7,
        steps_done=7,
        state="done",
    ),
    LessonRow(
        id="layers",
        title="Images and their layers",
        summary="What an image is made of, and how to see it.",
        minutes=20,
        steps_total=9,
        steps_done=3,
        state="begun",
        next=True,
    ),
    LessonRow(id="tagging", title="Tag and push images", summary="One image, many names.", state="new"),
)
