"""How an image runs, compared with what a lesson expects of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from labrunner.checks.finding import Finding
from labrunner.checks.pattern import Pattern, like
from labrunner.checks.point import Point
from labrunner.engine.facts import ImageConfig

_SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigExpectation:
    """How the image runs. What is not written does not matter."""

    cmd: tuple[str, ...] = ()
    """The default command: as a list, word for word (`["nginx", "-g", "daemon off;"]`); as one text, the
    words with a space between them, and without the `/bin/sh -c` that the shell form adds (`node
    server.js`)."""
    entrypoint: tuple[str, ...] = ()
    """Like `cmd`."""
    env: tuple[str, ...] = ()
    """`NAME=value`, or `NAME` where any value will do; others may be there too. `*` stands for anything."""
    ports: tuple[str, ...] = ()
    """Documented ports that must be among the image's: `80`, `53/udp`."""
    workdir: str | None = None
    user: str | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Labels that must be among the image's; `*` in a value stands for anything."""
    healthcheck: Pattern | None = None
    """What the health check's command must contain; `CMD` is contained in each."""
    stopsignal: str | None = None
    form: Literal["exec", "shell"] | None = None
    """How CMD was written (ENTRYPOINT where there is no CMD): exec form is a JSON list, shell form runs in
    `/bin/sh -c`."""

    def points(self, config: ImageConfig, subject: str) -> Iterator[Point]:
        """One for each key that the author wrote."""

        def point(key: str, expected: str, found: str, holds: bool, remedy: str = "") -> Point:
            finding = Finding(
                field=f"config.{key}", expected=expected, found=found or None, subject=subject, remedy=remedy
            )
            return Point(finding, holds)

        for key, expected, found in (
            ("cmd", self.cmd, config.cmd),
            ("entrypoint", self.entrypoint, config.entrypoint),
        ):
            if expected:
                wanted = as_written(expected) if len(expected) > 1 else expected[0]
                shown = as_written(found) if found else ""
                yield point(key, wanted, shown, _same_command(expected, found, config.shell), _quotes(found))
        if self.form is not None:
            command = config.cmd or config.entrypoint
            found_form = _form(command, config.shell)
            yield point("form", self.form, found_form, found_form == self.form, _quotes(command))
        for wanted in self.env:
            yield point("env", wanted, env_entry(config.env, wanted), has_env(config.env, wanted))
        for wanted in self.ports:
            yield point(
                "ports", _port(wanted), ", ".join(config.ports), _port(wanted) in map(_port, config.ports)
            )
        if self.workdir is not None:
            found_dir = config.workdir.rstrip("/") or config.workdir
            yield point(
                "workdir", self.workdir, config.workdir, found_dir == (self.workdir.rstrip("/") or "/")
            )
        if self.user is not None:
            yield point("user", self.user, config.user, self.user == config.user)
        for key, value in self.labels.items():
            found_value = config.labels.get(key)
            label = "" if found_value is None else f"{key}={found_value}"
            yield point(
                "labels", f"{key}={value}", label, found_value is not None and like(value, found_value)
            )
        if self.healthcheck is not None:
            test = " ".join(config.healthcheck.test) if config.healthcheck else ""
            yield point("healthcheck", str(self.healthcheck), test, self.healthcheck.found_in(test))
        if self.stopsignal is not None:
            signal = config.stopsignal
            yield point("stopsignal", self.stopsignal, signal, _signal(signal) == _signal(self.stopsignal))


def as_written(command: tuple[str, ...]) -> str:
    """A command as a Dockerfile's exec form shows it: `["nginx", "-g", "daemon off;"]`."""
    return json.dumps(command, ensure_ascii=False)


def has_env(env: tuple[str, ...], wanted: str) -> bool:
    """Whether `NAME=value`, or `NAME` with any value, is among the variables."""
    pattern = wanted if "=" in wanted else f"{wanted}=*"
    return any(like(pattern, entry) for entry in env)


def env_entry(env: tuple[str, ...], wanted: str) -> str:
    """The variable of that name as it is; "" where there is none."""
    start = wanted.partition("=")[0] + "="
    return next((entry for entry in env if entry.startswith(start)), "")


def _same_command(expected: tuple[str, ...], found: tuple[str, ...], shell: tuple[str, ...]) -> bool:
    if len(expected) > 1:
        return expected == found
    words = found[len(shell or _SHELL) :] if _form(found, shell) == "shell" else found
    return expected == found or expected[0].split() == " ".join(words).split()


def _form(command: tuple[str, ...], shell: tuple[str, ...]) -> str:
    if not command:
        return ""
    in_shell = command[:2] == _SHELL or (shell and command[: len(shell)] == shell)
    return "shell" if in_shell else "exec"


def _quotes(command: tuple[str, ...]) -> str:
    """Single quotes make no JSON, so Docker silently takes the shell form."""
    if command[:2] == _SHELL and command[2:3] and command[2].startswith("[") and "'" in command[2]:
        return f"Use double quotes: {command[2].replace(chr(39), chr(34))}"
    return ""


def _port(port: str) -> str:
    return port if "/" in port else f"{port}/tcp"


def _signal(signal: str) -> str:
    return signal.upper().removeprefix("SIG")
