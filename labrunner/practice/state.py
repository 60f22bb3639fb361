"""Where an engine keeps itself: its folder, its lock, its note of who runs, and a socket whose path is short enough."""

import fcntl
import hashlib
import json
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from labrunner.errors import EngineError

LOCK, NOTE, LOG, MARK, SOCKET = (
    "engine.lock",
    "engine.json",
    "engine.log",
    "labrunner-practice-engine",
    "engine.sock",
)
LONGEST_SOCKET = 103
"""Bytes that fit into a socket's address on every system we run on, with the closing zero."""


class Taken(EngineError):
    """Another engine holds this folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a running engine writes down for those who look for it."""

    pid: int
    socket: Path
    registry: int = 0
    """The port of its lab registry; 0 where it serves none."""


def prepare(folder: Path) -> Path:
    """The folder, made and marked as an engine's; refuses one that holds something else."""
    folder = folder.resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (folder / MARK).exists():
            strange = any(entry.name not in (LOCK, LOG, "start.lock") for entry in folder.iterdir())
            # Looked at once more: another command may prepare the same folder at this moment.
            if strange and not (folder / MARK).exists():
                raise EngineError(
                    f"{folder} is not empty and is no folder of a practice engine.", "Name another folder."
                )
            (folder / MARK).write_text(
                "The practice engine of labrunner keeps its images and containers here.\n"
            )
        folder.chmod(0o700)
    except OSError as error:
        raise EngineError(
            f"The practice engine cannot use {folder}: {error.strerror or error}.",
            "Make the folder writable, or name another one.",
        ) from error
    return folder


def socket_path(folder: Path) -> Path:
    """In the folder itself where the path fits; else in a private folder beside the temporary files."""
    inside = folder / SOCKET
    if len(os.fsencode(inside)) <= LONGEST_SOCKET:
        return inside
    short = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / f"labrunner-{os.geteuid()}"
    fallback = place / f"{short}.sock"
    if len(os.fsencode(fallback)) > LONGEST_SOCKET:
        fallback = Path("/tmp") / place.name / fallback.name
    return fallback


def prepare_socket(path: Path) -> Path:
    """Makes the socket's folder private; raises EngineError where it is someone else's or the path too long."""
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        raise EngineError(
            f"The socket's path is {len(os.fsencode(path))} bytes long, and {LONGEST_SOCKET} fit: {path}",
            "Choose a folder with a shorter path.",
        )
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        facts = path.parent.lstat()
    except OSError as error:
        raise EngineError(f"No socket can be made in {path.parent}: {error.strerror or error}.") from error
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.geteuid():
        raise EngineError(f"{path.parent} belongs to someone else, so no socket is opened in it.")
    if facts.st_mode & 0o077:
        raise EngineError(
            f"{path.parent} is open to other users, so no socket is opened in it.",
            f"Run: chmod 700 {path.parent}",
        )
    return path


def take(folder: Path) -> IO[str]:
    """The folder's lock, held while the file stays open; the system lets it go when the process dies."""
    lock = (folder / LOCK).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Taken(f"Another practice engine runs on {folder}.", "Use it, or stop it first.") from None
    return lock


def is_taken(folder: Path) -> bool:
    try:
        lock = (folder / LOCK).open("r")
    except OSError:
        return False
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False


def write_note(folder: Path, note: Note) -> None:
    fresh = folder / (NOTE + ".new")
    fresh.write_text(json.dumps({"pid": note.pid, "socket": str(note.socket), "registry": note.registry}))
    fresh.replace(folder / NOTE)


def read_note(folder: Path) -> Note | None:
    try:
        told = json.loads((folder / NOTE).read_text())
        return Note(
            pid=int(told["pid"]), socket=Path(str(told["socket"])), registry=int(told.get("registry", 0))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove_note(folder: Path) -> None:
    (folder / NOTE).unlink(missing_ok=True)
