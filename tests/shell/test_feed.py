"""Commands from a file: fed one by one to the learner's real shell, each waiting for the one before."""

import io
import os
import time
from pathlib import Path
from typing import TextIO

import pytest

from labrunner.shell.events import (
    CommandEnded,
    CommandStarted,
    EmptyEnter,
    InputEnded,
    LeaveAsked,
    ShellEnded,
    ShellEvent,
    Woken,
    WordSaid,
)
from labrunner.shell.feed import FedShell
from labrunner.shell.integration import launch

PATIENCE = 20.0


class Fed:
    """A fed shell and all that it told, released at once after every event."""

    def __init__(
        self,
        home: Path,
        commands: str | TextIO,
        *,
        shell: str = "bash",
        echo: str | None = None,
        wake: int = -1,
    ) -> None:
        run = home / "run"
        run.mkdir()
        (home / ".bashrc").write_text("alias greet='echo hello'\n")
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "SHELL": f"/usr/bin/{shell}"}
        self.output = io.StringIO()
        self.events: list[ShellEvent] = []
        self.shell = FedShell(
            launch(environment=environment, directory=str(home), run_folder=str(run), fed=True),
            commands=io.StringIO(commands) if isinstance(commands, str) else commands,
            output=self.output,
            wake=wake,
            echo=echo,
        )
        self.shell.start()

    def wait(self) -> tuple[ShellEvent, ...]:
        events = self.shell.wait(PATIENCE)
        assert events, self.output.getvalue()
        self.events += events
        return events

    def to_the_end(self) -> list[ShellEvent]:
        while not any(isinstance(event, InputEnded | ShellEnded) for event in self.events):
            self.wait()
            self.shell.release()
        return self.events

    def ended(self) -> list[tuple[str, int | None]]:
        return [(event.text, event.exit_status) for event in self.events if isinstance(event, CommandEnded)]


@pytest.fixture(params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_each_command_is_told_with_its_status_and_output(tmp_path: Path, shell: str) -> None:
    fed = Fed(tmp_path, "echo one\nfalse\nsh -c 'echo two >&2; exit 3'\n", shell=shell)

    fed.to_the_end()
    fed.shell.close()

    assert fed.ended() == [("echo one", 0), ("false", 1), ("sh -c 'echo two >&2; exit 3'", 3)]
    assert fed.output.getvalue() == "one\ntwo\n"
    assert isinstance(fed.events[0], CommandStarted)
    assert fed.events[1] == CommandEnded(
        text="echo one", exit_status=0, directory=str(tmp_path), output=b"one\n"
    )


def test_a_command_of_several_lines_is_one(tmp_path: Path, shell: str) -> None:
    fed = Fed(
        tmp_path, "cat <<END\n  a\n\n# no comment\nEND\nfor i in 1 2; do\n  echo $i\ndone\n", shell=shell
    )

    fed.to_the_end()
    fed.shell.close()

    assert [status for _, status in fed.ended()] == [0, 0]
    assert fed.output.getvalue() == "  a\n\n# no comment\n1\n2\n"


def test_comments_are_skipped_and_empty_lines_are_enters(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "# a comment\n\n  # another\ntrue\n   \n")

    events = fed.to_the_end()
    fed.shell.close()

    assert [type(event) for event in events] == [
        EmptyEnter,
        CommandStarted,
        CommandEnded,
        EmptyEnter,
        InputEnded,
    ]


def test_words_and_leaving_are_said(tmp_path: Path, shell: str) -> None:
    fed = Fed(tmp_path, "hint 2\nlab answer 'a b'\nexit\necho on\n", shell=shell)

    events = fed.to_the_end()
    fed.shell.close()

    assert events[:3] == [
        WordSaid(word="hint", arguments=("2",)),
        WordSaid(word="answer", arguments=("a b",)),
        LeaveAsked(),
    ]
    assert fed.ended() == [("echo on", 0)]


def test_the_next_line_waits_until_it_is_released(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "echo one\necho two\n")
    while not any(isinstance(event, CommandEnded) for event in fed.events):
        fed.wait()
    assert not fed.shell.at_prompt()
    assert fed.shell.wait(0.3) == ()

    fed.shell.show("a verdict")
    fed.shell.release()
    fed.to_the_end()
    fed.shell.close()

    assert fed.output.getvalue() == "one\na verdict\ntwo\n"


def test_what_is_said_begins_on_a_line_of_its_own(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "printf abc\nprintf '%s\\n' d \\\n  e\n", echo="$ ")
    while not isinstance(fed.wait()[-1], CommandEnded):
        pass
    fed.shell.show("said")
    fed.shell.release()
    fed.to_the_end()
    fed.shell.close()

    assert fed.output.getvalue() == "$ printf abc\nabc\nsaid\n$ printf '%s\\n' d \\\n>   e\nd\ne\n"


def test_the_learners_settings_hold_and_their_history_is_left_alone(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "greet you\n")

    fed.to_the_end()
    fed.shell.close()

    assert fed.output.getvalue() == "hello you\n"
    assert not (tmp_path / ".bash_history").exists()


def test_programs_see_a_terminal_to_read_from_and_none_to_write_to(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "[ -t 0 ] && ! [ -t 1 ]\nls -1 / | head -1\n")

    fed.to_the_end()
    fed.shell.close()

    assert [status for _, status in fed.ended()] == [0, 0]


def test_a_line_may_be_long(tmp_path: Path, shell: str) -> None:
    fed = Fed(tmp_path, f"echo {'x' * 20000} | wc -c\n[ -t 0 ]\n", shell=shell)

    fed.to_the_end()
    fed.shell.close()

    assert fed.output.getvalue().strip() == "20001"
    assert fed.ended()[1] == ("[ -t 0 ]", 0)


def test_a_command_that_is_never_finished_is_reported_by_the_shell(tmp_path: Path, shell: str) -> None:
    fed = Fed(tmp_path, "echo before\nif true; then\n", shell=shell)

    events = fed.to_the_end()
    fed.shell.close()

    assert isinstance(events[-1], InputEnded)
    assert fed.ended()[0] == ("echo before", 0)


def test_the_shell_may_be_left(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "cd /nowhere 2>/dev/null || exit 4\necho never\n")

    events = fed.to_the_end()

    assert events[-1] == ShellEnded(exit_status=4)
    assert fed.shell.close() == 4
    assert "never" not in fed.output.getvalue()


def test_lines_are_read_from_a_pipe_when_they_come(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as commands:
        fed = Fed(tmp_path, commands)
        os.write(writing, b"echo o")
        assert fed.shell.wait(0.3) == ()
        os.write(writing, b"ne\n")
        while not fed.ended():
            fed.wait()
        fed.shell.release()
        os.write(writing, b"echo two")
        os.close(writing)
        fed.to_the_end()
        fed.shell.close()

    assert fed.ended() == [("echo one", 0), ("echo two", 0)]


def test_labrunner_types_before_the_rest_of_the_file(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "echo from the file\n")
    for character in "echo typed\n":
        fed.shell.type(character)
    fed.shell.type("echo twice\n")

    fed.to_the_end()
    fed.shell.close()

    assert fed.output.getvalue() == "typed\ntwice\nfrom the file\n"


def test_a_command_can_be_interrupted(tmp_path: Path) -> None:
    fed = Fed(tmp_path, "sh -c 'echo now; exec sleep 60'\ntrue\n")
    begun = time.monotonic()
    while "now" not in fed.output.getvalue():
        fed.shell.wait(0.05)
        assert time.monotonic() - begun < PATIENCE
    fed.shell.interrupt()
    fed.to_the_end()
    fed.shell.close()

    assert fed.ended() == [("sh -c 'echo now; exec sleep 60'", 130), ("true", 0)]


def test_a_wake_is_told(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    fed = Fed(tmp_path, "", wake=reading)
    fed.to_the_end()
    os.write(writing, b"!!")

    assert fed.wait() == (Woken(),)
    fed.shell.close()
