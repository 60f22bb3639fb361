"""What the engine has none of: plugins, and a swarm. Clients ask all the same, and match on these words."""

from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import Reply, told
from labrunner.practice.daemon import Daemon
from labrunner.practice.refusal import Refused

_NO_MANAGER = (
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" '
    "to connect this node to swarm and try again."
)


async def no_manager(_daemon: Daemon, _request: Request) -> Reply:
    raise Refused(503, _NO_MANAGER)


async def no_swarm(_daemon: Daemon, _request: Request) -> Reply:
    raise Refused(503, "This node is not part of a swarm")


async def plugins(_daemon: Daemon, _request: Request) -> Reply:
    return told([])


async def no_plugin(_daemon: Daemon, request: Request) -> Reply:
    raise Refused(404, f'plugin "{request.name}" not found')


async def not_simulated(_daemon: Daemon, request: Request) -> Reply:
    """Calls of the Engine API that are known and left out."""
    raise Refused(501, f"practice engine: {request.head.method} {request.head.path} is not simulated")
