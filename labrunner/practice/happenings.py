"""What happened on the daemon, for `docker events` and for labrunner's own checks: the last 256, and who listens."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["builder", "container", "daemon", "image", "network", "volume"]
KEPT = 256
MOST_UNHEARD = 4096
"""Waiting for one listener; whoever is slower misses the later ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    kind: Kind
    action: str
    """`pull`, `tag`, `die`, `exec_create: sh -c ls`, `health_status: healthy`, in Docker's words."""
    actor: str
    """The ID; for images as Docker does it: the name for pull and push, the ID for tag and delete."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    at: int
    """Nanoseconds since the epoch."""


class Happenings:
    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._kept: deque[Happening] = deque(maxlen=KEPT)
        self._listeners: set[asyncio.Queue[Happening]] = set()

    def tell(self, kind: Kind, action: str, actor: str, attributes: Mapping[str, str] | None = None) -> None:
        happened = Happening(
            kind=kind, action=action, actor=actor, attributes=dict(attributes or {}), at=self._clock()
        )
        self._kept.append(happened)
        for queue in self._listeners:
            if not queue.full():
                queue.put_nowait(happened)

    def kept(self) -> tuple[Happening, ...]:
        return tuple(self._kept)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[Happening]]:
        """Everything told from now on."""
        queue: asyncio.Queue[Happening] = asyncio.Queue(MOST_UNHEARD)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
