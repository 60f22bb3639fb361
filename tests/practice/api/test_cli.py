"""The unmodified docker CLI against the practice engine: what a learner types, and what comes back."""

import json
import re
import select
import signal
import subprocess
import tarfile
from pathlib import Path

import pexpect
import pytest

from tests.practice.api.conftest import Docker


@pytest.fixture(scope="module", autouse=True)
def pulled(docker: Docker) -> None:
    docker("pull", "alpine")


def test_version_names_the_engine(docker: Docker) -> None:
    told = json.loads(docker("version", "--format", "json").stdout)

    assert told["Server"]["Platform"]["Name"] == "labrunner practice engine"
    assert told["Server"]["Version"] == "28.5.2+practice"
    assert told["Server"]["ApiVersion"] == "1.51"


def test_info_says_what_is_simulated(docker: Docker) -> None:
    done = docker("info")

    assert "labrunner practice engine (simulated containers)" in done.stdout
    assert "containers are simulated" in done.stderr


def test_pull_again_is_up_to_date(docker: Docker) -> None:
    done = docker("pull", "alpine")

    assert done.stdout.startswith(
        "Using default tag: latest\nlatest: Pulling from library/alpine\nDigest: sha256:"
    )
    assert "Status: Image is up to date for alpine:latest\ndocker.io/library/alpine:latest\n" in done.stdout


def test_an_image_that_is_not_there(docker: Docker) -> None:
    done = docker("inspect", "nosuch", ok=False)
    assert done.stderr.strip().lower() == "error: no such object: nosuch"

    done = docker("rmi", "nosuch", ok=False)
    assert done.stderr == "Error response from daemon: No such image: nosuch:latest\n"

    done = docker("tag", "nosuch", "x", ok=False)
    assert done.stderr == "Error response from daemon: No such image: nosuch:latest\n"


def test_images_tag_history_and_rmi(docker: Docker) -> None:
    docker("tag", "alpine", "student/box:1.0")
    rows = docker("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference=student/*").stdout
    assert rows == "student/box:1.0\n"

    assert "alpine" in docker("image", "ls").stdout
    assert len(docker("history", "-q", "alpine").stdout.split()) >= 1
    assert docker("rmi", "student/box:1.0").stdout == "Untagged: student/box:1.0\n"


def test_run_prints_and_returns_the_status(docker: Docker) -> None:
    assert docker("run", "--rm", "alpine", "echo", "hello").stdout == "hello\n"
    assert docker("run", "--rm", "alpine", "sh", "-c", "echo oops >&2; exit 3", ok=False).returncode == 3
    assert docker("run", "--rm", "-i", "alpine", "cat", stdin="typed\n").stdout == "typed\n"


def test_run_of_what_is_not_there_is_127(docker: Docker) -> None:
    done = docker("run", "--rm", "alpine", "nosuchprogram", ok=False)

    assert done.returncode == 127
    assert 'exec: "nosuchprogram": executable file not found in $PATH' in done.stderr
    assert docker("ps", "-aq", "--filter", "ancestor=alpine", "--filter", "status=created").stdout == ""


def test_a_container_that_goes_on(docker: Docker) -> None:
    name = docker("run", "-d", "--name", "clock", "alpine", "sh", "-c", "echo one; sleep 300").stdout.strip()
    try:
        assert re.fullmatch("[0-9a-f]{64}", name)
        row = docker("ps", "--filter", "name=clock", "--format", "{{.Names}} {{.Image}} {{.State}}").stdout
        assert row == "clock alpine running\n"
        assert docker("logs", "clock").stdout == "one\n"
        assert docker("exec", "clock", "sh", "-c", "echo in; exit 4", ok=False).returncode == 4
        assert docker("exec", "clock", "nosuch", ok=False).returncode == 127
        done = docker("rm", "clock", ok=False)
        assert done.stderr == (
            'Error response from daemon: cannot remove container "clock": container is running: '
            "stop the container before removing or force remove\n"
        )
        done = docker("run", "--name", "clock", "alpine", ok=False)
        assert done.returncode == 125
        assert f'The container name "/clock" is already in use by container "{name}"' in done.stderr
        assert docker("stop", "-t", "1", "clock").stdout == "clock\n"
        assert docker("inspect", "-f", "{{.State.Status}}", "clock").stdout == "exited\n"
    finally:
        docker("rm", "-f", "clock")


def test_logs_follow_until_the_end(docker: Docker) -> None:
    docker("run", "-d", "--name", "short", "alpine", "sh", "-c", "echo a; sleep 1; echo b")
    try:
        assert docker("logs", "-f", "short").stdout == "a\nb\n"
        assert docker("wait", "short").stdout == "0\n"
    finally:
        docker("rm", "-f", "short")


def test_ctrl_c_ends_a_container_in_the_foreground(
    docker: Docker, environment: dict[str, str], cli_path: str
) -> None:
    child = subprocess.Popen(
        [cli_path, "run", "--init", "--name", "fore", "alpine", "sh", "-c", "echo up; sleep 300"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "up\n"
        child.send_signal(signal.SIGINT)
        assert child.wait(15) == 130
    finally:
        child.kill()
        docker("rm", "-f", "fore")


def test_a_killed_client_of_run_d_leaves_the_container(docker: Docker, environment: dict[str, str]) -> None:
    docker("run", "-d", "--name", "stays", "alpine", "sleep", "300")
    assert docker("ps", "-q", "--filter", "name=stays").stdout
    docker("rm", "-f", "stays")


def test_a_terminal(docker: Docker, environment: dict[str, str], cli_path: str) -> None:
    child = pexpect.spawn(
        cli_path,
        ["run", "-it", "--rm", "--name", "term", "alpine", "sh"],
        env=environment,
        timeout=15,
        encoding="utf-8",
    )
    child.expect(r"[#$] ")
    child.sendline("echo $((6*7))")
    child.expect("42\r\n")
    child.expect(r"[#$] ")
    child.sendline("exit 5")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 5


def test_exec_with_a_terminal(docker: Docker, environment: dict[str, str], cli_path: str) -> None:
    docker("run", "-d", "--name", "box", "alpine", "sleep", "300")
    try:
        child = pexpect.spawn(
            cli_path,
            ["exec", "-it", "box", "sh"],
            env=environment,
            timeout=15,
            encoding="utf-8",
        )
        child.expect(r"[#$] ")
        child.sendline("echo made > /made; exit")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        assert docker("exec", "box", "cat", "/made").stdout == "made\n"
        assert "A /made" in docker("diff", "box").stdout
    finally:
        docker("rm", "-f", "box")


def test_cp_both_ways(docker: Docker, tmp_path: Path) -> None:
    docker("create", "--name", "files", "alpine", "true")
    try:
        (tmp_path / "in.txt").write_text("carried")
        docker("cp", str(tmp_path / "in.txt"), "files:/root/")
        docker("cp", "files:/root/in.txt", str(tmp_path / "out.txt"))
        assert (tmp_path / "out.txt").read_text() == "carried"

        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "a").write_text("a")
        docker("cp", str(tmp_path / "folder"), "files:/srv")
        docker("cp", "files:/srv/folder", str(tmp_path / "back"))
        assert (tmp_path / "back" / "a").read_text() == "a"

        done = docker("cp", "files:/nosuch", str(tmp_path), ok=False)
        assert "Could not find the file /nosuch in container files" in done.stderr
    finally:
        docker("rm", "-f", "files")


def test_commit_and_export(docker: Docker, tmp_path: Path) -> None:
    docker("run", "--name", "changed", "alpine", "sh", "-c", "echo new > /new")
    try:
        image = docker(
            "commit", "-m", "a file", "-c", 'CMD ["cat","/new"]', "changed", "mine:1"
        ).stdout.strip()
        assert image.startswith("sha256:")
        assert docker("run", "--rm", "mine:1").stdout == "new\n"
        assert docker("history", "--format", "{{.Comment}}", "mine:1").stdout.splitlines()[0] == "a file"

        docker("export", "-o", str(tmp_path / "e.tar"), "changed")
        with tarfile.open(tmp_path / "e.tar") as tar:
            assert "new" in tar.getnames()
    finally:
        docker("rm", "-f", "changed")
        docker("rmi", "-f", "mine:1", ok=False)


def test_build_with_the_classic_builder(docker: Docker, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(
        'FROM alpine\nCOPY note.txt /note.txt\nRUN echo built >> /note.txt\nCMD ["cat", "/note.txt"]\n'
    )
    (tmp_path / "note.txt").write_text("copied\n")
    done = docker("build", "-t", "noted:1", ".", cwd=tmp_path)
    assert "Step 1/4 : FROM alpine\n" in done.stdout
    assert "Successfully tagged noted:1\n" in done.stdout
    assert docker("run", "--rm", "noted:1").stdout == "copied\nbuilt\n"

    again = docker("build", "-t", "noted:1", ".", cwd=tmp_path)
    assert again.stdout.count(" ---> Using cache\n") == 3

    quiet = docker("build", "-q", ".", cwd=tmp_path)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}\n", quiet.stdout)


def test_a_build_that_fails(docker: Docker, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM alpine\nRUN false\n")
    done = docker("build", ".", cwd=tmp_path, ok=False)

    assert done.returncode == 1
    assert "The command '/bin/sh -c false' returned a non-zero code: 1" in done.stderr


def test_save_and_load(docker: Docker, tmp_path: Path) -> None:
    docker("tag", "alpine", "keep:1")
    before = docker("inspect", "-f", "{{.Id}}", "keep:1").stdout
    docker("save", "-o", str(tmp_path / "k.tar"), "keep:1")
    docker("rmi", "keep:1")
    assert docker("load", "-i", str(tmp_path / "k.tar")).stdout == "Loaded image: keep:1\n"
    assert docker("inspect", "-f", "{{.Id}}", "keep:1").stdout == before
    docker("rmi", "keep:1")


def test_events_are_heard_as_they_happen(docker: Docker, environment: dict[str, str], cli_path: str) -> None:
    child = subprocess.Popen(
        [cli_path, "events", "--filter", "type=image", "--format", "{{.Action}} {{.Actor.Attributes.name}}"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        # The client says nothing when it has begun to listen: the tag is set again until it is heard.
        for _ in range(50):
            docker("tag", "alpine", "heard:1")
            if select.select([child.stdout], [], [], 0.2)[0]:
                break
        assert child.stdout.readline() == "tag heard:1\n"
    finally:
        child.kill()
        child.wait()
        docker("rmi", "heard:1")


def test_system_df_and_prunes(docker: Docker) -> None:
    assert "Images" in docker("system", "df").stdout
    assert "alpine" in docker("system", "df", "-v").stdout
    docker("container", "prune", "-f")
    docker("image", "prune", "-f")
    docker("builder", "prune", "-f")


def test_volumes_and_networks(docker: Docker) -> None:
    assert docker("volume", "create", "data").stdout == "data\n"
    docker("run", "--rm", "-v", "data:/data", "alpine", "sh", "-c", "echo kept > /data/f")
    assert docker("run", "--rm", "-v", "data:/data", "alpine", "cat", "/data/f").stdout == "kept\n"
    docker("volume", "rm", "data")
    assert re.fullmatch("[0-9a-f]{64}\n", docker("network", "create", "front").stdout)
    assert set(docker("network", "ls", "--format", "{{.Name}}").stdout.split()) == {
        "bridge",
        "front",
        "host",
        "none",
    }
    docker("network", "rm", "front")


def test_what_needs_a_swarm_says_so(docker: Docker) -> None:
    done = docker("service", "ls", ok=False)

    assert "This node is not a swarm manager." in done.stderr
