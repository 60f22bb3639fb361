"""Whether a container is there, made from the right image, and in the right state."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from labrunner.checks.amount import Amount
from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.finding import NearMiss
from labrunner.checks.looking import called, container_named, labelled, made_of, short
from labrunner.checks.nearmiss import near_container
from labrunner.checks.pattern import Pattern
from labrunner.checks.point import Point, concluded, point
from labrunner.checks.ports import Publication
from labrunner.checks.settings import Settings
from labrunner.checks.state import needs_reason, port_points, state_points
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict
from labrunner.engine.facts import ContainerSummary
from labrunner.engine.protocol import InspectContainer

_MOST_SUSPECTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerCheck:
    """A container is there (or some number of them), made from the right image and in the right state.

    It is found by `name`, by the image it was made `of`, or by a `label`; where several are given, all must
    fit.
    """

    example: ClassVar[str] = """\
name: lab-nginx
of: nginx:1.31-alpine
publishes: 8080:80
"""

    name: str | None = None
    of: str | None = None
    """The image it was made from; another name of the same image counts as well."""
    label: str | None = None
    """`key`, or `key=value`."""
    state: Literal["running", "exited", "created", "paused", "absent"] | None = None
    """Without it: `running` where `publishes` or `health` is asked for, `exited` where `exit_status` is, else
    any. `absent`: there must be no such container."""
    exit_status: Amount | None = None
    """`0`, `"!= 137"`."""
    publishes: tuple[str, ...] = ()
    """`8080:80`, `127.0.0.1:8080:80`, `8080:53/udp`; `80` alone: on any port of the host."""
    health: Literal["starting", "healthy", "unhealthy"] | None = None
    env: tuple[str, ...] = ()
    """`NAME=value`, or `NAME` where any value will do; `*` stands for anything."""
    mounts: tuple[str, ...] = ()
    """`/data` (where it is mounted), `web-data:/data` (a volume or a folder of the host), `…:ro`."""
    init: bool | None = None
    """Whether it was run with `--init`."""
    changes: tuple[str, ...] = ()
    """Lines of `docker container diff` that must be there: `A /scratch`, `C /etc/nginx/nginx.conf`."""
    error: Pattern | None = None
    """What the engine's reason for not starting it must contain."""
    logs: Pattern | None = None
    """What its output must contain."""
    count: Amount | None = None
    """How many containers fit all of the above; without it, one is enough."""

    def __post_init__(self) -> None:
        if self.name is None and self.of is None and self.label is None:
            raise ValueError("Say which container: add `name`, `of` (an image) or `label`.")
        for publication in self.publishes:
            Publication.read(publication)
        if self.state == "absent" and replace(self, state=None) != ContainerCheck(
            name=self.name, of=self.of, label=self.label
        ):
            raise ValueError("`state: absent` cannot stand beside what the container should be.")

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        wanted: list[Probe] = []
        for suspect in () if self.state == "absent" else self._suspects(seen):
            wanted += self._settings.probes(suspect.name)
            if needs_reason(suspect, self._state, bool(self.publishes)):
                wanted.append(InspectContainer(suspect.name))
        return tuple(dict.fromkeys(wanted))

    def judge(self, seen: Evidence) -> Verdict:
        if self.state == "absent":
            return self._absence(seen)
        if self.count is not None:
            meant = [each for each in seen.docker.containers if self._identified(each, seen)]
            return self._counted(self.count, meant, seen)
        if self.name is not None:
            named = container_named(seen, self.name)
            if named is not None:
                return self._judged(named, seen)
            near = near_container(
                self.name,
                (each.name for each in seen.docker.containers),
                fits=lambda other: self._fits(other, seen),
            )
            return concluded((self._missing(),), near)
        verdicts = [self._judged(each, seen) for each in self._suspects(seen)]
        return _best(verdicts) or concluded((self._missing(),))

    def _judged(self, container: ContainerSummary, seen: Evidence) -> Verdict:
        """With a near miss where one field differs and at least two are right."""
        points = tuple(self._points(container, seen))
        verdict = concluded(points)
        if isinstance(verdict, Unmet) and len(verdict.findings) == 1 and len(points) > 2:
            near = NearMiss(subject=f"container {container.name}", finding=verdict.findings[0])
            return Unmet(verdict.findings, near)
        return verdict

    @property
    def _state(self) -> str | None:
        if self.state is not None:
            return self.state
        if self.publishes or self.health:
            return "running"
        return "exited" if self.exit_status is not None else None

    @property
    def _publications(self) -> tuple[Publication, ...]:
        return tuple(map(Publication.read, self.publishes))

    @property
    def _settings(self) -> Settings:
        return Settings(
            exit_status=self.exit_status,
            health=self.health,
            env=self.env,
            mounts=self.mounts,
            init=self.init,
            error=self.error,
            changes=self.changes,
            logs=self.logs,
        )

    def _identified(self, container: ContainerSummary, seen: Evidence) -> bool:
        return all(point.holds for point in self._identity(container, seen))

    def _suspects(self, seen: Evidence) -> tuple[ContainerSummary, ...]:
        """The containers that may be meant, so few that asking about each costs little."""
        containers = seen.docker.containers
        meant = [each for each in containers if self._identified(each, seen)]
        if not meant and self.name is not None:
            meant = [each for each in containers if each.name == self.name] or [
                each for each in containers if replace(self, name=each.name)._identified(each, seen)
            ]
        if not meant:
            meant = [
                each for each in containers if any(port.among(each.ports) for port in self._publications)
            ]
        return tuple(meant[:_MOST_SUSPECTS])

    def _fits(self, other: str, seen: Evidence) -> bool:
        """Whether a container is all that is asked but for its name, where more than name and state are
        asked."""
        bare = ContainerCheck(name=self.name, state=self.state)
        return self != bare and isinstance(replace(self, name=other).judge(seen), Met)

    def _identity(self, container: ContainerSummary, seen: Evidence) -> Iterator[Point]:
        subject = f"container {container.name}"
        if self.name is not None:
            yield point(subject, "name", self.name, container.name, container.name == self.name)
        if self.of is not None:
            holds = made_of(seen, container, self.of)
            found = called(self.of) if holds else image_shown(container)
            yield point(subject, "of", called(self.of), found, holds)
        if self.label is not None:
            key = self.label.partition("=")[0]
            entry = f"{key}={container.labels[key]}" if key in container.labels else ""
            yield point(subject, "label", self.label, entry, labelled(container.labels, self.label))

    def _points(self, container: ContainerSummary, seen: Evidence) -> Iterator[Point | Unknown]:
        yield from self._identity(container, seen)
        if self._state is not None:
            yield from state_points(container, self._state, seen)
        if self.publishes:
            rerun = self._settings == Settings()
            yield from port_points(container, self._publications, seen, rerun=rerun)
        yield from self._settings.points(container.name, seen)

    def _missing(self) -> Point:
        if self.name is not None:
            return point(f"container {self.name}", "name", self.name, None, False)
        if self.of is not None:
            return point(f"container of {called(self.of)}", "of", called(self.of), None, False)
        return point(f"container labelled {self.label}", "label", self.label or "", None, False)

    def _absence(self, seen: Evidence) -> Verdict:
        here = [each for each in seen.docker.containers if self._identified(each, seen)]
        if not here:
            return concluded((point(self._missing().finding.subject, "state", "absent", None, True),))
        return concluded(
            point(f"container {each.name}", "state", "absent", each.state, False, _removal(each))
            for each in here
        )

    def _counted(self, count: Amount, meant: list[ContainerSummary], seen: Evidence) -> Verdict:
        verdicts = [concluded(self._points(each, seen)) for each in meant]
        number = sum(isinstance(verdict, Met) for verdict in verdicts)
        unknown = next((verdict for verdict in verdicts if isinstance(verdict, Unknown)), None)
        subject = self._missing().finding.subject
        return unknown or concluded((point(subject, "count", str(count), str(number), count.holds(number)),))


def image_shown(container: ContainerSummary) -> str:
    """The image that a container was made from; where its name has moved on, the engine shows an ID."""
    if container.image.removeprefix("sha256:") in container.image_id.removeprefix("sha256:"):
        return f"an image without a name ({short(container.image_id)})"
    return called(container.image)


def _removal(container: ContainerSummary) -> str:
    force = "--force " if container.state in ("running", "paused", "restarting") else ""
    return f"docker container rm {force}{container.name}"


def _best(verdicts: list[Verdict]) -> Verdict | None:
    """One that is met; otherwise one that could not be told, for it may be the one; otherwise the least
    unmet."""
    for kind in (Met, Unknown):
        for verdict in verdicts:
            if isinstance(verdict, kind):
                return verdict
    unmet = [verdict for verdict in verdicts if isinstance(verdict, Unmet)]
    return min(unmet, key=lambda verdict: len(verdict.findings), default=None)
