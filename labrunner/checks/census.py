"""How many images and containers there are, in the ways that a learner may be asked to count them."""

from typing import Literal

from labrunner.checks.evidence import Evidence
from labrunner.checks.looking import called, labelled
from labrunner.checks.pattern import like
from labrunner.engine.facts import ImageSummary

Group = Literal["all", "tagged", "names", "dangling", "used", "unused"]


def count_images(seen: Evidence, group: Group, *, named: str | None, label: str | None) -> int:
    """Each image once, whatever its names; `names` counts each name instead."""
    images = [
        image
        for image in seen.docker.images
        if (named is None or any(name_fits(named, name) for name in image.names))
        and (label is None or labelled(image.labels, label))
    ]
    if group == "names":
        return sum(named is None or name_fits(named, name) for image in images for name in tags(image.names))
    used = {container.image_id for container in seen.docker.containers}
    return len({image.id for image in images if _belongs(image, group, used)})


def count_containers(seen: Evidence, running: bool | None, *, named: str | None, label: str | None) -> int:
    """`running`: only those that run, or only those that do not."""
    return sum(
        (running is None or running == (container.state in ("running", "paused", "restarting")))
        and (named is None or like(named, container.name))
        and (label is None or labelled(container.labels, label))
        for container in seen.docker.containers
    )


def tags(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that are a row of `docker image ls`; the containerd store has a `name@sha256:…` among them for
    an image that was pulled by its digest."""
    return tuple(name for name in names if "@" not in name)


def name_fits(pattern: str, name: str) -> bool:
    """`nginx` is `nginx:latest`; `*` stands for anything."""
    return like(pattern, name) or like(called(pattern), name)


def _belongs(image: ImageSummary, group: Group, used: set[str]) -> bool:
    match group:
        case "tagged":
            return not image.dangling
        case "dangling":
            return image.dangling
        case "used":
            return image.id in used
        case "unused":
            return image.id not in used
        case "all" | "names":
            return True
