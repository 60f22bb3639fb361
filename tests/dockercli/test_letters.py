"""Tables of the built-in command have the columns of the real one, to the letter."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from labrunner.dockercli.launcher import install
from tests.dockercli.conftest import Shell

NGINX, ALPINE = "nginx:1.31-alpine", "alpine:3.24"
TABLES = (
    "images",
    "images -a --digests",
    "images --no-trunc",
    "images --format json",
    f"history {NGINX}",
    f"history --no-trunc {ALPINE}",
    f"history --format json {ALPINE}",
    "volume ls",
    "network ls",
    "network ls --format json",
    "system df",
    "system df --format json",
    "search nginx",
    "search --format json nginx",
    "search --no-trunc --limit 3 node",
    "context ls",
    "stats --no-stream lab-web",
    "stats --no-stream --format json",
    "top lab-web",
    "top lab-web -ef",
    "port lab-web",
    "ps --format {{.Ports}}",
    'ps -a --format table\u00a0{{.ID}}\\t{{.Names}}\\t{{.Command}}\\t{{.Label\u00a0"maintainer"}}',
    "inspect lab-once",
    f"image inspect {ALPINE}",
    "volume inspect lab-data",
    "network inspect bridge",
)
"""The hard blank stands for one inside a word."""
TRIES = 5
"""`3 seconds ago` may be four by the time of the second command."""


@pytest.fixture(scope="module")
def furnished(address: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("furnished")
    own = Shell(program=install(folder / "bin") / "docker", home=folder, address=address)
    for line in (
        f"pull -q {NGINX}",
        f"pull -q {ALPINE}",
        f"run -d --name lab-web -p 127.0.0.1::80 -p 127.0.0.1::90-92 --expose 99 --expose 8000-8002 {NGINX}",
        f"run --name lab-once {ALPINE} echo hello my long friend",
        "volume create lab-data",
        "network create lab-net",
        # Not a second name for alpine: docker lists the names of one image in an order that varies.
        "commit lab-once localhost:5000/some/long/name:and-a-tag",
    ):
        own.ok(*line.split())


@pytest.mark.usefixtures("furnished")
@pytest.mark.parametrize("line", TABLES)
def test_a_table(line: str, own: Shell, engines: Mapping[str, str]) -> None:
    words = [word.replace("\u00a0", " ") for word in line.split(" ")]
    real = replace(own, program=Path(engines["LABRUNNER_DOCKER_CLI28"]))
    for _ in range(TRIES):
        theirs, ours = real.run(*words), own.run(*words)
        if ours.stdout == theirs.stdout:
            break

    assert (ours.stdout, ours.stderr, ours.returncode) == (theirs.stdout, theirs.stderr, theirs.returncode)
