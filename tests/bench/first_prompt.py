"""Measures the time to the first step and a live prompt, beside a bare prompt_toolkit prompt, in the same run.

Not a test: `make bench`. Each figure is the median of several starts in a real pseudo-terminal, where the lesson was
begun before (a learner comes back) and no `.pyc` is missing.
"""

import argparse
import contextlib
import fcntl
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

GIVE_UP = 20.0
BARE = "from prompt_toolkit import PromptSession\nPromptSession().prompt('ready> ')\n"


def until(argv: list[str], wanted: bytes, environment: dict[str, str], *, leave: bool = False) -> float:
    """Seconds from the start of a program in a terminal until it has printed these bytes; then `leave` it or kill it."""
    begun = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(argv[0], argv, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    try:
        while wanted not in seen:
            ready, _, _ = select.select([terminal], [], [], GIVE_UP)
            if not ready:
                raise SystemExit(f"{argv[0]} printed no {wanted!r}, but {seen[-2000:]!r}")
            chunk = os.read(terminal, 65536)
            if b"\x1b[6n" in chunk:
                os.write(terminal, b"\x1b[1;1R")
            seen += chunk
        took = time.perf_counter() - begun
        if leave:
            os.write(terminal, b"leave now\n")
            with contextlib.suppress(OSError):
                while os.read(terminal, 65536):
                    pass
        return took
    finally:
        os.kill(pid, 9)
        os.close(terminal)
        os.waitpid(pid, 0)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=11)
    options.add_argument("--lesson", default="layers")
    options.add_argument("--engine-address", default=os.environ.get("DOCKER_HOST", ""))
    options.add_argument("more", nargs="*")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "HOME": home,
            "XDG_CACHE_HOME": f"{home}/cache",
            "LABRUNNER_DATA": f"{home}/data",
            "SHELL": "/bin/bash",
            "TERM": "xterm-256color",
            "DOCKER_HOST": chosen.engine_address,
        }
        Path(home, ".bashrc").write_text("PS1='ready> '\n")
        ours = [sys.executable, "-m", "labrunner", "start", chosen.lesson, "--engine", "docker", *chosen.more]
        bare = [sys.executable, "-c", BARE]
        until(ours, b"ready>", environment, leave=True)
        until(bare, b"ready>", environment)
        mine, theirs = [], []
        for _ in range(chosen.runs):
            mine.append(until(ours, b"ready>", environment))
            theirs.append(until(bare, b"ready>", environment))
    ratio = statistics.median(m / t for m, t in zip(mine, theirs, strict=True))
    print(f"labrunner, first step and live prompt: {statistics.median(mine) * 1000:6.1f} ms")
    print(f"bare PromptSession().prompt():         {statistics.median(theirs) * 1000:6.1f} ms")
    print(f"ratio (median of the pairs):           {ratio:6.2f}   (asked: at most 0.60)")


if __name__ == "__main__":
    main()
