"""The flags of `docker run` and `docker create`, as the body of a request."""

import os
from pathlib import Path

from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended
from labrunner.dockercli.values import amount, duration, mount, processors


def body(given: Given, *, attached: bool) -> dict[str, object]:
    """Raises Ended with 125 for a value that docker's own command would refuse."""
    image, *command = given.arguments
    interactive, tty = given.flag("--interactive"), given.flag("--tty")
    exposed, bound = published(given)
    streams = [text.lower() for text in given.all("--attach")] or [
        "stdout",
        "stderr",
        *(["stdin"] if interactive else []),
    ]
    if wrong := [text for text in streams if text not in ("stdin", "stdout", "stderr")]:
        raise Ended(
            f'invalid argument "{wrong[0]}" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR',
            125,
        )
    made: dict[str, object] = {
        "Hostname": given.one("--hostname"),
        "User": given.one("--user"),
        "AttachStdin": attached and "stdin" in streams,
        "AttachStdout": attached and "stdout" in streams,
        "AttachStderr": attached and "stderr" in streams,
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
            "NanoCpus": processors(given.one("--cpus", "0")),
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
    values = [line for path in given.all("--env-file") for line in _lines(path)]
    # A name alone is the machine's own value; where there is none, the container's is taken away.
    return values + [text if "=" in text else _own(text) for text in given.all("--env")]


def _own(name: str) -> str:
    return f"{name}={os.environ[name]}" if name in os.environ else name


def _lines(path: str) -> list[str]:
    found: list[str] = []
    try:
        text = Path(path).read_text()
    except OSError as error:
        raise Ended(f"docker: open {path}: {(error.strerror or '').lower()}", 125) from error
    for line in text.splitlines():
        line = line.lstrip()
        name, sign, _ = line.partition("=")
        if not line or line.startswith("#"):
            continue
        if any(letter.isspace() for letter in name):
            raise Ended(f"docker: invalid env file ({path}): variable '{name}' contains whitespaces", 125)
        if sign:
            found.append(line)
        elif name in os.environ:
            found.append(_own(name))
    return found


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
        try:
            first, last = _range(rest, "range")
        except Ended as error:
            wrong = rest.partition("-")[0]
            raise Ended(
                f"docker: invalid range format for --expose: {text}, error: "
                f'strconv.ParseUint: parsing "{wrong}": invalid syntax',
                125,
            ) from error
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
        wrong = ":".join(parts[:-2])
        raise Ended(f"docker: Invalid ip address {wrong}: address {wrong}:: too many colons in address", 125)
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
