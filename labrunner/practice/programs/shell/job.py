"""One pipeline that a shell started in the background."""

from dataclasses import dataclass

from labrunner.practice.programs.process import Child


@dataclass(slots=True)
class Job:
    number: int
    children: list[Child]
    text: str
    waited: bool = False
