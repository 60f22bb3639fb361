"""How quick and how small the practice engine is, beside the real engine in the same run. Prints; judges nothing."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

from labrunner.dockercli.launcher import install
from labrunner.practice.start import start, stop
from tests.engine import real

RUNS = 11
NGINX = 30


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="lr-bench-", dir="/tmp"))
    began = time.perf_counter()
    practice = start(folder / "engine")
    print(f"start to the first ping: {(time.perf_counter() - began) * 1000:.0f} ms (asked: 200)")
    try:
        measure(practice, folder)
    finally:
        stop(folder / "engine")
        shutil.rmtree(folder, ignore_errors=True)


def measure(practice: str, folder: Path) -> None:
    told = real.started()
    command = told.get("LABRUNNER_DOCKER_CLI28") or shutil.which("docker")
    own = str(install(folder / "bin") / "docker")
    docker = command or own
    for image in ("alpine:3.24", "nginx:1.31-alpine"):
        ran([docker, "pull", "-q", image], practice)
    print(f"built-in docker image ls: {timed([own, 'image', 'ls'], practice):.0f} ms (asked: 100)")
    if command:
        print(f"real docker image ls: {timed([command, 'image', 'ls'], practice):.0f} ms")
    once = ["run", "--rm", "alpine:3.24", "true"]
    print(f"docker run --rm alpine true, practice: {timed([docker, *once], practice):.0f} ms")
    address = told.get(real.VARIABLES["docker28"])
    if command and address:
        with real.locked("docker28"):
            ran([command, "pull", "-q", "alpine:3.24"], address)
            print(f"docker run --rm alpine true, Docker 28: {timed([command, *once], address):.0f} ms")
    for _ in range(NGINX):
        ran([docker, "run", "-d", "nginx:1.31-alpine"], practice)
    pid = json.loads((folder / "engine/engine.json").read_text())["pid"]
    size = ran(["ps", "-o", "rss=", "-p", str(pid)], practice)
    print(f"{NGINX} running nginx: {int(size) / 1024:.0f} MB (asked: 130)")


def timed(command: list[str], address: str) -> float:
    """Milliseconds, the median of several runs."""
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        ran(command, address)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1000


def ran(command: list[str], address: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, "DOCKER_HOST": address},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


if __name__ == "__main__":
    main()
