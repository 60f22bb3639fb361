"""A practice engine for a module of tests, the built-in docker command, and a home to call it from."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pytest

from labrunner.dockercli.launcher import install
from labrunner.practice.hub.accounts import Accounts
from tests.practice.place import new_engine

Ran = subprocess.CompletedProcess[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Somebody at a terminal, or a script, with `docker` on PATH."""

    program: Path
    home: Path
    address: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.pathsep.join([str(self.program.parent), os.environ.get("PATH", os.defpath)]),
            "HOME": str(self.home),
            "DOCKER_CONFIG": str(self.home / ".docker"),
            "DOCKER_HOST": self.address,
            "DOCKER_CLI_DISABLE_OAUTH_LOGIN": "1",
            "DOCKER_CLI_HINTS": "false",
            "TERM": "xterm",
            "LANG": "C.UTF-8",
        }

    def run(self, *words: str) -> Ran:
        return subprocess.run(
            [self.program, *words],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ok(self, *words: str) -> str:
        ran = self.run(*words)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def at_terminal(self, *words: str, columns: int = 90) -> "pexpect.spawn[str]":
        child = pexpect.spawn(
            str(self.program),
            list(words),
            env=self.environment,
            timeout=20,
            encoding="utf-8",
            dimensions=(30, columns),
        )
        child.delaybeforesend = None
        return child


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with new_engine() as address:
        yield address


@pytest.fixture(scope="module")
def account(address: str) -> None:
    """me, with the password secret, at the practice engine's Docker Hub."""
    Accounts(Path(address.removeprefix("unix://")).parent / "hub/accounts.json").add("me", "secret")


@pytest.fixture
def own(address: str, tmp_path: Path) -> Shell:
    """The built-in command."""
    (tmp_path / "home").mkdir()
    return Shell(program=install(tmp_path / "bin") / "docker", home=tmp_path / "home", address=address)


Ended = Callable[["pexpect.spawn[str]"], tuple[str, int]]


@pytest.fixture
def ended() -> Ended:
    """What is left of the output, and the exit status."""

    def wait(child: "pexpect.spawn[str]") -> tuple[str, int]:
        child.expect(pexpect.EOF)
        before = str(child.before)
        child.close()
        assert child.exitstatus is not None
        return before, int(child.exitstatus)

    return wait
