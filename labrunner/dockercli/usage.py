"""`docker system df`: what takes room on the engine."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from labrunner.dockercli.client import Engine
from labrunner.dockercli.command import Given
from labrunner.dockercli.table import aligned, show
from labrunner.dockercli.words import ago, cut, seconds_of, short, size

LISTED = {
    "Type": "TYPE",
    "TotalCount": "TOTAL",
    "Active": "ACTIVE",
    "Size": "SIZE",
    "Reclaimable": "RECLAIMABLE",
}
STOPPED = ("exited", "created", "dead")


def usage(engine: Engine, given: Given) -> int:
    told = engine.get("/system/df")
    if given.flag("--verbose") and not given.one("--format"):
        _verbose(told)
        return 0
    of = "*formatter.diskUsageImagesContext"
    show(_rows(told), LISTED, given.one("--format"), tuple(LISTED), of=of)
    return 0


def _rows(told: dict[str, Any]) -> Sequence[Mapping[str, str]]:
    images = told.get("Images") or ()
    containers = told.get("Containers") or ()
    volumes = told.get("Volumes") or ()
    builds = told.get("BuildCache") or ()
    layers = told.get("LayersSize") or 0
    used = sum(
        max(each["Size"] - max(each.get("SharedSize", 0), 0), 0)
        for each in images
        if each.get("Containers", 0) > 0
    )
    sizes = sum(each.get("SizeRw") or 0 for each in containers)
    stopped = sum(each.get("SizeRw") or 0 for each in containers if each["State"] in STOPPED)
    kept = [each.get("UsageData") or {"Size": 0, "RefCount": 0} for each in volumes]
    return (
        _row(
            "Images",
            len(images),
            sum(1 for each in images if each.get("Containers", 0) > 0),
            layers,
            layers - used,
        ),
        _row(
            "Containers",
            len(containers),
            sum(1 for c in containers if c["State"] not in STOPPED),
            sizes,
            stopped,
        ),
        _row(
            "Local Volumes",
            len(volumes),
            sum(1 for each in kept if each["RefCount"] > 0),
            sum(each["Size"] for each in kept),
            sum(each["Size"] for each in kept if each["RefCount"] == 0),
        ),
        _row(
            "Build Cache",
            len(builds),
            sum(1 for each in builds if each["InUse"]),
            sum(each["Size"] for each in builds if not each["Shared"]),
            sum(each["Size"] for each in builds if not each["InUse"] and not each["Shared"]),
            percent=False,
        ),
    )


def _row(
    kind: str, total: int, active: int, whole: int, free: int, *, percent: bool = True
) -> Mapping[str, str]:
    share = f" ({free * 100 // whole}%)" if percent and whole else ""
    return {
        "Type": kind,
        "TotalCount": str(total),
        "Active": str(active),
        "Size": size(whole, 4),
        "Reclaimable": f"{size(max(free, 0), 4)}{share}",
    }


def _verbose(told: dict[str, Any]) -> None:
    images = [
        ["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"]
    ]
    for each in told.get("Images") or ():
        repository, _, tag = (each.get("RepoTags") or ["<none>:<none>"])[0].rpartition(":")
        shared = max(each.get("SharedSize", 0), 0)
        sizes = [size(each["Size"]), size(shared, 4), size(each["Size"] - shared, 4)]
        images.append(
            [
                repository,
                tag,
                short(each["Id"]),
                ago(each["Created"]),
                *sizes,
                str(max(each.get("Containers", 0), 0)),
            ]
        )
    containers = [["CONTAINER ID", "IMAGE", "COMMAND", "LOCAL VOLUMES", "SIZE", "CREATED", "STATUS", "NAMES"]]
    for each in told.get("Containers") or ():
        command = f'"{cut(each["Command"], 20)}"'
        volumes = str(sum(1 for mount in each.get("Mounts") or () if mount.get("Driver") == "local"))
        when = [ago(each["Created"]), each["Status"], each["Names"][0].lstrip("/")]
        containers.append(
            [short(each["Id"]), each["Image"], command, volumes, size(each.get("SizeRw") or 0), *when]
        )
    volumes_ = [["VOLUME NAME", "LINKS", "SIZE"]]
    for each in told.get("Volumes") or ():
        data = each.get("UsageData") or {"RefCount": 0, "Size": 0}
        volumes_.append([each["Name"], str(data["RefCount"]), size(data["Size"], 4)])
    builds = [["CACHE ID", "CACHE TYPE", "SIZE", "CREATED", "LAST USED", "USAGE", "SHARED"]]
    for each in told.get("BuildCache") or ():
        last = ago(seconds_of(each["LastUsedAt"])) if each.get("LastUsedAt") else ""
        when = [
            ago(seconds_of(each["CreatedAt"])),
            last,
            str(each["UsageCount"]),
            str(each["Shared"]).lower(),
        ]
        builds.append([each["ID"][:12], each["Type"], size(each["Size"], 4), *when])
    total = size(sum(each["Size"] for each in told.get("BuildCache") or () if not each["Shared"]), 4)
    sys.stdout.write(
        f"Images space usage:\n\n{aligned(images)}\nContainers space usage:\n\n{aligned(containers)}\n"
        f"Local Volumes space usage:\n\n{aligned(volumes_)}\nBuild cache usage: {total}\n\n{aligned(builds)}"
    )
