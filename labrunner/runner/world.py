"""Everything that probes may ask for, answered: the engine, the workspace's files, HTTP, a registry, the lab's login."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from labrunner.checks.check import PlacedCheck
from labrunner.checks.commandline import asked_of
from labrunner.checks.evidence import (
    Answer,
    Asked,
    Command,
    Evidence,
    Failed,
    Fetch,
    HttpAnswer,
    ListTags,
    Probe,
    ReadFile,
    ReadLogin,
    ReadManifest,
)
from labrunner.checks.judging import judge_all, probes_for
from labrunner.checks.verdict import Met
from labrunner.engine.facts import EngineEvent
from labrunner.engine.protocol import Engine
from labrunner.errors import EngineRefused
from labrunner.runner.registry import Registry

LARGEST_FILE = 1024 * 1024
BETWEEN_TRIES = 0.1
"""Seconds between two tries of an HTTP address that does not answer as expected yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """What was seen since the step began; the loop keeps it, a gathering gets a copy."""

    commands: tuple[Command, ...] = ()
    asked: tuple[Asked, ...] = ()
    answer: str | None = None


@dataclass(slots=True, kw_only=True)
class World:
    """Where a lesson is done. `gather` is called from one thread at a time."""

    engine: Engine
    workspace: Path
    docker_config: Path
    """The lab's own docker configuration folder."""
    kind: Literal["docker", "practice"] = "docker"
    gateway: bool = True
    """Whether requests are seen on their way to the engine."""

    def gather(
        self,
        checks: tuple[PlacedCheck, ...],
        happened: Happenings,
        events: list[EngineEvent],
        also: tuple[PlacedCheck, ...] = (),
        held: frozenset[str] = frozenset(),
    ) -> Evidence:
        """One look at the engine, then the probes that the checks need, and those of `also`. `events` may grow
        meanwhile; a check that was `held` before counts as met for those that need it.

        HTTP is tried last, and waited for only where everything else holds. Raises `EngineUnreachable`.
        """
        asked = happened.asked
        if not self.gateway:
            asked = tuple(request for command in happened.commands for request in asked_of(command.text))
        seen = Evidence(
            docker=self.engine.observe(),
            engine=self.kind,
            commands=happened.commands,
            asked=asked,
            happened=tuple(events),
            answer=happened.answer,
            gateway=self.gateway,
        )
        waits: tuple[Fetch, ...] = ()
        # A probe may need the answer of another, as often as there are checks that need each other.
        for _ in range(len(checks) + len(also) + 2):
            wanted = tuple(dict.fromkeys((*probes_for(checks, seen, held), *probes_for(also, seen))))
            waits = tuple(probe for probe in wanted if isinstance(probe, Fetch))
            quick = tuple(probe for probe in wanted if not isinstance(probe, Fetch))
            if not quick:
                break
            seen = replace(seen, answers={**seen.answers, **{probe: self.answer(probe) for probe in quick}})
        if waits:
            verdicts = judge_all(checks, seen, held)
            others = (placed for placed in checks if placed.kind != "http" and placed.id in verdicts)
            patient = all(isinstance(verdicts[placed.id], Met) for placed in others)
            fetched: dict[Probe, Answer] = {
                probe: fetch(probe if patient else replace(probe, within=0.0)) for probe in waits
            }
            seen = replace(seen, answers={**seen.answers, **fetched})
        return seen

    def answer(self, probe: Probe) -> Answer:
        """What the world says to one probe; `Failed` where it could not be asked."""
        match probe:
            case ReadFile(path=path):
                return self.read(path)
            case Fetch():
                return fetch(probe)
            case ReadManifest(name=name):
                return self.registry().manifest(name)
            case ListTags(repository=repository):
                return self.registry().tags(repository)
            case ReadLogin(registry=registry):
                return registry_key(registry) in logins(self.docker_config)
            case _:
                try:
                    return self.engine.probe(probe)
                except EngineRefused as error:
                    return Failed(error.what)

    def registry(self) -> Registry:
        return Registry(credentials=logins(self.docker_config))

    def read(self, path: str) -> bytes | Failed | None:
        """A file of the workspace; nothing outside of it is ever read."""
        root = self.workspace.resolve()
        file = (root / path).resolve()
        if not file.is_relative_to(root):
            return Failed(f"{path} leads out of the workspace")
        try:
            with file.open("rb") as opened:
                return opened.read(LARGEST_FILE)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            return Failed(f"{path}: {error.strerror}")


HUB_KEY = "https://index.docker.io/v1/"


def registry_key(registry: str) -> str:
    """Under which key docker's configuration keeps the login of a registry."""
    return HUB_KEY if registry in ("docker.io", "index.docker.io", "registry-1.docker.io", "") else registry


def logins(docker_config: Path) -> Mapping[str, str]:
    """The registries that the lab's configuration has credentials for; values are never shown to anybody."""
    try:
        content = json.loads((docker_config / "config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    auths = content.get("auths") if isinstance(content, dict) else None
    if not isinstance(auths, dict):
        return {}
    held_elsewhere = bool(content.get("credsStore") or content.get("credHelpers"))
    return {
        str(host): str(entry.get("auth", ""))
        for host, entry in auths.items()
        if isinstance(entry, dict) and (entry.get("auth") or entry.get("identitytoken") or held_elsewhere)
    }


class _NoProxy(urllib.request.ProxyHandler):
    def __init__(self) -> None:
        super().__init__({})


def fetch(probe: Fetch) -> HttpAnswer | None:
    """GET the address until it answers as expected, or the time is over; the last answer counts."""
    opener = urllib.request.build_opener(_NoProxy())
    deadline = time.monotonic() + probe.within
    last: HttpAnswer | None = None
    while True:
        last = _get(opener, probe.url) or last
        if last is not None and last.status == probe.status and probe.contains in last.body:
            return last
        if time.monotonic() + BETWEEN_TRIES > deadline:
            return last
        time.sleep(BETWEEN_TRIES)


def _get(opener: urllib.request.OpenerDirector, url: str) -> HttpAnswer | None:
    try:
        with opener.open(
            urllib.request.Request(url, headers={"User-Agent": "labrunner"}), timeout=2
        ) as answer:
            return HttpAnswer(
                status=answer.status,
                headers={name.lower(): value for name, value in answer.headers.items()},
                body=answer.read(LARGEST_FILE).decode(errors="replace"),
            )
    except urllib.error.HTTPError as refused:
        with refused:
            return HttpAnswer(
                status=refused.code,
                headers={name.lower(): value for name, value in refused.headers.items()},
                body=refused.read(LARGEST_FILE).decode(errors="replace"),
            )
    except (OSError, ValueError):
        return None
