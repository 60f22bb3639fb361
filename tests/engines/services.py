"""Programs that go on after this script ends, and are stopped by the process id recorded for them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.engines.places import CLEAN_ENVIRONMENT, HERE, LOGS, RUN, Trouble
from tests.engines.roots import remove

NOT_SHARED = {
    *("bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "lost+found", "old", "opt"),
    *("proc", "run", "sbin", "sys", "usr", "var"),
}
"""The folders at the top of a machine that are the root's own; all others of the host are seen inside."""


@dataclass(frozen=True, slots=True)
class Service:
    """One program, in a Debian root and a mount namespace of its own."""

    name: str
    data: Path
    data_inside: Path
    """Where the program finds its data; its /run is `run` on the host."""
    command: tuple[str, ...]
    settings_name: str
    """The settings file's name inside `run`."""
    answers: Callable[[], bool]

    @property
    def run(self) -> Path:
        return RUN / self.name

    def up(self, root: Path, settings: str) -> None:
        """Have the program running in this root with these settings, whatever was before."""
        written = self.run / self.settings_name
        if self._lives_in(root) and written.read_text() == settings and self.answers():
            return
        self.stop()
        self.run.mkdir(parents=True, exist_ok=True)
        written.write_text(settings)
        (self.run / "root").unlink(missing_ok=True)
        (self.run / "root").symlink_to(root)
        self.start()

    def start(self) -> None:
        """Start the program as the last `up` did, and wait until it answers."""
        if self.pid() is None:
            self._launch()
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.pid() is None:
                raise self._died("ended before it answered")
            if time.monotonic() > deadline:
                raise self._died("did not answer within 60 seconds")
            time.sleep(0.1)

    def stop(self, patience: float = 40) -> None:
        """Ask the program to end, and insist after `patience` seconds."""
        pid = self.pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while self.pid() is not None:
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                deadline += patience
            time.sleep(0.05)

    def pid(self) -> int | None:
        """The recorded process id, while that very process is alive."""
        try:
            pid, born = self._record.read_text().split()
        except (FileNotFoundError, ValueError):
            return None
        return int(pid) if born == _born(int(pid)) else None

    @property
    def _record(self) -> Path:
        return RUN / f"{self.name}.pid"

    @property
    def _log(self) -> Path:
        return LOGS / f"{self.name}.log"

    def _lives_in(self, root: Path) -> bool:
        return self.pid() is not None and (self.run / "root").readlink() == root

    def _launch(self) -> None:
        if not (self.run / "root").is_dir():
            raise Trouble(f"{self.name} was never up on this machine: run tests/engines/up {self.name}")
        for leftover in self.run.iterdir():
            if leftover.name not in {self.settings_name, "root"}:
                remove(leftover)
        self.data.mkdir(parents=True, exist_ok=True)
        LOGS.mkdir(parents=True, exist_ok=True)
        mounts = [(self.run, Path("/run")), (self.data, self.data_inside)]
        mounts += [(path, path) for path in _shared()]
        enter = [HERE / "enter.sh", (self.run / "root").readlink(), *chain.from_iterable(mounts)]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                ["unshare", "--mount", "--propagation=slave", *enter, "--", *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=CLEAN_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        self._record.write_text(f"{process.pid} {_born(process.pid)}")

    def _died(self, what: str) -> Trouble:
        last = self._log.read_text(errors="replace").strip().splitlines()[-1:]
        return Trouble(f"{self.name} {what}; the end of {self._log}: {' '.join(last)}")


def _shared() -> Iterator[Path]:
    """What is the same inside a root as on the host, so that bind mounts and names of tests work there."""
    for folder in sorted(Path("/").iterdir()):
        if folder.is_dir() and not folder.is_symlink() and folder.name not in NOT_SHARED:
            yield folder
    yield Path("/etc/hosts")
    yield Path("/etc/resolv.conf")


def _born(pid: int) -> str | None:
    """When the process started, in clock ticks after boot: a process id alone may be reused."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state == "Z" else fields[18]
