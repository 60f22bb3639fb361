"""The life of a container as a value: what it is now, and what leads where."""

from dataclasses import dataclass, replace
from typing import Literal, get_args

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.times import rfc3339, spoken

Status = Literal["created", "running", "paused", "restarting", "exited", "removing", "dead"]
STATUSES: tuple[str, ...] = get_args(Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    status: Status = "created"
    pid: int = 0
    exit_code: int = 0
    error: str = ""
    """Why the last start failed."""
    started: int = 0
    finished: int = 0
    restarts: int = 0
    """How often its restart policy has started it since it was last started by hand."""

    @property
    def running(self) -> bool:
        """As Docker counts it: a paused and a restarting container run."""
        return self.status in ("running", "paused", "restarting")

    def start(self, *, pid: int, at: int, restarts: int = 0) -> "Life":
        return replace(self, status="running", pid=pid, exit_code=0, error="", started=at, restarts=restarts)

    def fail(self, *, exit_code: int, error: str) -> "Life":
        """A start that did not succeed leaves the container where it was, with the reason."""
        status: Status = "exited" if self.started else "created"
        return replace(self, status=status, pid=0, exit_code=exit_code, error=error)

    def exit(self, exit_code: int, *, at: int) -> "Life":
        return replace(self, status="exited", pid=0, exit_code=exit_code, finished=at)

    def restart(self, exit_code: int, *, at: int) -> "Life":
        """It ended, and its restart policy will start it again."""
        return replace(
            self, status="restarting", pid=0, exit_code=exit_code, finished=at, restarts=self.restarts + 1
        )

    def pause(self, container: str) -> "Life":
        if self.status == "paused":
            raise Refused(409, f"Container {container} is already paused")
        if self.status == "restarting":
            raise Refused(409, f"Container {container} is restarting, wait until the container is running")
        if self.status != "running":
            raise not_running(container)
        return replace(self, status="paused")

    def unpause(self, container: str) -> "Life":
        if self.status != "paused":
            raise Refused(500, f"Container {container} is not paused")
        return replace(self, status="running")

    def remove(self, name: str, *, force: bool) -> "Life":
        """Raises Refused while it runs, unless forced."""
        if self.status == "removing":
            raise Refused(409, f"removal of container {name} is already in progress")
        if self.running and not force:
            how = "restarting" if self.status == "restarting" else "running"
            raise Refused(
                409,
                f'cannot remove container "{name}": container is {how}: '
                "stop the container before removing or force remove",
            )
        return replace(self, status="removing", pid=0)

    def state(self) -> dict[str, object]:
        """`State` of GET /containers/{id}/json, without Health."""
        return {
            "Status": self.status,
            "Running": self.running,
            "Paused": self.status == "paused",
            "Restarting": self.status == "restarting",
            "OOMKilled": False,
            "Dead": self.status == "dead",
            "Pid": self.pid,
            "ExitCode": self.exit_code,
            "Error": self.error,
            "StartedAt": rfc3339(self.started),
            "FinishedAt": rfc3339(self.finished),
        }

    def told(self, now: int, health: str = "") -> str:
        """`Up 3 seconds (health: starting)`, `Exited (137) 2 minutes ago`."""
        match self.status:
            case "created":
                return "Created"
            case "removing":
                return "Removal In Progress"
            case "dead":
                return "Dead"
            case "exited":
                return f"Exited ({self.exit_code}) {spoken(now - self.finished)} ago"
            case "restarting":
                return f"Restarting ({self.exit_code}) {spoken(now - self.finished)} ago"
            case "paused":
                return f"Up {spoken(now - self.started)} (Paused)"
            case "running":
                shown = "health: starting" if health == "starting" else health
                return f"Up {spoken(now - self.started)}" + (f" ({shown})" if shown else "")


def not_running(container: str) -> Refused:
    return Refused(409, f"container {container} is not running")
