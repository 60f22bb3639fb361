"""`docker system df`: what layers, containers, volumes and the build cache take on disk."""

from typing import Any

from labrunner.practice.api import images, shapes
from labrunner.practice.api.filters import Filters
from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import Reply, told
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused

_KINDS = ("container", "image", "volume", "build-cache")


async def disk_usage(daemon: Daemon, request: Request) -> Reply:
    asked = request.query.texts("type") or _KINDS
    for kind in asked:
        if kind not in _KINDS:
            raise Refused(400, f"unknown object type: {kind}")
    answer: dict[str, Any] = {"LayersSize": 0, "Images": None, "Containers": None, "Volumes": None}
    answer["BuildCache"] = None
    if "image" in asked:
        answer["LayersSize"] = _layers_size(daemon)
        answer["Images"] = _images(daemon, request.version)
    if "container" in asked:
        answer["Containers"] = daemon.containers.list(all=True, size=True)
    if "volume" in asked:
        answer["Volumes"] = [volume.usage() for volume in daemon.volumes.list()]
    if "build-cache" in asked:
        answer["BuildCache"] = daemon.build_cache()
        if request.version < (1, 42):
            answer["BuilderSize"] = sum(row["Size"] for row in answer["BuildCache"] if not row.get("Shared"))
    return told(answer)


def _layers_size(daemon: Daemon) -> int:
    """Each layer once, on the layers it stands on."""
    seen: set[str] = set()
    size = 0
    for image in daemon.store.images():
        for chain_id, layer in zip(image.chain, image.layers, strict=True):
            if chain_id not in seen:
                seen.add(chain_id)
                size += daemon.store.layer_size(layer)
    return size


def _images(daemon: Daemon, version: tuple[int, int]) -> list[dict[str, Any]]:
    counts, shared = images.container_counts(daemon), images.shared_sizes(daemon)
    rows = [
        shapes.summary(
            daemon.store,
            image,
            [tag.familiar for tag in tags],
            [digest.familiar for digest in digests],
            containers=counts.get(image.id, 0),
            shared=shared[image.id],
            version=version,
        )
        for image, tags, digests in images.chosen(daemon, Filters({}), everything=False)
    ]
    return sorted(rows, key=lambda row: row["Created"], reverse=True)
