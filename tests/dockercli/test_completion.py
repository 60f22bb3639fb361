"""What a shell completes, by the protocol that docker's own completion scripts speak, and in real shells."""

import shutil
import subprocess

import pytest

from tests.dockercli.conftest import Shell


def completed(own: Shell, *words: str) -> list[str]:
    *candidates, directive = own.ok("__complete", *words).splitlines()
    assert directive == (":4" if candidates else ":0")
    return candidates


def test_commands_groups_and_options(own: Shell) -> None:
    assert completed(own, "im") == ["image", "images", "import"]
    assert completed(own, "image", "p") == ["prune", "pull", "push"]
    assert completed(own, "run", "--pub") == ["--publish", "--publish-all"]
    assert completed(own, "nosuch", "") == []


def test_names_of_what_is_there(own: Shell) -> None:
    own.ok("pull", "-q", "alpine:3.24")
    own.ok("create", "--name", "lab-made", "alpine:3.24", "true")
    own.ok("volume", "create", "lab-data")

    assert completed(own, "rmi", "al") == ["alpine:3.24"]
    assert completed(own, "image", "history", "") == ["alpine:3.24"]
    assert completed(own, "rm", "lab") == ["lab-made"]
    assert completed(own, "stop", "lab") == []
    assert completed(own, "volume", "rm", "") == ["lab-data"]
    assert completed(own, "network", "rm", "") == ["bridge", "host", "none"]


def test_without_an_engine_there_are_no_names_and_no_complaint(own: Shell) -> None:
    nobody = Shell(program=own.program, home=own.home, address="unix:///nowhere/docker.sock")

    ran = nobody.run("__complete", "rmi", "")

    assert (ran.stdout, ran.stderr, ran.returncode) == (":0\n", "", 0)


@pytest.mark.parametrize(
    ("shell", "asks"),
    [
        (
            "bash",
            'eval "$(docker completion bash)"; COMP_WORDS=(docker image p) COMP_CWORD=2; '
            "_labrunner_docker; echo ${COMPREPLY[@]}",
        ),
        ("fish", 'docker completion fish | source; complete -C "docker image p" | string join " "'),
    ],
)
def test_a_real_shell_completes(shell: str, asks: str, own: Shell) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"no {shell} on this machine")
    ran = subprocess.run(
        [program, "-c", asks], env=own.environment, capture_output=True, text=True, timeout=30, check=False
    )

    assert (ran.stdout.split(), ran.stderr) == (["prune", "pull", "push"], "")


def test_zsh_takes_the_script(own: Shell) -> None:
    program = shutil.which("zsh")
    if program is None:
        pytest.skip("no zsh on this machine")
    asks = 'autoload -Uz compinit; compinit -u; eval "$(docker completion zsh)"; print ${_comps[docker]}'
    ran = subprocess.run(
        [program, "-f", "-c", asks],
        env=own.environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("_labrunner_docker\n", "")


def test_another_shell_is_refused(own: Shell) -> None:
    ran = own.run("completion", "tcsh")

    assert (ran.stderr, ran.returncode) == ("docker completion knows bash, zsh and fish, not tcsh\n", 1)
