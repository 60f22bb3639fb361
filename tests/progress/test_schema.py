"""An older database becomes today's, a later one is left alone."""

import sqlite3
from pathlib import Path

import pytest

from labrunner.errors import StoreError
from labrunner.progress.attempt import Attempt
from labrunner.progress.schema import MIGRATIONS, migrate, version_of
from labrunner.progress.sqlite import open_store

TWO_VERSIONS = (
    ("CREATE TABLE steps (name TEXT)", "INSERT INTO steps VALUES ('push')"),
    ("ALTER TABLE steps ADD COLUMN minutes INTEGER DEFAULT 5",),
)


def database(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def test_an_empty_file_becomes_a_database_of_the_newest_version(tmp_path: Path) -> None:
    file = tmp_path / "progress.sqlite3"
    file.touch()

    store = open_store(file)
    store.keep(Attempt(lesson="tagging", step="push", outcome="met", at=1.0))

    assert version_of(database(file)) == len(MIGRATIONS) == 1
    assert len(store.attempts()) == 1


def test_a_database_of_version_0_keeps_what_else_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "progress.sqlite3"
    made_by_hand = database(file)
    made_by_hand.execute("CREATE TABLE notes (text TEXT)")
    made_by_hand.execute("INSERT INTO notes VALUES ('mine')")
    made_by_hand.close()

    open_store(file).close()

    assert version_of(database(file)) == 1
    assert database(file).execute("SELECT text FROM notes").fetchall() == [("mine",)]


def test_migrations_are_run_from_the_version_that_is_there(tmp_path: Path) -> None:
    db = database(tmp_path / "a.sqlite3")
    migrate(db, TWO_VERSIONS[:1])
    db.execute("INSERT INTO steps VALUES ('log-in')")

    migrate(db, TWO_VERSIONS)
    migrate(db, TWO_VERSIONS)

    assert version_of(db) == 2
    assert db.execute("SELECT name, minutes FROM steps").fetchall() == [("push", 5), ("log-in", 5)]


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    db = database(tmp_path / "a.sqlite3")
    migrate(db, TWO_VERSIONS[:1])

    with pytest.raises(sqlite3.OperationalError):
        migrate(db, (*TWO_VERSIONS, ("CREATE TABLE more (name TEXT)", "CREATE NONSENSE")))

    assert version_of(db) == 1
    assert db.execute("SELECT name FROM sqlite_master").fetchall() == [("steps",)]


def test_a_database_of_a_later_labrunner_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "progress.sqlite3"
    made_by_hand = database(file)
    made_by_hand.execute("CREATE TABLE attempts (something TEXT)")
    made_by_hand.execute("PRAGMA user_version = 7")
    made_by_hand.close()
    before = file.read_bytes()

    with pytest.raises(StoreError) as told:
        open_store(file)

    assert told.value.what == f"{file} was written by a later labrunner (its version is 7)."
    assert told.value.remedy == "Upgrade labrunner, or set LABRUNNER_DATA to another folder."
    assert file.read_bytes() == before
