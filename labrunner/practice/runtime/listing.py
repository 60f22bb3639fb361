"""Which containers `docker ps --filter` and `docker container prune --filter` mean."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import ports
from labrunner.practice.runtime.choosing import Filters, check, labelled, unlabelled
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.life import STATUSES
from labrunner.practice.runtime.times import moment

_KNOWN = (
    *("ancestor", "before", "expose", "exited", "health", "id", "isolation", "label", "name", "network"),
    *("publish", "since", "status", "volume", "is-task"),
)
_HEALTHS = ("none", "starting", "healthy", "unhealthy")
_STATUSES = "created, running, paused, restarting, removing, exited, dead"
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(\w+))?")

Ancestors = Callable[[str], Collection[str]]
"""The IDs of an image and of all that were made from it; none where there is no such image."""


def chosen(
    containers: Iterable[Container],
    filters: Filters,
    *,
    get: Callable[[str], Container],
    ancestors: Ancestors,
    everything: bool = False,
    limit: int = 0,
) -> list[Container]:
    """The newest first; raises Refused with Docker's text for a filter that says nothing."""
    check(filters, _KNOWN)
    _check_values(filters)
    before = min((get(each).created for each in filters.get("before", ())), default=None)
    since = max((get(each).created for each in filters.get("since", ())), default=None)
    images = {each for text in filters.get("ancestor", ()) for each in ancestors(text)}
    found = []
    asked = {"status", "exited"} & {name for name, values in filters.items() if values}
    for each in sorted(containers, key=lambda one: one.created, reverse=True):
        if not (each.running or everything or asked or limit > 0 or before is not None or since is not None):
            continue
        if (before is not None and each.created >= before) or (since is not None and each.created <= since):
            continue
        if filters.get("ancestor") and not _made_from(each, images, filters["ancestor"]):
            continue
        if _fits(each, filters):
            found.append(each)
        if limit > 0 and len(found) == limit:
            break
    return found


def _made_from(container: Container, images: Collection[str], asked: Sequence[str]) -> bool:
    return container.image_id in images or container.config["Image"] in asked


def _fits(container: Container, filters: Filters) -> bool:
    health = container.health.status if container.health is not None else "none"
    exited = [int(each) for each in filters.get("exited", ())]
    return (
        _one(filters, "status", lambda value: value == container.life.status)
        and (not exited or (container.life.exit_code in exited and container.life.status == "exited"))
        and _one(filters, "name", lambda value: _named(container.name, value))
        and _one(filters, "id", container.id.startswith)
        and _one(filters, "health", lambda value: value == health)
        and _one(filters, "network", lambda value: _in_network(container, value))
        and _one(filters, "volume", lambda value: _has_volume(container, value))
        and _one(filters, "publish", lambda value: _publishes(container, value))
        and _one(filters, "expose", lambda value: _exposes(container, value))
        and _one(filters, "is-task", lambda value: value in ("false", "0"))
        and labelled(container.labels, filters.get("label", ()))
    )


def _one(filters: Filters, name: str, fits: Callable[[str], bool]) -> bool:
    values = filters.get(name, ())
    return not values or any(fits(each) for each in values)


def _named(name: str, pattern: str) -> bool:
    """Docker searches with a regular expression, with and without the slash. A text from outside is not given to
    a backtracking engine: anchors are understood, all else is taken as it stands."""
    start, end = pattern.startswith("^"), pattern.endswith("$")
    plain = pattern.removeprefix("^").removesuffix("$").removeprefix("/")
    if start and end:
        return name == plain
    if start:
        return name.startswith(plain)
    return name.endswith(plain) if end else plain in name


def _in_network(container: Container, value: str) -> bool:
    return any(
        value == name or (each.network and each.network.startswith(value))
        for name, each in container.endpoints.items()
    )


def _has_volume(container: Container, value: str) -> bool:
    return any(value in (each.name, each.target) for each in container.mounts)


def _publishes(container: Container, value: str) -> bool:
    first, last, protocol = _ports(value, "publish")
    return any(
        first <= each.host_port <= last and each.key.endswith(f"/{protocol}")
        for each in container.published.bound
    )


def _exposes(container: Container, value: str) -> bool:
    first, last, protocol = _ports(value, "expose")
    named = (
        *ports.exposed(container.config["ExposedPorts"] or ()),
        *ports.asked(container.host["PortBindings"]),
    )
    return any(first <= each.port <= last and each.protocol == protocol for each in named)


def _ports(value: str, name: str) -> tuple[int, int, str]:
    found = _RANGE.fullmatch(value)
    if found is None:
        wrong = value.partition("/")[0]
        raise Refused(
            500,
            f'error while looking up for {name} {value}: strconv.ParseUint: parsing "{wrong}": invalid syntax',
        )
    return int(found[1]), int(found[2] or found[1]), (found[3] or "tcp").lower()


def _check_values(filters: Filters) -> None:
    for value in filters.get("status", ()):
        if value not in STATUSES:
            raise Refused(
                400,
                f"invalid filter 'status={value}': invalid value for state ({value}): must be one of {_STATUSES}",
            )
    for value in filters.get("exited", ()):
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", value):
            raise Refused(
                400, f"invalid filter 'exited={value}': strconv.Atoi: parsing \"{value}\": invalid syntax"
            )
    for value in filters.get("health", ()):
        if value not in _HEALTHS:
            raise Refused(
                400,
                f"invalid filter 'health={value}': invalid value for health ({value}): "
                f"must be one of {', '.join(_HEALTHS)}",
            )
    for name in ("publish", "expose"):
        for value in filters.get(name, ()):
            _ports(value, name)


def prunable(containers: Iterable[Container], filters: Filters, now: int) -> list[Container]:
    """Those that do not run, as far as the filters allow."""
    check(filters, ("label", "label!", "until"))
    until = None
    for text in filters.get("until", ()):
        try:
            until = moment(text, now)
        except ValueError:
            raise Refused(400, f'failed to parse value as time or duration: "{text}"') from None
    return [
        each
        for each in containers
        if not each.running
        and each.life.status != "removing"
        and (until is None or each.created <= until)
        and labelled(each.labels, filters.get("label", ()))
        and unlabelled(each.labels, filters.get("label!", ()))
    ]
