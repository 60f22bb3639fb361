"""Which shell is started, and how."""

from pathlib import Path

import pytest

from labrunner.errors import ShellError
from labrunner.shell.integration import launch, rearming


def program(folder: Path, name: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).touch(mode=0o755)
    return str(folder / name)


def test_the_learners_own_shell_is_started(tmp_path: Path) -> None:
    fish = program(tmp_path / "own", "fish")

    how = launch(environment={"SHELL": fish, "PATH": ""}, directory="/", run_folder=str(tmp_path))

    assert (how.shell, how.argv[:2]) == ("fish", (fish, "-i"))


@pytest.mark.parametrize("shell", ["/usr/bin/tcsh", "/nowhere/bash", ""])
def test_bash_is_started_for_any_other_shell(tmp_path: Path, shell: str) -> None:
    bash = program(tmp_path / "bin", "bash")

    how = launch(
        environment={"SHELL": shell, "PATH": f"/nowhere:{tmp_path}/bin"},
        directory="/",
        run_folder=str(tmp_path),
    )

    assert (how.shell, how.argv[0]) == ("bash", bash)


def test_a_fish_learner_is_fed_with_bash(tmp_path: Path) -> None:
    environment = {"SHELL": program(tmp_path / "bin", "fish"), "PATH": f"{tmp_path}/bin"}
    bash = program(tmp_path / "bin", "bash")

    how = launch(environment=environment, directory="/", run_folder=str(tmp_path), fed=True)

    assert how.argv[:2] == (bash, "--noediting")


def test_without_any_shell_there_is_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(ShellError) as raised:
        launch(environment={"PATH": str(tmp_path)}, directory="/", run_folder=str(tmp_path))

    assert raised.value.remedy.startswith("Install bash")


def test_every_session_has_a_nonce_of_its_own_that_is_not_typed(tmp_path: Path) -> None:
    environment = {"SHELL": program(tmp_path / "bin", "bash"), "PATH": ""}
    one, two = (launch(environment=environment, directory="/", run_folder=str(tmp_path)) for _ in range(2))

    command = rearming(one, "bash", 42)

    assert one.nonce != two.nonce
    assert len(one.nonce) == 32
    assert one.nonce not in command
    assert one.nonce in (tmp_path / "rearm").read_text()
