"""What a lesson made on the engine: read off the engine's events, kept with the identity that each thing then had."""

from collections.abc import Iterable, Mapping

from labrunner.engine.facts import EngineEvent, Observation
from labrunner.engine.protocol import Thing
from labrunner.reference import InvalidReference, familiar

LESSON_LABEL = "labrunner.lesson"
NAMING = frozenset({"pull", "tag", "load", "import", "build", "create"})


def made_by(lesson: str, event: EngineEvent) -> Thing | None:
    """The container, network or volume that this event says the lesson made."""
    if event.action != "create" or event.attributes.get(LESSON_LABEL) != lesson:
        return None
    match event.type:
        case "container" | "network" | "volume" as kind:
            return Thing(kind=kind, id=event.id, name=event.name or event.id)
        case _:
            return None


def named_by(event: EngineEvent) -> str | None:
    """The image name that this event gave to an image."""
    if event.type != "image" or event.action not in NAMING:
        return None
    for name in (event.name, event.id):
        try:
            if (
                name
                and not name.startswith("sha256:")
                and ":" in (known := familiar(name))
                and "@" not in known
            ):
                return known
        except InvalidReference:
            continue
    return None


def images_made(names: Iterable[str], before: Mapping[str, str], now: Observation) -> tuple[Thing, ...]:
    """Of the names that the lesson gave, those that are on the engine now and were not there before it began."""
    there = {name: image.id for image in now.images for name in image.names}
    return tuple(
        Thing(kind="image", id=there[name], name=name)
        for name in names
        if name in there and name not in before
    )
