"""`docker version`, `docker info`, `docker system df`, `docker login`: the engine about itself, and that it is one."""

import os
import platform
from collections import Counter
from datetime import UTC, datetime

from labrunner.practice.api.message import Request
from labrunner.practice.api.ping import API_VERSION, OLDEST_API, PING
from labrunner.practice.api.reply import Reply, told
from labrunner.practice.daemon import ENGINE, ENGINE_VERSION, Daemon
from labrunner.practice.runtime.container import Container

_WARNINGS = (
    "practice engine: containers are simulated, and so are the programs in them; "
    "images, layers, builds and registries are real",
    "practice engine: published ports are open on 127.0.0.1 only, and containers have no network of their own",
)
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


async def ping(_daemon: Daemon, _request: Request) -> Reply:
    return PING


async def version(_daemon: Daemon, _request: Request) -> Reply:
    facts = {
        "ApiVersion": API_VERSION,
        "MinAPIVersion": OLDEST_API,
        "GitCommit": "",
        "GoVersion": "",
        "Os": "linux",
        "Arch": architecture(),
        "KernelVersion": platform.release(),
        "BuildTime": "",
    }
    component = {
        "Name": "Engine",
        "Version": ENGINE_VERSION,
        "Details": {**facts, "Experimental": "false", "Python": platform.python_version()},
    }
    return told({"Platform": {"Name": ENGINE}, "Components": [component], "Version": ENGINE_VERSION, **facts})


async def info(daemon: Daemon, _request: Request) -> Reply:
    containers = Counter(_group(container) for container in daemon.containers.all())
    return told(
        {
            "ID": daemon.id,
            "Containers": containers.total(),
            "ContainersRunning": containers["running"],
            "ContainersPaused": containers["paused"],
            "ContainersStopped": containers["stopped"],
            "Images": len(daemon.store.images()),
            "Driver": "practice",
            "DriverStatus": [["Layers", "real, under the engine's folder"], ["Containers", "simulated"]],
            "Plugins": {
                "Volume": ["local"],
                "Network": ["bridge", "host", "null"],
                "Authorization": None,
                "Log": ["json-file", "local", "none"],
            },
            "MemoryLimit": True,
            "SwapLimit": True,
            "CpuCfsPeriod": True,
            "CpuCfsQuota": True,
            "CPUShares": True,
            "CPUSet": True,
            "PidsLimit": True,
            "IPv4Forwarding": True,
            "Debug": False,
            "NFd": -1,
            "OomKillDisable": False,
            "NGoroutines": -1,
            "SystemTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "LoggingDriver": "json-file",
            "CgroupDriver": "none",
            "CgroupVersion": "2",
            "NEventsListener": 0,
            "KernelVersion": platform.release(),
            "OperatingSystem": f"{ENGINE} (simulated containers)",
            "OSVersion": "",
            "OSType": "linux",
            "Architecture": {"amd64": "x86_64", "arm64": "aarch64"}.get(architecture(), architecture()),
            "IndexServerAddress": "https://index.docker.io/v1/",
            "RegistryConfig": {
                "IndexConfigs": {
                    "docker.io": {"Mirrors": [], "Name": "docker.io", "Official": True, "Secure": True}
                },
                "InsecureRegistryCIDRs": ["::1/128", "127.0.0.0/8"],
                "Mirrors": [],
            },
            "NCPU": os.cpu_count() or 1,
            "MemTotal": _memory(),
            "GenericResources": None,
            "DockerRootDir": str(daemon.folder),
            "HttpProxy": "",
            "HttpsProxy": "",
            "NoProxy": "",
            "Name": "practice",
            "Labels": [],
            "ExperimentalBuild": False,
            "ServerVersion": ENGINE_VERSION,
            "Runtimes": {"practice": {"path": "practice"}},
            "DefaultRuntime": "practice",
            "Swarm": {
                "NodeID": "",
                "NodeAddr": "",
                "LocalNodeState": "inactive",
                "ControlAvailable": False,
                "Error": "",
                "RemoteManagers": None,
            },
            "LiveRestoreEnabled": False,
            "Isolation": "",
            "InitBinary": "docker-init",
            "ContainerdCommit": {"ID": ""},
            "RuncCommit": {"ID": ""},
            "InitCommit": {"ID": ""},
            "SecurityOptions": [],
            "CDISpecDirs": [],
            "Warnings": list(_WARNINGS),
        }
    )


def architecture() -> str:
    machine = platform.machine().lower()
    return _MACHINES.get(machine, machine)


def _group(container: Container) -> str:
    if container.life.status == "paused":
        return "paused"
    return "running" if container.running else "stopped"


def _memory() -> int:
    """Bytes of this machine, 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0
