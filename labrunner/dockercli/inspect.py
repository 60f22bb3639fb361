"""`docker inspect` of anything."""

import sys
from collections.abc import Callable, Sequence
from typing import Any

from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended, Refused
from labrunner.dockercli.fields import zeros
from labrunner.dockercli.template import Failed, Template

Find = Callable[[Engine, str], Any]
_PLACES: dict[str, str] = {
    "container": "/containers/{}/json",
    "image": "/images/{}/json",
    "network": "/networks/{}",
    "volume": "/volumes/{}",
}
_KINDS = ("config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume")


def containers(engine: Engine, given: Given) -> int:
    return _shown(engine, given, ("container",))


def images(engine: Engine, given: Given) -> int:
    return _shown(engine, given, ("image",))


def volumes(engine: Engine, given: Given) -> int:
    return _shown(engine, given, ("volume",))


def networks(engine: Engine, given: Given) -> int:
    return _shown(engine, given, ("network",))


def anything(engine: Engine, given: Given) -> int:
    kind = given.one("--type")
    if kind and kind not in _PLACES:
        known = ", ".join(f'"{each}"' for each in _KINDS)
        raise Ended(f'unknown type: "{kind}": must be one of {known}')
    return _shown(engine, given, (kind,) if kind else tuple(_PLACES))


def _shown(engine: Engine, given: Given, kinds: Sequence[str]) -> int:
    found: list[Any] = []
    missing: list[str] = []
    for name in given.arguments:
        try:
            found.append(_found(engine, name, kinds, size=given.flag("--size")))
        except Refused as refused:
            missing.append(
                f"Error response from daemon: {refused.message}"
                if len(kinds) == 1
                else f"Error: No such object: {name}"
            )
    status = 1 if missing else 0
    form = given.one("--format")
    if form in ("", "json"):
        from json import dumps

        if form:
            sys.stdout.write(dumps(found, separators=(",", ":"), ensure_ascii=False) + "\n")
        else:
            sys.stdout.write((dumps(found, indent=4, ensure_ascii=False) if found else "[]") + "\n")
    else:
        Template(form)
        for each in found:
            try:
                sys.stdout.write(Template(form, zeros(each)).filled(each) + "\n")
            except Failed as failed:
                missing.append(f"template parsing error: {failed.told()}")
                status = 1
                break
    if not found and form not in ("", "json"):
        sys.stdout.write("\n")
    sys.stdout.flush()
    for line in missing:
        sys.stderr.write(f"{line}\n")
    return status


def _found(engine: Engine, name: str, kinds: Sequence[str], *, size: bool) -> Any:
    last: Refused | None = None
    for kind in kinds:
        try:
            query = {"size": True} if size and kind == "container" else None
            return engine.get(_PLACES[kind].format(path_of(name)), query)
        except Refused as refused:
            last = refused
            if refused.code != 404 and len(kinds) == 1:
                raise
    assert last is not None
    raise last
