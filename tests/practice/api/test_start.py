"""An engine is started once, found again, stopped in order and emptied; it keeps to its own folder."""

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.errors import EngineError
from labrunner.practice import start, state


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "engine"
    yield place
    start.stop(place)


def test_started_twice_it_is_one_engine(folder: Path) -> None:
    first = start.start(folder)
    pid = start.status(folder).pid
    second = start.start(folder)

    assert first == second
    assert start.status(folder).pid == pid
    assert start.status(folder).running


def test_two_starts_at_once_agree(folder: Path) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(start.start(folder))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(found) == 3
    assert len(set(found)) == 1


def test_stopped_it_leaves_no_socket(folder: Path) -> None:
    address = start.start(folder)

    assert start.stop(folder)
    assert not Path(address.removeprefix("unix://")).exists()
    assert not start.status(folder).running
    assert not start.stop(folder)


def test_killed_it_can_be_started_again(folder: Path) -> None:
    start.start(folder)
    pid = start.status(folder).pid
    os.kill(pid, 9)
    os.waitpid(pid, 0)

    assert not start.status(folder).running
    assert start.start(folder)
    assert start.status(folder).running


def test_reset_throws_everything_away(folder: Path) -> None:
    start.start(folder)
    (folder / "something").mkdir()
    start.reset(folder)

    assert not start.status(folder).running
    assert sorted(entry.name for entry in folder.iterdir()) == ["engine.lock", state.MARK, "start.lock"]


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")

    with pytest.raises(EngineError, match="is not empty and is no folder of a practice engine"):
        start.start(tmp_path)
    with pytest.raises(EngineError, match="is no folder of a practice engine"):
        start.reset(tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "dear"


def test_a_deep_folder_gets_its_socket_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    address = start.start(deep)
    try:
        path = Path(address.removeprefix("unix://"))
        assert len(os.fsencode(path)) <= 103
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert path.stat().st_mode & 0o777 == 0o600
    finally:
        start.stop(deep)


def test_a_socket_path_that_is_too_long_is_refused(folder: Path) -> None:
    with pytest.raises(EngineError, match="103 fit"):
        start.start(folder, socket_path=folder / ("s" * 120))


def test_a_socket_folder_open_to_others_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(mode=0o755)

    with pytest.raises(EngineError, match="open to other users"):
        start.start(folder, socket_path=tmp_path / "open" / "s")


def test_the_learners_folder_cannot_stand_in_for_a_module(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('taken from the wrong folder')")
    script = f"from pathlib import Path; from labrunner.practice import start; print(start.start(Path({str(folder)!r})))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.stdout.startswith("unix://"), done.stderr


def test_a_second_engine_in_the_foreground_says_who_is_there(folder: Path) -> None:
    start.start(folder)
    done = subprocess.run(
        [sys.executable, "-m", "labrunner.practice.start", "--folder", str(folder)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 4
    assert "Another practice engine runs on" in done.stderr
    assert start.status(folder).running


def test_the_lab_registry_is_served_where_it_is_asked_for(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    start.start(folder, registry_port=port)
    with urllib.request.urlopen(
        urllib.request.Request(f"http://127.0.0.1:{port}/v1/_ping"), timeout=5
    ) as answer:
        assert answer.status == 200


def test_a_taken_registry_port_is_told(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EngineError, match=f"The lab registry cannot listen on port {port}"):
            start.start(folder, registry_port=port)
    assert not start.status(folder).running


def test_an_engine_that_nobody_uses_ends_by_itself(folder: Path) -> None:
    command = [sys.executable, "-m", "labrunner.practice.start", "--folder", str(folder), "--patience", "0.3"]
    ended = subprocess.run(command, timeout=30, capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr
    assert not start.status(folder).running
