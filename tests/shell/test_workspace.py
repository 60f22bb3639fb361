"""The lesson's folder holds the lesson's files, and nothing of it leaves the folder."""

import json
from pathlib import Path

import pytest

from labrunner.errors import ShellError
from labrunner.shell.workspace import Private, prepare, private_folders, shell_environment


def test_files_are_placed_where_they_are_missing(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    (folder / "Dockerfile").write_bytes(b"the learner's own\n")

    placed = prepare(folder, {"Dockerfile": b"FROM nginx\n", "site/index.html": b"<p>\n"})

    assert placed == (folder / "site/index.html",)
    assert (folder / "Dockerfile").read_bytes() == b"the learner's own\n"
    assert (folder / "site/index.html").read_bytes() == b"<p>\n"


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", "", "a\0b", "link/out", "dangling"])
def test_no_file_leaves_the_workspace(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "lesson"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path)
    (folder / "dangling").symlink_to(tmp_path / "out")

    with pytest.raises(ShellError, match="outside its workspace"):
        prepare(folder, {name: b"x"})

    assert not (tmp_path / "out").exists()


def test_a_link_within_the_workspace_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "lesson"
    (folder / "real").mkdir(parents=True)
    (folder / "link").symlink_to("real")

    prepare(folder, {"link/file": b"x"})

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
