"""`prune` of images, containers, volumes, networks, build cache, and of all of them; each asks before."""

import sys
from typing import Any

from labrunner.dockercli.client import Engine
from labrunner.dockercli.command import Given
from labrunner.dockercli.words import size


def images(engine: Engine, given: Given) -> int:
    every = given.flag("--all")
    which = "images without at least one container associated to them" if every else "dangling images"
    if not _agreed(given, f"WARNING! This will remove all {which}."):
        return 0
    filters = given.filters() or {}
    filters.setdefault("dangling", {})["false" if every else "true"] = True
    gone = engine.post("/images/prune", {"filters": filters})
    if gone.get("ImagesDeleted"):
        sys.stdout.write("Deleted Images:\n")
        for each in gone["ImagesDeleted"]:
            for what, which in each.items():
                sys.stdout.write(f"{what.lower()}: {which}\n")
        sys.stdout.write("\n")
    return _reclaimed(gone)


def containers(engine: Engine, given: Given) -> int:
    if not _agreed(given, "WARNING! This will remove all stopped containers."):
        return 0
    gone = engine.post("/containers/prune", {"filters": given.filters()})
    _names("Deleted Containers:", gone.get("ContainersDeleted"))
    return _reclaimed(gone)


def volumes(engine: Engine, given: Given) -> int:
    if given.flag("--all"):
        engine.needs("1.42", "--all")
    which = "all local volumes" if given.flag("--all") else "anonymous local volumes"
    if not _agreed(given, f"WARNING! This will remove {which} not used by at least one container."):
        return 0
    filters = given.filters() or {}
    if given.flag("--all"):
        filters["all"] = {"true": True}
    gone = engine.post("/volumes/prune", {"filters": filters or None})
    _names("Deleted Volumes:", gone.get("VolumesDeleted"))
    return _reclaimed(gone)


def networks(engine: Engine, given: Given) -> int:
    if not _agreed(
        given, "WARNING! This will remove all custom networks not used by at least one container."
    ):
        return 0
    gone = engine.post("/networks/prune", {"filters": given.filters()})
    _names("Deleted Networks:", gone.get("NetworksDeleted"))
    return 0


def builds(engine: Engine, given: Given) -> int:
    which = "all build cache" if given.flag("--all") else "all dangling build cache"
    if not _agreed(given, f"WARNING! This will remove {which}."):
        return 0
    gone = engine.post("/build/prune", {"all": given.flag("--all"), "filters": given.filters()})
    _names("Deleted build cache objects:", gone.get("CachesDeleted"))
    sys.stdout.write(f"Total:\t{size(gone.get('SpaceReclaimed') or 0, 4)}\n")
    return 0


def everything(engine: Engine, given: Given) -> int:
    what = [
        "all stopped containers",
        "all networks not used by at least one container",
        *(["all anonymous volumes not used by at least one container"] if given.flag("--volumes") else []),
        "all images without at least one container associated to them"
        if given.flag("--all")
        else "all dangling images",
        "all build cache" if given.flag("--all") else "unused build cache",
    ]
    listed = "".join(f"  - {each}\n" for each in what)
    if not _agreed(given, f"WARNING! This will remove:\n{listed}"):
        return 0
    sure = Given(options={**given.options, "--force": ["true"]})
    reclaimed = 0
    gone = engine.post("/containers/prune", {"filters": given.filters()})
    _names("Deleted Containers:", gone.get("ContainersDeleted"))
    reclaimed += gone.get("SpaceReclaimed") or 0
    networks(engine, sure)
    if given.flag("--volumes"):
        gone = engine.post("/volumes/prune", {"filters": given.filters()})
        _names("Deleted Volumes:", gone.get("VolumesDeleted"))
        reclaimed += gone.get("SpaceReclaimed") or 0
    filters = given.filters() or {}
    filters.setdefault("dangling", {})["false" if given.flag("--all") else "true"] = True
    gone = engine.post("/images/prune", {"filters": filters})
    if gone.get("ImagesDeleted"):
        sys.stdout.write("Deleted Images:\n")
        for each in gone["ImagesDeleted"]:
            for verb, which in each.items():
                sys.stdout.write(f"{verb.lower()}: {which}\n")
        sys.stdout.write("\n")
    reclaimed += gone.get("SpaceReclaimed") or 0
    gone = engine.post("/build/prune", {"all": given.flag("--all"), "filters": given.filters()})
    _names("Deleted build cache objects:", gone.get("CachesDeleted"))
    reclaimed += gone.get("SpaceReclaimed") or 0
    sys.stdout.write(f"Total reclaimed space: {size(reclaimed, 4)}\n")
    return 0


def _agreed(given: Given, warning: str) -> bool:
    if given.flag("--force"):
        return True
    try:
        sys.stdout.write(f"{warning}\nAre you sure you want to continue? [y/N] ")
        sys.stdout.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        return False


def _names(heading: str, names: Any) -> None:
    if names:
        sys.stdout.write("\n".join([heading, *names]) + "\n\n")


def _reclaimed(gone: dict[str, Any]) -> int:
    sys.stdout.write(f"Total reclaimed space: {size(gone.get('SpaceReclaimed') or 0, 4)}\n")
    return 0
