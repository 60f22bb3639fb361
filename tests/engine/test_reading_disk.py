"""`/system/df` in its two shapes: rows, and sums."""

import pytest

from labrunner.engine.facts import DiskUsage, ImageShare, Usage
from labrunner.engine.reading import Json
from labrunner.engine.reading_disk import disk_usage

WEB, BASE, OLD = (f"sha256:{letter * 64}" for letter in "abc")
IMAGES = [
    {"Id": WEB, "Size": 60, "SharedSize": 40, "Containers": 2},
    {"Id": BASE, "Size": 40, "SharedSize": 40, "Containers": 0},
    {"Id": OLD, "Size": 9, "SharedSize": -1, "Containers": -1},
]
ROWS: Json = {
    "LayersSize": 69,
    "Images": IMAGES,
    "Containers": [{"State": "running", "SizeRw": 5}, {"State": "exited", "SizeRw": 3}, {"State": "created"}],
    "Volumes": [
        {"Name": "a", "UsageData": {"RefCount": 1, "Size": 100}},
        {"Name": "b", "UsageData": {"RefCount": 0, "Size": 30}},
        {"Name": "c", "UsageData": {"RefCount": -1, "Size": -1}},
        {"Name": "d", "UsageData": None},
    ],
    "BuildCache": [
        {"ID": "x", "Size": 7, "InUse": False, "Shared": False},
        {"ID": "y", "Size": 8, "InUse": True, "Shared": False},
        {"ID": "z", "Size": 900, "InUse": False, "Shared": True},
    ],
}
SHARES = {
    WEB: ImageShare(size=60, shared=40),
    BASE: ImageShare(size=40, shared=40),
    OLD: ImageShare(size=9, shared=0),
}


def test_the_sums_of_rows_are_those_of_docker_system_df() -> None:
    assert disk_usage(ROWS) == DiskUsage(
        images=Usage(total=3, active=1, size=69, reclaimable=40),
        containers=Usage(total=3, active=1, size=8, reclaimable=3),
        volumes=Usage(total=4, active=1, size=130, reclaimable=30),
        build_cache=Usage(total=3, active=1, size=15, reclaimable=7),
        shares=SHARES,
    )


@pytest.mark.parametrize("rows", [ROWS, {}], ids=["with the rows beside them", "alone"])
def test_sums_that_the_engine_tells_are_taken(rows: Json) -> None:
    sums = {"TotalCount": 3, "ActiveCount": 1, "TotalSize": 70, "Reclaimable": 41}
    usage = disk_usage(
        {**rows, "ImageUsage": {**sums, "Items": IMAGES}, "BuildCacheUsage": {"TotalSize": 15}}
    )

    assert usage.images == Usage(total=3, active=1, size=70, reclaimable=41)
    assert usage.build_cache == Usage(size=15)
    assert usage.shares == SHARES


@pytest.mark.parametrize(
    "told", [{}, {"Images": None, "Containers": None, "Volumes": None, "BuildCache": None}]
)
def test_nothing_is_nothing(told: Json) -> None:
    assert disk_usage(told) == DiskUsage()
