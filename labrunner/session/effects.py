"""What is asked of the world: the runner carries these out, a front end draws those that show something."""

from dataclasses import dataclass
from typing import Literal

from labrunner.checks.check import PlacedCheck
from labrunner.checks.verdict import Verdict
from labrunner.lesson.model import EngineName, Lesson, Option, Question, Script, Step
from labrunner.progress.attempt import Attempt

StepMark = Literal["done", "current", "skipped", "todo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the lesson the learner is; drawn as the dots of the footer."""

    number: int
    """From 1."""
    marks: tuple[StepMark, ...]

    @property
    def total(self) -> int:
        return len(self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowLesson:
    """Title, summary and introduction, once at the beginning; only the title where the learner comes back."""

    lesson: Lesson
    engine: EngineName
    resumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowStep:
    step: Step
    lesson_title: str
    place: Place
    engine: EngineName
    brief: bool = False
    """Only the heading and the footer: the learner is back at a step that was shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    placed: PlacedCheck
    verdict: Verdict
    with_remedy: bool
    """The same failure was seen before: say what would mend it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMet:
    """The step is done: what became true, and how to go on."""

    step: Step
    place: Place
    reports: tuple[CheckReport, ...]
    running: bool
    """A foreground command is still running: it has to be stopped before Enter can go on."""
    arrival: bool = False
    """It held before the learner did anything."""
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowUnmet:
    """Field by field, what was found. `said` are an author's or Docker's words, told before the findings."""

    step: Step
    place: Place
    reports: tuple[CheckReport, ...]
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowHint:
    number: int
    total: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSolution:
    text: str
    """Shell commands; or, for a question, Markdown."""
    commands: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowReply:
    """What an option that was chosen says, and whether the answer was right."""

    chosen: tuple[Option, ...]
    right: bool
    missing: bool = False
    """All that was chosen is right, but more options are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepLine:
    id: str
    title: str
    mark: StepMark


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowSteps:
    """The list of steps; a front end with a dialogue may let the learner choose one and answer `goto`."""

    lines: tuple[StepLine, ...]


Notice = Literal[
    "engine lost",
    "engine back",
    "marks lost",
    "not met yet",
    "cannot tell",
    "nothing to answer",
    "which answer",
    "no such step",
    "no hints",
    "no solution",
    "first step",
    "no next step",
    "still running",
    "read on",
    "checking",
    "question next",
    "question waits",
    "task first",
    "one option",
    "put aside",
    "begun anew",
    "stays so",
    "words",
    "rebuilding",
    "rebuilt",
    "script failed",
    "skipped",
    "held already",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowNotice:
    """One plain sentence; `detail` is a name, a number or an engine's words to put into it."""

    notice: Notice
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowEnd:
    """The lesson is over: every step was done, or skipped."""

    lesson: Lesson
    hints: int
    skipped: tuple[str, ...]
    """Titles of steps that were skipped."""


Show = (
    ShowLesson
    | ShowStep
    | ShowMet
    | ShowUnmet
    | ShowHint
    | ShowSolution
    | ShowReply
    | ShowSteps
    | ShowNotice
    | ShowEnd
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginStep:
    """From here on count commands, requests and events for this step."""

    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class GatherEvidence:
    """Look at the engine and the files; answer with `EvidenceArrived`."""

    step: Step
    also: tuple[PlacedCheck, ...] = ()
    """Checks of the author's feedback: they want evidence too, and nothing waits for them."""
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAttempt:
    """Keep it before anything is shown; the runner fills in the time."""

    attempt: Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class RunScripts:
    """Run an author's setup or cleanup in the workspace; answer with `ScriptsRan`."""

    scripts: tuple[Script, ...]
    purpose: Literal["setup", "cleanup"]


@dataclass(frozen=True, slots=True)
class StartOver:
    """Take away what the lesson made on the engine so far, and nothing else; put the learner's files aside, and forget
    the lesson's logins."""


@dataclass(frozen=True, slots=True)
class StopForeground:
    """Send Ctrl-C: the commands come from a file, and the step is met while one still runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOption:
    """Let the learner choose among a question's options; the choice comes back as the word `answer`."""

    question: Question


@dataclass(frozen=True, slots=True)
class AskLeave:
    """Ask whether to leave the lesson; a yes comes back as the word `leave` with the argument `now`."""


@dataclass(frozen=True, slots=True)
class Leave:
    """End the shell. `finished` where every step was done."""

    finished: bool


Effect = (
    Show
    | BeginStep
    | GatherEvidence
    | KeepAttempt
    | RunScripts
    | StartOver
    | StopForeground
    | AskLeave
    | AskOption
    | Leave
)
