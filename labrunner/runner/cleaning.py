"""Taking away what a lesson made, and nothing else: the ledger says what, the engine says whether it is still that."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from labrunner.engine.facts import Observation
from labrunner.engine.protocol import Engine, Thing
from labrunner.errors import EngineRefused

ORDER: Mapping[Literal["container", "image", "volume", "network"], int] = MappingProxyType(
    {"container": 0, "network": 1, "volume": 2, "image": 3}
)
"""What uses others goes before what is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """`things` need not be remembered any longer: removed now, or gone before; `refused` are still there."""

    things: tuple[Thing, ...] = ()
    gone_before: tuple[Thing, ...] = ()
    """Of `things`, those that were not there any more, or had become something else and were left alone."""
    refused: tuple[tuple[Thing, str], ...] = ()
    """With the engine's words."""


def still_there(things: tuple[Thing, ...], seen: Observation) -> tuple[Thing, ...]:
    """Those that are on the engine as they were made; networks and volumes cannot be seen, and count."""
    containers = {container.id for container in seen.containers}
    images = {(name, image.id) for image in seen.images for name in image.names}
    return tuple(
        thing
        for thing in things
        if (thing.kind != "container" or thing.id in containers)
        and (thing.kind != "image" or (thing.name, thing.id) in images)
    )


def removed(engine: Engine, things: tuple[Thing, ...]) -> Removed:
    """Remove them. Raises `EngineUnreachable`; what the engine refuses is reported and stays in the ledger."""
    done, gone, refused = [], [], []
    for thing in sorted(things, key=lambda thing: ORDER[thing.kind]):
        try:
            if not engine.remove(thing):
                gone.append(thing)
        except EngineRefused as error:
            refused.append((thing, error.what))
        else:
            done.append(thing)
    return Removed(things=tuple(done), gone_before=tuple(gone), refused=tuple(refused))
