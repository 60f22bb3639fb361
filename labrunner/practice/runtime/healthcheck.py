"""HEALTHCHECK as values: what is asked for, and how one probe's result changes the state. No clock, no processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.times import SECOND, rfc3339

HealthStatus = Literal["starting", "healthy", "unhealthy"]

_KEPT = 5
_LONGEST_OUTPUT = 4096
_LEAST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthcheck:
    """Times in nanoseconds."""

    argv: tuple[str, ...]
    interval: int = 30 * SECOND
    timeout: int = 30 * SECOND
    start_period: int = 0
    start_interval: int = 5 * SECOND
    retries: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    start: int
    end: int
    exit_code: int
    """-1 where it could not be run or took too long."""
    output: str

    def inspect(self) -> dict[str, object]:
        return {
            "Start": rfc3339(self.start),
            "End": rfc3339(self.end),
            "ExitCode": self.exit_code,
            "Output": self.output[:_LONGEST_OUTPUT],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    status: HealthStatus = "starting"
    streak: int = 0
    log: tuple[Mapping[str, object], ...] = field(default=())
    """The last five probes as Docker shows them."""

    def inspect(self) -> dict[str, object]:
        return {"Status": self.status, "FailingStreak": self.streak, "Log": [dict(each) for each in self.log]}

    def after(self, probe: Probe, wanted: Healthcheck, *, started: int) -> "Health":
        """Failures in the start period do not count until a first success."""
        log = (*self.log, probe.inspect())[-_KEPT:]
        if probe.exit_code == 0:
            return Health(status="healthy", log=log)
        if self.status == "starting" and probe.start - started < wanted.start_period:
            return Health(status=self.status, streak=self.streak, log=log)
        streak = self.streak + 1
        return Health(status="unhealthy" if streak >= wanted.retries else self.status, streak=streak, log=log)


def wanted(config: Mapping[str, Any]) -> Healthcheck | None:
    """Of a container's Config; None where nothing is to be checked."""
    given = config.get("Healthcheck") or {}
    test = [str(each) for each in given.get("Test") or ()]
    if not test:
        return None
    match test[0]:
        case "CMD":
            argv = tuple(test[1:])
        case "CMD-SHELL":
            argv = (*(config.get("Shell") or ("/bin/sh", "-c")), *test[1:2])
        case _:
            return None
    usual = Healthcheck(argv=argv)
    return Healthcheck(
        argv=argv,
        interval=given.get("Interval") or usual.interval,
        timeout=given.get("Timeout") or usual.timeout,
        start_period=given.get("StartPeriod") or usual.start_period,
        start_interval=given.get("StartInterval") or usual.start_interval,
        retries=given.get("Retries") or usual.retries,
    )


def check(given: Any) -> None:
    """Raises Refused with Docker's text."""
    if not given:
        return
    if not isinstance(given, Mapping):
        raise Refused(400, "invalid JSON: Healthcheck must be an object")
    test = given.get("Test")
    if test is not None and not (isinstance(test, list) and all(isinstance(each, str) for each in test)):
        raise Refused(400, "invalid JSON: Test must be a list of strings")
    for key in ("Interval", "Timeout", "StartPeriod", "StartInterval"):
        value = given.get(key) or 0
        if not isinstance(value, int):
            raise Refused(400, f"invalid JSON: {key} must be a number")
        if value and value < _LEAST:
            raise Refused(400, f"{key} in Healthcheck cannot be less than 1ms")
    retries = given.get("Retries") or 0
    if not isinstance(retries, int) or retries < 0:
        raise Refused(400, "Retries in Healthcheck cannot be negative")
