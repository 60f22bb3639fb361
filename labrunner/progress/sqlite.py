"""Progress kept in one SQLite file, so that a killed terminal or a power cut loses nothing.

WAL with synchronous=FULL: an attempt is on the disk when `keep` returns, for 0.4 ms.
"""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from labrunner.engine.protocol import Thing
from labrunner.errors import StoreError
from labrunner.progress.attempt import Attempt
from labrunner.progress.schema import migrate
from labrunner.progress.store import Opening, ProgressStore
from labrunner.progress.troubles import CHOOSE_ANOTHER, primary_code, translated

T = TypeVar("T")

PATIENCE = 5.0
"""Seconds; another process holds the file for less than one."""
RETRY = 0.005
"""Seconds between two tries to open."""


def data_folder() -> Path:
    """Where labrunner keeps what belongs to the learner: LABRUNNER_DATA, or the platform's usual place."""
    chosen = os.environ.get("LABRUNNER_DATA")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path  # late: 6 ms, and needless where LABRUNNER_DATA is set

    return user_data_path("labrunner", appauthor=False)


def open_store(path: Path | None = None, *, patience: float = PATIENCE) -> ProgressStore:
    """Open the progress database, and make it where there is none. Raises `StoreError`.

    `patience` is how many seconds a method waits for another process that is writing.
    """
    path = path or data_folder() / "progress.sqlite3"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"There is no folder to keep progress in: {error}.", CHOOSE_ANOTHER) from error
    with translated(path):
        return SqliteStore(path, connected(path, patience))


def connected(path: Path, patience: float) -> sqlite3.Connection:
    """SQLite itself does not wait while processes that open a new file together all want its mode changed, or
    while another one cleans up behind itself: it says "busy" at once, so the waiting is done here."""
    deadline = time.monotonic() + patience
    while True:
        db = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            db.execute("PRAGMA synchronous = FULL")
            migrate(db)
        except BaseException as error:
            db.close()
            busy = isinstance(error, sqlite3.OperationalError) and primary_code(error) == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
            time.sleep(RETRY)
        else:
            return db


class SqliteStore:
    """A `ProgressStore` for one process and one thread; other processes may have theirs on the same file."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self.path = path
        self._db = db

    def keep(self, attempt: Attempt) -> None:
        details = {"met": attempt.met, "findings": attempt.findings, "command": attempt.command}
        row = (attempt.lesson, attempt.step, attempt.outcome, attempt.at, attempt.checks_hash)
        with self._writing() as db:
            db.execute(
                "INSERT INTO attempts (lesson, step, outcome, at, checks_hash, details)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (*row, json.dumps(details)),
            )

    def attempts(self, lesson: str | None = None) -> tuple[Attempt, ...]:
        select = "SELECT lesson, step, outcome, at, checks_hash, details FROM attempts"
        return self._read(attempt_of, select, lesson, order="number")

    def open_lesson(self, opening: Opening) -> None:
        details = {
            "values": dict(opening.values),
            "workspace": opening.workspace,
            "before": [(thing.kind, thing.id, thing.name) for thing in opening.before],
        }
        row = (opening.lesson, opening.engine, opening.begun, opening.lesson_hash)
        with self._writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO openings (lesson, engine, begun, lesson_hash, details)"
                " VALUES (?, ?, ?, ?, ?)",
                (*row, json.dumps(details)),
            )

    def opening(self, lesson: str) -> Opening | None:
        return next(iter(self._openings(lesson)), None)

    def openings(self) -> tuple[Opening, ...]:
        """In the order they were begun."""
        return self._openings(None)

    def _openings(self, lesson: str | None) -> tuple[Opening, ...]:
        select = "SELECT lesson, engine, begun, lesson_hash, details FROM openings"
        return self._read(opening_of, select, lesson, order="begun")

    def keep_made(self, lesson: str, things: tuple[Thing, ...]) -> None:
        with self._writing() as db:
            db.executemany(
                "INSERT OR IGNORE INTO made (lesson, kind, id, name) VALUES (?, ?, ?, ?)",
                [(lesson, thing.kind, thing.id, thing.name) for thing in things],
            )

    def made(self, lesson: str | None = None) -> tuple[tuple[str, Thing], ...]:
        select = "SELECT lesson, kind, id, name FROM made"
        return self._read(lambda row: (row[0], thing_of(row[1:])), select, lesson, order="number")

    def forget_made(self, lesson: str, things: tuple[Thing, ...]) -> None:
        with self._writing() as db:
            db.executemany(
                "DELETE FROM made WHERE lesson = ? AND kind = ? AND id = ? AND name = ?",
                [(lesson, thing.kind, thing.id, thing.name) for thing in things],
            )

    def forget(self, lesson: str) -> None:
        with self._writing() as db:
            db.execute("DELETE FROM attempts WHERE lesson = ?", (lesson,))
            db.execute("DELETE FROM openings WHERE lesson = ?", (lesson,))

    def agreed(self, content_hash: str) -> bool:
        with translated(self.path):
            found = self._db.execute("SELECT 1 FROM agreements WHERE content_hash = ?", (content_hash,))
            return found.fetchone() is not None

    def agree(self, content_hash: str) -> None:
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO agreements (content_hash) VALUES (?)", (content_hash,))

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing."""
        with translated(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _read(
        self, made_of: Callable[[Any], T], select: str, lesson: str | None, *, order: str
    ) -> tuple[T, ...]:
        """What the rows of one lesson, or of all, are made into."""
        chosen = "" if lesson is None else " WHERE lesson = :lesson"
        with translated(self.path):
            rows = self._db.execute(f"{select}{chosen} ORDER BY {order}", {"lesson": lesson})
            return tuple(made_of(row) for row in rows)


def attempt_of(row: Any) -> Attempt:
    lesson, step, outcome, at, checks_hash, text = row
    details = json.loads(text)
    return Attempt(
        lesson=lesson,
        step=step,
        outcome=outcome,
        at=at,
        checks_hash=checks_hash,
        met=tuple(details["met"]),
        findings=tuple(details["findings"]),
        command=details["command"],
    )


def opening_of(row: Any) -> Opening:
    lesson, engine, begun, lesson_hash, text = row
    details = json.loads(text)
    return Opening(
        lesson=lesson,
        values=MappingProxyType(details["values"]),
        engine=engine,
        workspace=details["workspace"],
        begun=begun,
        lesson_hash=lesson_hash,
        before=tuple(thing_of(thing) for thing in details["before"]),
    )


def thing_of(row: Any) -> Thing:
    kind, identity, name = row
    return Thing(kind=kind, id=identity, name=name)
