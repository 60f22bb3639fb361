"""Every expected failure, in one tree: what happened, what to do about it, and the exit status it ends with."""

from dataclasses import dataclass
from typing import ClassVar


class LabrunnerError(Exception):
    """A failure that labrunner foresaw. `what` is one sentence, `remedy` says what to do next."""

    exit_status: ClassVar[int] = 1

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".rstrip()


class UsageError(LabrunnerError):
    """The command line asks for something that labrunner does not have."""

    exit_status = 2


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Location:
    """A place in a text file: line and column count from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class LessonError(LabrunnerError):
    """A lesson file says something that the lesson format does not know."""

    exit_status = 3

    def __init__(self, what: str, remedy: str = "", *, at: Location) -> None:
        super().__init__(what, remedy)
        self.at = at

    def __str__(self) -> str:
        return f"{self.at}: {super().__str__()}"


class EngineError(LabrunnerError):
    """The engine could not do what was asked of it."""

    exit_status = 4


class EngineUnreachable(EngineError):
    """No engine answers, or it stopped answering."""


class EngineRefused(EngineError):
    """The engine answered, and said no; `code` is its HTTP status."""

    def __init__(self, what: str, remedy: str = "", *, code: int = 0) -> None:
        super().__init__(what, remedy)
        self.code = code


class StoreError(LabrunnerError):
    """Progress could not be read or kept."""

    exit_status = 5


class ShellError(LabrunnerError):
    """The learner's shell could not be started or talked to."""

    exit_status = 6


class PluginError(LabrunnerError):
    """Something that another package registered did not load or broke its contract."""

    exit_status = 7
