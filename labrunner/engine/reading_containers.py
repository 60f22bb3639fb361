"""Containers in the Engine API's JSON made into facts: states, ports, mounts, in their many spellings."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from labrunner.engine.facts import Change, Container, ContainerState, ContainerSummary, Mount, Port, Protocol
from labrunner.engine.reading import Json, image_id, mapping, words
from labrunner.reference import InvalidReference, parse

PROBE_LABEL = "labrunner.probe"
"""On containers that labrunner makes to read a file of an image: they are no part of what is observed."""

_STATES: dict[str, ContainerState] = {
    "created": "created",
    "running": "running",
    "paused": "paused",
    "restarting": "restarting",
    "removing": "removing",
    "exited": "exited",
    "dead": "dead",
    # podman's own
    "configured": "created",
    "initialized": "created",
    "stopping": "running",
    "stopped": "exited",
}
_ALIVE = ("running", "paused", "restarting")
"""Only then is a port published; podman goes on listing them afterwards."""

_PROTOCOLS: dict[str, Protocol] = {"tcp": "tcp", "udp": "udp", "sctp": "sctp"}
_CHANGE_KINDS: Mapping[int, Literal["A", "C", "D"]] = {0: "C", 1: "A", 2: "D"}
_EVERY_ADDRESS = ("", "0.0.0.0", "::")
_NEVER = "0001-01-01T00:00:00Z"


def container_summaries(rows: Iterable[Json] | None) -> tuple[ContainerSummary, ...]:
    """The rows of `/containers/json`, without labrunner's own probes."""
    return tuple(
        ContainerSummary(
            id=row["Id"],
            name=_name(row.get("Names")),
            image=_shown(row.get("Image")),
            image_id=image_id(row.get("ImageID")),
            state=_state(row.get("State")),
            ports=_listed_ports(row.get("Ports")) if _state(row.get("State")) in _ALIVE else (),
            labels=mapping(row.get("Labels")),
            created=row.get("Created") or 0,
        )
        for row in rows or ()
        if PROBE_LABEL not in (row.get("Labels") or {})
    )


def container(told: Json) -> Container:
    """`/containers/NAME/json`"""
    state, config, host = told.get("State") or {}, told.get("Config") or {}, told.get("HostConfig") or {}
    published = (told.get("NetworkSettings") or {}).get("Ports")
    restart = (host.get("RestartPolicy") or {}).get("Name") or ""
    return Container(
        id=told["Id"],
        name=(told.get("Name") or "").removeprefix("/"),
        image=_shown(config.get("Image")),
        image_id=image_id(told.get("Image")),
        state=_state(state.get("Status")),
        exit_status=state.get("ExitCode") or 0,
        error=state.get("Error") or "",
        health=_health(state),
        ports=_bound_ports(published) if _state(state.get("Status")) in _ALIVE else (),
        asked_ports=_bound_ports(host.get("PortBindings")),
        cmd=words(config.get("Cmd")),
        entrypoint=words(config.get("Entrypoint")),
        env=words(config.get("Env")),
        labels=mapping(config.get("Labels")),
        mounts=_mounts(told.get("Mounts"), host.get("Tmpfs")),
        init=bool(host.get("Init")),
        auto_remove=bool(host.get("AutoRemove")),
        workdir=config.get("WorkingDir") or "",
        user=config.get("User") or "",
        restart="" if restart == "no" else restart,
        created=_moment(told.get("Created")),
        started=_moment(state.get("StartedAt")),
        finished=_moment(state.get("FinishedAt")),
    )


def changes(rows: Iterable[Json] | None) -> tuple[Change, ...]:
    """`/containers/NAME/changes`"""
    return tuple(Change(kind=_CHANGE_KINDS[row["Kind"]], path=row["Path"]) for row in rows or ())


def _name(told: Iterable[str] | None) -> str:
    """The container's own name; `/web/alias` is a legacy link's."""
    own = [name.removeprefix("/") for name in told or () if name.count("/") < 2]
    return own[0] if own else ""


def _shown(told: str | None) -> str:
    """The name as Docker shows it, also where podman writes it out in full."""
    if not told or not told.startswith("docker.io/"):
        return told or ""
    try:
        return parse(told).familiar
    except InvalidReference:
        return told


def _state(told: str | None) -> ContainerState:
    return _STATES.get(told or "created", "created")


def _health(state: Json) -> str:
    """Docker says `none`, or nothing, where there is no health check; podman 4 spells the key out."""
    status = str((state.get("Health") or state.get("Healthcheck") or {}).get("Status") or "")
    return "" if status == "none" else status


def _listed_ports(rows: Iterable[Json] | None) -> tuple[Port, ...]:
    return _distinct(
        Port(
            container=row["PrivatePort"],
            host=row.get("PublicPort") or None,
            address=_address(row.get("IP")),
            protocol=_PROTOCOLS.get(row.get("Type") or "", "tcp"),
        )
        for row in rows or ()
    )


def _bound_ports(told: Json | None) -> tuple[Port, ...]:
    """`{"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "443/tcp": null}`: only what is bound."""
    return _distinct(
        Port(
            container=int(inside.partition("/")[0]),
            host=_host_port(binding.get("HostPort")),
            address=_address(binding.get("HostIp")),
            protocol=_PROTOCOLS.get(inside.partition("/")[2], "tcp"),
        )
        for inside, bindings in (told or {}).items()
        for binding in bindings or ()
    )


def _distinct(ports: Iterable[Port]) -> tuple[Port, ...]:
    """In order of the container's port; IPv4 and IPv6 of one publication are one port."""
    once = dict.fromkeys(ports)
    return tuple(sorted(once, key=lambda port: (port.container, port.protocol, port.host or 0, port.address)))


def _address(told: str | None) -> str:
    return "" if told is None or told in _EVERY_ADDRESS else told


def _host_port(told: str | None) -> int | None:
    """None where the engine is to choose: an empty text, `0`, or a range."""
    return int(told) or None if told is not None and told.isdecimal() else None


def _mounts(rows: Iterable[Json] | None, tmpfs: Json | None) -> tuple[Mount, ...]:
    seen = [_mount(row) for row in rows or ()]
    targets = {mount.target for mount in seen}
    seen += [Mount(kind="tmpfs", target=target) for target in tmpfs or () if target not in targets]
    return tuple(sorted(seen, key=lambda mount: mount.target))


def _mount(row: Json) -> Mount:
    kind = row.get("Type") or ("volume" if row.get("Name") else "bind")
    source: Any = row.get("Name") if kind == "volume" else row.get("Source")
    return Mount(
        kind=kind,
        target=row.get("Destination") or "",
        source=source or "",
        writable=row.get("RW", True) is not False,
    )


def _moment(told: str | None) -> str:
    """RFC 3339, or empty for what never happened."""
    return "" if not told or told == _NEVER else told
