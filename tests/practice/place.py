"""A practice engine of a test's own, and a home from which a learner types docker commands at it."""

import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pytest

from labrunner.dockercli.launcher import install
from labrunner.practice.hub.accounts import Accounts
from labrunner.practice.start import start, stop
from tests.engine import real


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    address: str
    home: Path
    environment: dict[str, str]

    def run(self, command: str, *, folder: str = "", typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.home / folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def write(self, path: str, text: str) -> None:
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def page(self, url: str, child: "pexpect.spawn[str]") -> str:
        """What is served there, as soon as it is; fails when the child ends before."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            assert child.isalive(), child.read()
            try:
                with urllib.request.urlopen(url, timeout=5) as answer:
                    return str(answer.read().decode())
            except (urllib.error.URLError, ConnectionError):
                child.expect([pexpect.TIMEOUT, r"\n"], timeout=0.05)
        raise AssertionError(f"nothing is served at {url}")


@contextmanager
def new_engine() -> Iterator[str]:
    """A practice engine that nobody else uses; its address."""
    # A socket's path is short; tmp_path would not be.
    folder = Path(tempfile.mkdtemp(prefix="lr-", dir="/tmp"))
    try:
        yield start(folder / "engine")
    finally:
        stop(folder / "engine")
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def opened(
    folder: Path, *, built_in: bool = False, accounts: Mapping[str, str] | None = None
) -> Iterator[Place]:
    """With the real docker command of the test engines and its buildx, or with labrunner's own."""
    home = folder / "home"
    (home / ".docker").mkdir(parents=True)
    programs = str(install(folder / "bin")) if built_in else _real_command(home)
    with new_engine() as address:
        known = Accounts(Path(address.removeprefix("unix://")).parent / "hub" / "accounts.json")
        for name, password in (accounts or {}).items():
            known.add(name, password)
        yield Place(
            address=address,
            home=home,
            environment={
                "PATH": os.pathsep.join([programs, os.environ.get("PATH", os.defpath)]),
                "HOME": str(home),
                "LANG": "C.UTF-8",
                "TERM": "xterm",
                "DOCKER_CONFIG": str(home / ".docker"),
                "DOCKER_HOST": address,
                "DOCKER_CLI_DISABLE_OAUTH_LOGIN": "1",
                "DOCKER_CLI_HINTS": "false",
            },
        )


def _real_command(home: Path) -> str:
    told = real.started()
    command = told.get("LABRUNNER_DOCKER_CLI28")
    if command is None:
        pytest.skip("no real docker command: tests/engines/up brings one")
    plugins = told.get("LABRUNNER_DOCKER_CLI28_PLUGINS")
    if plugins:
        (home / ".docker/cli-plugins").symlink_to(plugins)
    return str(Path(command).parent)
