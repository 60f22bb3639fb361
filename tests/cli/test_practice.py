"""A machine with nothing but Python: no daemon, no docker command."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labrunner.progress.sqlite import open_store
from tests.cli.learner import begun, lines
from tests.cli.program import Home
from tests.cli.terminal import Terminal

LESSONS = ("layers", "nginx")


@pytest.fixture
def bare(home: Home, tmp_path: Path) -> Iterator[Home]:
    """PATH holds what a lab shell needs, and no docker."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for folder in os.environ["PATH"].split(os.pathsep):
        for program in Path(folder).glob("*") if Path(folder).is_dir() else ():
            if not program.name.startswith("docker") and not (programs / program.name).is_symlink():
                (programs / program.name).symlink_to(program)
    bare = Home(path=home.path, docker_host="", only=str(programs))
    yield bare
    bare.run("engine", "stop")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_is_done_without_docker(bare: Home, name: str) -> None:
    lesson = begun(bare, name, "auto")

    typed = "".join(f"{line}\n" for _, line in lines(lesson))
    ran = bare.run("start", name, "--plain", typed=typed)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "The lesson was begun here, so this is labrunner's practice engine" in ran.stderr
    told = json.loads(bare.run("status", "--json").stdout)["lessons"]
    assert next(each for each in told if each["id"] == name)["done"]


@pytest.mark.timeout(240)
def test_a_lesson_is_demonstrated_without_docker(bare: Home) -> None:
    ran = bare.run("demo", "nginx", "--speed", "instant")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "No Docker engine answers here, so this is labrunner's practice engine" in ran.stderr


def test_the_engine_is_started_looked_at_and_stopped(bare: Home) -> None:
    assert bare.run("engine", "status").returncode == 9

    started = bare.run("engine", "start")
    assert started.returncode == 0, started.stderr
    address = re.search(r"unix://\S+(?=\.)", started.stdout)
    assert address is not None
    told = bare.run("engine", "status").stdout
    assert address[0] in told
    assert re.search(r"lab registry is at localhost:\d+;", told)
    assert f"DOCKER_HOST={address[0]}" in bare.run("engine", "env").stdout
    assert bare.run("engine", "stop").stdout == "The practice engine has stopped; its images stay.\n"
    assert bare.run("engine", "status").returncode == 9


def test_reset_shows_what_goes_and_takes_it_away(bare: Home) -> None:
    bare.run("engine", "start")

    asked = bare.run("engine", "reset")
    assert asked.returncode == 2
    assert "--yes" in asked.stderr

    assert bare.run("engine", "reset", "--yes").returncode == 0
    assert bare.run("engine", "status").returncode == 9


def test_env_lets_a_shell_talk_to_it(bare: Home) -> None:
    script = f'eval "$({sys.executable} -m labrunner engine env)"; docker pull -q alpine; docker image ls -q | wc -l'
    ran = subprocess.run(
        ["/bin/bash", "-c", script],
        env=bare.environment(),
        cwd=bare.path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["docker.io/library/alpine:latest", "1"]


def test_an_account_that_cannot_be_one_is_asked_for_again_and_logs_in_with_the_labs_password(
    bare: Home,
) -> None:
    with Terminal(bare, "start", "tagging") as lab:
        lab.reads("Your account at the registry")
        lab.types("\x7f" * len("student") + "Pat")
        lab.reads("cannot be used here")
        lab.reads("Your account at the registry")
        lab.types("\x7f" * len("student") + "pat")
        lab.reads("/pat/lab-nginx")
        lab.prompt()
        store = open_store(bare.path / "data" / "progress.sqlite3")
        opening = store.opening("tagging")
        store.close()
        assert opening is not None
        lab.types(f"docker login {opening.values['registry']} -u pat -p student")
        lab.reads("Login Succeeded")
        lab.prompt()
        assert lab.leaves("tagging") == 0


def test_redo_puts_the_learners_files_aside_and_begins_with_those_of_the_lesson(bare: Home) -> None:
    with Terminal(bare, "start", "dockerfile") as lab:
        lab.reads("step 1 of 12")
        lab.prompt()
        lab.types("echo '# mine' >> Dockerfile")
        lab.prompt()
        lab.types("redo")
        lab.reads("Your files were put aside, in")
        lab.reads("step 1 of 12")
        lab.prompt()
        lab.types("tail -n 1 Dockerfile ../dockerfile-before-redo-1/Dockerfile")
        lab.reads("==> Dockerfile <==\r\nCMD [")
        lab.reads("# mine")
        lab.prompt()
        assert lab.leaves("dockerfile") == 0
