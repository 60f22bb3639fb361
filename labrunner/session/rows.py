"""One line of the course list: what a learner wants to know of a lesson before choosing it."""

from dataclasses import dataclass
from typing import Literal

LessonState = Literal["done", "begun", "new"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    id: str
    title: str
    summary: str
    minutes: int | None = None
    steps_total: int | None = None
    """None where the lesson's steps were not read yet."""
    steps_done: int = 0
    state: LessonState = "new"
    next: bool = False
    """The lesson to go on with; at most one row of a list has it."""
