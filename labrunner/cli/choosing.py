"""Which engine a lesson is done on, and one clear sentence where there is none."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from labrunner.engine import trouble
from labrunner.engine.locate import NoEngine, Tried, find
from labrunner.engine.protocol import Engine
from labrunner.errors import EngineUnreachable

EngineName = Literal["docker", "practice"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    name: EngineName
    address: str
    certificates: str = ""

    def open(self) -> Engine:
        """Connect through the docker SDK."""
        from labrunner.engine.sdk import open_engine  # 234 ms, after the first prompt

        return open_engine(self.address, certificates=self.certificates)


def choose(wanted: str) -> Chosen:
    """The engine to use. Raises UsageError for a name that nobody registered, EngineUnreachable where none answers."""
    if wanted not in ("auto", "docker"):
        from labrunner.plugins import load  # only for engines of other packages

        opened = cast("Callable[[], Engine]", load("labrunner.engines.v1", wanted))
        engine = opened()
        return Chosen(name="practice" if engine.name == "practice" else "docker", address=engine.address)
    found = find(os.environ, Path.home())
    if isinstance(found, NoEngine):
        raise no_engine(found.tried)
    return Chosen(name="docker", address=found.address, certificates=found.certificates)


def no_engine(tried: tuple[Tried, ...]) -> EngineUnreachable:
    """Why no engine can be used: the one that was asked for, or one that this user may not use, tells most."""
    for each in tried:
        silence, place = each.silence, each.candidate
        if silence.reason == "permission denied" or not place.source.endswith("socket"):
            return trouble.unreachable(place.address, silence.reason)
    return trouble.nowhere()
