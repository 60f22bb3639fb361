"""The check kind `command`."""

import pytest

from labrunner.checks.amount import Amount
from labrunner.checks.command import CommandCheck
from labrunner.checks.evidence import Command
from labrunner.checks.finding import Finding
from labrunner.checks.pattern import Pattern
from labrunner.checks.verdict import Met, Unknown, Unmet
from tests.checks.seeing import seeing

PUSH = CommandCheck(
    like="docker image push localhost:5001/*",
    exit_status=Amount.read("!= 0"),
    output=Pattern.read("no basic auth credentials"),
)


def pushed(status: int | None, output: str = "no basic auth credentials\n") -> Command:
    return Command(text="docker push localhost:5001/ana/nginx", exit_status=status, output=output)


def test_a_command_that_had_to_fail() -> None:
    assert isinstance(PUSH.judge(seeing(ran=("docker images", pushed(1)))), Met)


def test_each_way_in_which_it_came_out_otherwise_has_a_finding() -> None:
    verdict = PUSH.judge(seeing(ran=(pushed(0, "latest: digest: sha256:1\n"),)))

    subject = "command docker push localhost:5001/ana/nginx"
    assert verdict == Unmet(
        (
            Finding(field="exit_status", expected="other than 0", found="0", subject=subject),
            Finding(
                field="output",
                expected="no basic auth credentials",
                found="latest: digest: sha256:1",
                subject=subject,
            ),
        )
    )


def test_one_right_run_is_enough() -> None:
    assert isinstance(PUSH.judge(seeing(ran=(pushed(1), pushed(0)))), Met)


def test_a_command_that_still_runs_cannot_be_told() -> None:
    assert isinstance(PUSH.judge(seeing(ran=(pushed(None),))), Unknown)
    assert isinstance(CommandCheck(like="docker run nginx").judge(seeing(ran=("docker run nginx",))), Met)


def test_a_command_that_was_not_run() -> None:
    verdict = CommandCheck(like="docker image tag --help").judge(seeing(ran=("ls",)))

    assert verdict == Unmet(
        (
            Finding(
                field="like",
                expected="docker image tag --help",
                found=None,
                subject="command",
                remedy="docker image tag --help",
            ),
        )
    )


def test_the_right_command_with_other_arguments_is_told() -> None:
    verdict = CommandCheck(like="docker image tag --help").judge(seeing(ran=("docker tag -- help", "ls")))

    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].found == "docker tag -- help"


def test_an_empty_pattern_is_refused() -> None:
    with pytest.raises(ValueError, match="`like` is empty"):
        CommandCheck(like=" ")
