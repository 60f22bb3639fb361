"""How an image came about, row by row, and how much of the disk is its own."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store

MISSING = "<missing>"


def image_history(store: Store, image: Image) -> list[dict[str, Any]]:
    """The rows of GET /images/{name}/history, the newest first. Only parents kept on this machine have IDs."""
    sizes = iter([store.layer_size(diff_id) for diff_id in image.layers])
    rows: list[dict[str, Any]] = [
        {
            "Id": MISSING,
            "Created": seconds(str(step.get("created") or "")),
            "CreatedBy": str(step.get("created_by") or ""),
            "Tags": None,
            "Size": 0 if step.get("empty_layer") else next(sizes, 0),
            "Comment": str(step.get("comment") or ""),
        }
        for step in image.history
    ]
    rows.reverse()
    here: Image | None = image
    for row in rows:
        if here is None:
            break
        row["Id"] = here.id
        row["Tags"] = [name.familiar for name in store.names(here.id)] or None
        here = store.image(store.parent(here.id))
    return rows


def shared_sizes(store: Store, images: Iterable[Image] | None = None) -> dict[str, int]:
    """By image ID, the bytes of the layers that another of these images stands upon too."""
    listed = listed_images(store) if images is None else tuple(images)
    uses = Counter(chain_id for image in listed for chain_id in image.chain)
    return {
        image.id: sum(
            store.layer_size(diff_id)
            for chain_id, diff_id in zip(image.chain, image.layers, strict=True)
            if uses[chain_id] > 1
        )
        for image in listed
    }


def shared_size(store: Store, image: Image) -> int:
    return shared_sizes(store).get(image.id, 0)


def layers_size(store: Store) -> int:
    """Bytes of all layers below the images that `docker images` lists, each counted once."""
    chains = {
        chain_id: diff_id
        for image in listed_images(store)
        for chain_id, diff_id in zip(image.chain, image.layers, strict=True)
    }
    return sum(store.layer_size(diff_id) for diff_id in chains.values())


def listed_images(store: Store) -> tuple[Image, ...]:
    """All but the intermediate ones."""
    return tuple(image for image in store.images() if not store.intermediate(image.id))


def seconds(text: str) -> int:
    """Seconds since the epoch of an RFC 3339 time; 0 where there is none, or none that can be read."""
    whole, _, rest = text.partition(".")
    zone = rest.lstrip("0123456789") if rest else ""
    try:
        at = datetime.fromisoformat(whole + zone if rest else whole)
    except ValueError:
        return 0
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
