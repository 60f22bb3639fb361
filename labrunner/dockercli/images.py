"""`docker image`: list, history, tag, remove."""

import sys
from typing import Any

from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended, Refused
from labrunner.dockercli.table import Row, show
from labrunner.dockercli.words import ago, cut, short, size, stamped, written

LISTED = {
    "ID": "IMAGE ID",
    "Repository": "REPOSITORY",
    "Tag": "TAG",
    "Digest": "DIGEST",
    "CreatedSince": "CREATED",
    "CreatedAt": "CREATED AT",
    "Size": "SIZE",
    "Containers": "CONTAINERS",
    "SharedSize": "SHARED SIZE",
    "UniqueSize": "UNIQUE SIZE",
    "VirtualSize": "SIZE",
}
HISTORY = {
    "ID": "IMAGE",
    "CreatedSince": "CREATED",
    "CreatedAt": "CREATED AT",
    "CreatedBy": "CREATED BY",
    "Size": "SIZE",
    "Comment": "COMMENT",
}
NONE = "<none>"


def listing(engine: Engine, given: Given) -> int:
    filters = given.filters() or {}
    if given.arguments:
        filters.setdefault("reference", {})[given.arguments[0]] = True
    images = engine.get("/images/json", {"all": given.flag("--all"), "filters": filters or None})
    full = given.flag("--no-trunc")
    if given.flag("--quiet") and not given.one("--format"):
        for image in images:
            sys.stdout.write(f"{image['Id'] if full else short(image['Id'])}\n")
        return 0
    digests = given.flag("--digests") or "{{.Digest}}" in given.one("--format")
    rows = [row for image in images for row in _rows(image, full=full, digests=digests)]
    columns = [
        "Repository",
        "Tag",
        *(["Digest"] if given.flag("--digests") else []),
        "ID",
        "CreatedSince",
        "Size",
    ]
    show(rows, LISTED, given.one("--format"), columns, of="*formatter.imageContext")
    sys.stdout.flush()
    if (
        given.arguments
        and not rows
        and given.arguments[0] in ("ls", "list", "rm", "pull")
        and not given.one("--format")
    ):
        sys.stderr.write(
            f'\nNo images found matching "{given.arguments[0]}": did you mean "docker image {given.arguments[0]}"?\n'
        )
    return 0


def _rows(image: dict[str, Any], *, full: bool, digests: bool) -> list[Row]:
    """One for each name, as docker lists them."""
    tags = [tag for tag in image.get("RepoTags") or () if tag != "<none>:<none>"]
    known = [name for name in image.get("RepoDigests") or () if not name.startswith(NONE)]
    of = {name.rpartition("@")[0]: name.rpartition("@")[2] for name in known}
    named: list[tuple[str, str, str]] = []
    for tag in tags:
        repository, _, word = tag.rpartition(":")
        named.append((repository, word, of.get(repository, NONE) if digests else NONE))
    if digests:
        tagged = {repository for repository, _, _ in named}
        named += [(name, NONE, digest) for name, digest in of.items() if name not in tagged]
    elif not named and of:
        named = [(next(iter(of)), NONE, NONE)]
    created = float(image["Created"])
    return [
        {
            "ID": image["Id"] if full else short(image["Id"]),
            "Repository": repository,
            "Tag": tag,
            "Digest": digest,
            "CreatedSince": ago(created) if created > 0 else "N/A",
            "CreatedAt": written(created),
            "Size": size(image["Size"]),
            "Containers": "N/A" if image.get("Containers", -1) < 0 else str(image["Containers"]),
            "SharedSize": "N/A" if image.get("SharedSize", -1) < 0 else size(image["SharedSize"], 4),
            "UniqueSize": "N/A",
            "VirtualSize": size(image["Size"], 4),
        }
        for repository, tag, digest in named or [(NONE, NONE, NONE)]
    ]


def history(engine: Engine, given: Given) -> int:
    entries = engine.get(f"/images/{path_of(given.arguments[0])}/history")
    full = given.flag("--no-trunc")
    human = given.flag("--human", default=True)
    rows = []
    for entry in entries:
        told = str(entry["CreatedBy"]).replace("\t", " ")
        rows.append(
            {
                "ID": entry["Id"] if full else short(entry["Id"]),
                "CreatedSince": ago(entry["Created"]) if human else stamped(entry["Created"]),
                "CreatedAt": stamped(entry["Created"]),
                "CreatedBy": told if full else cut(told, 45),
                "Size": size(entry["Size"]) if human else str(entry["Size"]),
                "Comment": entry.get("Comment") or "",
            }
        )
    if given.flag("--quiet"):
        for row in rows:
            sys.stdout.write(f"{row['ID']}\n")
        return 0
    show(
        rows,
        HISTORY,
        given.one("--format"),
        ("ID", "CreatedSince", "CreatedBy", "Size", "Comment"),
        of="*image.historyContext",
    )
    return 0


def tag(engine: Engine, given: Given) -> int:
    source, target = given.arguments
    repository, word = split(target)
    engine.ask("POST", f"/images/{path_of(checked(source))}/tag", {"repo": repository, "tag": word}).read()
    return 0


def remove(engine: Engine, given: Given) -> int:
    status = 0
    said = []
    for name in given.arguments:
        try:
            gone = engine.ask(
                "DELETE",
                f"/images/{path_of(name)}",
                {"force": given.flag("--force"), "noprune": given.flag("--no-prune")},
            ).json()
        except Refused as refused:
            if not (given.flag("--force") and refused.code == 404):
                status = 1
            said.append(f"Error response from daemon: {refused.message}")
            continue
        for each in gone:
            for what, which in each.items():
                sys.stdout.write(f"{what}: {which}\n")
    sys.stdout.flush()
    if said:
        sys.stderr.write("\n".join(said) + "\n")
    return status


def checked(name: str) -> str:
    """A reference as the command itself checks it, before the engine is asked. Raises Ended."""
    from labrunner.reference import InvalidReference, parse

    try:
        parse(name)
    except InvalidReference as error:
        if len(name) == 64:
            return name
        raise Ended(
            f"Error parsing reference: {quoted(name)} is not a valid repository/tag: {error}"
        ) from error
    return name


def quoted(text: str) -> str:
    from json import dumps

    return dumps(text, ensure_ascii=False)


def split(target: str) -> tuple[str, str]:
    """Repository and tag of a name that is to be given, in full. Raises Ended."""
    from labrunner.reference import InvalidReference, parse

    try:
        reference = parse(target)
    except InvalidReference as error:
        raise Ended(
            f"Error parsing reference: {quoted(target)} is not a valid repository/tag: {error}"
        ) from error
    if reference.digest:
        raise Ended("refusing to create a tag with a digest reference")
    return reference.repository, reference.tag
