"""Which engine a lesson is done on, and in one sentence why."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from labrunner.engine import trouble
from labrunner.engine.locate import Found, NoEngine, Tried, find
from labrunner.engine.protocol import Engine
from labrunner.errors import EngineUnreachable

EngineName = Literal["docker", "practice"]
MISTAKES = ("not an address", "not docker")
"""Silences of a place that the learner named and that cannot be what was meant."""
PRACTICE = "this is labrunner's practice engine: containers are simulated."


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    name: EngineName
    address: str
    certificates: str = ""
    why: str = ""
    """A sentence for the learner."""

    def open(self) -> Engine:
        """Connect through the docker SDK."""
        from labrunner.engine.sdk import open_engine  # 234 ms, after the first prompt

        return open_engine(self.address, certificates=self.certificates)


def choose(wanted: str, *, begun_on: str = "") -> Chosen:
    """The engine to use. `auto` is the practice engine for what was begun there, a Docker engine that answers, or
    else practice.

    Raises UsageError for a name that nobody registered, EngineUnreachable where the engine asked for does not answer.
    """
    if wanted == "practice":
        return practice(f"As asked, {PRACTICE}")
    if wanted == "auto" and begun_on == "practice":
        return practice(f"The lesson was begun here, so {PRACTICE} To change to Docker: --engine docker")
    if wanted not in ("auto", "docker"):
        from labrunner.plugins import load  # only for engines of other packages

        opened = cast("Callable[[], Engine]", load("labrunner.engines.v1", wanted))
        engine = opened()
        return Chosen(
            name="practice" if engine.name == "practice" else "docker",
            address=engine.address,
            why=f"Engine {wanted}, as asked, at {engine.address}.",
        )
    found = find(os.environ, Path.home())
    if isinstance(found, Found):
        return Chosen(
            name="docker",
            address=found.address,
            certificates=found.certificates,
            why=f"Docker engine at {found.address} ({found.source}).",
        )
    told = telling(found.tried)
    if wanted == "docker" or (told is not None and told.silence.reason in MISTAKES):
        raise no_engine(found.tried)
    return practice(f"{no_docker(found)}, so {PRACTICE}")


def practice(why: str) -> Chosen:
    """The practice engine, running. Raises EngineError where it cannot be started."""
    from labrunner.cli.practice import address  # only where it is used

    return Chosen(name="practice", address=address(), why=why)


def no_docker(nowhere: NoEngine) -> str:
    """Why not Docker, as the beginning of a sentence."""
    told = telling(nowhere.tried)
    if told is None:
        return "No Docker engine answers here"
    place = told.candidate
    if told.silence.reason == "permission denied":
        return f"This user may not use {place.address}"
    named = f", which {place.source} names" if place.source == "DOCKER_HOST" else f" ({place.source})"
    return f"No Docker engine answers at {place.address}{named}"


def no_engine(tried: tuple[Tried, ...]) -> EngineUnreachable:
    """Why no engine can be used, and what to do about it."""
    told = telling(tried)
    return (
        trouble.nowhere()
        if told is None
        else trouble.unreachable(told.candidate.address, told.silence.reason)
    )


def telling(tried: tuple[Tried, ...]) -> Tried | None:
    """The silence that tells most: of the engine that was asked for, or of one that this user may not use."""
    for each in tried:
        if each.silence.reason == "permission denied" or not each.candidate.source.endswith("socket"):
            return each
    return None
