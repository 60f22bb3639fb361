"""Whether a container that ended is started again, and after how long: Docker's four restart policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.times import SECOND

_FIRST = 100_000_000
_LONGEST = 60 * SECOND
_STEADY = 10 * SECOND
"""After a run of this length the pause begins at its shortest again."""

_POLICIES = ("", "no", "always", "on-failure", "unless-stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    name: str = "no"
    most: int = 0
    """`on-failure:3`; 0 is without end."""

    def again(self, exit_code: int, *, restarts: int, by_hand: bool) -> bool:
        match self.name:
            case "always":
                return True
            case "unless-stopped":
                return not by_hand
            case "on-failure":
                return exit_code != 0 and (self.most == 0 or restarts < self.most)
            case _:
                return False


def pause(previous: int, ran: int) -> int:
    """Nanoseconds until the next start: 100 ms, doubled each time, at most a minute."""
    if previous == 0 or ran >= _STEADY:
        return _FIRST
    return min(previous * 2, _LONGEST)


def policy(given: Mapping[str, Any] | None, *, auto_remove: bool = False) -> Policy:
    """Of HostConfig.RestartPolicy; raises Refused with Docker's text."""
    name, most = str((given or {}).get("Name") or ""), (given or {}).get("MaximumRetryCount") or 0
    if name not in _POLICIES:
        raise Refused(
            400,
            f"invalid restart policy: unknown policy '{name}'; "
            "use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
        )
    if not isinstance(most, int):
        raise Refused(400, "invalid JSON: MaximumRetryCount must be a number")
    if most and name != "on-failure":
        raise Refused(400, "invalid restart policy: maximum retry count can only be used with 'on-failure'")
    if most < 0:
        raise Refused(400, "invalid restart policy: maximum retry count cannot be negative")
    if auto_remove and name not in ("", "no"):
        raise Refused(400, "can't create 'AutoRemove' container with restart policy")
    return Policy(name=name or "no", most=most)
