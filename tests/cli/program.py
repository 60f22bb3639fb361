"""The real command line in a process of its own, in a home of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
WITHOUT_POWERS = ("setpriv", "--inh-caps=-all", "--bounding-set=-all", "--")
"""Root's files stay readable, but what belongs to others is as closed as to anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A learner's home: nothing of the machine's own settings reaches the program."""

    path: Path
    docker_host: str = "unix:///nowhere/docker.sock"
    programs: tuple[str, ...] = ()
    """Folders that come first in PATH."""
    only: str = ""
    """A folder that is all of PATH."""

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL") if name in os.environ}
        return {
            "LANG": "C.UTF-8",
            **kept,
            "PATH": self.only or os.pathsep.join([*self.programs, os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.path),
            "LABRUNNER_DATA": str(self.path / "data"),
            "XDG_CACHE_HOME": str(self.path / "cache"),
            "XDG_RUNTIME_DIR": str(self.path),
            "SHELL": "/bin/bash",
            "TERM": "xterm-256color",
            "DOCKER_HOST": self.docker_host,
            "PYTHONDONTWRITEBYTECODE": "1",
            **more,
        }

    def run(
        self,
        *words: str | Path,
        typed: str = "",
        powers: bool = True,
        more: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*(() if powers else WITHOUT_POWERS), sys.executable, "-m", "labrunner", *map(str, words)],
            input=typed,
            capture_output=True,
            text=True,
            timeout=110,
            env=self.environment(**(more or {})),
            cwd=cwd or self.path,
            check=False,
        )
