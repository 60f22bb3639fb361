"""Finding in the evidence what a check is about, by the names that learners and authors use."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

from labrunner.checks.evidence import Evidence, Failed, Probe
from labrunner.checks.verdict import Unknown
from labrunner.engine.facts import ContainerSummary, ImageSummary
from labrunner.reference import InvalidReference, familiar

Shape = TypeVar("Shape")

_ID = re.compile(r"(?:sha256:)?([0-9a-f]{6,64})")


@lru_cache(maxsize=1024)
def called(name: str) -> str:
    """An image's name as Docker shows it, with its tag; a text that is no image name stays as it is."""
    try:
        return familiar(name)
    except InvalidReference:
        return name


def image_named(seen: Evidence, name: str) -> ImageSummary | None:
    """The image behind a name, a `name@sha256:…` or an image ID."""
    wanted = called(name)
    repository, at, digest = wanted.partition("@")
    if at:
        pinned = f"{repository.rpartition(':')[0] if _has_tag(repository) else repository}@{digest}"
        return next((image for image in seen.docker.images if pinned in image.digests), None)
    for image in seen.docker.images:
        if wanted in image.names:
            return image
    start = _ID.fullmatch(name)
    if start is None:
        return None
    return next((image for image in seen.docker.images if image.id.startswith(f"sha256:{start[1]}")), None)


def container_named(seen: Evidence, name: str) -> ContainerSummary | None:
    return next((container for container in seen.docker.containers if container.name == name), None)


def made_of(seen: Evidence, container: ContainerSummary, image: str) -> bool:
    """Whether a container was made from what the name stands for now.

    The engine shows the name that was used only while it still stands for the same image, and an ID after
    that.
    """
    if called(container.image) == called(image):
        return True
    known = image_named(seen, image)
    return known is not None and known.id == container.image_id


def labelled(labels: Mapping[str, str], label: str) -> bool:
    """`key`, or `key=value`."""
    key, equals, value = label.partition("=")
    return key in labels and (not equals or labels[key] == value)


def short(image_id: str) -> str:
    """An image ID as Docker shows it in tables: `3f8a1b2c3d4e`."""
    return image_id.removeprefix("sha256:")[:12]


def answered(seen: Evidence, probe: Probe, shape: type[Shape]) -> Shape | Unknown | None:
    """What a probe found; Unknown where it could not be carried out or was not."""
    if probe not in seen.answers:
        return Unknown("It has not been looked at yet.")
    answer = seen.answers[probe]
    if isinstance(answer, Failed):
        return Unknown(answer.because)
    if answer is None or isinstance(answer, shape):
        return answer
    return Unknown(f"{type(probe).__name__} was answered with something else.")


def _has_tag(repository: str) -> bool:
    return ":" in repository.rpartition("/")[2]
