"""What a lesson's page is cut into: prose, fences and task lists that know the lines they stand on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from labrunner.errors import Location
from labrunner.lesson.roles import Info


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of prose; `number` counts from 1 in the file."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    info: Info
    text: str
    """Between the fences, each line ended."""
    lines: tuple[Line, ...]
    """As it stands on the page, fences included."""
    at: Location
    """Of the first line inside."""

    @property
    def place(self) -> Location:
        """Where the fence opens."""
        return Location(path=self.at.path, line=self.at.line - 1, column=self.at.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    right: bool
    text: Line
    reply: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    tasks: tuple[Task, ...]
    lines: tuple[Line, ...]
    at: Location


Block = Line | Fence | TaskList


@dataclass(slots=True, kw_only=True)
class Page:
    """The intro, or one step."""

    title: str = ""
    id: str | None = None
    """What `<!-- id: … -->` says, if it is there."""
    at: Location
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    title: str
    """The `#` heading; empty where there is none."""
    intro: Page
    steps: tuple[Page, ...]
    definitions: Mapping[str, Line]
    """Link reference definitions of the whole file (`[label]: URL`), by label in lower case."""


def slug(text: str) -> str:
    """Letters and digits in lower case, all else one hyphen, as GitHub makes anchors."""
    return "-".join(re.findall(r"[^\W_]+", text.lower()))
