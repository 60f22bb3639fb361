"""A folder remembered with all that is in it, and put back as it was; for small ones, such as workspaces."""

import os
import shutil
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, link or folder."""

    mode: int
    content: bytes = b""
    """A link's is where it leads."""


Remembered = Mapping[str, Entry]
"""By path inside the folder. Equal where the folder is the same to everyone who reads it."""


def remember(folder: Path) -> Remembered:
    """What is in a folder; links are not followed. Raises OSError."""
    found: dict[str, Entry] = {}
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(place, name)
            found[path.relative_to(folder).as_posix()] = _entry(path)
    return found


def put_back(folder: Path, kept: Remembered) -> bool:
    """Make a folder what it was, in place; False where that cannot be done."""
    try:
        now = remember(folder)
        for name in sorted(now, reverse=True):
            if name not in kept or stat.S_IFMT(kept[name].mode) != stat.S_IFMT(now[name].mode):
                _remove(folder / name)
        for name in sorted(kept):
            if now.get(name) != kept[name]:
                _write(folder / name, kept[name])
        return remember(folder) == kept
    except OSError:
        return False


def _entry(path: Path) -> Entry:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return Entry(mode, os.fsencode(path.readlink()))
    return Entry(mode, path.read_bytes() if stat.S_ISREG(mode) else b"")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, entry: Entry) -> None:
    if stat.S_ISLNK(entry.mode):
        path.unlink(missing_ok=True)
        path.symlink_to(os.fsdecode(entry.content))
        return
    if stat.S_ISDIR(entry.mode):
        path.mkdir(exist_ok=True)
    else:
        path.write_bytes(entry.content)
    path.chmod(stat.S_IMODE(entry.mode))
