"""Networks as state: names and who is connected. No packets and no addresses: those fields stay empty."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from labrunner.practice.happenings import Happenings
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import addresses
from labrunner.practice.runtime.choosing import Filters, check, labelled, unlabelled, yes
from labrunner.practice.runtime.kept import keep, kept
from labrunner.practice.runtime.naming import meant, new_id
from labrunner.practice.runtime.times import from_rfc3339, moment, rfc3339

_PREDEFINED = {"bridge": "bridge", "host": "host", "none": "null"}
_LIST = ("dangling", "driver", "id", "label", "name", "scope", "type")
_PRUNE = ("label", "label!", "until")
_LOCAL_DRIVERS = ("bridge", "host", "null", "macvlan", "ipvlan")
LINKS = "practice engine: links between containers are not simulated"


@dataclass(slots=True, kw_only=True)
class Endpoint:
    """A container's place in one network."""

    network: str = ""
    """The network's ID; empty until the container has run in it."""
    id: str = ""
    """Empty while the container does not run."""
    aliases: tuple[str, ...] = ()
    addresses: Mapping[str, Any] | None = None
    """IPAMConfig as it was asked for; no address is ever in use."""
    options: Mapping[str, Any] | None = None
    mac: str = ""
    names: tuple[str, ...] = ()
    """DNSNames, in networks other than the default bridge."""

    @classmethod
    def asked(cls, given: Mapping[str, Any]) -> "Endpoint":
        """As an EndpointConfig wants it; raises Refused for what is not simulated."""
        if given.get("Links"):
            raise Refused(400, LINKS)
        return cls(
            aliases=tuple(str(each) for each in given.get("Aliases") or ()),
            addresses=_object(given, "IPAMConfig"),
            options=_object(given, "DriverOpts"),
            mac=str(given.get("MacAddress") or ""),
        )

    def facts(self) -> dict[str, Any]:
        """What is kept of it while the container does not run."""
        return {
            "network": self.network,
            "aliases": list(self.aliases),
            "addresses": self.addresses,
            "options": self.options,
            "mac": self.mac,
        }

    def inspect(self) -> dict[str, object]:
        return {
            "IPAMConfig": self.addresses,
            "Links": None,
            "Aliases": list(self.aliases) or None,
            "MacAddress": self.mac,
            "DriverOpts": self.options,
            "GwPriority": 0,
            "NetworkID": self.network,
            "EndpointID": self.id,
            "Gateway": "",
            "IPAddress": "",
            "IPPrefixLen": 0,
            "IPv6Gateway": "",
            "GlobalIPv6Address": "",
            "GlobalIPv6PrefixLen": 0,
            "DNSNames": list(self.names) or None,
        }


def _object(given: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    found = given.get(key)
    if found is not None and not isinstance(found, Mapping):
        raise Refused(400, f"invalid JSON: {key} must be an object")
    return found


class Connected(Protocol):
    """What a network knows of a container."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def running(self) -> bool: ...
    @property
    def endpoints(self) -> dict[str, Endpoint]: ...


@dataclass(slots=True, kw_only=True, eq=False)
class Network:
    id: str
    name: str
    driver: str
    created: int
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Internal, Attachable, EnableIPv6, Options, Labels, IPAM as they were asked for."""
    members: dict[str, Connected] = field(default_factory=dict)

    @property
    def predefined(self) -> bool:
        return self.name in _PREDEFINED

    @property
    def labels(self) -> Mapping[str, str]:
        return self.facts.get("Labels") or {}

    def inspect(self) -> dict[str, object]:
        ipam = self.facts.get("IPAM") or {}
        return {
            "Name": self.name,
            "Id": self.id,
            "Created": rfc3339(self.created),
            "Scope": "local",
            "Driver": self.driver,
            "EnableIPv4": True,
            "EnableIPv6": bool(self.facts.get("EnableIPv6")),
            "IPAM": {
                "Driver": ipam.get("Driver") or "default",
                "Options": ipam.get("Options") or None,
                "Config": ipam.get("Config") or None,
            },
            "Internal": bool(self.facts.get("Internal")),
            "Attachable": bool(self.facts.get("Attachable")),
            "Ingress": False,
            "ConfigFrom": {"Network": ""},
            "ConfigOnly": False,
            "Containers": {
                each.id: {
                    "Name": each.name,
                    "EndpointID": each.endpoints[self.name].id,
                    "MacAddress": each.endpoints[self.name].mac,
                    "IPv4Address": "",
                    "IPv6Address": "",
                }
                for each in self.members.values()
                if self.name in each.endpoints
            },
            "Options": dict(self.facts.get("Options") or {}),
            "Labels": dict(self.labels),
        }


class Networks:
    def __init__(self, folder: Path, happenings: Happenings, clock: Callable[[], int] = time.time_ns) -> None:
        self._file, self._happenings = folder / "networks.json", happenings
        self._clock = clock
        self._networks: dict[str, Network] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for facts in kept(self._file) or []:
            network = Network(
                id=facts["Id"],
                name=facts["Name"],
                driver=facts["Driver"],
                created=from_rfc3339(facts["Created"]),
                facts=facts,
            )
            self._networks[network.id] = network
        for name, driver in _PREDEFINED.items():
            if self._by_name(name) is None:
                made = Network(id=new_id(), name=name, driver=driver, created=self._clock())
                self._networks[made.id] = made
        self._keep()

    def _keep(self) -> None:
        keep(self._file, [{**each.inspect(), "Containers": {}} for each in self._networks.values()])

    def _by_name(self, name: str) -> str | None:
        return next((each.id for each in self._networks.values() if each.name == name), None)

    def get(self, text: str) -> Network:
        text = "bridge" if text == "default" else text
        try:
            return self._networks[meant(text, self._networks, self._by_name)]
        except Refused as refused:
            if refused.status == 404:
                raise Refused(404, f"network {text} not found") from refused
            raise

    def create(self, body: Mapping[str, Any]) -> Network:
        name, driver = str(body.get("Name") or ""), str(body.get("Driver") or "bridge")
        if not name.strip():
            raise Refused(400, "invalid name: name is empty")
        if name in _PREDEFINED:
            raise Refused(403, f"operation is not permitted on predefined {name} network ")
        if driver in ("host", "null"):
            raise Refused(403, f'only one instance of "{driver}" network is allowed')
        if driver not in _LOCAL_DRIVERS:
            raise Refused(404, f'plugin "{driver}" not found')
        if self._by_name(name) is not None:
            raise Refused(409, f"network with name {name} already exists")
        made = Network(id=new_id(), name=name, driver=driver, created=self._clock(), facts=dict(body))
        self._networks[made.id] = made
        self._keep()
        self._tell("create", made)
        return made

    def list(self, filters: Filters | None = None) -> tuple[Network, ...]:
        filters = filters or {}
        check(filters, _LIST)
        dangling = yes(filters, "dangling")
        return tuple(each for each in self._networks.values() if _chosen(each, filters, dangling))

    def remove(self, text: str) -> None:
        network = self.get(text)
        if network.predefined:
            raise Refused(403, f"{network.name} is a pre-defined network and cannot be removed")
        if network.members:
            active = " ".join(
                f'name:"{each.name}" id:"{each.endpoints[network.name].id[:12]}"'
                for each in network.members.values()
            )
            raise Refused(
                403,
                f"error while removing network: network {network.name} has active endpoints ({active})",
            )
        self._remove(network)

    def _remove(self, network: Network) -> None:
        del self._networks[network.id]
        self._keep()
        self._tell("destroy", network)

    def prune(self, filters: Filters | None = None) -> tuple[str, ...]:
        filters = filters or {}
        check(filters, _PRUNE)
        until = None
        for text in filters.get("until", ()):
            try:
                until = moment(text, self._clock())
            except ValueError:
                raise Refused(400, f'failed to parse value as time or duration: "{text}"') from None
        gone = [
            each
            for each in self._networks.values()
            if not each.predefined
            and not each.members
            and (until is None or each.created <= until)
            and labelled(each.labels, filters.get("label", ()))
            and unlabelled(each.labels, filters.get("label!", ()))
        ]
        for each in gone:
            self._remove(each)
        self._happenings.tell("network", "prune", "", {"reclaimed": "0"})
        return tuple(each.name for each in gone)

    def check(self, name: str, endpoint: Endpoint) -> None:
        """Raises Refused for an address that the network cannot give. A missing network is told at the start."""
        known = self._by_name(name)
        if known is not None:
            network = self._networks[known]
            addresses.check(name, network.facts, endpoint.addresses, predefined=network.predefined)

    def connect(self, text: str, container: Connected, settings: Mapping[str, Any] | None = None) -> None:
        """`docker network connect`: at once where the container runs, else at its next start."""
        network = self.get(text)
        if network.name == "host":
            raise Refused(
                400,
                "cannot connect container to host network - container must be created in host network mode",
            )
        if "host" in container.endpoints:
            raise Refused(
                400,
                "cannot connect container to multiple networks with one of the networks in host network mode",
            )
        if network.name == "none" or "none" in container.endpoints:
            raise Refused(
                403,
                "container cannot be connected to multiple networks with one of the networks in private (none) mode",
            )
        if network.name in container.endpoints and container.running:
            raise Refused(
                403, f"endpoint with name {container.name} already exists in network {network.name}"
            )
        endpoint = Endpoint.asked(settings or {})
        self.check(network.name, endpoint)
        container.endpoints[network.name] = endpoint
        if container.running:
            self.join(network.name, container)
            self.joined(container, network.name)

    def disconnect(self, text: str, container: Connected) -> None:
        network = self.get(text)
        if network.name not in container.endpoints:
            raise Refused(500, f"container {container.id} is not connected to network {network.name}")
        if container.running:
            self.leave(network.name, container)
        del container.endpoints[network.name]

    def join(self, name: str, container: Connected) -> Endpoint:
        """The container starts; raises Refused where its network is gone."""
        network = self.get(name)
        endpoint = container.endpoints[name]
        endpoint.network, endpoint.id = network.id, new_id()
        if network.name not in _PREDEFINED:
            named = (container.name, container.id[:12], *endpoint.aliases)
            endpoint.names = tuple(dict.fromkeys(named))
        network.members[container.id] = container
        return endpoint

    def joined(self, container: Connected, name: str | None = None) -> None:
        """Told when all of the start's networking has succeeded, as Docker does."""
        for each in (name,) if name else tuple(container.endpoints):
            self._tell("connect", self.get(each), container)

    def leave(self, name: str, container: Connected) -> None:
        endpoint = container.endpoints.get(name)
        network = self._networks.get(endpoint.network) if endpoint else None
        if endpoint is None or network is None or container.id not in network.members:
            return
        endpoint.id = ""
        del network.members[container.id]
        self._tell("disconnect", network, container)

    def _tell(self, action: str, network: Network, container: Connected | None = None) -> None:
        attributes = {"name": network.name, "type": network.driver}
        if container is not None:
            attributes["container"] = container.id
        self._happenings.tell("network", action, network.id, attributes)


def _chosen(network: Network, filters: Filters, dangling: bool | None) -> bool:
    kind = "builtin" if network.predefined else "custom"
    return (
        (dangling is None or dangling == (not network.members and not network.predefined))
        and (not filters.get("driver") or network.driver in filters["driver"])
        and (not filters.get("id") or any(network.id.startswith(each) for each in filters["id"]))
        and (not filters.get("name") or any(each in network.name for each in filters["name"]))
        and (not filters.get("scope") or "local" in filters["scope"])
        and (not filters.get("type") or kind in filters["type"])
        and labelled(network.labels, filters.get("label", ()))
    )
