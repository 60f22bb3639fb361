"""What only an inspection of a container shows: how it was set up, how it ended, what it wrote and
printed."""

from collections.abc import Iterator
from dataclasses import dataclass

from labrunner.checks.amount import Amount
from labrunner.checks.config import env_entry, has_env
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.looking import answered
from labrunner.checks.pattern import Pattern
from labrunner.checks.point import Point, point
from labrunner.checks.verdict import Unknown
from labrunner.engine.facts import Change, Container, Mount
from labrunner.engine.protocol import ContainerChanges, ContainerLogs, InspectContainer


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The keys of a container check that one look at the engine does not answer; meanings as there."""

    exit_status: Amount | None = None
    health: str | None = None
    env: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    init: bool | None = None
    error: Pattern | None = None
    changes: tuple[str, ...] = ()
    logs: Pattern | None = None

    def probes(self, name: str) -> Iterator[Probe]:
        if self.inspects:
            yield InspectContainer(name)
        if self.changes:
            yield ContainerChanges(name)
        if self.logs is not None:
            yield ContainerLogs(name)

    @property
    def inspects(self) -> bool:
        return self != Settings(changes=self.changes, logs=self.logs)

    def points(self, name: str, seen: Evidence) -> Iterator[Point | Unknown]:
        if self.inspects:
            container = answered(seen, InspectContainer(name), Container)
            if isinstance(container, Container):
                yield from self._inspected(container)
            else:
                yield container or _gone(name)
        if self.changes:
            yield from self._changed(name, seen)
        if self.logs is not None:
            logs = answered(seen, ContainerLogs(name), str)
            if isinstance(logs, str):
                last = logs.rstrip().rpartition("\n")[2][:200]
                holds = self.logs.found_in(logs)
                shown = str(self.logs) if holds else last
                yield point(f"container {name}", "logs", str(self.logs), shown, holds)
            else:
                yield logs or _gone(name)

    def _inspected(self, container: Container) -> Iterator[Point]:
        subject = f"container {container.name}"
        if self.exit_status is not None:
            ended = container.state == "exited"
            found = str(container.exit_status) if ended else ""
            holds = ended and self.exit_status.holds(container.exit_status)
            yield point(subject, "exit_status", str(self.exit_status), found, holds)
        if self.health is not None:
            yield point(subject, "health", self.health, container.health, container.health == self.health)
        for wanted in self.env:
            entry = env_entry(container.env, wanted)
            yield point(subject, "env", wanted, entry, has_env(container.env, wanted))
        for wanted in self.mounts:
            holds = any(_fits(wanted, mount) for mount in container.mounts)
            yield point(subject, "mounts", wanted, ", ".join(map(_shown, container.mounts)), holds)
        if self.init is not None:
            expected, found = (
                "with --init" if init else "without --init" for init in (self.init, container.init)
            )
            yield point(subject, "init", expected, found, container.init == self.init)
        if self.error is not None:
            yield point(
                subject, "error", str(self.error), container.error, self.error.found_in(container.error)
            )

    def _changed(self, name: str, seen: Evidence) -> Iterator[Point | Unknown]:
        changes = answered(seen, ContainerChanges(name), tuple)
        if not isinstance(changes, tuple):
            yield changes or _gone(name)
            return
        lines = [f"{change.kind} {change.path}" for change in changes if isinstance(change, Change)]
        for wanted in self.changes:
            path = wanted.partition(" ")[2]
            other = next((line for line in lines if line.partition(" ")[2] == path), "")
            found = wanted if wanted in lines else other
            yield point(f"container {name}", "changes", wanted, found, wanted in lines)


def _fits(wanted: str, mount: Mount) -> bool:
    source, _, target = wanted.removesuffix(":ro").rpartition(":")
    read_only = wanted.endswith(":ro")
    return (
        mount.target.rstrip("/") == target.rstrip("/")
        and (not source or mount.source == source)
        and not (read_only and mount.writable)
    )


def _shown(mount: Mount) -> str:
    source = f"{mount.source}:" if mount.source else ""
    return f"{source}{mount.target}{'' if mount.writable else ':ro'}"


def _gone(name: str) -> Unknown:
    return Unknown(f"The container {name} is gone.")
