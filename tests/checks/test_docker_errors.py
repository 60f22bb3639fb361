"""Docker's own errors, from version 20 to 29, in plain language. The errors stand in docker_errors.txt."""

from pathlib import Path

import pytest

from labrunner.checks.docker_errors import explain

KNOWN = [
    line.split(" => ", 1)
    for line in Path(__file__).with_name("docker_errors.txt").read_text().splitlines()[2:]
]


@pytest.mark.parametrize(("words", "output"), KNOWN)
def test_a_known_error_has_one_plain_sentence(words: str, output: str) -> None:
    told = explain(f"some lines before\n{output}\nSee 'docker --help'.\n")

    assert words in told
    assert told.endswith(".")
    assert "!" not in told
    assert "{" not in told


@pytest.mark.parametrize(
    "output", ["", "hello", "Successfully tagged web:latest", "nginx  latest  3f8a  2 weeks ago  142MB"]
)
def test_what_is_no_known_error_has_none(output: str) -> None:
    assert explain(output) == ""


def test_the_end_of_a_long_output_is_what_counts() -> None:
    assert explain("no such host " + "x" * 50_000) == ""
    assert "no network" in explain("x" * 5_000_000 + " no such host")
