"""Two processes at once, and processes that are killed."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from labrunner.progress.sqlite import open_store

WRITER = """
import sys, time
from pathlib import Path
from labrunner.progress.attempt import Attempt
from labrunner.progress.sqlite import open_store

path, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
time.sleep(max(0.0, float(sys.argv[4]) - time.time()))
store = open_store(path)
for number in range(count):
    store.keep(Attempt(lesson=name, step=str(number), outcome="unmet", at=float(number)))
    print(number, flush=True)
"""


def writer(path: Path, name: str, count: int, *, begin: float = 0.0) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count), str(begin)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_many_processes_make_one_database_and_all_their_attempts_are_in_it(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"

    together = time.time() + 0.3
    writers = [writer(path, f"lesson-{n}", 40, begin=together) for n in range(4)]
    results = [process.communicate(timeout=90) for process in writers]

    assert [process.returncode for process in writers] == [0, 0, 0, 0], results
    store = open_store(path)
    for n in range(4):
        assert [kept.step for kept in store.attempts(f"lesson-{n}")] == [str(i) for i in range(40)]


def test_after_a_kill_every_acknowledged_attempt_is_there(tmp_path: Path) -> None:
    path = tmp_path / "progress.sqlite3"
    acknowledged = {}
    for round_, patience in enumerate((0.0, 0.003, 0.011, 0.02)):
        process = writer(path, f"round-{round_}", 1_000_000)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(patience)
        process.send_signal(signal.SIGKILL)
        said = process.stdout.read().split("\n")
        assert process.wait(timeout=90) == -signal.SIGKILL
        acknowledged[f"round-{round_}"] = 1 + sum(1 for line in said if line.isdigit())

    store = open_store(path)
    for name, count in acknowledged.items():
        kept = [attempt.step for attempt in store.attempts(name)]
        assert kept[:count] == [str(i) for i in range(count)]
        assert len(kept) - count in (0, 1)
