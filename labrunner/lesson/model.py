"""A lesson as a still value: what an author wrote, decoded, with every `{{value}}` filled in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from labrunner.checks.check import PlacedCheck
from labrunner.errors import Location

EngineName = Literal["docker", "practice"]
Need = Literal["lab-registry", "buildkit", "network", "port"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedValue:
    """Asked of the learner when the lesson starts for the first time."""

    question: str
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreePort:
    """The first free TCP port of the host, from `start` on."""

    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomWord:
    """A short word, fixed once for each start of the lesson."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    text: str


ValueSource = AskedValue | FreePort | RandomWord | Constant


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """The head of a lesson; all that the course list needs, without its steps."""

    id: str
    title: str
    summary: str
    minutes: int | None = None
    after: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    images: tuple[str, ...] = ()
    values: Mapping[str, ValueSource] = field(default_factory=lambda: MappingProxyType({}))
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A run of Markdown; `only` where it is a `note docker` or `note practice`."""

    markdown: str
    only: EngineName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    text: str
    """Markdown, one paragraph."""
    right: bool
    reply: str = ""
    """Shown when it is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    options: tuple[Option, ...]

    @property
    def right(self) -> frozenset[int]:
        """The right options' places, from 1."""
        return frozenset(n for n, option in enumerate(self.options, 1) if option.right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Shell commands as an author wrote them."""

    text: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A typical wrong way, and words that the learner must then see."""

    run: str
    says: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPattern:
    """A command line of the learner that looks like this; `*` stands for anything."""

    like: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    when: PlacedCheck | CommandPattern
    say: str
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceFile:
    """A file of the workspace; `path` is relative, with forward slashes."""

    path: str
    content: bytes
    executable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    id: str
    title: str
    prose: tuple[Passage, ...] = ()
    checks: tuple[PlacedCheck, ...] = ()
    question: Question | None = None
    hints: tuple[str, ...] = ()
    solution: Script | None = None
    accepts: tuple[Script, ...] = ()
    rejects: tuple[Reject, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    setup: tuple[Script, ...] = ()
    cleanup: tuple[Script, ...] = ()
    files: tuple[WorkspaceFile, ...] = ()
    checks_hash: str = ""
    """Changes when what the step asks for changes; kept with progress. Made of the unfilled text."""
    at: Location

    @property
    def asks(self) -> bool:
        """Whether the learner has to do or answer anything."""
        return bool(self.checks) or self.question is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    front: FrontMatter
    intro: tuple[Passage, ...] = ()
    """Shown before the first step."""
    steps: tuple[Step, ...] = ()
    setup: tuple[Script, ...] = ()
    cleanup: tuple[Script, ...] = ()
    """Scripts that stand before the first step."""
    workspace: tuple[WorkspaceFile, ...] = ()
    hash: str = ""
    """SHA-256 of the lesson file and its workspace."""
    path: str = ""

    @property
    def id(self) -> str:
        return self.front.id

    @property
    def files(self) -> tuple[WorkspaceFile, ...]:
        """What lies in the workspace when the lesson begins."""
        return (*self.workspace, *(file for step in self.steps for file in step.files))

    def place(self, step_id: str) -> int | None:
        """The index of a step, or None."""
        return next((n for n, step in enumerate(self.steps) if step.id == step_id), None)
