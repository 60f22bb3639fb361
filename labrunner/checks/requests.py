"""What the engine was asked, told from requests or, where there is no gateway, from the command lines
themselves."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from labrunner.checks.dockercommand import DockerCommand, docker_commands
from labrunner.checks.evidence import Asked
from labrunner.checks.looking import called

_NAMED = re.compile(r"/(images|containers|volumes|networks)/(.+?)(/[a-z]+)?")
_NO_NAME = {"json", "create", "load", "get", "search", "prune"}

_REQUESTS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("builder", "prune"): ("POST /build/prune",),
    ("container", "attach"): ("POST /containers/{each}/attach",),
    ("container", "commit"): ("POST /commit",),
    ("container", "cp"): (),
    ("container", "create"): ("POST /containers/create",),
    ("container", "diff"): ("GET /containers/{each}/changes",),
    ("container", "exec"): ("POST /containers/{first}/exec",),
    ("container", "export"): ("GET /containers/{each}/export",),
    ("container", "inspect"): ("GET /containers/{each}/json",),
    ("container", "kill"): ("POST /containers/{each}/kill",),
    ("container", "logs"): ("GET /containers/{first}/logs",),
    ("container", "ls"): ("GET /containers/json",),
    ("container", "pause"): ("POST /containers/{each}/pause",),
    ("container", "port"): ("GET /containers/{first}/json",),
    ("container", "prune"): ("POST /containers/prune",),
    ("container", "rename"): ("POST /containers/{first}/rename",),
    ("container", "restart"): ("POST /containers/{each}/restart",),
    ("container", "rm"): ("DELETE /containers/{each}",),
    ("container", "run"): ("POST /containers/create",),
    ("container", "start"): ("POST /containers/{each}/start",),
    ("container", "stats"): ("GET /containers/{each}/stats",),
    ("container", "stop"): ("POST /containers/{each}/stop",),
    ("container", "top"): ("GET /containers/{first}/top",),
    ("container", "unpause"): ("POST /containers/{each}/unpause",),
    ("container", "wait"): ("POST /containers/{each}/wait",),
    ("events",): ("GET /events",),
    ("image", "build"): ("POST /build",),
    ("image", "history"): ("GET /images/{each}/history",),
    ("image", "inspect"): ("GET /images/{each}/json",),
    ("image", "load"): ("POST /images/load",),
    ("image", "ls"): ("GET /images/json",),
    ("image", "prune"): ("POST /images/prune",),
    ("image", "pull"): ("POST /images/create",),
    ("image", "push"): ("POST /images/{each}/push",),
    ("image", "rm"): ("DELETE /images/{each}",),
    ("image", "save"): ("GET /images/get",),
    ("image", "tag"): ("POST /images/{first}/tag",),
    ("info",): ("GET /info",),
    ("inspect",): ("GET /containers/{each}/json", "GET /images/{each}/json"),
    ("login",): ("POST /auth",),
    ("network", "inspect"): ("GET /networks/{each}",),
    ("network", "ls"): ("GET /networks",),
    ("search",): ("GET /images/search",),
    ("system", "df"): ("GET /system/df",),
    ("version",): ("GET /version",),
    ("volume", "inspect"): ("GET /volumes/{each}",),
    ("volume", "ls"): ("GET /volumes",),
}
"""`{each}` stands for each argument in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a request is about, whichever client made it."""

    method: str
    kind: str
    """The path with `*` in place of a name: `/images/*/history`."""
    name: str = ""
    """An image's name is in its familiar form."""
    query: frozenset[tuple[str, str]] = frozenset()
    """What narrows the request down; filters as (`filter.reference`, `nginx`)."""


def asked_of(line: str) -> tuple[Asked, ...]:
    """The requests that the docker commands of a command line make: those that say what it is about, and not
    the pings and lookups around them."""
    return tuple(asked for command in docker_commands(line) for asked in _requests(command))


def topic(asked: Asked) -> Topic:
    path, name = asked.path, ""
    match = _NAMED.fullmatch(path)
    if match is not None and match[2] not in _NO_NAME:
        kind, word, verb = match.groups(default="")
        path = f"/{kind}/*{verb}"
        name = called(word) if kind == "images" else word
    return Topic(method=asked.method, kind=path, name=name, query=frozenset(_narrowed(asked)))


def _requests(command: DockerCommand) -> Iterator[Asked]:
    if command.option("help"):
        return
    query = _query(command)
    for template in _REQUESTS.get(command.path, ()):
        method, _, path = template.partition(" ")
        if "{" not in path:
            yield Asked(method=method, path=path, query=query)
        names = command.arguments[:1] if "{first}" in path else command.arguments
        if "{" in path:
            filled = (path.replace("{each}", name).replace("{first}", name) for name in names)
            yield from (Asked(method=method, path=each, query=query) for each in filled)


def _query(command: DockerCommand) -> dict[str, str]:
    """The parameters that the docker command sends, as far as a check can ask about them."""
    query: dict[str, str] = {}
    filters: dict[str, dict[str, bool]] = {}
    for text in command.option("filter"):
        key, _, value = text.partition("=")
        filters.setdefault(key, {})[value] = True
    match command.path, command.arguments:
        case (("image", "ls"), (reference, *_)):
            filters.setdefault("reference", {})[reference] = True
        case (("image", "pull"), (image, *_)):
            query["fromImage"] = image
        case (("image", "tag"), (_, target, *_)):
            query["repo"] = target
        case (("search",), (term, *_)):
            query["term"] = term
        case (("image", "build"), _):
            query["t"] = ",".join(command.option("tag"))
        case (("image", "save"), images):
            query["names"] = ",".join(images)
        case (("container", "run" | "create"), _):
            query["name"] = "".join(command.option("name"))
        case _:
            pass
    if command.option("all") and command.path[-1] == "ls":
        query["all"] = "1"
    if filters:
        query["filters"] = json.dumps(filters)
    return query


def _narrowed(asked: Asked) -> Iterator[tuple[str, str]]:
    for key, value in asked.query.items():
        if key == "filters":
            yield from _filters(value)
        elif key == "all" and value.lower() in ("1", "true"):
            yield ("all", "1")
        elif key in ("fromImage", "repo"):
            tag = asked.query.get("tag", "")
            separator = "@" if tag.startswith("sha256:") else ":"
            yield (key, called(value + separator + tag if tag else value))
        elif key in ("term", "name"):
            yield (key, value)
        elif key in ("t", "names"):
            yield (key, ",".join(called(each) for each in value.split(",")))


def _filters(text: str) -> Iterator[tuple[str, str]]:
    """Clients write them as `{"label": {"a": true}}` or as `{"label": ["a"]}`."""
    try:
        filters = json.loads(text)
    except ValueError:
        return
    if not isinstance(filters, dict):
        return
    for key, values in filters.items():
        if isinstance(values, dict | list):
            yield from ((f"filter.{key}", str(value)) for value in values)
