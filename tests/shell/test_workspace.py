"""The lesson's folder holds the lesson's files, and nothing of it leaves the folder."""

import json
from pathlib import Path

import pytest

from labrunner.errors import ShellError
from labrunner.lesson.model import WorkspaceFile
from labrunner.shell.workspace import (
    Private,
    log_out,
    prepare,
    private_folders,
    put_aside,
    shell_environment,
)

DOCKERFILE = WorkspaceFile(path="Dockerfile", content=b"FROM nginx\n")
START = WorkspaceFile(path="start.sh", content=b"#!/bin/sh\n", executable=True)


def test_files_are_placed_where_they_are_missing(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    (folder / "Dockerfile").write_bytes(b"the learner's own\n")

    prepare(folder, (DOCKERFILE, WorkspaceFile(path="site/index.html", content=b"<p>\n"), START))

    assert (folder / "Dockerfile").read_bytes() == b"the learner's own\n"
    assert (folder / "site/index.html").read_bytes() == b"<p>\n"
    assert (folder / "start.sh").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", "", "a\0b", "link/out", "dangling"])
def test_no_file_leaves_the_workspace(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    (folder / "dangling").symlink_to(tmp_path / "out")

    with pytest.raises(ShellError, match="outside its workspace"):
        prepare(folder, (WorkspaceFile(path=name, content=b"x"),))

    assert not (tmp_path / "out").exists()


def test_a_link_within_the_workspace_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    (folder / "real").mkdir(parents=True)
    (folder / "link").symlink_to("real")

    prepare(folder, (WorkspaceFile(path="link/file", content=b"x"),))

    assert (folder / "real/file").read_bytes() == b"x"


def test_the_docker_command_gets_folders_of_its_own_and_the_learners_plugins(tmp_path: Path) -> None:
    (tmp_path / "home/.docker/cli-plugins").mkdir(parents=True)
    (tmp_path / "home/.docker/cli-plugins/docker-buildx").touch()

    for _ in range(2):
        private = private_folders(tmp_path / "private", tmp_path / "home")

    assert (private.docker_config / "cli-plugins/docker-buildx").exists()
    assert private.docker_config.stat().st_mode & 0o777 == 0o700


def test_the_environment_leads_docker_to_the_lessons_engine(tmp_path: Path) -> None:
    learners = {
        "HOME": "/home/ana",
        "DOCKER_CONTEXT": "desktop",
        "DOCKER_HOST": "tcp://prod:2376",
        "DOCKER_TLS_VERIFY": "1",
        "BUILDX_BUILDER": "remote",
    }
    private = Private(docker_config=tmp_path / "docker", buildx_config=tmp_path / "buildx")

    environment = shell_environment(learners, engine="unix:///run/lab.sock", private=private, lesson="layers")

    assert environment == {
        "HOME": "/home/ana",
        "DOCKER_HOST": "unix:///run/lab.sock",
        "DOCKER_CONFIG": str(tmp_path / "docker"),
        "BUILDX_CONFIG": str(tmp_path / "buildx"),
        "DOCKER_CLI_DISABLE_OAUTH_LOGIN": "1",
        "DOCKER_CLI_HINTS": "false",
        "LABRUNNER_LESSON": "layers",
    }


def test_logins_stay_in_the_lessons_own_file(tmp_path: Path) -> None:
    private = private_folders(tmp_path / "private", tmp_path / "home")
    config = private.docker_config / "config.json"

    assert json.loads(config.read_text()) == {"credHelpers": {"labrunner.invalid": ""}}
    assert config.stat().st_mode & 0o777 == 0o600
    config.write_text('{"auths": {"localhost:5001": {"auth": "eA=="}}}')
    private_folders(tmp_path / "private", tmp_path / "home")
    assert "localhost:5001" in config.read_text()


def test_a_workspace_begun_anew_is_as_it_was_and_the_learners_files_are_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    prepare(folder, (DOCKERFILE, START))
    (folder / "Dockerfile").write_bytes(b"FROM busybox\n")
    (folder / "site").mkdir()
    (folder / "site/mine.html").touch()

    aside = put_aside(folder, (DOCKERFILE, START))

    assert aside == tmp_path / "lesson-before-redo-1"
    assert (aside / "Dockerfile").read_bytes() == b"FROM busybox\n"
    assert (aside / "site/mine.html").exists()
    assert sorted(path.name for path in folder.iterdir()) == ["Dockerfile", "start.sh"]
    assert (folder / "Dockerfile").read_bytes() == DOCKERFILE.content

    (folder / "note").touch()
    assert put_aside(folder, (DOCKERFILE, START)) == tmp_path / "lesson-before-redo-2"


def test_nothing_is_put_aside_where_nothing_has_changed(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    prepare(folder, (DOCKERFILE, START))
    (folder / "Dockerfile").unlink()

    assert put_aside(folder, (DOCKERFILE, START)) is None
    assert (folder / "Dockerfile").read_bytes() == DOCKERFILE.content
    assert [path.name for path in tmp_path.iterdir()] == ["lesson"]


def test_logging_out_forgets_every_account(tmp_path: Path) -> None:
    private = private_folders(tmp_path / "private", tmp_path)
    config = private.docker_config / "config.json"
    config.write_text('{"auths": {"localhost:5001": {"auth": "c3R1ZGVudA=="}}}')

    log_out(private.docker_config)

    assert "auths" not in json.loads(config.read_text())
