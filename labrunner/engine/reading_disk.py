"""What `/system/df` tells, made into facts.

Up to API 1.51 an engine tells rows, and clients make the sums; 1.52 tells rows and sums; later ones tell sums, with
the rows among them. Source: the Engine API, and the sums that `docker system df` makes.
"""

from collections.abc import Callable, Sequence

from labrunner.engine.facts import DiskUsage, ImageShare, Usage
from labrunner.engine.reading import Json, image_id

_RUNNING = ("running", "paused", "restarting")


def disk_usage(told: Json) -> DiskUsage:
    images = _rows(told, "Images", "ImageUsage")
    layers = told.get("LayersSize") or 0
    return DiskUsage(
        images=_told(told, "ImageUsage")
        or Usage(
            total=len(images),
            active=sum(_containers(row) > 0 for row in images),
            size=layers,
            reclaimable=layers - sum(_unique(row) for row in images if _containers(row)),
        ),
        containers=_told(told, "ContainerUsage")
        or _summed(
            _rows(told, "Containers", "ContainerUsage"),
            active=lambda row: row.get("State") in _RUNNING,
            size=lambda row: row.get("SizeRw") or 0,
        ),
        volumes=_told(told, "VolumeUsage")
        or _summed(
            _rows(told, "Volumes", "VolumeUsage"),
            active=lambda row: _of_volume(row, "RefCount") > 0,
            size=lambda row: _of_volume(row, "Size"),
        ),
        build_cache=_told(told, "BuildCacheUsage")
        or _summed(
            _rows(told, "BuildCache", "BuildCacheUsage"),
            active=lambda row: bool(row.get("InUse")),
            size=lambda row: 0 if row.get("Shared") else row.get("Size") or 0,
        ),
        shares={
            image_id(row.get("Id")): ImageShare(size=row.get("Size") or 0, shared=_shared(row))
            for row in images
        },
    )


def _told(told: Json, key: str) -> Usage | None:
    """The sums, where the engine tells them."""
    sums = told.get(key)
    if not sums:
        return None
    return Usage(
        total=sums.get("TotalCount") or 0,
        active=sums.get("ActiveCount") or 0,
        size=sums.get("TotalSize") or 0,
        reclaimable=sums.get("Reclaimable") or 0,
    )


def _rows(told: Json, key: str, sums: str) -> Sequence[Json]:
    return (told.get(sums) or {}).get("Items") or told.get(key) or ()


def _summed(rows: Sequence[Json], *, active: Callable[[Json], bool], size: Callable[[Json], int]) -> Usage:
    return Usage(
        total=len(rows),
        active=sum(map(active, rows)),
        size=sum(map(size, rows)),
        reclaimable=sum(size(row) for row in rows if not active(row)),
    )


def _containers(row: Json) -> int:
    return row.get("Containers") or 0


def _shared(row: Json) -> int:
    """-1 says that it was not computed."""
    return max(row.get("SharedSize") or 0, 0)


def _unique(row: Json) -> int:
    return (row.get("Size") or 0) - _shared(row)


def _of_volume(row: Json, key: str) -> int:
    return max((row.get("UsageData") or {}).get(key) or 0, 0)
