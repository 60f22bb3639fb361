"""A container as the API shows it: the long form of `docker inspect` and the row of `docker ps`."""

import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from labrunner.practice.runtime import ports
from labrunner.practice.runtime.config import command, shown
from labrunner.practice.runtime.times import SECOND, rfc3339

if TYPE_CHECKING:
    from labrunner.practice.runtime.container import Container

Facts = dict[str, Any]

_NO_ADDRESS: Facts = {
    "Bridge": "",
    "SandboxID": "",
    "SandboxKey": "",
    "Ports": {},
    "HairpinMode": False,
    "LinkLocalIPv6Address": "",
    "LinkLocalIPv6PrefixLen": 0,
    "SecondaryIPAddresses": None,
    "SecondaryIPv6Addresses": None,
    "EndpointID": "",
    "Gateway": "",
    "GlobalIPv6Address": "",
    "GlobalIPv6PrefixLen": 0,
    "IPAddress": "",
    "IPPrefixLen": 0,
    "IPv6Gateway": "",
    "MacAddress": "",
}


def inspect(container: "Container", *, size: bool = False) -> Facts:
    words = command(container.config)
    state = container.life.state()
    if container.health is not None:
        state["Health"] = container.health.inspect()
    facts: Facts = {
        "Id": container.id,
        "Created": rfc3339(container.created),
        "Path": words[0] if words else "",
        "Args": list(words[1:]),
        "State": state,
        "Image": container.image_id,
        "ResolvConfPath": "",
        "HostnamePath": "",
        "HostsPath": "",
        "LogPath": str(container.log.path) if container.life.started else "",
        "Name": f"/{container.name}",
        "RestartCount": container.life.restarts,
        "Driver": "practice",
        "Platform": container.platform,
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "",
        "ExecIDs": [each.id for each in container.execs.values() if each.running] or None,
        "HostConfig": shown(container.host, host=True),
        "GraphDriver": {"Data": None, "Name": "practice"},
        "Mounts": [each.inspect() for each in container.mounts],
        "Config": shown(container.config),
        "NetworkSettings": {**_NO_ADDRESS, "Ports": _ports(container), "Networks": _networks(container)},
    }
    if bridge := container.endpoints.get("bridge"):
        facts["NetworkSettings"] |= {"EndpointID": bridge.id, "MacAddress": bridge.mac}
    if size:
        facts["SizeRw"] = container.size_rw
        facts["SizeRootFs"] = container.image_size + container.size_rw
    return facts


def summary(container: "Container", *, size: bool = False) -> Facts:
    health = container.health.status if container.health is not None else ""
    row: Facts = {
        "Id": container.id,
        "Names": [f"/{container.name}"],
        "Image": container.config["Image"],
        "ImageID": container.image_id,
        "Command": command_text(command(container.config)),
        "Created": container.created // SECOND,
        "Ports": _port_rows(container),
        "Labels": dict(container.labels),
        "State": container.life.status,
        "Status": container.life.told(container.clock(), health),
        "HostConfig": {"NetworkMode": container.host["NetworkMode"]},
        "NetworkSettings": {"Networks": _networks(container)},
        "Mounts": [each.inspect() for each in container.mounts],
    }
    if size:
        if written := container.size_rw:
            row["SizeRw"] = written
        row["SizeRootFs"] = container.image_size + written
    return row


def command_text(words: Iterable[str]) -> str:
    """`/docker-entrypoint.sh nginx -g 'daemon off;'`: words with a blank in quotes."""
    return " ".join(shlex.quote(each) if " " in each else each for each in words)


def _networks(container: "Container") -> Facts:
    return {name: endpoint.inspect() for name, endpoint in container.endpoints.items()}


def _ports(container: "Container") -> Facts:
    """Only while it runs; what is exposed and not published is null."""
    if not container.running or container.process is None:
        return {}
    found: Facts = dict(container.published.ports())
    for each in ports.exposed(container.config["ExposedPorts"] or ()):
        found.setdefault(each.key, None)
    return found


def _port_rows(container: "Container") -> list[Facts]:
    rows: list[Facts] = []
    for key, bound in _ports(container).items():
        port, protocol = ports.split(key)
        if bound is None:
            rows.append({"PrivatePort": port, "Type": protocol})
        for each in bound or ():
            rows.append(
                {
                    "IP": each["HostIp"],
                    "PrivatePort": port,
                    "PublicPort": int(each["HostPort"]),
                    "Type": protocol,
                }
            )
    return rows
