"""`docker network`: create, list, connect, remove."""

import sys

from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Refused
from labrunner.dockercli.table import Row, label_heading, labelled, labels, show
from labrunner.dockercli.words import short

LISTED: Row = {
    "ID": "NETWORK ID",
    "Name": "NAME",
    "Driver": "DRIVER",
    "Scope": "SCOPE",
    "Labels": "LABELS",
    "Label": label_heading,
    "Internal": "INTERNAL",
    "IPv4": "IPV4",
    "IPv6": "IPV6",
    "CreatedAt": "CREATED AT",
}


def create(engine: Engine, given: Given) -> int:
    made = engine.post(
        "/networks/create",
        None,
        {
            "Name": given.arguments[0],
            # Engines before API 1.44 make a second network of a name, unless they are told to look.
            "CheckDuplicate": True,
            "Driver": given.one("--driver", "bridge"),
            "Internal": given.flag("--internal"),
            "Labels": dict(text.partition("=")[::2] for text in given.all("--label")),
        },
    )
    sys.stdout.write(f"{made['Id']}\n")
    return 0


def listing(engine: Engine, given: Given) -> int:
    found = sorted(engine.get("/networks", {"filters": given.filters()}), key=lambda each: each["Name"])
    full = given.flag("--no-trunc")
    rows = [
        {
            "ID": each["Id"] if full else short(each["Id"]),
            "Name": each["Name"],
            "Driver": each["Driver"],
            "Scope": each["Scope"],
            "Labels": labels(each.get("Labels")),
            "Label": labelled(each.get("Labels")),
            "Internal": _word(each.get("Internal")),
            "IPv4": _word(each.get("EnableIPv4", True)),
            "IPv6": _word(each.get("EnableIPv6")),
            "CreatedAt": str(each.get("Created", "")).replace("T", " ").replace("Z", " +0000 UTC"),
        }
        for each in found
    ]
    if given.flag("--quiet") and not given.one("--format"):
        sys.stdout.write("".join(f"{each['Id'] if full else short(each['Id'])}\n" for each in found))
        return 0
    show(rows, LISTED, given.one("--format"), ("ID", "Name", "Driver", "Scope"), of="*network.networkContext")
    return 0


def _word(truth: object) -> str:
    return "true" if truth else "false"


def remove(engine: Engine, given: Given) -> int:
    status = 0
    for name in given.arguments:
        try:
            engine.ask("DELETE", f"/networks/{path_of(name)}").read()
            sys.stdout.write(f"{name}\n")
            sys.stdout.flush()
        except Refused as refused:
            sys.stderr.write(f"Error response from daemon: {refused.message}\n")
            status = 1
    if status:
        sys.stdout.flush()
        sys.stderr.write("exit status 1\n")
    return status


def connect(engine: Engine, given: Given) -> int:
    network, container = given.arguments
    engine.ask("POST", f"/networks/{path_of(network)}/connect", None, {"Container": container}).read()
    return 0


def disconnect(engine: Engine, given: Given) -> int:
    network, container = given.arguments
    body = {"Container": container, "Force": given.flag("--force")}
    engine.ask("POST", f"/networks/{path_of(network)}/disconnect", None, body).read()
    return 0
