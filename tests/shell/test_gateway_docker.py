"""The real docker command, through the gateway, to real engines: everything it does, it does as before, and is noted."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from labrunner.shell.gateway import Asked, Gateway, Made
from labrunner.shell.terminal import Size
from tests.engine import real
from tests.shell.conftest import SitDown

pytestmark = pytest.mark.docker
LABEL = "org.labrunner.test=gateway"
IMAGE = "alpine:3.24"


class Docker:
    """The docker command with the gateway as its engine."""

    def __init__(self, program: str, address: str, folder: Path) -> None:
        self.program = program
        self.gateway = Gateway(
            address, str(folder / "gw" / "sock"), {"org.labrunner.test": "gateway"}, lambda: None
        )
        self.gateway.start()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "DOCKER_HOST": f"unix://{folder}/gw/sock",
            "DOCKER_BUILDKIT": "0",
        }

    def run(self, *arguments: str, status: int = 0, **how: Any) -> str:
        done: subprocess.CompletedProcess[bytes] = subprocess.run(
            [self.program, *arguments],
            env=self.environment,
            capture_output=True,
            timeout=60,
            check=False,
            **how,
        )
        assert done.returncode == status, done.stderr
        return done.stdout.decode()

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [self.program, *arguments], env=self.environment, stdout=subprocess.PIPE, text=True
        )

    def asked(self) -> list[str]:
        return [f"{noted.method} {noted.path}" for noted in self.gateway.take() if isinstance(noted, Asked)]


@pytest.fixture
def docker(clean_engine: str, engines: Mapping[str, str], tmp_path: Path) -> Iterator[Docker]:
    version = "20" if clean_engine == engines.get(real.VARIABLES["docker20"]) else "28"
    docker = Docker(engines[f"LABRUNNER_DOCKER_CLI{version}"], clean_engine, tmp_path)
    docker.run("pull", "-q", IMAGE)
    docker.gateway.take()
    yield docker
    docker.gateway.close()


def test_what_is_made_carries_the_label_and_is_told(docker: Docker) -> None:
    docker.run("create", "--name", "made", "--label", "own=1", IMAGE, "true")
    docker.run("network", "create", "made")
    docker.run("volume", "create", "made")
    made = [noted for noted in docker.gateway.take() if isinstance(noted, Made)]

    assert [(one.kind, one.name) for one in made] == [
        ("container", "made"),
        ("network", "made"),
        ("volume", "made"),
    ]
    container = json.loads(docker.run("inspect", made[0].id))[0]
    assert container["Config"]["Labels"]["own"] == "1"
    assert container["Config"]["Labels"]["org.labrunner.test"] == "gateway"
    assert docker.run("network", "ls", "-q", "--no-trunc", "--filter", f"label={LABEL}").split() == [
        made[1].id
    ]
    assert docker.run("volume", "ls", "-q", "--filter", f"label={LABEL}").split() == ["made"]


def test_a_classic_build_carries_the_label_and_buildkit_works(docker: Docker) -> None:
    dockerfile = f"FROM {IMAGE}\nRUN echo built >/built\n".encode()
    docker.run("build", "-t", "classic", "-", input=dockerfile)
    labels = json.loads(docker.run("image", "inspect", "-f", "{{json .Config.Labels}}", "classic"))
    assert labels["org.labrunner.test"] == "gateway"
    docker.environment["DOCKER_BUILDKIT"] = "1"
    docker.run("build", "-t", "kit", "-", input=dockerfile)
    assert docker.run("run", "--rm", "kit", "cat", "/built") == "built\n"


def test_stdin_output_and_status_pass_through_a_run(docker: Docker) -> None:
    data = os.urandom(300_000).hex()

    assert docker.run("run", "--rm", "-i", IMAGE, "cat", input=data.encode()) == data
    docker.run("run", "--rm", IMAGE, "sh", "-c", "exit 7", status=7)
    asked = docker.asked()
    assert "POST /containers/create" in asked
    assert any(one.endswith("/attach") for one in asked)


def test_exec_and_logs_follow(docker: Docker) -> None:
    docker.run(
        "run", "-d", "--name", "talks", IMAGE, "sh", "-c", "echo one; while read -r x; do :; done; sleep 60"
    )
    assert docker.run("exec", "-i", "talks", "cat", input=b"through exec") == "through exec"
    following = docker.start("logs", "-f", "talks")
    assert following.stdout is not None
    assert following.stdout.readline() == "one\n"
    docker.run("rm", "-f", "talks")
    assert following.wait(20) == 0


def test_events_arrive_at_once(docker: Docker) -> None:
    watching = docker.start("events", "--filter", "type=volume", "--format", "{{.Action}} {{.Actor.ID}}")
    assert watching.stdout is not None
    lines: list[str] = []
    came = threading.Event()

    def read() -> None:
        assert watching.stdout is not None
        lines.append(watching.stdout.readline())
        came.set()

    threading.Thread(target=read, daemon=True).start()
    deadline = time.monotonic() + 20
    while not came.wait(0.2):  # until the command listens
        docker.run("volume", "create", "seen")
        docker.run("volume", "rm", "seen")
        assert time.monotonic() < deadline
    watching.terminate()
    watching.wait(20)

    assert lines == ["create seen\n"]


def test_an_image_of_more_than_fifty_megabytes_is_saved_and_loaded(docker: Docker, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "noise").write_bytes(os.urandom(60_000_000))
    (tmp_path / "build" / "Dockerfile").write_text(f"FROM {IMAGE}\nCOPY noise /\n")
    docker.run("build", "-t", "big", str(tmp_path / "build"))
    identity = docker.run("image", "inspect", "-f", "{{.Id}}", "big")
    docker.run("save", "-o", str(tmp_path / "big.tar"), "big")
    docker.run("rmi", "big")
    docker.run("load", "-i", str(tmp_path / "big.tar"))

    assert docker.run("image", "inspect", "-f", "{{.Id}}", "big") == identity
    assert (tmp_path / "big.tar").stat().st_size > 50_000_000


def test_an_engine_that_is_gone_is_reported_in_dockers_own_words(docker: Docker, tmp_path: Path) -> None:
    gone = Docker(docker.program, f"unix://{tmp_path}/nothing.sock", tmp_path / "gone")
    done = subprocess.run(
        [gone.program, "ps"], env=gone.environment, capture_output=True, text=True, timeout=60, check=False
    )
    gone.gateway.close()

    assert done.returncode == 1
    assert f"annot connect to the Docker daemon at unix://{tmp_path}/gone/gw/sock" in done.stderr


def test_a_container_at_the_learners_terminal(docker: Docker, sit_down: SitDown) -> None:
    lab = sit_down(DOCKER_HOST=docker.environment["DOCKER_HOST"])
    lab.send(f"{docker.program} run --rm -it --name inner {IMAGE} sh\r")
    lab.shows("^/ #")
    columns = 90
    while f"30 {columns}" not in lab.text():  # a change just after the start may escape docker
        columns += 1
        lab.resize(Size(columns, 30))
        lab.expect("Resized")
        lab.send("stty size\r")
        lab.settle(0.3)
    lab.send("exit 7\r")
    ended = lab.expect("CommandEnded")
    assert ended["exit_status"] == 7
    assert lab.names("Resized") == ["CommandStarted", "CommandEnded"]
    assert lab.prompt().run_line("false")["exit_status"] == 1
