"""The engine's events, read in a thread of their own, through restarts of the daemon."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from labrunner.engine.facts import EngineEvent
from labrunner.engine.protocol import Engine
from labrunner.errors import EngineError

RETRY_EVERY = 0.5
"""Seconds between two tries to reach an engine that is gone."""

PROBE_LABEL = "labrunner.probe"
"""On the containers that labrunner itself creates to look into an image."""


@dataclass(frozen=True, slots=True)
class EngineReported:
    event: EngineEvent


@dataclass(frozen=True, slots=True)
class EngineGone:
    because: str


@dataclass(frozen=True, slots=True)
class EngineFound:
    """It answers (again): whatever was known of it may be stale."""


class Watch:
    """Posts `EngineReported`, `EngineGone` and `EngineFound` until it is stopped."""

    def __init__(self, engine: Engine, post: Callable[[object], None]) -> None:
        self._engine = engine
        self._post = post
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="labrunner-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._engine.stop_events()

    def _run(self) -> None:
        last = 0
        gone = False
        while not self._stopped.is_set():
            try:
                self._engine.ping()
                if gone:
                    gone = False
                    self._post(EngineFound())
                for event in self._engine.events(since=last):
                    if event.at:
                        last = event.at + 1
                    if PROBE_LABEL not in event.attributes:
                        self._post(EngineReported(event))
                because = "it ended the connection."
            except EngineError as error:
                because = error.what
            # A daemon that restarts may answer a ping again before it was missed, and yet nothing is as it was.
            if not gone and not self._stopped.is_set():
                gone = True
                self._post(EngineGone(because))
            self._stopped.wait(RETRY_EVERY)
