"""`docker import`: an image of one layer out of a root filesystem's tar."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labrunner.practice.images.content import Part
from labrunner.practice.images.image import compose
from labrunner.practice.images.inflating import inflated
from labrunner.practice.images.loading import LARGEST_LAYER
from labrunner.practice.images.store import Store
from labrunner.reference import Reference


def import_(
    store: Store,
    path: Path,
    *,
    changes: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda run: run,
    message: str = "",
    reference: Reference | None = None,
    source: str = "-",
    architecture: str = "amd64",
    now: datetime | None = None,
) -> str:
    """The new image's ID; `changes` makes its run configuration out of an empty one."""
    created = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    comment = message or f"Imported from {source}"
    run = changes({})
    with store.keeping():
        pieces = inflated(Part(path, 0, path.stat().st_size).chunks(), most=LARGEST_LAYER)
        diff_id = store.add_layer_chunks(pieces)
        config = {
            "architecture": architecture,
            "comment": comment,
            "config": dict(run),
            "created": created,
            "history": [{"created": created, "comment": comment}],
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [diff_id]},
        }
        image = store.add_image(compose(config))
    if reference is not None:
        store.tag(image.id, reference)
    store.tell("import", image.id, image.id)
    return image.id
