"""Files that are either whole or not there, whatever happens to the process that writes them."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

UNFINISHED = ".new-"


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file in one step that survives a crash."""
    written, _ = write_unfinished(path.parent, (data,))
    finish(written, path)


def write_unfinished(folder: Path, chunks: Iterable[bytes]) -> tuple[Path, str]:
    """A new file with a name that `sweep` knows for unfinished, on disk, and the digest of what is in it."""
    hashed = hashlib.sha256()
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                hashed.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, "sha256:" + hashed.hexdigest()


def finish(unfinished: Path, path: Path) -> None:
    """Give an unfinished file its name, for good."""
    unfinished.replace(path)
    _sync_folder(path.parent)


def sweep(folder: Path, wanted: Callable[[str], bool]) -> None:
    """Remove the files of a folder that nobody wants, unfinished ones above all."""
    for path in folder.iterdir():
        if not wanted(path.name) and not path.is_dir():
            path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """A rename is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
