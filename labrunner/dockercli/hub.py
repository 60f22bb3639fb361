"""`docker pull`, `docker push`, `docker search`."""

import sys

from labrunner.dockercli import progress
from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.credentials import auth_header
from labrunner.dockercli.failure import Ended
from labrunner.dockercli.table import Row, show
from labrunner.dockercli.words import cut
from labrunner.reference import InvalidReference, Reference, parse

FOUND = {
    "Name": "NAME",
    "Description": "DESCRIPTION",
    "StarCount": "STARS",
    "IsOfficial": "OFFICIAL",
    "IsAutomated": "AUTOMATED",
}


def reference(name: str) -> Reference:
    try:
        return parse(name)
    except InvalidReference as error:
        raise Ended(str(error)) from error


def pull(engine: Engine, given: Given) -> int:
    name = given.arguments[0]
    wanted = reference(name)
    every = given.flag("--all-tags")
    if every and (
        wanted.digest
        or wanted.familiar_repository != wanted.familiar.removesuffix(":latest")
        or name.endswith(":latest")
    ):
        raise Ended("tag can't be used with --all-tags/-a")
    quiet = given.flag("--quiet")
    if not (every or quiet or wanted.digest or name.rpartition("/")[2].count(":")):
        sys.stdout.write(f"Using default tag: {wanted.tag}\n")
        sys.stdout.flush()
    pulled(engine, wanted, every=every, quiet=quiet)
    sys.stdout.write(f"{wanted.repository if every else wanted}\n")
    return 0


def pulled(engine: Engine, wanted: Reference, *, every: bool = False, quiet: bool = False) -> None:
    """Raises Ended, Refused."""
    query = {"fromImage": wanted.repository, "tag": "" if every else wanted.digest or wanted.tag}
    headers = auth_header(wanted.domain)
    reply = engine.ask("POST", "/images/create", query, None, headers)
    try:
        progress.show(reply.messages(), quiet=quiet)
    except Ended as ended:
        raise Ended(f"Error response from daemon: {ended.text}") from ended


def push(engine: Engine, given: Given) -> int:
    name = given.arguments[0]
    wanted = reference(name)
    every, quiet = given.flag("--all-tags"), given.flag("--quiet")
    if every and name.rpartition("/")[2].count(":"):
        raise Ended("tag can't be used with --all-tags/-a")
    if not (every or quiet or wanted.digest or name.rpartition("/")[2].count(":")):
        sys.stdout.write(f"Using default tag: {wanted.tag}\n")
        sys.stdout.flush()
    headers = auth_header(wanted.domain) or {"X-Registry-Auth": "e30="}
    reply = engine.ask(
        "POST",
        f"/images/{path_of(wanted.repository)}/push",
        {"tag": "" if every else wanted.tag},
        None,
        headers,
    )
    progress.show(reply.messages(), quiet=quiet)
    if quiet:
        sys.stdout.write(f"{wanted.repository if every else wanted}\n")
    return 0


def search(engine: Engine, given: Given) -> int:
    found = engine.get(
        "/images/search",
        {"term": given.arguments[0], "limit": given.one("--limit"), "filters": given.filters()},
    )
    full = given.flag("--no-trunc")
    as_json = given.one("--format") in ("json", "{{json .}}")
    yes, no = ("true", "false") if as_json else ("[OK]", "")
    rows: list[Row] = []
    for each in sorted(found, key=lambda row: -row["star_count"]):
        described = " ".join(str(each["description"]).split())
        rows.append(
            {
                "Name": each["name"],
                "Description": described if full else cut(described, 45),
                "StarCount": str(each["star_count"]),
                "IsOfficial": yes if each["is_official"] else no,
                **({} if as_json else {"IsAutomated": yes if each.get("is_automated") else no}),
            }
        )
    show(
        rows,
        FOUND,
        given.one("--format"),
        ("Name", "Description", "StarCount", "IsOfficial"),
        of="*registry.searchContext",
    )
    return 0
