"""How quick and how small the practice engine is, beside the real engine in the same run. Prints; judges nothing."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from labrunner.dockercli.launcher import install
from labrunner.practice.start import start, stop
from tests.engine import real

RUNS = 11
NGINX = 30

Asked = tuple[list[str], str]
"""A command and the engine that it talks to."""


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
    listed = [own, "image", "ls"], practice
    if command:
        ours, theirs, ratio = beside(listed, ([command, "image", "ls"], practice))
        print(f"docker image ls, built-in: {ours:.0f} ms (asked: 100)")
        print(
            f"docker image ls, real command: {theirs:.0f} ms; the built-in one {ratio:.1f} times that (asked: 4)"
        )
    else:
        print(f"docker image ls, built-in: {beside(listed, listed)[0]:.0f} ms (asked: 100)")
    once = ["run", "--rm", "alpine:3.24", "true"]
    address = told.get(real.VARIABLES["docker28"])
    if command and address:
        with real.locked("docker28"):
            ran([command, "pull", "-q", "alpine:3.24"], address)
            theirs, ours, ratio = beside(([command, *once], address), ([docker, *once], practice))
        print(f"docker run --rm alpine true, practice: {ours:.0f} ms")
        print(f"docker run --rm alpine true, Docker 28: {theirs:.0f} ms, {ratio:.1f} times that (asked: 4)")
    for number in range(NGINX):
        ran([docker, "run", "-d", "-P", "--name", f"web{number}", "nginx:1.31-alpine"], practice)
    for number in range(NGINX):
        visit(ran([docker, "port", f"web{number}", "80"], practice).split()[0].rpartition(":")[2])
    pid = json.loads((folder / "engine/engine.json").read_text())["pid"]
    size = ran(["ps", "-o", "rss=", "-p", str(pid)], practice)
    print(f"{NGINX} running nginx, each visited: {int(size) / 1024:.0f} MB (asked: 130)")


def visit(port: str) -> None:
    """A page of a web server that has just been started."""
    until = time.monotonic() + 10
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                assert b"nginx" in page.read()
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def beside(one: Asked, other: Asked) -> tuple[float, float, float]:
    """Milliseconds of each, taken in turns, and how many times the other's the first one's are: all medians."""
    pairs = [(timed(*one), timed(*other)) for _ in range(RUNS)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs)


def timed(command: list[str], address: str) -> float:
    began = time.perf_counter()
    ran(command, address)
    return (time.perf_counter() - began) * 1000


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
