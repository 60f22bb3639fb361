"""`docker volume`."""

from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import NOTHING, Reply, told
from labrunner.practice.daemon import Daemon


async def listing(daemon: Daemon, request: Request) -> Reply:
    volumes = daemon.volumes.list(request.query.filters().asdict())
    return told({"Volumes": [volume.inspect() for volume in volumes], "Warnings": None})


async def create(daemon: Daemon, request: Request) -> Reply:
    return told(daemon.volumes.create(await request.json()).inspect(), 201)


async def inspect(daemon: Daemon, request: Request) -> Reply:
    return told(daemon.volumes.get(request.name).inspect())


async def remove(daemon: Daemon, request: Request) -> Reply:
    daemon.volumes.remove(request.name, force=request.query.truth("force"))
    return NOTHING


async def prune(daemon: Daemon, request: Request) -> Reply:
    filters = request.query.filters().asdict()
    if request.version < (1, 42):
        # Then named volumes went as well.
        filters["all"] = ("true",)
    names, reclaimed = daemon.volumes.prune(filters)
    return told({"VolumesDeleted": list(names) or None, "SpaceReclaimed": reclaimed})
