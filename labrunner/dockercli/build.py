"""`docker build`: the build context as a tar, and the engine's classic build."""

import base64
import json
import os
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from labrunner.dockercli import progress
from labrunner.dockercli.archives import pieces
from labrunner.dockercli.client import Engine, Reply
from labrunner.dockercli.command import Given
from labrunner.dockercli.credentials import all_logins
from labrunner.dockercli.failure import Ended
from labrunner.dockercli.words import size


def build(engine: Engine, given: Given) -> int:
    where = given.arguments[0]
    if where.startswith(("http://", "https://", "git@", "git://", "github.com/")):
        raise Ended("this docker command builds from a folder or from stdin (-), not from a URL")
    quiet = given.flag("--quiet")
    with tempfile.TemporaryFile() as packed:
        if where == "-":
            dockerfile = _from_stdin(packed, given.one("--file"))
        else:
            dockerfile = _pack(Path(where), given.one("--file"), packed, where)
        length = packed.tell()
        packed.seek(0)
        sent = f"Sending build context to Docker daemon  {size(length, 4)}\n"
        if not quiet:
            sys.stdout.write(sent)
            sys.stdout.flush()
        reply = engine.ask(
            "POST",
            "/build",
            _query(given, dockerfile),
            pieces(packed),
            {
                "Content-Type": "application/x-tar",
                "X-Registry-Config": base64.urlsafe_b64encode(json.dumps(all_logins()).encode()).decode(),
            },
        )
        if not quiet:
            told = progress.show(reply.messages())
            identity = next((aux["ID"] for aux in told if isinstance(aux, dict) and "ID" in aux), "")
        else:
            identity = _quietly(reply, sent)
            sys.stdout.write(identity)
    if given.one("--iidfile"):
        Path(given.one("--iidfile")).write_text(identity)
    return 0


def _query(given: Given, dockerfile: str) -> dict[str, object]:
    arguments = dict(
        text.partition("=")[::2] if "=" in text else (text, os.environ.get(text))
        for text in given.all("--build-arg")
    )
    return {
        "t": given.all("--tag"),
        "dockerfile": dockerfile,
        "buildargs": arguments or None,
        "labels": dict(text.partition("=")[::2] for text in given.all("--label")) or None,
        "nocache": given.flag("--no-cache"),
        "pull": given.flag("--pull"),
        "target": given.one("--target"),
        "networkmode": given.one("--network"),
        "platform": given.one("--platform"),
        "rm": "1" if given.flag("--rm", default=True) else "0",
        "q": given.flag("--quiet"),
        "version": "1",
    }


def _quietly(reply: Reply, sent: str) -> str:
    """The ID with its line's end, which is all that the engine says then; and everything where it fails."""
    said: list[str] = []
    try:
        for message in reply.messages():
            progress.check(message)
            said.append(str(message.get("stream", "")))
    except Ended:
        sys.stderr.write("".join((sent, *said)))
        raise
    return "".join(said)


def _from_stdin(packed: IO[bytes], file: str) -> str:
    """A Dockerfile alone, or a tar with the whole context."""
    data = sys.stdin.buffer.read()
    if data[257:262] == b"ustar" or data[:2] == b"\x1f\x8b" or data[:3] == b"BZh":
        packed.write(data)
        return file or "Dockerfile"
    with tarfile.open(fileobj=packed, mode="w|") as archive:
        _add_text(archive, "Dockerfile", data)
    return "Dockerfile"


def _add_text(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    import io

    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def _pack(folder: Path, file: str, packed: IO[bytes], typed: str) -> str:
    """The folder as a tar, without what .dockerignore names; the Dockerfile's path in it."""
    if not folder.exists():
        raise Ended(f'unable to prepare context: path "{typed}" not found')
    if not folder.is_dir():
        raise Ended(f"unable to prepare context: context must be a directory: {folder.absolute()}")
    root = folder.resolve()
    outside: bytes | None = None
    if file == "-":
        outside, inside = sys.stdin.buffer.read(), ".dockerfile.stdin"
    else:
        path = Path(file) if file else root / "Dockerfile"
        path = path if path.is_absolute() or not file else Path.cwd() / path
        try:
            real = path.resolve(strict=True)
        except OSError as error:
            raise Ended(
                "unable to prepare context: unable to evaluate symlinks in Dockerfile path: "
                f"lstat {path.absolute()}: no such file or directory"
            ) from error
        if real.is_relative_to(root):
            inside = real.relative_to(root).as_posix()
        else:
            outside, inside = _read(real), ".dockerfile.outside"
    patterns = _ignored(root, inside)
    with tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for path in _files(root, patterns, {inside, ".dockerignore"}):
            name = path.relative_to(root).as_posix()
            try:
                archive.add(path, arcname=name, recursive=False, filter=_nobody)
            except OSError as error:
                raise Ended(f"error checking context: can't read '{path}': {error.strerror}") from error
        if outside is not None:
            _add_text(archive, inside, outside)
    return inside


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Ended(f"unable to prepare context: read {file}: {(error.strerror or '').lower()}") from error


def _nobody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def _ignored(root: Path, dockerfile: str) -> Sequence[str]:
    for name in (f"{dockerfile}.dockerignore", ".dockerignore"):
        try:
            lines = (root / name).read_text(encoding="utf-8-sig").splitlines()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return lines
    return ()


def _files(root: Path, patterns: Sequence[str], wanted: set[str]) -> Iterator[Path]:
    """Every file and folder of the context, in order."""
    matches = _matcher(patterns)
    for folder, folders, files in os.walk(root):
        folders.sort()
        for name in sorted([*folders, *files]):
            path = Path(folder, name)
            relative = path.relative_to(root).as_posix()
            if not matches(relative) or relative in wanted:
                yield path


def _matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    if not patterns:
        return lambda _path: False
    import site

    site.main()  # This command starts without site-packages; only a .dockerignore needs them.
    from e2b_dockerfile_utils import PatternMatcher

    try:
        matcher = PatternMatcher(list(patterns))
    except ValueError as error:
        raise Ended(f"error checking context: {error}") from error

    def matches(path: str) -> bool:
        return bool(matcher.matches(path))

    return matches
