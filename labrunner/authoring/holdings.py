"""What an engine holds at one moment, and what has to be done to bring it back there: values only."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from labrunner.checks.evidence import Asked
from labrunner.engine.facts import ContainerSummary, EngineEvent, Observation
from labrunner.engine.protocol import Thing

HARMLESS = frozenset({"wait", "attach", "resize", "json", "logs", "stats", "top", "changes", "export"})
"""What can be asked of a container without changing it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """Equal where the engine looks the same to everyone who asks."""

    seen: Observation
    volumes: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    """Their IDs."""

    @property
    def names(self) -> dict[str, str]:
        """Every image name, and the ID behind it."""
        return {name: image.id for image in self.seen.images for name in image.names}

    @property
    def image_ids(self) -> frozenset[str]:
        return frozenset(image.id for image in self.seen.images)

    def with_images(self, other: "Holdings", names: Collection[str | None]) -> "Holdings":
        """With those images of another moment that bear one of these names, and with no other name."""
        added = (
            replace(image, names=tuple(name for name in image.names if name in names))
            for image in other.seen.images
            if image.id not in self.image_ids
        )
        images = [*self.seen.images, *(image for image in added if image.names)]
        images.sort(key=lambda image: image.id)
        return replace(self, seen=replace(self.seen, images=tuple(images)))

    @property
    def containers(self) -> dict[str, ContainerSummary]:
        """By ID."""
        return {container.id: container for container in self.seen.containers}


def holdings(
    seen: Observation,
    *,
    volumes: Iterable[str] = (),
    networks: Iterable[str] = (),
    without: Iterable[str] = (),
) -> Holdings:
    """In a fixed order. `without` are IDs of containers that are somebody else's."""
    strangers = frozenset(without)
    containers = (each for each in seen.containers if each.id not in strangers)
    return Holdings(
        seen=Observation(
            images=tuple(sorted(seen.images, key=lambda image: image.id)),
            containers=tuple(sorted(containers, key=lambda container: container.id)),
        ),
        volumes=frozenset(volumes),
        networks=frozenset(networks),
    )


@dataclass(frozen=True, slots=True)
class Remove:
    thing: Thing


@dataclass(frozen=True, slots=True)
class Rename:
    """Let a name stand again for the image that it stood for."""

    image_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Pull:
    name: str


Undoing = Remove | Rename | Pull


def undoing(before: Holdings, now: Holdings) -> tuple[Undoing, ...]:
    """What brings an engine from `now` back towards `before`; nothing where nothing more can be done.

    Only what was made since is removed. To be asked again after it was done: an image may lose its last name.
    """
    return (*_removals(before, now), *_renames(before, now))


def _removals(before: Holdings, now: Holdings) -> Iterator[Undoing]:
    for container in now.seen.containers:
        if container.id not in before.containers:
            yield Remove(Thing(kind="container", id=container.id, name=container.name))
    for network in sorted(now.networks - before.networks):
        yield Remove(Thing(kind="network", id=network, name=network))
    for volume in sorted(now.volumes - before.volumes):
        yield Remove(Thing(kind="volume", id=volume, name=volume))
    kept = before.names
    for image in now.seen.images:
        for name in image.names:
            if name not in kept:
                yield Remove(Thing(kind="image", id=image.id, name=name))
        if not image.names and image.id not in before.image_ids:
            yield Remove(Thing(kind="image", id=image.id, name=""))


def _renames(before: Holdings, now: Holdings) -> Iterator[Undoing]:
    names = now.names
    for name, image_id in before.names.items():
        if names.get(name) == image_id:
            continue
        if image_id in now.image_ids:
            yield Rename(image_id, name)
        elif name not in names:
            yield Pull(name)


def touched(
    before: Holdings, events: Collection[EngineEvent], asked: Iterable[Asked], *, gateway: bool
) -> bool:
    """Whether something that was there before may have changed inside, where no look at the engine shows it:
    files written into a container or a volume, a process started."""
    if any(_mounts_one_of(before.volumes, event) for event in events):
        return True
    if gateway:
        return any(_reaches_into(before, request) for request in asked)
    return any(event.type == "container" and event.id in before.containers for event in events)


def _mounts_one_of(volumes: frozenset[str], event: EngineEvent) -> bool:
    return event.type == "volume" and event.action == "mount" and event.id in volumes


def _reaches_into(before: Holdings, request: Asked) -> bool:
    kind, _, rest = request.path.strip("/").partition("/")
    name, _, verb = rest.partition("/")
    if kind != "containers" or request.method == "GET" or not verb or verb in HARMLESS:
        return False
    return any(name == each.name or each.id.startswith(name) for each in before.seen.containers)


def differences(before: Holdings, now: Holdings) -> tuple[str, ...]:
    """For an author: what is on the engine now and was not before, what is gone, what is otherwise."""
    return tuple(_differences(before, now))


def _differences(before: Holdings, now: Holdings) -> Iterator[str]:
    yield from (f"{what} appeared" for what in appeared(before, now))
    yield from (f"{what} is gone" for what in appeared(now, before))
    later = now.containers
    for container in before.seen.containers:
        other = later.get(container.id, container)
        if other != container:
            was, became = (
                (container.state, other.state) if container.state != other.state else ("", "otherwise")
            )
            yield f"container {container.name} is {became}" + (f" and was {was}" if was else "")
    names = now.names
    for name, image_id in before.names.items():
        if names.get(name, image_id) != image_id:
            yield f"the name {name} stands for another image"


def appeared(before: Holdings, now: Holdings) -> tuple[str, ...]:
    """What is on the engine now and was not before."""
    containers = [each.name for each in now.seen.containers if each.id not in before.containers]
    nameless = [
        image.id.removeprefix("sha256:")[:12]
        for image in now.seen.images
        if not image.names and image.id not in before.image_ids
    ]
    return (
        *(f"container {name}" for name in containers),
        *(f"image {name}" for name in now.names if name not in before.names),
        *(f"image {image_id}" for image_id in nameless),
        *(f"volume {name}" for name in sorted(now.volumes - before.volumes)),
        *(f"network {name[:12]}" for name in sorted(now.networks - before.networks)),
    )
