"""The cache of the classic builder: the images that stand on an image, each with the step that made it."""

from collections.abc import Mapping, Sequence
from typing import Any

from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused

_COMPARED = (
    *("User", "ExposedPorts", "Env", "Cmd", "Healthcheck", "ArgsEscaped", "Volumes", "WorkingDir"),
    *("Entrypoint", "OnBuild", "Labels", "StopSignal", "Shell"),
)


def made_before(
    store: Store, parent: str, container_config: Mapping[str, Any], cache_from: Sequence[str]
) -> Image | None:
    """The latest image that a step with this configuration has made of this parent."""
    wanted = _compared(container_config)
    allowed = _sources(store, cache_from)
    found = [
        image
        for image in _children(store, parent)
        if (allowed is None or image.id in allowed) and _compared(_container_config(image)) == wanted
    ]
    return max(found, key=lambda image: str(image.config.get("created") or ""), default=None)


def _sources(store: Store, asked: Sequence[str]) -> set[str] | None:
    """What `--cache-from` allows: its images that are there, and all that they were made of; None is all."""
    if not asked:
        return None
    found: set[str] = set()
    for name in asked:
        try:
            image_id = store.find(name).id
        except Refused:
            # Docker's classic builder passes over what it does not have.
            continue
        while image_id:
            found.add(image_id)
            image_id = store.parent(image_id)
    return found


def _children(store: Store, parent: str) -> list[Image]:
    if parent:
        return [image for each in store.children(parent) if (image := store.image(each)) is not None]
    return [image for image in store.images() if not store.parent(image.id) and store.is_local(image.id)]


def _compared(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: config[key] for key in _COMPARED if config.get(key)}


def _container_config(image: Image) -> Mapping[str, Any]:
    found = image.config.get("container_config")
    return found if isinstance(found, Mapping) else {}
