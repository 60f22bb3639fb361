"""What was on the screen when the learner left, so that coming back shows it before anything heavy is imported.

A bookmark is believed only if nothing that the screen was made from has changed since: the words of the command line,
the lesson file, the progress, the engine's address, the terminal's width and kind. Losing one costs a fifth of a second.
"""

import json
import os
import stat
from collections.abc import Sequence
from typing import TypedDict

from labrunner import __file__ as package

LIMIT = 256 * 1024


class Bookmark(TypedDict):
    stamps: list[list[object]]
    """Path, size and time of change of each file that the screen depends on."""
    surroundings: list[str]
    words: list[str]
    lesson: str
    engine: str
    address: str
    workspace: str
    text: str


def path_of(words: Sequence[str], folder: str) -> str:
    """The bookmark of a command line; `folder` is the data folder."""
    name = "".join(c if c.isalnum() else f"%{ord(c):x}" for c in " ".join(words))
    return f"{folder}/bookmarks/{name[:150]}"


def surroundings(columns: int) -> list[str]:
    names = (
        "TERM",
        "COLORTERM",
        "NO_COLOR",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "DOCKER_HOST",
        "DOCKER_CONTEXT",
        "HOME",
    )
    return [str(columns), *(os.environ.get(name, "") for name in names)]


def stamps(files: Sequence[str]) -> list[list[object]]:
    """One a file; one that is not there is the same as an empty one."""
    made: list[list[object]] = []
    for file in files:
        try:
            seen = os.stat(file)
        except OSError:
            made.append([file, 0, 0])
        else:
            made.append([file, seen.st_size, seen.st_mtime_ns if seen.st_size else 0])
    return made


def depends_on(lesson_file: str, folder: str) -> tuple[str, ...]:
    progress = f"{folder}/progress.sqlite3"
    return (lesson_file, progress, f"{progress}-wal", os.path.dirname(package))


def read(words: Sequence[str], folder: str, columns: int) -> Bookmark | None:
    """The bookmark, if it can be believed. A wal file that came and holds nothing changes nothing."""
    try:
        with open(path_of(words, folder), encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return None
            mark: Bookmark = json.loads(file.read(LIMIT))
        files = [str(stamp[0]) for stamp in mark["stamps"]]
        if mark["stamps"] != stamps(files) or mark["surroundings"] != surroundings(columns):
            return None
        if mark["words"] != list(words):
            return None
        return mark if mark["text"] and mark["workspace"] and os.path.isdir(mark["workspace"]) else None
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None


def write(words: Sequence[str], folder: str, mark: Bookmark) -> None:
    """Keep it; where that cannot be done, the next start is merely slower."""
    path = path_of(words, folder)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(f"{path}.new", "w", encoding="utf-8", opener=_private) as file:
            json.dump(mark, file)
        os.replace(f"{path}.new", path)
    except OSError:
        return


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
