"""A small lesson and the evidence that its steps look at, for the tests of the session."""

from dataclasses import replace

from labrunner.checks.check import PlacedCheck
from labrunner.checks.evidence import Command, Evidence
from labrunner.checks.image import ImageCheck
from labrunner.engine.facts import ImageSummary, Observation
from labrunner.errors import Location
from labrunner.lesson.model import (
    FrontMatter,
    Lesson,
    Option,
    Passage,
    Question,
    Reject,
    Script,
    Step,
)
from labrunner.session.advance import advance
from labrunner.session.effects import Effect
from labrunner.session.events import Event, EvidenceArrived, Opened
from labrunner.session.session import Session, opened

AT = Location(path="lesson.md")


def image(name: str, *, number: int = 1) -> PlacedCheck:
    return PlacedCheck(kind="image", check=ImageCheck(name=name), id=f"image-{number}", at=AT)


PULL = Step(
    id="pull",
    title="Pull it",
    prose=(Passage(markdown="Pull `nginx`."),),
    checks=(image("nginx"),),
    hints=("Think of the verb.", "It is `pull`."),
    solution=Script(text="docker image pull nginx", at=AT),
    rejects=(Reject(run="docker image pull alpine", says="nginx", at=AT),),
    checks_hash="p1",
    at=AT,
)
READ = Step(id="read", title="Read this", prose=(Passage(markdown="Only read."),), checks_hash="r1", at=AT)
ASK = Step(
    id="ask",
    title="What is it?",
    question=Question(
        options=(
            Option(text="a copy", right=False, reply="No layer was copied."),
            Option(text="a name", right=True, reply="Yes, a name."),
            Option(text="a label on an ID", right=True),
        )
    ),
    checks_hash="a1",
    at=AT,
)
LESSON = Lesson(
    front=FrontMatter(id="small", title="A small lesson", summary="Three steps."), steps=(PULL, READ, ASK)
)

EMPTY = Evidence(docker=Observation())
PULLED = Evidence(docker=Observation(images=(ImageSummary(id="sha256:aa", names=("nginx:latest",)),)))


def ran(text: str, status: int = 0, output: str = "") -> Command:
    return Command(text=text, exit_status=status, output=output)


def told(session: Session, *events: Event) -> tuple[Session, tuple[Effect, ...]]:
    """The session after these events, with all effects that they had."""
    effects: tuple[Effect, ...] = ()
    for event in events:
        session, more = advance(session, event)
        effects += more
    return session, effects


def begun(**changes: object) -> Session:
    """At the first step, its arrival judged on an empty engine."""
    session = replace(opened(LESSON, "docker"), **changes)  # type: ignore[arg-type]
    session, _ = told(session, Opened(), EvidenceArrived("pull", EMPTY))
    return session
