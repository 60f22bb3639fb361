"""The shape of the progress database, and how an older one becomes today's: one table of migrations."""

import sqlite3

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    # 0 -> 1. `details` is JSON, so that whatever a learner types can be kept: NUL, lone surrogates, anything.
    (
        """CREATE TABLE attempts (
            number INTEGER PRIMARY KEY,
            lesson TEXT NOT NULL,
            step TEXT NOT NULL,
            outcome TEXT NOT NULL,
            at REAL NOT NULL,
            checks_hash TEXT NOT NULL,
            details TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX attempts_of_lesson ON attempts (lesson, number)",
        """CREATE TABLE openings (
            lesson TEXT PRIMARY KEY,
            engine TEXT NOT NULL,
            begun REAL NOT NULL,
            lesson_hash TEXT NOT NULL,
            details TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE made (
            number INTEGER PRIMARY KEY,
            lesson TEXT NOT NULL,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (lesson, kind, id, name)
        ) STRICT""",
        "CREATE TABLE agreements (content_hash TEXT PRIMARY KEY) STRICT",
    ),
)
"""The statements of entry N take a database from version N to N + 1. Entries are added, never changed."""


class TooNew(Exception):
    """A later labrunner wrote the database; `version` is its version."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


def version_of(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def migrate(db: sqlite3.Connection, migrations: tuple[tuple[str, ...], ...] = MIGRATIONS) -> None:
    """Bring the database up to date, all or nothing; two processes may do it at once.

    Raises `TooNew`, and `sqlite3.Error` with the database as it was before.
    """
    newest = len(migrations)
    if version_of(db) < newest:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("BEGIN IMMEDIATE")  # whoever comes second waits here, and finds nothing left to do
        try:
            for statements in migrations[version_of(db) :]:
                for statement in statements:
                    db.execute(statement)
            if version_of(db) < newest:
                db.execute(f"PRAGMA user_version = {newest}")
            db.execute("COMMIT")
        except sqlite3.Error:
            db.execute("ROLLBACK")
            raise
    if version_of(db) > newest:
        raise TooNew(version_of(db))
