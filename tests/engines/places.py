"""Where the engines keep things: a cache worth keeping, and a run folder that a reboot may empty."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class Trouble(Exception):
    """Something that stops the work, told in one sentence with its remedy."""


HERE = Path(__file__).resolve().parent

_USER_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
CACHE = Path(os.environ.get("LABRUNNER_ENGINES_CACHE") or _USER_CACHE / "labrunner-engines").absolute()
ROOTS = CACHE / "roots"
DATA = CACHE / "data"
LOGS = CACHE / "logs"

RUN = Path("/run/labrunner-engines")
"""Short, because a socket's path must stay under 104 bytes."""

ENV_FILE = Path(os.environ.get("LABRUNNER_ENGINES_ENV") or CACHE / "engines.env").absolute()

CLEAN_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
"""What the daemons see, so that a proxy or a DOCKER_HOST of the caller does not reach them."""


def say(text: str) -> None:
    print(f"engines: {text}", flush=True)


def output_of(*command: str | Path, environment: Mapping[str, str] | None = None) -> str:
    """What the command prints; Trouble with its own words where it fails."""
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        told = " ".join((done.stdout + done.stderr).split())
        raise Trouble(f"{' '.join(map(str, command))}: {told}")
    return done.stdout
