"""A container on disk: one small file, written when its state changes, and read when the daemon starts again."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from labrunner.practice.runtime.attach import Hub, Stream
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.healthcheck import Health
from labrunner.practice.runtime.kept import keep, kept
from labrunner.practice.runtime.life import STATUSES, Life
from labrunner.practice.runtime.logs import LogFile
from labrunner.practice.runtime.mounts import MountPoint
from labrunner.practice.runtime.networks import Endpoint
from labrunner.practice.runtime.saved import Saved

Facts = dict[str, Any]
_FORMAT = 1


def make(facts: Facts, *, folder: Path, clock: Callable[[], int]) -> Container:
    """A container out of its facts, with its log and streams; `facts` are those of `write`."""
    config = facts["config"]
    log = LogFile(folder / f"{facts['id']}-json.log", clock)
    health = facts.get("health")
    return Container(
        id=facts["id"],
        name=facts["name"],
        created=facts["created"],
        image_id=facts["image_id"],
        layers=tuple(facts["layers"]),
        image_size=facts["image_size"],
        folder=folder,
        config=config,
        host=facts["host"],
        clock=clock,
        log=log,
        saved=Saved(folder),
        hub=Hub(
            tty=config["Tty"],
            open_stdin=config["OpenStdin"],
            stdin_once=config["StdinOnce"],
            written=_nowhere if facts["host"]["LogConfig"]["Type"] == "none" else log.write,
        ),
        mounts=tuple(MountPoint(**each) for each in facts["mounts"]),
        endpoints={
            name: Endpoint(**{**each, "aliases": tuple(each["aliases"])})
            for name, each in facts["endpoints"].items()
        },
        life=Life(**facts["life"]),
        health=None if health is None else Health(**{**health, "log": tuple(health["log"])}),
        by_hand=facts["by_hand"],
        written=facts["written"],
    )


def _nowhere(_stream: Stream, _data: bytes) -> None:
    """`--log-driver none`"""


def write(container: Container) -> None:
    """A container with `--rm` is not kept: after a crash it would be removed anyway."""
    if container.auto_remove or not container.folder.exists():
        return
    facts: Facts = {
        "format": _FORMAT,
        "id": container.id,
        "name": container.name,
        "created": container.created,
        "image_id": container.image_id,
        "layers": list(container.layers),
        "image_size": container.image_size,
        "config": container.config,
        "host": container.host,
        "mounts": [asdict(each) for each in container.mounts],
        "endpoints": {name: each.facts() for name, each in container.endpoints.items()},
        "life": asdict(container.life),
        "health": None if container.health is None else asdict(container.health),
        "by_hand": container.by_hand,
        "written": container.written,
    }
    keep(container.folder / "container.json", facts)


def read(folder: Path, *, clock: Callable[[], int]) -> Container | None:
    """As it was left; one that ran when the daemon died has ended with 255. What cannot be read is cleared away."""
    facts = kept(folder / "container.json")
    try:
        container = make(facts, folder=folder, clock=clock) if facts and _whole(facts, folder) else None
    except (KeyError, TypeError, ValueError, AttributeError):
        container = None
    if container is None:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    if container.life.status in ("running", "paused"):
        container.life = container.life.exit(255, at=clock())
    elif container.life.status in ("restarting", "removing", "dead"):
        container.life = replace(container.life, status="exited", pid=0)
    return container


def _whole(facts: Any, folder: Path) -> bool:
    return (
        isinstance(facts, dict)
        and facts.get("format") == _FORMAT
        and facts.get("id") == folder.name
        and facts["life"]["status"] in STATUSES
    )
