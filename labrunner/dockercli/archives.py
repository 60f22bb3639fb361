"""`docker save`, `load`, `import` and `export`: tar files in and out."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from labrunner.dockercli import progress
from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended

_PIECE = 1 << 20


def save(engine: Engine, given: Given) -> int:
    return _written(engine, "/images/get", {"names": given.arguments}, given.one("--output"), "save image")


def export(engine: Engine, given: Given) -> int:
    path = f"/containers/{path_of(given.arguments[0])}/export"
    return _written(engine, path, {}, given.one("--output"), "export container")


def _written(engine: Engine, path: str, query: dict[str, object], to: str, verb: str) -> int:
    """To a file, which appears only when it is whole, or to a pipe."""
    if not to and sys.stdout.isatty():
        raise Ended("cowardly refusing to save to a terminal. Use the -o flag or redirect")
    if to and not Path(to).absolute().parent.is_dir():
        raise Ended(
            f"failed to {verb}: invalid output path: stat {Path(to).parent}: no such file or directory"
        )
    reply = engine.ask("GET", path, query)
    if not to:
        for chunk in reply.chunks():
            sys.stdout.buffer.write(chunk)
        return 0
    unfinished = Path(f"{to}.unfinished-{os.getpid()}")
    try:
        with unfinished.open("wb") as out:
            for chunk in reply.chunks():
                out.write(chunk)
        unfinished.replace(to)
    finally:
        unfinished.unlink(missing_ok=True)
    return 0


def load(engine: Engine, given: Given) -> int:
    path = given.one("--input")
    if not path and sys.stdin.isatty():
        raise Ended("requested load from stdin, but stdin is empty")
    with _opened(path) as source:
        reply = engine.ask(
            "POST",
            "/images/load",
            {"quiet": "1" if given.flag("--quiet") or not sys.stdout.isatty() else "0"},
            pieces(source),
            {"Content-Type": "application/x-tar"},
        )
        progress.show(reply.messages())
    return 0


def import_(engine: Engine, given: Given) -> int:
    from labrunner.dockercli.images import split

    source, *target = given.arguments
    if source.startswith(("http://", "https://")):
        raise Ended("this docker command imports from a file or from stdin (-)")
    repository, tag = split(target[0]) if target else ("", "")
    with _opened("" if source == "-" else source) as file:
        reply = engine.ask(
            "POST",
            "/images/create",
            {
                "fromSrc": "-",
                "repo": repository,
                "tag": tag,
                "message": given.one("--message"),
                "changes": given.all("--change"),
            },
            pieces(file),
            {"Content-Type": "application/x-tar"},
        )
        progress.show(reply.messages())
    return 0


def _opened(path: str) -> BinaryIO:
    if not path:
        return sys.stdin.buffer
    try:
        return open(path, "rb")
    except OSError as error:
        raise Ended(f"open {path}: {(error.strerror or str(error)).lower()}") from error


def pieces(source: BinaryIO) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece
