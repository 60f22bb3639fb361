"""What is said when progress cannot be kept: the file, the reason, and what to do."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from labrunner.errors import StoreError
from labrunner.progress.attempt import Attempt
from labrunner.progress.sqlite import open_store

CHOOSE_ANOTHER = "Set LABRUNNER_DATA to a folder that you may write to, and start again."

KEEPER = """
import os, sys
from pathlib import Path
from labrunner.errors import StoreError
from labrunner.progress.attempt import Attempt
from labrunner.progress.sqlite import open_store
if os.geteuid() == 0 and sys.argv[2] == "unprivileged":
    os.setgid(65534)
    os.setuid(65534)  # nobody
try:
    store = open_store(Path(sys.argv[1]))
    if sys.argv[2] == "full":
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
    for n in range(1000):
        store.keep(Attempt(lesson="tagging", step="push", outcome="unmet", at=float(n), command="x" * 500))
        print("kept", flush=True)
except StoreError as error:
    print(error.what)
    print(error.remedy)
"""


def lines_of(path: Path, how: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", KEEPER, str(path), how],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.fixture
def readable(tmp_path: Path) -> Path:
    """A folder that another user may enter, as root's temporary folders are not."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return tmp_path


def test_a_home_that_may_not_be_written_to_is_named_with_the_way_out(readable: Path) -> None:
    readable.chmod(0o555)

    told = lines_of(readable / "data" / "progress.sqlite3", "unprivileged")

    assert told == [
        f"There is no folder to keep progress in: [Errno 13] Permission denied: '{readable / 'data'}'.",
        CHOOSE_ANOTHER,
    ]


def test_a_folder_that_may_not_be_written_to_is_named_with_the_way_out(readable: Path) -> None:
    readable.chmod(0o555)
    path = readable / "progress.sqlite3"

    assert lines_of(path, "unprivileged") == [
        f"Progress cannot be kept: {path} cannot be opened or made.",
        CHOOSE_ANOTHER,
    ]


def test_a_file_that_may_not_be_written_to_is_named_with_the_way_out(readable: Path) -> None:
    path = readable / "progress.sqlite3"
    open_store(path).close()
    path.chmod(0o444)
    readable.chmod(0o555)

    told = lines_of(path, "unprivileged")

    assert told[0] in (
        f"Progress cannot be kept: {path} may not be written to.",
        f"Progress cannot be kept: {path} cannot be opened or made.",
    )
    assert told[1:] == [CHOOSE_ANOTHER]


def test_where_there_is_no_folder_to_be_had_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")

    with pytest.raises(StoreError) as told:
        open_store(tmp_path / "data" / "progress.sqlite3")

    assert told.value.what.startswith("There is no folder to keep progress in: ")
    assert told.value.remedy == CHOOSE_ANOTHER


def test_a_file_that_is_something_else_stays_and_can_be_moved_away(tmp_path: Path) -> None:
    path = tmp_path / "it's mine" / "progress.sqlite3"
    path.parent.mkdir()
    path.write_text("This is a letter to my aunt, and no database at all.\n" * 50)

    with pytest.raises(StoreError) as told:
        open_store(path)

    assert told.value.what == f"{path} is not a progress file."
    assert told.value.remedy.startswith("Nothing was deleted. Move it away and start again: ")
    command = told.value.remedy.partition("start again: ")[2]
    subprocess.run(command, shell=True, check=True)
    open_store(path).close()
    assert "aunt" in (path.parent / "progress-damaged" / "progress.sqlite3").read_text()


def test_a_damaged_file_is_named_and_its_log_is_moved_along(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    store = open_store(path)
    for n in range(200):
        store.keep(Attempt(lesson="tagging", step="push", outcome="unmet", at=float(n), command="x" * 200))
    store.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096 * 4)

    with pytest.raises(StoreError) as told:
        open_store(path).attempts()

    assert told.value.what == f"The progress file {path} is damaged."
    assert told.value.remedy == (
        "Nothing was deleted. Move it away and start again: "
        f"mkdir {tmp_path}/progress-damaged && mv {path}* {tmp_path}/progress-damaged/"
    )
    assert path.stat().st_size > 4096 * 5


def test_a_disk_that_fills_up_is_told_and_what_was_kept_is_there(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"

    *kept, what, remedy = lines_of(path, "full")

    assert what == f"Progress cannot be read or kept: the disk with {path} fails or is full."
    assert remedy.startswith("Make some room")
    assert len(open_store(path).attempts()) == len(kept) > 0


def test_another_process_that_never_ends_its_writing_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "progress.sqlite3"
    store = open_store(path, patience=0.05)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError) as told:
        store.agree("c0ffee")

    assert told.value.what == f"Another process has been writing to {path} for too long."
    other.execute("COMMIT")
    store.agree("c0ffee")
    assert store.agreed("c0ffee")
