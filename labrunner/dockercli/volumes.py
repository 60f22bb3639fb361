"""`docker volume`: create, list, remove."""

import sys

from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.containers import each_of
from labrunner.dockercli.failure import Ended
from labrunner.dockercli.table import Row, label_heading, labelled, labels, show

LISTED: Row = {
    "Driver": "DRIVER",
    "Name": "VOLUME NAME",
    "Scope": "SCOPE",
    "Mountpoint": "MOUNTPOINT",
    "Labels": "LABELS",
    "Label": label_heading,
}


def create(engine: Engine, given: Given) -> int:
    name = given.one("--name")
    if given.arguments:
        if name:
            raise Ended(
                "conflicting options: cannot specify a volume-name through both --name and as a positional arg"
            )
        name = given.arguments[0]
    made = engine.post(
        "/volumes/create",
        None,
        {
            "Name": name,
            "Driver": given.one("--driver", "local"),
            "DriverOpts": dict(text.partition("=")[::2] for text in given.all("--opt")),
            "Labels": dict(text.partition("=")[::2] for text in given.all("--label")),
        },
    )
    sys.stdout.write(f"{made['Name']}\n")
    return 0


def listing(engine: Engine, given: Given) -> int:
    found = engine.get("/volumes", {"filters": given.filters()})["Volumes"] or ()
    if given.flag("--quiet") and not given.one("--format"):
        for each in sorted(found, key=lambda volume: volume["Name"]):
            sys.stdout.write(f"{each['Name']}\n")
        return 0
    rows = [
        {
            "Driver": each["Driver"],
            "Name": each["Name"],
            "Scope": each.get("Scope", "local"),
            "Mountpoint": each.get("Mountpoint", ""),
            "Labels": labels(each.get("Labels")),
            "Label": labelled(each.get("Labels")),
        }
        for each in sorted(found, key=lambda volume: volume["Name"])
    ]
    show(rows, LISTED, given.one("--format"), ("Driver", "Name"), of="*formatter.volumeContext")
    return 0


def remove(engine: Engine, given: Given) -> int:
    force = given.flag("--force")
    return each_of(
        given, lambda name: engine.ask("DELETE", f"/volumes/{path_of(name)}", {"force": force}).read()
    )
