"""A shell for somebody who types is told from a shell that runs a script."""

import pytest

from labrunner.shell.front import shell_in


@pytest.mark.parametrize(
    ("command_line", "shell"),
    [
        ("bash", "bash"),
        ("-zsh", "zsh"),
        ("/usr/bin/fish --no-config", "fish"),
        ("bash --rcfile /tmp/rc -i", "bash"),
        ("bash -o vi +o histexpand", "bash"),
        ("sh", "sh"),
        ("bash script.sh", None),
        ("bash -x script.sh", None),
        ("sh -c ls", None),
        ("bash -lc ls", None),
        ("vim bash", None),
        ("", None),
    ],
)
def test_who_types_and_who_runs_a_script(command_line: str, shell: str | None) -> None:
    assert shell_in(tuple(command_line.split())) == shell
