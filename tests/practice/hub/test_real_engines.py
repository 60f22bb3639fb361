"""The lab registry and the stand-ins, as real engines and skopeo see them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from labrunner.practice.hub.catalogue import Catalogue

IMAGE = "library/nginx:1.31-alpine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where somebody types docker commands at one engine, with a lab registry beside it."""

    command: str
    environment: Mapping[str, str]
    registry: str
    containerd: bool

    def run(self, *words: str, typed: str = "") -> str:
        """What is printed, by a command that succeeds."""
        done = self._run(*words, typed=typed)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def fail(self, *words: str, typed: str = "") -> str:
        """The last line of what a failing command complains of."""
        done = self._run(*words, typed=typed)
        assert done.returncode == 1, done.stdout
        return done.stderr.strip().splitlines()[-1]

    def login(self, name: str = "student") -> None:
        assert "Login Succeeded" in self.run(
            "login", self.registry, "-u", name, "--password-stdin", typed=name
        )

    def _run(self, *words: str, typed: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.command, *words],
            input=typed,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@contextmanager
def alone(folder: Path) -> Iterator[str]:
    """The lab registry as a process of its own, and its address."""
    command = [
        sys.executable,
        "-m",
        "labrunner.practice.hub.registry",
        "--folder",
        str(folder),
        "--port",
        "0",
    ]
    command += ["--account", "student:student", "--account", "ana:ana", "--catalogue"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("lab registry on 127.0.0.1:"), said
            yield "localhost:" + said.strip().rpartition(":")[2]
        finally:
            process.terminate()
            assert process.wait(20) == 0


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    with alone(tmp_path / "registry") as address:
        yield address


@pytest.fixture
def terminal(engines: Mapping[str, str], clean_engine: str, tmp_path: Path, registry: str) -> Terminal:
    command = (
        "LABRUNNER_DOCKER_CLI20"
        if clean_engine == engines.get("LABRUNNER_DOCKER20")
        else "LABRUNNER_DOCKER_CLI28"
    )
    (tmp_path / "config").mkdir()
    return Terminal(
        command=engines[command],
        environment={
            "PATH": os.defpath,
            "DOCKER_HOST": clean_engine,
            "DOCKER_CONFIG": str(tmp_path / "config"),
        },
        registry=registry,
        containerd=clean_engine == engines.get("LABRUNNER_DOCKER28_CONTAINERD"),
    )


def test_a_stand_in_has_the_lock_s_digests_on_a_real_engine(terminal: Terminal) -> None:
    locked = Catalogue.load().locked["nginx:1.31-alpine"]
    name = f"{terminal.registry}/{IMAGE}"
    terminal.login()

    terminal.run("pull", name)

    (image,) = json.loads(terminal.run("image", "inspect", name))
    assert image["Id"] == locked["digest" if terminal.containerd else "id"]
    assert image["RepoDigests"] == [f"{terminal.registry}/library/nginx@{locked['digest']}"]
    assert len(image["RootFS"]["Layers"]) == 8
    if not terminal.containerd:
        assert image["Size"] == locked["size"]


def test_logging_in_pushing_and_pulling_back(terminal: Terminal) -> None:
    mine = f"{terminal.registry}/student/nginx"
    terminal.login()
    terminal.run("pull", f"{terminal.registry}/{IMAGE}")
    terminal.run("tag", f"{terminal.registry}/{IMAGE}", mine)
    terminal.run("tag", mine, f"{mine}:testing")

    first = terminal.run("push", mine)
    second = terminal.run("push", f"{mine}:testing")
    terminal.run("rmi", f"{terminal.registry}/{IMAGE}", mine, f"{mine}:testing")
    terminal.run("pull", "--all-tags", mine)

    assert first.count(": Pushed\n") == 8
    assert second.count(": Layer already exists\n") == 8
    digest = first.partition("latest: digest: ")[2].split()[0]
    assert f"testing: digest: {digest} size: " in second
    tags = terminal.run("image", "ls", "--format", "{{.Tag}}", mine).split()
    assert sorted(tags) == ["latest", "testing"]


def test_refusals_in_the_engine_s_own_words(terminal: Terminal) -> None:
    host = terminal.registry
    mine, other = f"{host}/student/nginx", f"{host}/ana/nginx"
    wrong = terminal.fail("login", host, "-u", "student", "--password-stdin", typed="wrong")
    anonymous = terminal.fail("pull", f"{host}/{IMAGE}")
    terminal.login()
    terminal.run("pull", f"{host}/{IMAGE}")
    for name in (mine, other):
        terminal.run("tag", f"{host}/{IMAGE}", name)
    denied = terminal.fail("push", other)
    missing = terminal.fail("pull", f"{mine}:nosuch")
    terminal.run("logout", host)
    early = terminal.fail("push", mine)

    assert wrong == (
        f"Error response from daemon: login attempt to http://{host}/v2/ failed with status: 401 Unauthorized"
    )
    if terminal.containerd:
        why = "authorization failed: no basic auth credentials"
        refused = f"repository does not exist or may require authorization: {why}"
        assert anonymous.endswith(f"pull access denied, {refused}")
        assert denied == "error from registry: requested access to the resource is denied"
        assert missing.endswith(f"{mine}:nosuch: not found")
        assert early == f"push access denied, {refused}"
    else:
        head = f'Head "http://{host}/v2/library/nginx/manifests/1.31-alpine"'
        assert anonymous == f"Error response from daemon: {head}: no basic auth credentials"
        assert denied == "denied: requested access to the resource is denied"
        assert missing == (
            f"Error response from daemon: manifest for {mine}:nosuch not found: manifest unknown: manifest unknown"
        )
        assert early == "no basic auth credentials"


def test_searching_the_lab_registry(terminal: Terminal) -> None:
    found = terminal.run(
        "search", "--filter", "is-official=true", "--format", "{{.Name}}", f"{terminal.registry}/nginx"
    )
    three = terminal.run("search", "--limit", "3", "--format", "{{.Name}}", f"{terminal.registry}/nginx")

    assert found.split() == ["nginx"]
    assert three.split() == ["nginx", "nginxinc/nginx-unprivileged", "bitnami/nginx"]


def test_skopeo_copies_inspects_lists_and_deletes(tmp_path: Path, registry: str) -> None:
    if shutil.which("skopeo") is None:
        pytest.skip("no skopeo here")
    name, archive = f"docker://{registry}/student/hello", f"docker-archive:{tmp_path / 'hello.tar'}"
    source = ["--src-tls-verify=false", "--src-creds=ana:ana"]
    target = ["--dest-tls-verify=false", "--dest-creds=student:student"]
    reading = ["--tls-verify=false", "--creds=student:student"]

    _skopeo("copy", *source, f"docker://{registry}/library/hello-world:latest", f"{archive}:hello:1")
    _skopeo("copy", *target, archive, f"{name}:1")
    _skopeo("copy", "--format=oci", *source, *target, f"{name}:1", f"{name}:oci")

    assert json.loads(_skopeo("list-tags", *reading, name))["Tags"] == ["1", "oci"]
    inspected = json.loads(_skopeo("inspect", "--config", *reading, f"{name}:1"))
    assert inspected["config"]["Labels"]["org.labrunner.standin"] == "true"
    _skopeo("delete", *reading, f"{name}:1")
    assert json.loads(_skopeo("list-tags", *reading, name))["Tags"] == ["oci"]


def _skopeo(*words: str) -> str:
    done = subprocess.run(["skopeo", *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
