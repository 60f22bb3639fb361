"""Brings up engines in a few milliseconds: everything is imported once, and each engine is a fork of that process.

Run as a program it reads lines `FOLDER`, and answers with the new engine's pid when its socket is open. What runs is
`labrunner.practice.start` in all but the imports.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner.practice import state


class Nursery:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self, folder: Path) -> tuple[int, Path]:
        """The pid and the socket of an engine that listens."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        told = self._process.stdout.readline()
        assert told.strip().isdigit(), f"no engine came up: {told!r}"
        return int(told), state.socket_path(folder)

    def kill(self, pid: int) -> None:
        """Now, without a chance to close anything; the process is gone afterwards."""
        os.kill(pid, signal.SIGKILL)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"gone {pid}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "gone\n"


@contextmanager
def nursery() -> Iterator[Nursery]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.practice.robust.nursery"],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    engines = Nursery(process)
    try:
        yield engines
    finally:
        process.communicate()


def main() -> None:
    from labrunner.practice.api import routes, serving  # noqa: F401
    from labrunner.practice.build import builder  # noqa: F401
    from labrunner.practice.hub.catalogue import Catalogue
    from labrunner.practice.programs import coreutils, table  # noqa: F401

    Catalogue.load()
    alive: set[int] = set()
    for line in sys.stdin:
        word, _, pid = line.strip().partition(" ")
        if word == "gone":
            os.waitpid(int(pid), 0)
            alive.discard(int(pid))
            print("gone", flush=True)
            continue
        hears, tells = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(hears)
            null = os.open(os.devnull, os.O_RDWR)
            os.dup2(null, 0)
            os.dup2(null, 1)
            folder = state.prepare(Path(line.strip()))
            socket = state.prepare_socket(state.socket_path(folder))
            try:
                asyncio.run(serving.serve(folder, socket, ready=tells))
            finally:
                os._exit(1)
        os.close(tells)
        ready = os.read(hears, 64)
        os.close(hears)
        alive.add(child)
        print(child if ready.startswith(b"ready") else "failed", flush=True)
    for child in alive:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()
