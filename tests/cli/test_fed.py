"""A whole lesson from a file of commands, on every real engine."""

import json

import pytest

from tests.cli.learner import begun, lines
from tests.cli.program import Home

LESSONS = ("layers", "nginx")


@pytest.mark.parametrize("name", LESSONS)
def test_the_right_commands_finish_the_lesson(home_with_engine: Home, name: str) -> None:
    lesson = begun(home_with_engine, name)

    typed = "".join(f"{line}\n" for _, line in lines(lesson))
    ran = home_with_engine.run("start", name, "--engine", "docker", "--plain", typed=typed)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "\x1b" not in ran.stdout
    told = json.loads(home_with_engine.run("status", "--json").stdout)["lessons"]
    assert next(each for each in told if each["id"] == name)["done"]


def test_one_command_missing_is_told_with_its_step_and_field(home_with_engine: Home) -> None:
    lesson = begun(home_with_engine, "layers")
    missing = next(step for step in lesson.steps if any(check.kind == "container" for check in step.checks))

    typed = "".join(f"{line}\n" for step, line in lines(lesson) if step != missing.id)
    ran = home_with_engine.run("start", "layers", "--engine", "docker", "--plain", typed=typed)

    assert ran.returncode == 9, ran.stdout
    last = ran.stderr.strip().splitlines()[-1]
    assert missing.id in last
    assert f"{missing.checks[0].id}.name" in last


def test_clean_removes_what_the_lesson_made_and_nothing_else(home_with_engine: Home) -> None:
    lesson = begun(home_with_engine, "layers")
    first = next(line for step, line in lines(lesson) if step == lesson.steps[0].id)
    home_with_engine.run("start", "layers", "--engine", "docker", "--plain", typed=f"{first}\n")

    shown = home_with_engine.run("clean")
    assert shown.returncode == 2
    assert "nginx:1.31" in shown.stdout

    cleaned = home_with_engine.run("clean", "--yes")
    assert cleaned.returncode == 0, cleaned.stderr
    assert "Removed: " in cleaned.stdout
    assert "nothing" in home_with_engine.run("clean").stdout
