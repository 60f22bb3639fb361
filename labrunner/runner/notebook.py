"""What is seen while a step is done, for its checks, and what the lesson makes meanwhile, for the ledger."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from labrunner.checks.evidence import Asked, Command
from labrunner.engine.facts import EngineEvent, Observation
from labrunner.engine.protocol import Thing
from labrunner.progress.store import ProgressStore
from labrunner.runner import ledger
from labrunner.runner.world import Happenings

Seen = Callable[[], tuple[Asked | Thing, ...]]
"""What was asked at the gateway, and made through it, since it was called last."""


class Notebook:
    """Belongs to the loop's thread; `events` may be read in another while it grows."""

    def __init__(self, lesson: str, *, store: ProgressStore, before: Mapping[str, str], seen: Seen) -> None:
        """`before` are the names that images had before the lesson was begun, with their IDs: never the lesson's."""
        self._lesson = lesson
        self._store = store
        self._before = before
        self._seen = seen
        self._happened = Happenings()
        self._named: dict[str, None] = {}
        self._running = ""
        self.events: list[EngineEvent] = []

    def new_page(self) -> None:
        """A step begins."""
        self._look_at_the_gateway()
        self.events = []
        self._happened = Happenings()

    def command_began(self, text: str) -> None:
        self._running = text

    def command_ran(self, command: Command) -> None:
        self._running = ""
        self._happened = replace(self._happened, commands=(*self._happened.commands, command))

    def reported(self, event: EngineEvent) -> None:
        self.events.append(event)
        if (thing := ledger.made_by(self._lesson, event)) is not None:
            self._store.keep_made(self._lesson, (thing,))
        if (name := ledger.named_by(event)) is not None:
            self._named[name] = None

    def observed(self, now: Observation) -> None:
        """What the names that the lesson gave stand for is known now."""
        things = ledger.images_made(self._named, self._before, now)
        if things:
            self._store.keep_made(self._lesson, things)
            for thing in things:
                del self._named[thing.name]

    @property
    def has_open_names(self) -> bool:
        """Whether names were given that nobody has looked up since."""
        return bool(self._named)

    def page(self, answer: str | None) -> Happenings:
        """All since the step began, a command that still runs included."""
        self._look_at_the_gateway()
        running = (Command(text=self._running),) if self._running else ()
        return replace(self._happened, commands=self._happened.commands + running, answer=answer)

    def _look_at_the_gateway(self) -> None:
        seen = self._seen()
        made = tuple(thing for thing in seen if isinstance(thing, Thing))
        if made:
            self._store.keep_made(self._lesson, made)
        asked = tuple(request for request in seen if isinstance(request, Asked))
        self._happened = replace(self._happened, asked=self._happened.asked + asked)

    def close(self) -> None:
        self._look_at_the_gateway()
