"""`docker version`, `info`, `events` and `context`."""

import os
import platform
import sys
from typing import Any

from labrunner.dockercli.client import Engine
from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended
from labrunner.dockercli.table import show


def _client() -> dict[str, Any]:
    from labrunner.dockercli.program import VERSION

    return {
        "Version": VERSION,
        "ApiVersion": "1.51",
        "Os": platform.system().lower(),
        "Arch": {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine()),
        "Context": "default",
        "Platform": {"Name": "labrunner's docker command"},
    }


def version(engine: Engine, given: Given) -> int:
    server: dict[str, Any] | None = None
    trouble = ""
    try:
        server = engine.get("/version")
    except Ended as ended:
        trouble = ended.text
    form = given.one("--format")
    client = _client()
    if form:
        types = {"": "system.versionInfo", "Client": "system.clientVersion", "Server": "types.Version"}
        _filled(form, {"Client": client, "Server": server}, "version", types)
    else:
        _section(client, f"Client: {client['Platform']['Name']}")
        if server is not None:
            _server(server)
    if trouble:
        raise Ended(trouble)
    return 0


def _section(told: dict[str, Any], heading: str) -> None:
    rows = [
        ("Version:", told["Version"]),
        ("API version:", told["ApiVersion"]),
        ("OS/Arch:", f"{told['Os']}/{told['Arch']}"),
        ("Context:", told["Context"]),
    ]
    sys.stdout.write(f"{heading}\n" + "".join(f" {name:<18} {value}\n" for name, value in rows))


def _server(told: dict[str, Any]) -> None:
    name = (told.get("Platform") or {}).get("Name") or ""
    sys.stdout.write(f"\nServer:{' ' + name if name else ''}\n")
    engine = next((each for each in told.get("Components") or () if each["Name"] == "Engine"), None)
    details = (engine or {}).get("Details") or {}
    rows = [
        ("Version:", told["Version"]),
        ("API version:", f"{told['ApiVersion']} (minimum version {told.get('MinAPIVersion', '')})"),
        ("Go version:", told.get("GoVersion") or ""),
        ("Git commit:", told.get("GitCommit") or ""),
        ("Built:", _built(told.get("BuildTime") or "")),
        ("OS/Arch:", f"{told['Os']}/{told['Arch']}"),
        ("Experimental:", str(details.get("Experimental", "false"))),
    ]
    sys.stdout.write(" Engine:\n" + "".join(f"  {label:<17} {value}\n" for label, value in rows))
    for each in told.get("Components") or ():
        if each["Name"] != "Engine":
            details = [("Version:", each["Version"])]
            if commit := (each.get("Details") or {}).get("GitCommit"):
                details.append(("GitCommit:", commit))
            lines = "".join(f"  {label:<17} {value}\n" for label, value in details)
            sys.stdout.write(f" {each['Name']}:\n{lines}")


def _built(stamp: str) -> str:
    """`Tue Sep 15 11:02:57 2026`"""
    import time

    from labrunner.dockercli.words import seconds_of

    return time.asctime(time.gmtime(seconds_of(stamp))) if stamp else ""


def info(engine: Engine, given: Given) -> int:
    client = _client()
    form = given.one("--format")
    try:
        told = engine.get("/info")
    except Ended as ended:
        if not form:
            sys.stdout.write(f"Client:\n Version:    {client['Version']}\n Context:    default\n\nServer:\n")
            sys.stdout.flush()
        raise Ended(f"{ended.text}\nerrors pretty printing info") from ended
    if form:
        _filled(form, {**told, "ClientInfo": client}, "", {"": "system.dockerInfo"})
        return 0
    lines = [
        "Client:",
        f" Version:    {client['Version']}",
        " Context:    default",
        "",
        "Server:",
        f" Containers: {told.get('Containers', 0)}",
        f"  Running: {told.get('ContainersRunning', 0)}",
        f"  Paused: {told.get('ContainersPaused', 0)}",
        f"  Stopped: {told.get('ContainersStopped', 0)}",
        f" Images: {told.get('Images', 0)}",
        f" Server Version: {told.get('ServerVersion', '')}",
        f" Storage Driver: {told.get('Driver', '')}",
        *(f"  {name}: {value}" for name, value in told.get("DriverStatus") or ()),
        f" Logging Driver: {told.get('LoggingDriver', '')}",
        f" Swarm: {(told.get('Swarm') or {}).get('LocalNodeState') or 'inactive'}",
        f" Kernel Version: {told.get('KernelVersion', '')}",
        f" Operating System: {told.get('OperatingSystem', '')}",
        f" OSType: {told.get('OSType', '')}",
        f" Architecture: {told.get('Architecture', '')}",
        f" CPUs: {told.get('NCPU', 0)}",
        f" Total Memory: {told.get('MemTotal', 0) / 1024**3:.4g}GiB",
        f" Name: {told.get('Name', '')}",
        f" ID: {told.get('ID', '')}",
        f" Docker Root Dir: {told.get('DockerRootDir', '')}",
    ]
    mirrors = (told.get("RegistryConfig") or {}).get("Mirrors") or ()
    if mirrors:
        lines += [" Registry Mirrors:", *(f"  {mirror}" for mirror in mirrors)]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    for warning in told.get("Warnings") or ():
        sys.stderr.write(f"{warning}\n")
    return 0


def _filled(form: str, told: dict[str, Any], name: str, types: dict[str, str]) -> None:
    """`types`: what Go calls the whole, and the fields that hold others."""
    if form == "json":
        from json import dumps

        sys.stdout.write(dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n")
        return
    from labrunner.dockercli.template import Failed, Template

    try:
        sys.stdout.write(Template(form).filled(told) + "\n")
    except Failed as failed:
        sys.stdout.write(f"{failed.before}\n")
        sys.stdout.flush()
        holder = failed.node.rpartition(".")[0].rpartition(".")[2]
        raise Ended(failed.told(name, of=types.get(holder, types[""]))) from failed


def events(engine: Engine, given: Given) -> int:
    from labrunner.dockercli.containers import moment

    form = given.one("--format")
    query = {
        "since": moment(given.one("--since")),
        "until": moment(given.one("--until")),
        "filters": given.filters(),
    }
    for told in engine.ask("GET", "/events", query).messages():
        if form:
            facts = {**told, "ID": told.get("id", ""), "TimeNano": told.get("timeNano", 0)}
            _filled(form, facts, "", {"": "*events.Message"})
        else:
            sys.stdout.write(_event(told) + "\n")
        sys.stdout.flush()
    return 0


def _event(told: dict[str, Any]) -> str:
    from datetime import datetime

    nanoseconds = int(told["timeNano"])
    when = datetime.fromtimestamp(nanoseconds // 10**9).astimezone()
    zone = when.strftime("%z")
    place = "Z" if zone == "+0000" else f"{zone[:3]}:{zone[3:]}"
    stamp = f"{when:%Y-%m-%dT%H:%M:%S}.{nanoseconds % 10**9:09d}{place}"
    attributes = told["Actor"].get("Attributes") or {}
    shown = ", ".join(f"{name}={value}" for name, value in sorted(attributes.items()))
    return f"{stamp} {told['Type']} {told['Action']} {told['Actor']['ID']}" + (f" ({shown})" if shown else "")


_OVERRIDES = (
    "Warning: DOCKER_HOST environment variable overrides the active context. "
    "To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.\n"
)
CONTEXTS = {
    "Name": "NAME",
    "Description": "DESCRIPTION",
    "DockerEndpoint": "DOCKER ENDPOINT",
    "Error": "ERROR",
}


def contexts(engine: Engine, given: Given) -> int:
    if given.flag("--quiet"):
        sys.stdout.write("default\n")
        return 0
    form = given.one("--format")
    row = {
        "Name": "default" if form else "default *",
        "Description": "Current DOCKER_HOST based configuration",
        "DockerEndpoint": engine.host,
        "Error": "",
    }
    show([row], CONTEXTS, form, tuple(CONTEXTS))
    if os.environ.get("DOCKER_HOST"):
        sys.stdout.flush()
        sys.stderr.write(_OVERRIDES)
    return 0


def context(_engine: Engine, _given: Given) -> int:
    sys.stdout.write("default\n")
    return 0
