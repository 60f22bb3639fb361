"""What a drawing is made of: stages that are drawn, and their steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labrunner.practice.build import metadata
from labrunner.practice.build.copying import Order
from labrunner.practice.build.report import Vertex
from labrunner.practice.build.running import Bind, Call
from labrunner.reference import Reference

Source = int | Reference | None
"""Where files are copied from: a stage by its place, an image, or the context."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What makes a layer."""

    vertex: Vertex
    stage: int
    call: Call | None = None
    binds: tuple[tuple[Bind, Source], ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    """Variables that RUN gets and the cache does not see."""
    order: Order | None = None
    source: Source = None
    linked: bool = False
    folder: str = ""
    """What WORKDIR makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A stage, drawn: what it stands on, its steps and its image but for the layers."""

    place: int
    base: Source
    """None: nothing (scratch)."""
    steps: tuple[Step, ...]
    config: metadata.Config
    history: tuple[Mapping[str, Any], ...]
    """Without times; those of the base come first."""
    image: Mapping[str, Any]
    """The base image's whole configuration; empty for scratch."""
    author: str = ""
    last: str = ""
    """The vertex that the stage ends with; empty for scratch without steps."""
    visible: Mapping[str, str] = field(default_factory=dict)
    """Variables at its end, for a stage that is built on it."""
    arguments: Mapping[str, str | None] = field(default_factory=dict)
    """Of those, what ARG declared."""
