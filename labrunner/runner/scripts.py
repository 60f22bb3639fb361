"""An author's setup and cleanup scripts, run in the workspace with the lab's environment."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from labrunner.lesson.model import Script

LONGEST = 120.0
"""Seconds a script may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptsEnded:
    purpose: str
    failed: str = ""


def run(
    scripts: tuple[Script, ...], purpose: str, *, directory: str, environment: Mapping[str, str]
) -> ScriptsEnded:
    """Run them one after the other; the first that fails ends it, and what it said is told."""
    for script in scripts:
        try:
            ran = subprocess.run(
                ["/bin/sh", "-e", "-c", script.text],
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=LONGEST,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ScriptsEnded(
                purpose=purpose, failed=f"{script.at}: it took more than {LONGEST:.0f} seconds."
            )
        except OSError as error:
            return ScriptsEnded(purpose=purpose, failed=f"{script.at}: {error}")
        if ran.returncode != 0:
            said = ran.stdout.decode(errors="replace").strip().splitlines()
            last = said[-1] if said else f"exit status {ran.returncode}"
            return ScriptsEnded(purpose=purpose, failed=f"{script.at}: {last}")
    return ScriptsEnded(purpose=purpose)
