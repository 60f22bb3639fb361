"""Small stores for the tests: images of a few bytes, made of named layers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Bytes, Node, Tree
from labrunner.reference import parse

CREATED = "2024-05-01T10:00:00Z"


def opened(folder: Path, happenings: Happenings | None = None) -> Store:
    return Store(folder / "store", happenings or Happenings(), clock=lambda: 1714557600.5)


def file(text: str, **more: Any) -> Node:
    return Node(kind="file", content=Bytes(text.encode()), **more)


def tree(**files: str) -> Tree:
    return Tree({name: file(text) for name, text in files.items()})


def made(
    store: Store,
    *layers: str,
    tags: tuple[str, ...] = (),
    parent: Image | None = None,
    run: Mapping[str, Any] | None = None,
) -> Image:
    """An image of layers that each hold one file with the layer's own name in it."""
    diff_ids = [store.add_layer(tree(**{layer: layer})) for layer in layers]
    image = store.add_image(
        compose(
            {
                "architecture": "amd64",
                "os": "linux",
                "created": CREATED,
                "config": dict(run or {}),
                "rootfs": {"type": "layers", "diff_ids": diff_ids},
                "history": [{"created": CREATED, "created_by": f"COPY {layer}"} for layer in layers],
            }
        ),
        parent=parent.id if parent else None,
        local=parent is not None,
    )
    for tag in tags:
        store.tag(image.id, parse(tag))
    return image
