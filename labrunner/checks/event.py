"""Whether something happened that the engine reported and that may be over by now."""

from dataclasses import dataclass
from typing import ClassVar

from labrunner.checks.evidence import Evidence, Probe
from labrunner.checks.looking import called
from labrunner.checks.pattern import like
from labrunner.checks.point import concluded, point
from labrunner.checks.verdict import Verdict
from labrunner.engine.facts import EngineEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class EventCheck:
    """The engine reported an event since the step began: an image pulled, a container that ran and is
    gone."""

    example: ClassVar[str] = """\
type: image
action: pull
object: nginx:1.31-alpine
"""

    type: str
    """`image`, `container`, `volume`, `network`, `builder`."""
    action: str
    """`pull`, `push`, `tag`, `untag`, `delete`, `create`, `start`, `die`, `destroy`, `prune`, …"""
    object: str | None = None
    """An image's or container's name; for a container's event also the image it was made from. `*` stands for
    anything."""

    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        return ()

    def judge(self, seen: Evidence) -> Verdict:
        expected = " ".join(filter(None, (self.type, self.action, self.object)))
        alike = [
            event for event in seen.happened if event.type == self.type and _action(event) == self.action
        ]
        if any(self.object is None or self._concerns(event) for event in alike):
            return concluded((point("engine", "action", expected, expected, True),))
        if not alike:
            return concluded((point("engine", "action", expected, None, False),))
        found = f"{self.type} {self.action} {_named(alike[-1])}"
        return concluded((point("engine", "object", expected, found, False),))

    def _concerns(self, event: EngineEvent) -> bool:
        wanted = self.object or "*"
        return any(
            like(wanted, name) or like(called(wanted), called(name)) or event.id.startswith(wanted)
            for name in _names(event)
        )


def _named(event: EngineEvent) -> str:
    """`brave_bell (nginx)` for a container; else its name."""
    name, *others = _names(event)
    image = event.attributes.get("image", "")
    return f"{name} ({image})" if image in others else name


def _action(event: EngineEvent) -> str:
    """`exec_create: sh -c …` and `health_status: healthy` carry more than the action."""
    return event.action.partition(":")[0]


def _names(event: EngineEvent) -> tuple[str, ...]:
    named = (event.name, event.attributes.get("name", ""), event.attributes.get("image", ""))
    return tuple(dict.fromkeys(name for name in named if name)) or (event.id,)
