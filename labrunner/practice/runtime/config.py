"""What a container is made from: the request and the image's own configuration merged as Docker merges them."""

import os
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import mounts, ports, signals
from labrunner.practice.runtime.healthcheck import check as check_health
from labrunner.practice.runtime.networks import LINKS
from labrunner.practice.runtime.restart import policy

Facts = dict[str, Any]
"""JSON in Docker's shape."""

_LOG_OPTIONS = frozenset(
    ("max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag")
)
_LEAST_MEMORY = 6 * 1024 * 1024
_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_CONFIG: Facts = {
    "Hostname": "",
    "Domainname": "",
    "User": "",
    "AttachStdin": False,
    "AttachStdout": False,
    "AttachStderr": False,
    "ExposedPorts": None,
    "Tty": False,
    "OpenStdin": False,
    "StdinOnce": False,
    "Env": None,
    "Cmd": None,
    "Healthcheck": None,
    "ArgsEscaped": False,
    "Image": "",
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "NetworkDisabled": False,
    "MacAddress": "",
    "OnBuild": None,
    "Labels": {},
    "StopSignal": "",
    "StopTimeout": None,
    "Shell": None,
}
_CONFIG_LEFT_OUT = frozenset(
    {
        "ExposedPorts",
        "Healthcheck",
        "ArgsEscaped",
        "NetworkDisabled",
        "MacAddress",
        "StopSignal",
        "StopTimeout",
        "Shell",
    }
)
"""Not shown where they are empty."""

_HOST: Facts = {
    "Binds": None,
    "ContainerIDFile": "",
    "LogConfig": {"Type": "json-file", "Config": {}},
    "NetworkMode": "bridge",
    "PortBindings": None,
    "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},
    "AutoRemove": False,
    "VolumeDriver": "",
    "VolumesFrom": None,
    "ConsoleSize": [0, 0],
    "Annotations": None,
    "CapAdd": None,
    "CapDrop": None,
    "CgroupnsMode": "private",
    "Dns": None,
    "DnsOptions": None,
    "DnsSearch": None,
    "ExtraHosts": None,
    "GroupAdd": None,
    "IpcMode": "private",
    "Cgroup": "",
    "Links": None,
    "OomScoreAdj": 0,
    "PidMode": "",
    "Privileged": False,
    "PublishAllPorts": False,
    "ReadonlyRootfs": False,
    "SecurityOpt": None,
    "StorageOpt": None,
    "Tmpfs": None,
    "UTSMode": "",
    "UsernsMode": "",
    "ShmSize": 67108864,
    "Sysctls": None,
    "Runtime": "runc",
    "Isolation": "",
    "CpuShares": 0,
    "Memory": 0,
    "NanoCpus": 0,
    "CgroupParent": "",
    "BlkioWeight": 0,
    "BlkioWeightDevice": None,
    "BlkioDeviceReadBps": None,
    "BlkioDeviceWriteBps": None,
    "BlkioDeviceReadIOps": None,
    "BlkioDeviceWriteIOps": None,
    "CpuPeriod": 0,
    "CpuQuota": 0,
    "CpuRealtimePeriod": 0,
    "CpuRealtimeRuntime": 0,
    "CpusetCpus": "",
    "CpusetMems": "",
    "Devices": None,
    "DeviceCgroupRules": None,
    "DeviceRequests": None,
    "MemoryReservation": 0,
    "MemorySwap": 0,
    "MemorySwappiness": None,
    "OomKillDisable": False,
    "PidsLimit": None,
    "Ulimits": None,
    "CpuCount": 0,
    "CpuPercent": 0,
    "IOMaximumIOps": 0,
    "IOMaximumBandwidth": 0,
    "Mounts": None,
    "Init": None,
    "MaskedPaths": None,
    "ReadonlyPaths": None,
}
_HOST_LEFT_OUT = frozenset({"Annotations", "StorageOpt", "Tmpfs", "Sysctls", "Mounts", "Init"})

_SHAPES: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("Env", "Cmd", "Entrypoint", "Shell", "OnBuild", "Binds", "VolumesFrom", "Links"), list),
    **dict.fromkeys(("ExtraHosts", "CapAdd", "CapDrop", "GroupAdd"), list),
    **dict.fromkeys(("ExposedPorts", "Volumes", "Labels", "Healthcheck", "PortBindings", "LogConfig"), dict),
    **dict.fromkeys(("RestartPolicy", "Tmpfs"), dict),
    **dict.fromkeys(("Hostname", "User", "Image", "WorkingDir", "StopSignal", "NetworkMode"), str),
    **dict.fromkeys(("Memory", "MemorySwap", "NanoCpus", "StopTimeout"), int),
}


def configure(
    body: Mapping[str, Any], image: Mapping[str, Any], *, container: str
) -> tuple[Facts, Facts, list[str]]:
    """Config, HostConfig and warnings; raises Refused with Docker's text. `image` is the image's own `config`."""
    config = _filled(_CONFIG, body)
    host = _filled(_HOST, _object(body, "HostConfig"))
    _merge(config, image)
    if config["Entrypoint"] == [""]:
        config["Entrypoint"] = None
    if not config["Entrypoint"] and not config["Cmd"]:
        raise Refused(400, "no command specified")
    config["Hostname"] = config["Hostname"] or container[:12]
    host["RestartPolicy"] = {"Name": "no", "MaximumRetryCount": 0} | (host["RestartPolicy"] or {})
    host["RestartPolicy"]["Name"] = host["RestartPolicy"]["Name"] or "no"
    host["LogConfig"] = {
        "Type": host["LogConfig"].get("Type") or "json-file",
        "Config": host["LogConfig"].get("Config") or {},
    }
    host["NetworkMode"] = "bridge" if host["NetworkMode"] in ("", "default") else host["NetworkMode"]
    return config, host, _warnings(host)


def check(body: Mapping[str, Any]) -> None:
    """Everything that Docker refuses before it looks for the image; raises Refused with its text."""
    host = _object(body, "HostConfig")
    if not any(value not in (None, "", [], {}, False) for key, value in body.items() if key in _CONFIG):
        raise Refused(400, "config cannot be empty in order to create a container")
    for facts in (body, host):
        _check_shapes(facts)
    for each in body.get("Env") or ():
        if not str(each) or str(each).startswith("="):
            raise Refused(400, f"invalid environment variable: {each}")
    folder = body.get("WorkingDir") or ""
    if folder and not folder.startswith("/"):
        raise Refused(400, f"the working directory '{folder}' is invalid, it needs to be an absolute path")
    if body.get("StopSignal"):
        signals.named(body["StopSignal"])
    check_health(body.get("Healthcheck"))
    policy(host.get("RestartPolicy"), auto_remove=bool(host.get("AutoRemove")))
    ports.asked(host.get("PortBindings"))
    check_resources(host)
    _check_logging(host.get("LogConfig") or {})
    if host.get("Links"):
        raise Refused(400, LINKS)
    mounts.check(host)


def _check_logging(given: Mapping[str, Any]) -> None:
    """Options are kept as state."""
    driver = given.get("Type") or "json-file"
    if driver == "none":
        return
    if driver != "json-file":
        if driver not in ("local", "syslog", "journald", "fluentd", "gelf", "awslogs", "splunk"):
            raise Refused(400, f'error looking up logging plugin {driver}: plugin "{driver}" not found')
        raise Refused(
            400, f"practice engine: the logging driver {driver} is not simulated, only json-file and none are"
        )
    for name in _object(given, "Config"):
        if name not in _LOG_OPTIONS:
            raise Refused(400, f"unknown log opt '{name}' for json-file log driver")


def check_resources(host: Mapping[str, Any]) -> None:
    """Limits are kept as state; Docker's own bounds hold."""
    memory, swap = host.get("Memory") or 0, host.get("MemorySwap") or 0
    if 0 < memory < _LEAST_MEMORY:
        raise Refused(400, "Minimum memory limit allowed is 6MB")
    if memory and 0 < swap < memory:
        raise Refused(400, "Minimum memoryswap limit should be larger than memory limit, see usage")
    cpus, there = (host.get("NanoCpus") or 0) / 1e9, os.cpu_count() or 1
    if cpus < 0 or cpus > there:
        raise Refused(
            400, f"range of CPUs is from 0.01 to {there:.2f}, as there are only {there} CPUs available"
        )


def shown(config: Mapping[str, Any], *, host: bool = False) -> Facts:
    """As `docker inspect` has it: without the fields that Docker leaves out where they are empty."""
    left_out = _HOST_LEFT_OUT if host else _CONFIG_LEFT_OUT
    return {key: deepcopy(value) for key, value in config.items() if value or key not in left_out}


def environment(config: Mapping[str, Any], extra: Mapping[str, Any] | None = None) -> dict[str, str]:
    """What the container's process finds in its environment; `extra` is an exec's own request."""
    first = [_PATH, f"HOSTNAME={config['Hostname']}"]
    given = extra or {}
    if given.get("Tty") if extra is not None else config["Tty"]:
        first.append("TERM=xterm")
    values = [*first, *(config["Env"] or ()), *(given.get("Env") or ())]
    found: dict[str, str] = {}
    for each in values:
        key, equals, value = str(each).partition("=")
        if equals:
            found[key] = value
        else:
            found.pop(key, None)
    return found


def command(config: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each) for each in (*(config["Entrypoint"] or ()), *(config["Cmd"] or ())))


def _object(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = body.get(key) or {}
    if not isinstance(found, Mapping):
        raise Refused(400, f"invalid JSON: {key} must be an object")
    return found


def _filled(empty: Facts, given: Mapping[str, Any]) -> Facts:
    filled = deepcopy(empty)
    filled.update(
        {key: deepcopy(value) for key, value in given.items() if key in empty and value is not None}
    )
    for key in ("Cmd", "Entrypoint", "Shell"):
        if isinstance(filled.get(key), str):
            filled[key] = [filled[key]]
    return filled


def _check_shapes(facts: Mapping[str, Any]) -> None:
    """Types as in the API's definition; a text is taken for a list of one where Docker does so."""
    for key, shape in _SHAPES.items():
        value = facts.get(key)
        if value is None or (key in ("Cmd", "Entrypoint", "Shell") and isinstance(value, str)):
            continue
        if not isinstance(value, shape) or (shape is int and isinstance(value, bool)):
            raise Refused(400, f"invalid JSON: {key} has the wrong type")
        if isinstance(value, list) and not all(isinstance(each, str) for each in value):
            raise Refused(400, f"invalid JSON: {key} must be a list of strings")


def _merge(config: Facts, image: Mapping[str, Any]) -> None:
    """Source: moby, daemon/commit.go, merge."""
    for key in ("User", "WorkingDir", "StopSignal"):
        config[key] = config[key] or image.get(key) or ""
    for key in ("ExposedPorts", "Labels"):
        config[key] = {**(image.get(key) or {}), **(config[key] or {})} or ({} if key == "Labels" else None)
    config["Volumes"] = {**(config["Volumes"] or {}), **(image.get("Volumes") or {})} or None
    known = {str(each).partition("=")[0] for each in config["Env"] or ()}
    inherited = [each for each in image.get("Env") or () if each.partition("=")[0] not in known]
    config["Env"] = [*(config["Env"] or ()), *inherited] or None
    if not config["Entrypoint"]:
        if not config["Cmd"]:
            config["Cmd"] = deepcopy(image.get("Cmd"))
        if config["Entrypoint"] is None:
            config["Entrypoint"] = deepcopy(image.get("Entrypoint"))
    config["Shell"] = config["Shell"] or image.get("Shell")
    inherited_check = image.get("Healthcheck")
    if inherited_check:
        own = config["Healthcheck"] or {}
        config["Healthcheck"] = {**inherited_check, **{key: value for key, value in own.items() if value}}


def _warnings(host: Mapping[str, Any]) -> list[str]:
    if host["NetworkMode"] == "host" and (host["PortBindings"] or host["PublishAllPorts"]):
        return ["Published ports are discarded when using host network mode"]
    return []
