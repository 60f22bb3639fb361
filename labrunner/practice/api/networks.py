"""`docker network`."""

from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import DONE, NOTHING, Reply, told
from labrunner.practice.daemon import Daemon


async def listing(daemon: Daemon, request: Request) -> Reply:
    networks = daemon.networks.list(request.query.filters().asdict())
    # The list leaves out who is connected; inspect tells.
    return told([{**network.inspect(), "Containers": {}} for network in networks])


async def create(daemon: Daemon, request: Request) -> Reply:
    network = daemon.networks.create(await request.json())
    return told({"Id": network.id, "Warning": ""}, 201)


async def inspect(daemon: Daemon, request: Request) -> Reply:
    return told(daemon.networks.get(request.name).inspect())


async def remove(daemon: Daemon, request: Request) -> Reply:
    daemon.networks.remove(request.name)
    return NOTHING


async def connect(daemon: Daemon, request: Request) -> Reply:
    body = await request.json()
    daemon.containers.connect(request.name, str(body.get("Container") or ""), body.get("EndpointConfig"))
    return DONE


async def disconnect(daemon: Daemon, request: Request) -> Reply:
    body = await request.json()
    daemon.containers.disconnect(
        request.name, str(body.get("Container") or ""), force=bool(body.get("Force"))
    )
    return DONE


async def prune(daemon: Daemon, request: Request) -> Reply:
    names = daemon.networks.prune(request.query.filters().asdict())
    return told({"NetworksDeleted": list(names) or None})
