"""Whether a container is in the state it should be in and reachable where it should be, and if not, why."""

from collections.abc import Iterator

from labrunner.checks.evidence import Evidence
from labrunner.checks.looking import answered
from labrunner.checks.point import Point, point
from labrunner.checks.ports import Publication, published
from labrunner.checks.verdict import Unknown
from labrunner.engine.facts import Container, ContainerSummary
from labrunner.engine.protocol import InspectContainer

_LIVE = ("running", "paused")


def needs_reason(container: ContainerSummary, state: str | None, publishes: bool) -> bool:
    """Whether one look is not enough: it should run and does not, or what it publishes does not show."""
    return container.state not in _LIVE and (state == "running" or publishes)


def state_points(container: ContainerSummary, state: str, seen: Evidence) -> Iterator[Point]:
    """The state, and beside it the engine's own reason where it could not start the container."""
    subject, found = f"container {container.name}", str(container.state)
    holds = container.state == state
    inspected = answered(seen, InspectContainer(container.name), Container)
    if isinstance(inspected, Container) and container.state == "exited" and not holds:
        found = f"exited, with exit status {inspected.exit_status}"
    yield point(subject, "state", state, found, holds, _towards(state, container))
    if isinstance(inspected, Container) and inspected.error and not holds:
        yield point(
            subject, "state.error", "no error", inspected.error, False, _freeing(container, inspected, seen)
        )


def port_points(
    container: ContainerSummary, publishes: tuple[Publication, ...], seen: Evidence, *, rerun: bool
) -> Iterator[Point | Unknown]:
    """What is published, or was asked for where the container does not run. `rerun`: nothing else is asked of
    the container, so running it again mends the port."""
    ports = container.ports
    if container.state not in _LIVE:
        inspected = answered(seen, InspectContainer(container.name), Container)
        if not isinstance(inspected, Container):
            yield inspected or Unknown(f"The container {container.name} is gone.")
            return
        ports = inspected.asked_ports
    options = " ".join(f"--publish {each}" for each in publishes)
    remedy = (
        f"docker container rm --force {container.name} && "
        f"docker container run --detach --name {container.name} {options} {container.image}"
    )
    for wanted in publishes:
        holds = wanted.among(ports)
        swapped = wanted.reversed
        found = str(wanted) if holds else ", ".join(published(ports))
        if swapped is not None and not holds and swapped.among(ports):
            found = str(swapped)
        yield point(
            f"container {container.name}", "publishes", str(wanted), found, holds, remedy if rerun else ""
        )


def _towards(state: str, container: ContainerSummary) -> str:
    """The command that leads from the state it is in to the one it should be in."""
    match state, container.state:
        case "running", "paused":
            return f"docker container unpause {container.name}"
        case "running", "created" | "exited":
            return f"docker container start {container.name}"
        case "exited", "running":
            return f"docker container stop {container.name}"
        case "paused", "running":
            return f"docker container pause {container.name}"
        case _:
            return ""


def _freeing(container: ContainerSummary, inspected: Container, seen: Evidence) -> str:
    """Where another container holds the port that this one could not have: stop it, then start this one."""
    hosts = {port.host for port in inspected.asked_ports if port.host is not None}
    for other in seen.docker.containers:
        if other.id != container.id and any(port.host in hosts for port in other.ports):
            return f"docker container stop {other.name} && docker container start {container.name}"
    return ""
