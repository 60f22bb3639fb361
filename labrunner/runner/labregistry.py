"""The lab registry beside a real engine: a child process that lives as long as the lesson that pushes to it.

The practice engine serves one itself.
"""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner.errors import EngineError

FIRST_PORT = 5001
"""5000 is taken on a Mac, by AirPlay."""
PORTS_TRIED = 50
ACCOUNT, PASSWORD = "student", "student"
"""Of the lab; who calls himself otherwise has the same password."""


@contextmanager
def lab_registry(folder: Path, address: str, account: str = ACCOUNT) -> Iterator[None]:
    """Serve what is kept in `folder` at `address` (`localhost:5001`); `account` may push there, with the password
    of the lab. Raises EngineError where that cannot be."""
    port = address.rpartition(":")[2]
    command = [sys.executable, "-m", "labrunner.practice.hub.registry", "--until-eof"]
    for name in dict.fromkeys((ACCOUNT, account)):
        command += ["--account", f"{name}:{PASSWORD}"]
    child = subprocess.Popen(
        [*command, "--folder", str(folder), "--port", port],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert child.stdout is not None
        assert child.stderr is not None
        if not child.stdout.readline():
            why = child.stderr.read().strip().splitlines() or ["it ended at once"]
            raise EngineError(
                f"The lab registry cannot be served at {address}: {why[-1]}.",
                "Stop what listens there, or say where to push with --registry.",
            )
        yield
    finally:
        for stream in (child.stdin, child.stdout, child.stderr):
            if stream is not None:
                stream.close()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def free_address() -> str:
    """Where the lab registry of a new lesson can be."""
    return f"localhost:{free_port()}"


def free_port() -> int:
    """The first free one from 5001 on. Raises EngineError where all are taken."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if is_free(f"localhost:{port}"):
            return port
    raise EngineError(
        f"No port from {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1} is free for the lab registry.",
        "Stop a program that listens there.",
    )


def is_free(address: str) -> bool:
    """Whether it is a port of this machine on which nobody listens."""
    host, _, port = address.rpartition(":")
    if host not in ("localhost", "127.0.0.1") or not port.isdecimal():
        return False
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except (OSError, OverflowError):
            return False
    return True
