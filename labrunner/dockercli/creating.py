"""The flags of `docker run` and `docker create`, as the body of a request."""

import re
from pathlib import Path

from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended

_UNITS = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_SECOND = 1_000_000_000
_DURATIONS = {"ns": 1, "us": 1000, "ms": 1_000_000, "s": _SECOND, "m": 60 * _SECOND, "h": 3600 * _SECOND}


def body(given: Given, *, attached: bool) -> dict[str, object]:
    """Raises Ended with 125 for a value that docker's own command would refuse."""
    image, *command = given.arguments
    interactive, tty = given.flag("--interactive"), given.flag("--tty")
    exposed, bound = published(given)
    made: dict[str, object] = {
        "Hostname": given.one("--hostname"),
        "User": given.one("--user"),
        "AttachStdin": attached and interactive,
        "AttachStdout": attached,
        "AttachStderr": attached,
        "Tty": tty,
        "OpenStdin": interactive,
        "StdinOnce": attached and interactive,
        "Env": environment(given),
        "Cmd": command or None,
        "Image": image,
        "WorkingDir": given.one("--workdir"),
        "Labels": dict(pair(text) for text in given.all("--label")),
        "ExposedPorts": exposed,
        "HostConfig": {
            "Binds": [text for text in given.all("--volume") if ":" in text] or None,
            "PortBindings": bound,
            "PublishAllPorts": given.flag("--publish-all"),
            "AutoRemove": given.flag("--rm"),
            "RestartPolicy": restart_policy(given.one("--restart", "no")),
            "NetworkMode": given.one("--network", "default"),
            "Memory": amount(given.one("--memory", "0")),
            "ReadonlyRootfs": given.flag("--read-only"),
            "ExtraHosts": given.all("--add-host") or None,
            "Init": True if given.flag("--init") else None,
            "Mounts": [mount(text) for text in given.all("--mount")] or None,
            "Tmpfs": dict(pair(text, ":") for text in given.all("--tmpfs")) or None,
        },
    }
    if "--entrypoint" in given.options:
        made["Entrypoint"] = [given.one("--entrypoint")]
    anonymous: dict[str, dict[str, str]] = {text: {} for text in given.all("--volume") if ":" not in text}
    if anonymous:
        made["Volumes"] = anonymous
    if given.one("--stop-signal"):
        made["StopSignal"] = given.one("--stop-signal")
    if given.one("--stop-timeout"):
        made["StopTimeout"] = int(given.one("--stop-timeout"))
    health = healthcheck(given)
    if health:
        made["Healthcheck"] = health
    return made


def environment(given: Given) -> list[str]:
    import os

    values = []
    for path in given.all("--env-file"):
        try:
            lines = Path(path).read_text().splitlines()
        except OSError as error:
            raise Ended(f"docker: open {path}: {(error.strerror or '').lower()}", 125) from error
        values += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    values += given.all("--env")
    return [
        text if "=" in text else f"{text}={os.environ[text]}"
        for text in values
        if "=" in text or text in os.environ
    ]


def pair(text: str, sign: str = "=") -> tuple[str, str]:
    name, _, value = text.partition(sign)
    return name, value


def published(given: Given) -> tuple[dict[str, dict[str, str]], dict[str, list[dict[str, str]]]]:
    """`-p 127.0.0.1:8080-8081:80-81/tcp`, as exposed ports and their bindings."""
    exposed: dict[str, dict[str, str]] = {}
    bound: dict[str, list[dict[str, str]]] = {}
    for text in given.all("--publish"):
        rest, _, protocol = text.partition("/")
        protocol = protocol or "tcp"
        if protocol not in ("tcp", "udp", "sctp"):
            raise Ended(f"docker: Invalid proto: {protocol}", 125)
        address, host, inside = _split(rest)
        first, last = _range(inside, "containerPort")
        outer = _range(host, "hostPort") if host else None
        if outer and outer[1] - outer[0] != last - first and first != last:
            raise Ended(
                f"docker: Invalid ranges specified for container and host Ports: {inside} and {host}", 125
            )
        for number in range(first, last + 1):
            port = f"{number}/{protocol}"
            exposed[port] = {}
            chosen = ""
            if outer:
                chosen = host if first == last and outer[0] != outer[1] else str(outer[0] + number - first)
            bound.setdefault(port, []).append({"HostIp": address, "HostPort": chosen})
    for text in given.all("--expose"):
        rest, _, protocol = text.partition("/")
        first, last = _range(rest, "range")
        exposed |= {f"{number}/{protocol or 'tcp'}": {} for number in range(first, last + 1)}
    return exposed, bound


def _split(text: str) -> tuple[str, str, str]:
    """Address, port of the machine, port of the container."""
    address = ""
    if text.startswith("["):
        address, _, text = text[1:].partition("]")
        text = text.removeprefix(":")
    parts = text.split(":")
    if len(parts) == 3:
        address, *parts = parts
    if len(parts) > 2:
        raise Ended(f"docker: Invalid IP address: {':'.join(parts[:-2])}", 125)
    return (address, "", parts[0]) if len(parts) == 1 else (address, parts[0], parts[1])


def _range(text: str, what: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    try:
        ends = int(first), int(last or first)
    except ValueError:
        ends = (0, -1)
    if not text:
        raise Ended("docker: No port specified: <empty>", 125)
    if not (0 <= ends[0] <= ends[1] <= 65535):
        raise Ended(f"docker: Invalid {what}: {text}", 125)
    return ends


def restart_policy(text: str) -> dict[str, object]:
    name, _, count = text.partition(":")
    if count and not count.isdecimal():
        raise Ended("docker: maximum retry count must be an integer", 125)
    return {"Name": name, "MaximumRetryCount": int(count or 0)}


def amount(text: str) -> int:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([bkmg]?)(?:i?b)?", text.lower())
    if found is None:
        raise Ended(
            f'docker: invalid argument "{text}" for "-m, --memory" flag: invalid size: \'{text}\'', 125
        )
    return int(float(found[1]) * _UNITS[found[2]])


def duration(text: str) -> int:
    """Nanoseconds of `1m30s`."""
    parts = re.findall(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)", text)
    if text in ("", "0"):
        return 0
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise Ended(f'docker: invalid duration "{text}"', 125)
    return int(sum(float(number) * _DURATIONS[unit] for number, unit in parts))


def healthcheck(given: Given) -> dict[str, object]:
    if given.flag("--no-healthcheck"):
        return {"Test": ["NONE"]}
    made: dict[str, object] = {}
    if given.one("--health-cmd"):
        made["Test"] = ["CMD-SHELL", given.one("--health-cmd")]
    for option, name in (
        ("--health-interval", "Interval"),
        ("--health-timeout", "Timeout"),
        ("--health-start-period", "StartPeriod"),
    ):
        if given.one(option):
            made[name] = duration(given.one(option))
    if given.one("--health-retries"):
        made["Retries"] = int(given.one("--health-retries"))
    return made


def mount(text: str) -> dict[str, object]:
    """`type=volume,source=NAME,target=PATH,readonly`"""
    made: dict[str, object] = {"Type": "volume"}
    for part in text.split(","):
        name, _, value = part.partition("=")
        match name.lower():
            case "type":
                made["Type"] = value
            case "source" | "src":
                made["Source"] = value
            case "target" | "dst" | "destination":
                made["Target"] = value
            case "readonly" | "ro":
                made["ReadOnly"] = value in ("", "true", "1")
            case _:
                raise Ended(
                    f"invalid argument \"{text}\" for \"--mount\" flag: unknown option '{name}' in '{part}'",
                    125,
                )
    return made
