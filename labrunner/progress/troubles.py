"""What can go wrong with the progress file, in sentences: what happened, and what mends it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

from labrunner.errors import StoreError
from labrunner.progress.schema import TooNew

CHOOSE_ANOTHER = "Set LABRUNNER_DATA to a folder that you may write to, and start again."
MAKE_ROOM = (
    "Make some room, or set LABRUNNER_DATA to a folder on another disk; all that was kept before is there."
)
MOVE_AWAY = "Nothing was deleted. Move it away and start again: mkdir {aside} && mv {file}* {aside}/"
TRY_AGAIN = "Try again; if another labrunner hangs, end it first."

TROUBLES: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_READONLY: ("Progress cannot be kept: {path} may not be written to.", CHOOSE_ANOTHER),
    sqlite3.SQLITE_CANTOPEN: ("Progress cannot be kept: {path} cannot be opened or made.", CHOOSE_ANOTHER),
    sqlite3.SQLITE_PERM: ("Progress cannot be kept: {path} may not be opened.", CHOOSE_ANOTHER),
    sqlite3.SQLITE_AUTH: ("Progress cannot be kept: {path} may not be opened.", CHOOSE_ANOTHER),
    sqlite3.SQLITE_FULL: ("Progress cannot be kept: the disk with {path} is full.", MAKE_ROOM),
    sqlite3.SQLITE_IOERR: (
        "Progress cannot be read or kept: the disk with {path} fails or is full.",
        MAKE_ROOM,
    ),
    sqlite3.SQLITE_CORRUPT: ("The progress file {path} is damaged.", MOVE_AWAY),
    sqlite3.SQLITE_NOTADB: ("{path} is not a progress file.", MOVE_AWAY),
    sqlite3.SQLITE_BUSY: ("Another process has been writing to {path} for too long.", TRY_AGAIN),
    sqlite3.SQLITE_LOCKED: ("Another process has been writing to {path} for too long.", TRY_AGAIN),
}
"""By SQLite's primary result code. Source: https://www.sqlite.org/rescode.html"""

UNFORESEEN = ("Progress in {path} cannot be read or kept ({error}).", MOVE_AWAY)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Let what SQLite says about the file at `path` leave as a `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise trouble(path, error) from error
    except TooNew as error:
        raise StoreError(
            f"{path} was written by a later labrunner (its version is {error.version}).",
            "Upgrade labrunner, or set LABRUNNER_DATA to another folder.",
        ) from error


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's extended result codes keep the primary one in the low byte; errors of Python's own have none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def trouble(path: Path, error: sqlite3.Error) -> StoreError:
    what, remedy = TROUBLES.get(primary_code(error), UNFORESEEN)
    # The write-ahead log has to go along: beside a new file it would be replayed into it.
    aside = quote(str(path.with_name("progress-damaged")))
    return StoreError(what.format(path=path, error=error), remedy.format(file=quote(str(path)), aside=aside))
