"""How a line's words are read: flags, values, arguments, and the complaints about them."""

import pytest

from labrunner.dockercli.command import Command, Given
from labrunner.dockercli.commands import COMMANDS, GROUPS
from labrunner.dockercli.failure import Ended


def command(name: str) -> Command:
    return next(each for each in COMMANDS if name in each.names)


def read(line: str) -> Given:
    name, _, words = line.partition(" ")
    return command(name).read(words.split(), name)


def complaint(line: str) -> tuple[str, int]:
    with pytest.raises(Ended) as ended:
        read(line)
    return ended.value.text, ended.value.status


def test_a_run_s_own_options_end_where_the_image_stands() -> None:
    given = read("run -d --name web -p 80:80 --publish=81:81 nginx -g daemon -d")

    assert given.arguments == ["nginx", "-g", "daemon", "-d"]
    assert given.flag("--detach")
    assert given.one("--name") == "web"
    assert given.all("--publish") == ["80:80", "81:81"]


def test_letters_stand_together() -> None:
    given = read("run -itd -eA=1 -e=B=2 alpine")

    assert [given.flag(name) for name in ("--interactive", "--tty", "--detach")] == [True, True, True]
    assert given.all("--env") == ["A=1", "B=2"]


def test_a_flag_can_be_switched_off() -> None:
    given = read("build --rm=false .")

    assert not given.flag("--rm", default=True)
    assert read("build .").flag("--rm", default=True)


def test_options_of_other_commands_may_follow_the_arguments() -> None:
    given = read("rm web -f")

    assert (given.arguments, given.flag("--force")) == (["web"], True)


def test_what_follows_two_dashes_is_no_option() -> None:
    assert read("tag -- help web").arguments == ["help", "web"]


def test_filters_are_sorted_by_name() -> None:
    given = read("ps --filter status=running -f status=exited -f Name=web=1")

    assert given.filters() == {"status": {"running": True, "exited": True}, "name": {"web=1": True}}
    assert read("ps").filters() is None


@pytest.mark.parametrize(
    ("line", "first", "status"),
    [
        ("ps --nonsense", "unknown flag: --nonsense", 125),
        ("ps -x", "unknown shorthand flag: 'x' in -x", 125),
        ("ps -ax", "unknown shorthand flag: 'x' in -ax", 125),
        ("ps --filter", "flag needs an argument: --filter", 125),
        ("run -p", "flag needs an argument: 'p' in -p", 125),
        (
            "ps --filter nonsense",
            'invalid argument "nonsense" for "-f, --filter" flag: bad format of filter (expected name=value)',
            125,
        ),
        (
            "run --memory lots alpine",
            'invalid argument "lots" for "-m, --memory" flag: invalid size: \'lots\'',
            125,
        ),
        ("ps extra", "docker: 'docker ps' accepts no arguments", 1),
        ("tag one", "docker: 'docker tag' requires 2 arguments", 1),
        ("history", "docker: 'docker history' requires 1 argument", 1),
        ("run", "docker: 'docker run' requires at least 1 argument", 1),
        ("images a b", "docker: 'docker images' requires at most 1 argument", 1),
        ("port", "docker: 'docker port' requires at least 1 and at most 2 arguments", 1),
    ],
)
def test_a_line_that_is_not_understood(line: str, first: str, status: int) -> None:
    text, code = complaint(line)

    assert (text.splitlines()[0], code) == (first, status)
    assert f"docker {line.split()[0]} --help' for more information" in text.splitlines()[-1]


def test_every_command_s_help_begins_with_its_usage() -> None:
    for each in COMMANDS:
        for name in each.names:
            with pytest.raises(Ended) as ended:
                each.read(["--help"], name)
            assert ended.value.status == 0
            assert ended.value.text.startswith(f"Usage:  docker {name}")


def test_no_name_is_taken_twice_and_every_group_is_known() -> None:
    names = [name for each in COMMANDS for name in each.names]

    assert len(names) == len(set(names))
    assert {name.split()[0] for name in names if " " in name} == set(GROUPS)


def test_no_letter_is_taken_twice_in_a_command() -> None:
    for each in COMMANDS:
        letters = [option.letter for option in each.options if option.letter]
        assert len(letters) == len(set(letters)), each.names
