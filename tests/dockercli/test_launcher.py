"""`docker` on PATH: from any folder, quickly, and with nothing of the caller's own Python."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labrunner.dockercli.launcher import install


def run(program: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.defpath,
        "HOME": "/nowhere",
        "DOCKER_HOST": "unix:///nowhere/docker.sock",
        **more,
    }
    return subprocess.run(
        [program, *words], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("name", ["plain", "with a blank", "it's $HOME"])
def test_it_runs_from_any_folder(name: str, tmp_path: Path) -> None:
    folder = install(tmp_path / name)

    assert folder == tmp_path / name
    assert run(folder / "docker", "--version").stdout.startswith("Docker version 28.5.2-labrunner")


def test_a_python_in_a_folder_with_a_blank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / "my python's" / "python3"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    monkeypatch.setattr(sys, "executable", str(python))

    assert run(install(tmp_path / "bin") / "docker", "--version").returncode == 0


def test_the_caller_s_python_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('not this one')\n")
    program = install(tmp_path / "bin") / "docker"

    ran = run(program, "--version", PYTHONPATH=str(tmp_path), PYTHONSTARTUP=str(tmp_path / "json.py"))

    assert (ran.returncode, ran.stderr) == (0, "")


def test_no_engine_is_told_in_docker_s_words(tmp_path: Path) -> None:
    ran = run(install(tmp_path) / "docker", "ps")

    assert ran.stderr == (
        "Cannot connect to the Docker daemon at unix:///nowhere/docker.sock. Is the docker daemon running?\n"
    )
    assert ran.returncode == 1


def test_a_reader_that_left_is_no_error(tmp_path: Path) -> None:
    program = install(tmp_path) / "docker"
    ran = subprocess.run(
        ["sh", "-c", f"'{program}' --help | head -1"], capture_output=True, text=True, timeout=30, check=False
    )

    assert (ran.stdout, ran.stderr) == ("Usage:  docker [OPTIONS] COMMAND\n", "")


def test_it_starts_quickly(tmp_path: Path) -> None:
    """Its start is paid at each command: 100 ms on an idle machine; the best of some, with room for a busy one."""
    program = install(tmp_path) / "docker"
    took = []
    for _ in range(8):
        began = time.perf_counter()
        run(program, "ps")
        took.append(time.perf_counter() - began)

    assert min(took) < 0.3
