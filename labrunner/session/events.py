"""What happened: everything that can move a session, as values in the past tense."""

from dataclasses import dataclass

from labrunner.checks.evidence import Command, Evidence


@dataclass(frozen=True, slots=True)
class Opened:
    """The lesson is on the screen; `resumed` where the learner comes back to it."""

    resumed: bool = False


@dataclass(frozen=True, slots=True)
class CommandBegan:
    text: str


@dataclass(frozen=True, slots=True)
class CommandRan:
    command: Command


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The foreground command goes on, and nothing was heard for a while."""


@dataclass(frozen=True, slots=True)
class EngineChanged:
    """The engine reported a change, whoever made it."""


@dataclass(frozen=True, slots=True)
class EvidenceArrived:
    """The answer to a `GatherEvidence` for that step."""

    step: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class EvidenceFailed:
    """The engine answered a `GatherEvidence` with a refusal: nothing can be told this time."""

    because: str


@dataclass(frozen=True, slots=True)
class EngineLost:
    because: str


@dataclass(frozen=True, slots=True)
class EngineReturned:
    """The engine answers again after it was lost."""


@dataclass(frozen=True, slots=True)
class Entered:
    """Enter on an empty line."""


@dataclass(frozen=True, slots=True)
class WordSaid:
    """One of labrunner's own words at the prompt, or the F-key that means the same."""

    word: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScriptsRan:
    """The scripts of a `RunScripts` have ended."""

    purpose: str
    failed: str = ""
    """The first command that failed, with what it said; empty where all went well."""


@dataclass(frozen=True, slots=True)
class MarksVanished:
    """The shell no longer reports where its commands end."""


@dataclass(frozen=True, slots=True)
class InputEnded:
    """There is nothing more to read where the commands come from."""


@dataclass(frozen=True, slots=True)
class ShellEnded:
    exit_status: int


Event = (
    Opened
    | CommandBegan
    | CommandRan
    | StillRunning
    | EngineChanged
    | EvidenceArrived
    | EvidenceFailed
    | EngineLost
    | EngineReturned
    | Entered
    | WordSaid
    | ScriptsRan
    | MarksVanished
    | InputEnded
    | ShellEnded
)
