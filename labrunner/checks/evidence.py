"""All that a check may look at. Checks never ask; they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from labrunner.engine.facts import EngineEvent, Observation
from labrunner.engine.protocol import EngineAnswer, EngineProbe


@dataclass(frozen=True, slots=True)
class ReadFile:
    """-> bytes of a file in the workspace (at most 1 MiB), or None where there is none."""

    path: str


@dataclass(frozen=True, slots=True)
class Fetch:
    """-> HttpAnswer, or None where nothing answered `within` that many seconds."""

    url: str
    within: float = 5.0
    status: int = 200
    """The wait ends early once this status and `contains` are seen."""
    contains: str = ""


@dataclass(frozen=True, slots=True)
class ReadManifest:
    """-> ManifestAnswer, or None where the registry has no such manifest. `name` is a full reference."""

    name: str


@dataclass(frozen=True, slots=True)
class ListTags:
    """-> tuple[str, ...] of the tags of a repository in a registry, or None where there is no such repository."""

    repository: str


@dataclass(frozen=True, slots=True)
class ReadLogin:
    """-> bool: whether the lab's own docker configuration holds credentials for that registry."""

    registry: str


Probe = EngineProbe | ReadFile | Fetch | ReadManifest | ListTags | ReadLogin


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Names in lower case."""
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestAnswer:
    digest: str
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The probe could not be carried out, through no fault of the learner."""

    because: str


Answer = EngineAnswer | HttpAnswer | ManifestAnswer | tuple[str, ...] | bool | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command line that the learner ran."""

    text: str
    exit_status: int | None = None
    """None where it could not be told, or the command is still running."""
    output: str = ""
    directory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request that a client made of the engine, seen at the gateway."""

    method: str
    path: str
    """Without the version prefix, percent-decoded: `/images/nginx/history`."""
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known at one moment of one step."""

    docker: Observation
    engine: Literal["docker", "practice"] = "docker"
    answers: Mapping[Probe, Answer] = field(default_factory=lambda: MappingProxyType({}))
    commands: tuple[Command, ...] = ()
    """Run since the step began, the oldest first."""
    asked: tuple[Asked, ...] = ()
    """Since the step began. Where there is no gateway, derived from `commands`."""
    happened: tuple[EngineEvent, ...] = ()
    """Reported since the step began."""
    answer: str | None = None
    """What the learner answered to a question of this step, if anything."""
    gateway: bool = True
    """Whether `asked` was seen at the gateway."""
