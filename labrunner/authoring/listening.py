"""What is heard while a lesson is proved: the engine's events, and the requests that pass the gateway."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from labrunner.checks.evidence import Asked
from labrunner.engine.facts import EngineEvent
from labrunner.engine.protocol import Engine
from labrunner.errors import EngineError
from labrunner.shell import asked
from labrunner.shell.gateway import Gateway

STILL = 0.03
"""Seconds without an event after which those of an ended command have all come; they come within 1 ms."""
RESTLESS = 0.5
"""Seconds after which an engine that never falls still is no longer waited for."""
HEALTH = ("exec_create", "exec_start", "exec_die", "health_status")
"""Beginnings of the actions by which a health check shows that it looks."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How much had been heard by then."""

    events: int = 0
    requests: int = 0


class Listening:
    """Hears everything from the moment it is made until it is closed."""

    def __init__(self, engine: Engine, gateway: Gateway | None) -> None:
        self._engine = engine
        self._gateway = gateway
        self._events: list[EngineEvent] = []
        self._requests: list[Asked] = []
        self._last = self._last_change = time.monotonic()
        self._closed = False
        # Asked for here and not in the thread: what happens after this line is heard.
        first = engine.events()
        self._thread = threading.Thread(target=self._listen, args=(first,), name="proof-events", daemon=True)
        self._thread.start()

    def moment(self) -> Moment:
        return Moment(len(self._events), len(self._all_requests()))

    def events(self, since: Moment) -> list[EngineEvent]:
        return self._events[since.events :]

    def requests(self, since: Moment) -> tuple[Asked, ...]:
        """None where there is no gateway."""
        return tuple(self._all_requests()[since.requests :])

    def silence(self) -> float:
        """Seconds since anything changed on the engine; a health check that looks changes nothing."""
        return time.monotonic() - self._last_change

    def settle(self) -> None:
        """Wait for the last events of what is over."""
        began = time.monotonic()
        while (now := time.monotonic()) < began + RESTLESS and now - max(self._last, began) < STILL:
            time.sleep(STILL / 3)

    def close(self) -> None:
        self._closed = True
        self._engine.stop_events()
        self._thread.join(timeout=2)

    def _all_requests(self) -> list[Asked]:
        if self._gateway is not None:
            self._requests += (
                Asked(method=noted.method, path=noted.path, query=noted.query)
                for noted in self._gateway.take()
                if isinstance(noted, asked.Asked)
            )
        return self._requests

    def _listen(self, stream: Iterator[EngineEvent]) -> None:
        while not self._closed:
            with suppress(EngineError):
                for event in stream:
                    self._last = time.monotonic()
                    if not event.action.startswith(HEALTH):
                        self._last_change = self._last
                    self._events.append(event)
            if not self._closed:
                time.sleep(STILL)
                with suppress(EngineError):
                    stream = self._engine.events(since=self._events[-1].at if self._events else 0)
