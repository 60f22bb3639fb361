"""From which image a container was made, by name and by descent."""

from collections.abc import Collection

from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.container import Container


def image_name(store: Store, container: Container) -> str:
    """The image by the name that was given, or by its ID where that name is another image's now."""
    name: str = container.config["Image"]
    try:
        return name if store.find(name).id == container.image_id else container.image_id
    except Refused:
        return container.image_id


def made_from(store: Store, text: str) -> Collection[str]:
    """The IDs of an image and of those that were made from it."""
    try:
        image = store.find(text)
    except Refused:
        return ()
    return {
        each.id for each in store.images() if each.layers[: len(image.layers)] == image.layers
    } & _descendants(store, image.id)


def _descendants(store: Store, image_id: str) -> set[str]:
    found, todo = {image_id}, [image_id]
    while todo:
        children = set(store.children(todo.pop())) - found
        found |= children
        todo.extend(children)
    return found
