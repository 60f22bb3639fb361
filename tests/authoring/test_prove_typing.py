"""Commands typed into a real bash with the learner's own integration."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from labrunner.authoring.typing import Running, Typed, Typist
from labrunner.errors import ShellError
from labrunner.shell.events import WordSaid
from labrunner.shell.integration import launch


@pytest.fixture
def typist(tmp_path: Path) -> Iterator[Typist]:
    with closing(started(tmp_path)) as typist:
        yield typist


def started(folder: Path, **environment: str) -> Typist:
    for name in ("work", "run"):
        (folder / name).mkdir()
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        **environment,
    }
    return Typist(
        launch(environment=surroundings, directory=str(folder / "work"), run_folder=str(folder / "run"))
    )


def patient(running: Running) -> bool:
    return running.lasted > 20


def status_and_output(typed: Typed) -> tuple[int | None, bytes]:
    assert typed.ended is not None
    return typed.ended.exit_status, typed.ended.output


def test_a_command_gives_its_status_and_what_it_printed(typist: Typist) -> None:
    assert status_and_output(typist.run("echo hello; false", patient)) == (1, b"hello\r\n")


def test_commands_share_one_shell(typist: Typist, tmp_path: Path) -> None:
    typist.run("mkdir deep && cd deep && WORD=amber", patient)

    assert status_and_output(typist.run('echo "$WORD"', patient)) == (0, b"amber\r\n")
    assert typist.directory == str(tmp_path / "work" / "deep")


def test_a_here_document_with_tabs_is_typed_as_it_is(typist: Typist, tmp_path: Path) -> None:
    typist.run("cat > makefile <<'END'\nall:\n\techo 'one  two'\nEND", patient)

    assert (tmp_path / "work" / "makefile").read_text() == "all:\n\techo 'one  two'\n"


def test_a_loop_of_several_lines_is_one_command(typist: Typist) -> None:
    typed = typist.run("for number in 1 2\ndo\n  echo $number\ndone", patient)

    assert status_and_output(typed) == (0, b"1\r\n2\r\n")


def test_a_word_is_no_command(typist: Typist) -> None:
    typed = typist.run("answer 7 'two words'", patient)

    assert (typed.ended, typed.words) == (None, (WordSaid(word="answer", arguments=("7", "two words")),))


def test_a_word_may_take_its_time(typist: Typist) -> None:
    running: list[Running] = []

    def looking(now: Running) -> bool:
        running.append(now)
        return False

    typed = typist.run('answer "$(sleep 0.8; echo 9)"', looking)

    assert typed.words == (WordSaid(word="answer", arguments=("9",)),)
    assert {now.word for now in running} == {True}


def test_a_command_that_goes_on_is_looked_at_and_stopped(typist: Typist) -> None:
    running: list[Running] = []

    def looking(now: Running) -> bool:
        running.append(now)
        return len(running) == 2

    typed = typist.run("echo begun; sleep 1000", looking)

    assert (typed.stopped, typed.trouble) == (True, "")
    assert status_and_output(typed) == (130, b"begun\r\n^C\r\n")
    assert 0.3 <= running[0].lasted < 2 <= 2 + running[1].silent
    assert {now.word for now in running} == {False}


def test_a_command_that_prints_without_end_is_looked_at_too(typist: Typist) -> None:
    assert typist.run("yes", lambda running: running.lasted > 0.5).stopped


def test_a_command_that_ignores_ctrl_c_is_killed(typist: Typist) -> None:
    typed = typist.run("bash -c 'trap \"\" INT; sleep 1000'", lambda running: True)

    assert typed.trouble == "It did not stop on Ctrl-C, and was killed."
    assert status_and_output(typist.run("echo still here", patient)) == (0, b"still here\r\n")


def test_a_command_that_ends_the_shell_is_told(typist: Typist) -> None:
    assert typist.run("exec true", patient).trouble == "It ended the shell."
    assert typist.over


def test_exit_is_asked_about_and_does_not_end_the_shell(typist: Typist) -> None:
    typist.run("exit", patient)

    assert not typist.over


def test_a_shell_that_never_draws_a_prompt_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".bashrc").write_text("exit 3\n")

    with pytest.raises(ShellError, match="drew no prompt"):
        started(tmp_path)
