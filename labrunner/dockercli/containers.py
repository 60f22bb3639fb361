"""`docker container`: everything about containers but making, starting and attaching."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended, Refused
from labrunner.dockercli.table import Row, label_heading, labelled, labels, show
from labrunner.dockercli.words import ago, binary, cut, short, size, written

LISTED: Row = {
    "ID": "CONTAINER ID",
    "Image": "IMAGE",
    "Command": "COMMAND",
    "CreatedAt": "CREATED AT",
    "RunningFor": "CREATED",
    "Status": "STATUS",
    "State": "STATE",
    "Ports": "PORTS",
    "Names": "NAMES",
    "Labels": "LABELS",
    "Mounts": "MOUNTS",
    "Networks": "NETWORKS",
    "LocalVolumes": "LOCAL VOLUMES",
    "Size": "SIZE",
    "Platform": "PLATFORM",
    "Label": label_heading,
}
KINDS = {0: "C", 1: "A", 2: "D"}


def listing(engine: Engine, given: Given) -> int:
    filters = given.filters()
    last = 1 if given.flag("--latest") else int(given.one("--last") or -1)
    form = given.one("--format")
    sizes = given.flag("--size") or ".Size" in form
    found = engine.get(
        "/containers/json",
        {
            "all": given.flag("--all") or last > 0,
            "filters": filters,
            "limit": last if last > 0 else None,
            "size": sizes,
        },
    )
    full = given.flag("--no-trunc")
    if given.flag("--quiet") and not form:
        for each in found:
            sys.stdout.write(f"{each['Id'] if full else short(each['Id'])}\n")
        return 0
    columns = [
        "ID",
        "Image",
        "Command",
        "RunningFor",
        "Status",
        "Ports",
        "Names",
        *(["Size"] if sizes else []),
    ]
    show([_row(each, full=full) for each in found], LISTED, form, columns, of="*formatter.ContainerContext")
    return 0


def _row(found: dict[str, Any], *, full: bool) -> Row:
    command = f'"{found["Command"] if full else cut(found["Command"], 20)}"'
    image = str(found["Image"])
    mounts = [str(each.get("Name") or each.get("Source") or "") for each in found.get("Mounts") or ()]
    names = [name.lstrip("/") for name in found["Names"]]
    written_size = size(found.get("SizeRw") or 0)
    if found.get("SizeRootFs"):
        written_size += f" (virtual {size(found['SizeRootFs'])})"
    return {
        "ID": found["Id"] if full else short(found["Id"]),
        "Image": short(image) if image.startswith("sha256:") and not full else image or "<no image>",
        "Command": command,
        "CreatedAt": written(found["Created"]),
        "RunningFor": ago(found["Created"]),
        "Status": found["Status"],
        "State": found["State"],
        "Ports": ports(found.get("Ports") or ()),
        "Names": ",".join(names),
        "Labels": labels(found.get("Labels")),
        "Mounts": ",".join(each if full else cut(each, 15) for each in mounts),
        "Networks": ",".join(sorted((found.get("NetworkSettings") or {}).get("Networks") or {})),
        "LocalVolumes": str(sum(1 for each in found.get("Mounts") or () if each.get("Driver") == "local")),
        "Size": written_size,
        "Platform": None,
        "Label": labelled(found.get("Labels")),
    }


def ports(bound: Sequence[dict[str, Any]]) -> str:
    """`81/tcp, 0.0.0.0:80->80/tcp, [::]:80->80/tcp, 0.0.0.0:8080->8080/tcp`: neighbours stand together, and those
    that have another number outside come last. Source: docker/cli, formatter.DisplayablePorts."""
    groups: dict[tuple[str, str], list[int]] = {}
    texts: list[str] = []
    moved: list[str] = []
    for each in sorted(bound, key=_place):
        inside, protocol, address = each["PrivatePort"], each.get("Type", "tcp"), each.get("IP") or ""
        if address and each.get("PublicPort") != inside:
            moved.append(f"{_host(address)}:{each['PublicPort']}->{inside}/{protocol}")
            continue
        key = (address, protocol)
        group = groups.get(key)
        if group is not None and inside == group[1] + 1:
            group[1] = inside
        else:
            if group is not None:
                texts.append(_group(key, group))
            groups[key] = [inside, inside]
    return ", ".join((*texts, *(_group(key, group) for key, group in groups.items()), *moved))


def _place(port: Mapping[str, Any]) -> tuple[int, str, int, str]:
    return port["PrivatePort"], port.get("IP") or "", port.get("PublicPort") or 0, port.get("Type") or ""


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _group(key: tuple[str, str], group: Sequence[int]) -> str:
    address, protocol = key
    numbers = str(group[0]) if group[0] == group[1] else f"{group[0]}-{group[1]}"
    return f"{_host(address)}:{numbers}->{numbers}/{protocol}" if address else f"{numbers}/{protocol}"


def each_of(given: Given, act: Callable[[str], object], *, names: Sequence[str] | None = None) -> int:
    """Do it to each container, print its name, and go on where one refuses."""
    refused: list[str] = []
    for name in given.arguments if names is None else names:
        try:
            act(name)
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
        except Refused as error:
            refused.append(f"Error response from daemon: {error.message}")
    if refused:
        sys.stderr.write("\n".join(refused) + "\n")
    return 1 if refused else 0


def _posted(engine: Engine, verb: str, query: Mapping[str, object] | None = None) -> Callable[[str], object]:
    return lambda name: engine.ask("POST", f"/containers/{path_of(name)}/{verb}", query).read()


def stop(engine: Engine, given: Given) -> int:
    return each_of(given, _posted(engine, "stop", _patience(given)))


def restart(engine: Engine, given: Given) -> int:
    return each_of(given, _posted(engine, "restart", _patience(given)))


def _patience(given: Given) -> dict[str, object]:
    if given.one("--time"):
        sys.stderr.write("Flag --time has been deprecated, use --timeout instead\n")
        sys.stderr.flush()
    return {"t": given.one("--timeout") or given.one("--time"), "signal": given.one("--signal")}


def kill(engine: Engine, given: Given) -> int:
    return each_of(given, _posted(engine, "kill", {"signal": given.one("--signal")}))


def pause(engine: Engine, given: Given) -> int:
    return each_of(given, _posted(engine, "pause"))


def unpause(engine: Engine, given: Given) -> int:
    return each_of(given, _posted(engine, "unpause"))


def remove(engine: Engine, given: Given) -> int:
    query = {"force": given.flag("--force"), "v": given.flag("--volumes")}
    refused: list[str] = []
    for name in given.arguments:
        try:
            engine.ask("DELETE", f"/containers/{path_of(name.strip('/'))}", query).read()
            sys.stdout.write(f"{name}\n")
        except Refused as error:
            if not (given.flag("--force") and error.code == 404):
                refused.append(error.message)
            else:
                sys.stderr.write(f"Error response from daemon: {error.message}\n")
    if refused:
        sys.stdout.flush()
        sys.stderr.write("\n".join(f"Error response from daemon: {text}" for text in refused) + "\n")
    return 1 if refused else 0


def rename(engine: Engine, given: Given) -> int:
    old, new = given.arguments
    try:
        engine.ask("POST", f"/containers/{path_of(old)}/rename", {"name": new}).read()
    except Refused as refused:
        raise Ended(
            f"Error response from daemon: {refused.message}\nError: failed to rename container named {old}"
        ) from refused
    return 0


def diff(engine: Engine, given: Given) -> int:
    for change in engine.get(f"/containers/{path_of(given.arguments[0])}/changes") or ():
        sys.stdout.write(f"{KINDS[change['Kind']]} {change['Path']}\n")
    return 0


def commit(engine: Engine, given: Given) -> int:
    from labrunner.dockercli.hub import reference

    repository = tag = ""
    if len(given.arguments) > 1:
        named = reference(given.arguments[1])
        repository, tag = named.repository, named.tag
    made = engine.post(
        "/commit",
        {
            "container": given.arguments[0],
            "repo": repository,
            "tag": tag,
            "author": given.one("--author"),
            "comment": given.one("--message"),
            "changes": given.all("--change"),
            "pause": "1" if given.flag("--pause", default=True) else "0",
        },
    )
    sys.stdout.write(f"{made['Id']}\n")
    return 0


def wait(engine: Engine, given: Given) -> int:
    refused: list[str] = []
    for name in given.arguments:
        try:
            ended = engine.ask("POST", f"/containers/{path_of(name)}/wait").json()
            sys.stdout.write(f"{ended['StatusCode']}\n")
        except Refused as error:
            refused.append(f"Error response from daemon: {error.message}")
    if refused:
        sys.stdout.flush()
        sys.stderr.write("\n".join(refused) + "\n")
    return 1 if refused else 0


def top(engine: Engine, given: Given) -> int:
    name, *options = given.arguments
    told = engine.get(f"/containers/{path_of(name)}/top", {"ps_args": " ".join(options)})
    rows = [told["Titles"], *(told["Processes"] or ())]
    widths = [max(20, *(len(row[n]) + 3 for row in rows)) for n in range(len(told["Titles"]))]
    for row in rows:
        line = "".join(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=False)) + row[-1]
        sys.stdout.write(f"{line}\n")
    return 0


def port(engine: Engine, given: Given) -> int:
    name = given.arguments[0]
    bound = engine.get(f"/containers/{path_of(name)}/json")["NetworkSettings"].get("Ports") or {}
    if len(given.arguments) > 1:
        asked = given.arguments[1]
        inside = asked if "/" in asked else f"{asked}/tcp"
        if not bound.get(inside):
            raise Ended(f"Error: No public port '{asked}' published for {name}")
        for each in bound[inside]:
            sys.stdout.write(f"{_address(each)}\n")
        return 0
    for inside in sorted(bound, key=lambda text: (int(text.partition("/")[0]), text)):
        for each in bound[inside] or ():
            sys.stdout.write(f"{inside} -> {_address(each)}\n")
    return 0


def _address(bound: Mapping[str, str]) -> str:
    return f"{_host(bound['HostIp'])}:{bound['HostPort']}"


def logs(engine: Engine, given: Given) -> int:
    from labrunner.dockercli.streams import demultiplexed, out

    name = given.arguments[0]
    told = engine.get(f"/containers/{path_of(name)}/json")
    reply = engine.ask(
        "GET",
        f"/containers/{path_of(name)}/logs",
        {
            "stdout": True,
            "stderr": True,
            "follow": given.flag("--follow"),
            "timestamps": given.flag("--timestamps"),
            "tail": given.one("--tail", "all"),
            "since": moment(given.one("--since")),
            "until": moment(given.one("--until")),
        },
    )
    if told["Config"]["Tty"]:
        for chunk in reply.chunks():
            out(1, chunk)
    else:
        for stream, data in demultiplexed(reply.chunks()):
            out(stream, data)
    return 0


def moment(text: str) -> str:
    """A duration such as `10m` as a time; anything else as it is."""
    import re
    import time

    found = re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?", text)
    if not text or found is None:
        return text
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return f"{time.time() - (hours * 3600 + minutes * 60 + seconds):.9f}"


def update(engine: Engine, given: Given) -> int:
    body: dict[str, object] = {}
    if given.one("--restart"):
        from labrunner.dockercli.creating import restart_policy

        body["RestartPolicy"] = restart_policy(given.one("--restart"))
    if given.one("--memory"):
        from labrunner.dockercli.values import amount

        body["Memory"] = amount(given.one("--memory"))
    if not body:
        raise Ended("you must provide one or more flags when using this command")
    return each_of(given, lambda name: engine.post(f"/containers/{path_of(name)}/update", None, body))


STATS = {
    "Container": "CONTAINER",
    "ID": "CONTAINER ID",
    "Name": "NAME",
    "CPUPerc": "CPU %",
    "MemUsage": "MEM USAGE / LIMIT",
    "MemPerc": "MEM %",
    "NetIO": "NET I/O",
    "BlockIO": "BLOCK I/O",
    "PIDs": "PIDS",
}


def stats(engine: Engine, given: Given) -> int:
    """One reading: what a stream would show again and again."""
    names = given.arguments or [
        each["Id"] for each in engine.get("/containers/json", {"all": given.flag("--all")})
    ]
    rows = []
    for name in names:
        told = engine.get(f"/containers/{path_of(name)}/stats", {"stream": "false", "one-shot": "true"})
        memory = told.get("memory_stats") or {}
        rows.append(
            {
                "Container": name,
                "ID": short(told.get("id") or name),
                "Name": str(told.get("name") or name).lstrip("/"),
                "CPUPerc": "0.00%",
                "MemUsage": f"{binary(memory.get('usage') or 0)} / {binary(memory.get('limit') or 0)}",
                "MemPerc": "0.00%",
                "NetIO": "0B / 0B",
                "BlockIO": "0B / 0B",
                "PIDs": str((told.get("pids_stats") or {}).get("current") or 0),
            }
        )
    show(rows, STATS, given.one("--format"), tuple(STATS)[1:], of="*container.statsContext")
    return 0
