"""Nothing outside the engine's own folder is read or written, no process is started, no other machine is asked.

Twice: by a witness inside Python, which sees all that Python does, and by strace, which sees what libraries do too.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.practice.start import ping
from tests.practice.robust.asking import Client
from tests.practice.robust.intruder import work
from tests.practice.robust.watched import ROOT

SECRET = "nobody reads this"


@pytest.fixture
def place() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="lr-"))
    (made / "outside").mkdir()
    (made / "outside/secret").write_text(SECRET)
    try:
        yield made
        assert [each.name for each in (made / "outside").iterdir()] == ["secret"]
        assert (made / "outside/secret").read_text() == SECRET
        assert {each.name for each in made.iterdir()} <= {"outside", "engine", "seen"}
    finally:
        shutil.rmtree(made)


def words(place: Path, *, before: tuple[str, ...] = ()) -> list[str]:
    folder = place / "engine"
    return [sys.executable, "-B", *before, "--folder", str(folder), "--socket", str(folder / "engine.sock")]


def answering(place: Path, process: "subprocess.Popen[bytes]") -> Client:
    until = time.monotonic() + 30
    while not ping(place / "engine/engine.sock"):
        assert process.poll() is None, "the engine did not start"
        assert time.monotonic() < until
        time.sleep(0.01)
    return Client(place / "engine/engine.sock")


def test_the_witness_sees_what_it_should(tmp_path: Path) -> None:
    """Or its silence would prove nothing."""
    deeds = """
import os, socket, subprocess, sys
from tests.practice.robust.watched import Witness
sys.addaudithook(Witness(1, sys.argv[1]))
outside = sys.argv[2]
open(sys.argv[1] + "/mine", "w").close()
os.remove(sys.argv[1] + "/mine")
open(outside, "w").close()
open(outside).close()
os.symlink(outside, sys.argv[1] + "/link")
open(sys.argv[1] + "/link", "a").close()
os.rename(outside, outside + "2")
os.mkdir(outside)
os.rmdir(outside, dir_fd=os.open(os.path.dirname(outside), os.O_RDONLY))
os.listdir("/etc")
subprocess.run(["true"])
os.system("true")
os.waitpid(os.fork() or os._exit(0), 0)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("203.0.113.1", 9))
s.close()
"""
    (tmp_path / "engine").mkdir()
    outside = tmp_path / "outside"
    done = subprocess.run(
        [sys.executable, "-B", "-c", deeds, str(tmp_path / "engine"), str(outside)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    told = [
        line.partition(" /")[0].partition(" '")[0].partition(" (")[0] for line in done.stdout.splitlines()
    ]
    assert list(dict.fromkeys(told)) == [
        "open for writing",
        "open",
        "os.rename",
        "os.mkdir",
        "os.rmdir",
        "os.listdir",
        "subprocess.Popen",
        "os.system",
        "os.fork",
        "socket.connect",
    ]
    assert told.count("open for writing") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are told by /proc")
def test_python_touches_nothing_outside(place: Path) -> None:
    report = place / "seen"
    with report.open("wb") as told:
        command = words(
            place, before=("-m", "tests.practice.robust.watched", str(told.fileno()), str(place / "engine"))
        )
        process = subprocess.Popen(command, cwd=ROOT, pass_fds=(told.fileno(),))
        try:
            said = work(answering(place, process), place / "outside")
        finally:
            process.terminate()
            process.wait(20)

    assert SECRET not in said
    assert report.read_text() == ""
    assert process.returncode == 0


_CALL = re.compile(r'^\d+ +(\w+)\((?:AT_FDCWD, )?"((?:[^"\\]|\\.)*)"(?:, ([A-Z_|0-9x]+))?')
TRACED = (
    "open,openat,creat,execve,mkdir,rename,renameat,renameat2,unlink,link,linkat,symlink,connect,fork,vfork"
)
_SENT = re.compile(r'sin6?_addr=inet_\w+\((?:AF_INET6?, )?"([^"]+)"')


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_the_process_touches_nothing_outside(place: Path) -> None:
    seen = place / "seen"
    strace = ["strace", "-f", "-qq", "-s", "4096", "-e", f"trace={TRACED}", "-o", str(seen)]
    process = subprocess.Popen(
        [*strace, *words(place, before=("-P", "-m", "labrunner.practice.start"))],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        said = work(answering(place, process), place / "outside")
    finally:
        pid = int((place / "engine/engine.json").read_text().partition('"pid": ')[2].partition(",")[0])
        os.kill(pid, signal.SIGTERM)
        process.wait(20)

    assert SECRET not in said
    lines = seen.read_text(errors="replace").splitlines()
    programs = [line for line in lines if " execve" in line and not line.endswith("= -1")]
    assert len(programs) == 1, programs
    assert [line for line in lines if "fork(" in line] == []
    writing = 0
    for line in lines:
        found = _CALL.match(line)
        if found is not None and " = -1 " not in line and found[1] != "execve":
            path, flags = found[2], found[3] or ""
            inside = path.startswith((f"{place}/engine", "/dev/null")) or not path.startswith("/")
            writes = found[1] not in ("open", "openat") or re.search("O_WRONLY|O_RDWR|O_CREAT", flags)
            writing += bool(writes)
            assert inside or not writes, line
            assert not path.startswith(f"{place}/outside"), line
        if " connect(" in line and (asked := _SENT.search(line)):
            assert asked[1] in ("127.0.0.1", "::1"), line
    assert writing > 100
