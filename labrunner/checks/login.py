"""Whether the learner is logged in to a registry."""

from dataclasses import dataclass
from typing import ClassVar

from labrunner.checks.evidence import Evidence, Probe, ReadLogin
from labrunner.checks.looking import answered
from labrunner.checks.point import concluded, point
from labrunner.checks.verdict import Unknown, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginCheck:
    """The lab's docker configuration holds credentials for a registry, or holds none."""

    example: ClassVar[str] = """\
registry: localhost:5001
"""

    registry: str
    """Host and port, as in an image's name; `docker.io` for Docker Hub."""
    logged_in: bool = True
    """`false`: there must be no credentials for it."""

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return (ReadLogin(self.registry),)

    def judge(self, seen: Evidence) -> Verdict:
        found = answered(seen, ReadLogin(self.registry), bool)
        if isinstance(found, Unknown):
            return found
        host = "" if self.registry == "docker.io" else f" {self.registry}"
        states = {True: "logged in", False: "not logged in"}
        remedy = f"docker login{host}" if self.logged_in else f"docker logout{host}"
        return concluded(
            (
                point(
                    f"registry {self.registry}",
                    "logged_in",
                    states[self.logged_in],
                    states[bool(found)],
                    bool(found) == self.logged_in,
                    remedy,
                ),
            )
        )
