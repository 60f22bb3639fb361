"""`docker cp`, in both directions."""

import base64
import io
import json
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from labrunner.dockercli.archives import pieces
from labrunner.dockercli.client import Engine, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.failure import Ended, Refused
from labrunner.dockercli.words import size


def copy(engine: Engine, given: Given) -> int:
    source, target = given.arguments
    from_container, to_container = _place(source), _place(target)
    if from_container and to_container:
        raise Ended("copying between containers is not supported")
    if from_container:
        return _out(engine, *from_container, target, quiet=given.flag("--quiet"))
    if to_container:
        return _in(engine, source, *to_container, quiet=given.flag("--quiet"))
    raise Ended("must specify at least one container source")


def _place(text: str) -> tuple[str, str] | None:
    """Container and path of `NAME:PATH`; a path of this machine begins with a slash or a dot."""
    if text.startswith(("/", ".")) or ":" not in text:
        return None
    name, _, path = text.partition(":")
    return name, path


def _out(engine: Engine, container: str, path: str, target: str, *, quiet: bool) -> int:
    reply = engine.ask("GET", f"/containers/{path_of(container)}/archive", {"path": path})
    with tempfile.TemporaryFile() as packed:
        for chunk in reply.chunks():
            packed.write(chunk)
        copied = packed.tell()
        packed.seek(0)
        if target == "-":
            for piece in pieces(packed):
                sys.stdout.buffer.write(piece)
            return 0
        told = json.loads(base64.b64decode(reply.headers["x-docker-container-path-stat"]))
        _unpack(packed, str(told["name"]), Path(target), target, contents=path.endswith("/."))
    if not quiet and sys.stderr.isatty():
        sys.stderr.write(f"Successfully copied {size(copied)} to {Path(target).absolute()}\n")
    return 0


def _unpack(packed: IO[bytes], name: str, target: Path, typed: str, *, contents: bool) -> None:
    """As cp does: into a folder that is there, else under the target's own name."""
    if target.is_dir():
        folder, renamed = target, "." if contents else name
    else:
        if not target.absolute().parent.is_dir():
            raise Ended(f'invalid output path: directory "{target.absolute().parent}" does not exist')
        folder, renamed = target.absolute().parent, target.name
    with tarfile.open(fileobj=packed) as archive:
        entries = []
        for entry in archive:
            rest = PurePosixPath(entry.name).parts[1:]
            entry.name = str(PurePosixPath(renamed, *rest))
            if entry.islnk():
                entry.linkname = str(PurePosixPath(renamed, *PurePosixPath(entry.linkname).parts[1:]))
            entries.append(entry)
        if typed.endswith("/") and not target.is_dir() and entries and not entries[0].isdir():
            raise Ended(f'invalid output path: directory "{typed}" does not exist')
        try:
            archive.extractall(folder, members=entries, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise Ended(f"the copy was refused: {error}") from error


def _in(engine: Engine, source: str, container: str, path: str, *, quiet: bool) -> int:
    path = path or "/"
    stat = _stat(engine, container, path)
    folder, renamed = (path, "") if stat else _parent(path)
    if source == "-":
        packed: IO[bytes] = io.BytesIO(sys.stdin.buffer.read())
        _put(engine, container, path, packed)
        return 0
    place = Path(source)
    if not (place.exists() or place.is_symlink()):
        raise Ended(f"lstat {place.absolute()}: no such file or directory")
    if stat is None and path.endswith("/") and not place.is_dir():
        raise Ended(f'no such directory: "{path}"')
    if stat and not stat["folder"]:
        if place.is_dir():
            raise Ended(f'cannot copy directory to file "{path}"')
        folder, renamed = _parent(path)
    with tempfile.TemporaryFile() as out:
        with tarfile.open(fileobj=out, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for file, name in _files(place, renamed, contents=source.endswith("/.") or (stat is None)):
                archive.add(file, arcname=name, recursive=False)
        copied = out.tell()
        out.seek(0)
        _put(engine, container, folder, out)
    if not quiet and sys.stderr.isatty():
        sys.stderr.write(f"Successfully copied {size(copied)} to {container}:{path}\n")
    return 0


def _put(engine: Engine, container: str, folder: str, packed: IO[bytes]) -> None:
    engine.ask(
        "PUT",
        f"/containers/{path_of(container)}/archive",
        {"path": folder, "noOverwriteDirNonDir": True},
        pieces(packed),  # type: ignore[arg-type]
        {"Content-Type": "application/x-tar"},
    ).read()


def _stat(engine: Engine, container: str, path: str) -> dict[str, bool] | None:
    """Whether there is something at a path of the container, and whether it is a folder."""
    try:
        reply = engine.ask("HEAD", f"/containers/{path_of(container)}/archive", {"path": path})
    except Refused as refused:
        if refused.code == 404 and "No such container" not in _reason(engine, container, refused):
            return None
        raise
    told = json.loads(base64.b64decode(reply.headers["x-docker-container-path-stat"]))
    return {"folder": bool(int(told["mode"]) & 0x80000000)}


def _reason(engine: Engine, container: str, _refused: Refused) -> str:
    """An answer to HEAD has no body; whether the container is there has to be asked again."""
    engine.get(f"/containers/{path_of(container)}/json")
    return ""


def _parent(path: str) -> tuple[str, str]:
    place = PurePosixPath(path)
    return str(place.parent), place.name


def _files(source: Path, renamed: str, *, contents: bool) -> Iterator[tuple[Path, str]]:
    top = renamed or ("." if contents and source.is_dir() else source.absolute().name)
    yield source, top
    if source.is_dir() and not source.is_symlink():
        for path in sorted(source.rglob("*")):
            yield path, str(PurePosixPath(top, path.relative_to(source).as_posix()))
