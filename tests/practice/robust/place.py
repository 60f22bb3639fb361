"""An engine of a test's own, and a watch on whether it answers everybody else meanwhile."""

import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from labrunner.practice.start import start, stop
from tests.practice.robust.asking import Client

LONGEST_WAIT = 3.0
"""Seconds, on a machine that has other tests to run: what blocks the engine does so for far longer."""
"""Seconds within which a ping is answered, whatever others do."""


@dataclass
class Engine:
    folder: Path
    client: Client

    @property
    def log(self) -> str:
        return (self.folder / "engine.log").read_text(errors="replace")

    @property
    def spooled(self) -> list[str]:
        """What uploads, pulls and builds have left behind."""
        places = (self.folder / place for place in ("spool", "hub/spool", "build/spool"))
        return [str(each) for place in places if place.is_dir() for each in place.iterdir()]


@contextmanager
def engine() -> Iterator[Engine]:
    """A real daemon; it is alive in the end and has met no accident."""
    place = Path(tempfile.mkdtemp(prefix="lr-"))
    folder = place / "engine"
    try:
        address = start(folder)
        here = Engine(folder, Client(Path(address.removeprefix("unix://"))))
        yield here
        assert here.client.send("GET", "/_ping")[0] == 200
        assert "Traceback" not in here.log, here.log
    finally:
        stop(folder)
        shutil.rmtree(place)


@dataclass
class Watch:
    waits: list[float] = field(default_factory=list)
    trouble: str = ""

    @property
    def longest(self) -> float:
        return max(self.waits)


@contextmanager
def watching(client: Client) -> Iterator[Watch]:
    """Somebody else pings all the while; every answer comes in time."""
    watch, over = Watch(), threading.Event()

    def ping() -> None:
        asking = Client(client.path, patience=20)
        while not over.is_set():
            before = time.monotonic()
            try:
                status, _ = asking.send("GET", "/_ping")
                if status != 200:
                    watch.trouble = f"a ping was answered with {status}"
            except OSError as error:
                watch.trouble = f"no answer to a ping: {error!r}"
            watch.waits.append(time.monotonic() - before)
            over.wait(0.02)

    thread = threading.Thread(target=ping)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join()
    assert watch.trouble == ""
    assert watch.longest < LONGEST_WAIT, f"a ping waited for {watch.longest:.1f} seconds"
