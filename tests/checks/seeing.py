"""Evidence in one line: what is on the engine, what probes found, what was typed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from labrunner.checks.check import Check, PlacedCheck
from labrunner.checks.evidence import Answer, Asked, Command, Evidence, Probe
from labrunner.engine.facts import (
    ContainerState,
    ContainerSummary,
    EngineEvent,
    ImageSummary,
    Observation,
    Port,
)
from labrunner.errors import Location

NGINX_ID = f"sha256:{'a1' * 32}"
ALPINE_ID = f"sha256:{'b2' * 32}"
WEB_ID = f"sha256:{'c3' * 32}"

NGINX = ImageSummary(id=NGINX_ID, names=("nginx:1.31-alpine",), size=55_000_000)
ALPINE = ImageSummary(id=ALPINE_ID, names=("alpine:3.24",), size=8_000_000)


def image(
    *names: str,
    id: str = WEB_ID,  # noqa: A002
    size: int = 60_000_000,
    digests: tuple[str, ...] = (),
    labels: Mapping[str, str] = MappingProxyType({}),
) -> ImageSummary:
    return ImageSummary(id=id, names=names, size=size, digests=digests, labels=labels)


def container(
    name: str,
    *,
    of: str = "nginx:1.31-alpine",
    image_id: str = NGINX_ID,
    state: ContainerState = "running",
    ports: tuple[Port, ...] = (),
    labels: Mapping[str, str] = MappingProxyType({}),
) -> ContainerSummary:
    return ContainerSummary(
        id=f"id-of-{name}", name=name, image=of, image_id=image_id, state=state, ports=ports, labels=labels
    )


def port(host: int, inside: int) -> Port:
    return Port(container=inside, host=host, address="0.0.0.0")


def seeing(
    *things: ImageSummary | ContainerSummary,
    answers: Mapping[Probe, Answer] = MappingProxyType({}),
    ran: tuple[str | Command, ...] = (),
    asked: tuple[Asked, ...] = (),
    happened: tuple[EngineEvent, ...] = (),
    answer: str | None = None,
    engine: Literal["docker", "practice"] = "docker",
) -> Evidence:
    return Evidence(
        docker=Observation(
            images=tuple(thing for thing in things if isinstance(thing, ImageSummary)),
            containers=tuple(thing for thing in things if isinstance(thing, ContainerSummary)),
        ),
        engine=engine,
        answers=answers,
        commands=tuple(
            each if isinstance(each, Command) else Command(text=each, exit_status=0) for each in ran
        ),
        asked=asked,
        happened=happened,
        answer=answer,
    )


def placed(
    kind: str,
    check: Check,
    *,
    id: str = "",  # noqa: A002
    because: str = "",
    holds: Literal["once", "now"] = "once",
    only: Literal["docker", "practice"] | None = None,
    negated: bool = False,
    needs: str = "",
) -> PlacedCheck:
    return PlacedCheck(
        kind=kind,
        check=check,
        id=id or f"{kind}-1",
        because=because,
        holds=holds,
        only=only,
        negated=negated,
        needs=needs,
        at=Location(path="lesson.md"),
    )
