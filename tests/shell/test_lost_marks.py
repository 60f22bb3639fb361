"""Shells that do not tell: found by who has the terminal, followed from outside, and armed again."""

import pytest

from tests.shell.conftest import SitDown


def test_a_shell_in_the_shell_is_noticed_and_followed(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("bash --norc\r")
    assert lab.expect("MarksLost")["shell"] == "bash"
    lab.send("cd /tmp; echo inside\r")
    inside = lab.expect("CommandEnded")
    assert (inside["text"], inside["exit_status"], inside["directory"]) == ("", None, "/tmp")
    assert "inside" in inside["output"]
    lab.send("exit 5\r")
    lab.expect("MarksBack")
    assert lab.expect("CommandEnded", text="bash --norc")["exit_status"] == 5
    assert lab.prompt().run_line("false")["exit_status"] == 1
    assert lab.names().count("MarksLost") == 1


@pytest.mark.parametrize("inner", ["bash --norc", "zsh -f", "fish --no-config"])
def test_a_shell_in_the_shell_is_armed_again(sit_down: SitDown, inner: str) -> None:
    lab = sit_down(label="practice:")
    lab.send(f"{inner}\r")
    lab.expect("MarksLost")
    lab.tell("rearm")
    lab.expect("MarksBack")
    lab.shows(r"^practice:.+[$#>%] *$")
    ended = lab.run_line("sh -c 'exit 6'")
    assert (ended["text"], ended["exit_status"]) == ("sh -c 'exit 6'", 6)
    lab.send("hint\r")
    lab.expect("WordSaid")
    lab.send("exit\r")
    lab.expect("CommandEnded", text="exit")
    assert lab.prompt().run_line("false")["exit_status"] == 1
    assert "LeaveAsked" not in lab.names()
    assert [e["text"] for e in lab.events if e["event"] == "CommandEnded"] == [
        "sh -c 'exit 6'",
        "exit",
        "false",
    ]


@pytest.mark.parametrize("after", ["bash --norc", "zsh -f", "fish --no-config"])
def test_a_shell_in_place_of_the_shell_is_noticed_and_armed_again(sit_down: SitDown, after: str) -> None:
    lab = sit_down()
    lab.send(f"exec {after}\r")
    assert lab.expect("MarksLost")["shell"] == after.split()[0]
    ended = lab.expect("CommandEnded")
    assert (ended["text"], ended["exit_status"]) == (f"exec {after}", None)
    lab.tell("rearm")
    lab.expect("MarksBack")
    assert lab.run_line("false")["exit_status"] == 1
    lab.send("exit\r")
    lab.expect("LeaveAsked")


def test_fish_in_place_of_fish_is_noticed(sit_down: SitDown) -> None:
    lab = sit_down("fish")
    lab.send("while true; sleep 0.1; end\r")  # fish reads keys all the while
    lab.expect("CommandStarted")
    lab.settle(0.7)
    assert "MarksLost" not in lab.names()
    while "CommandEnded" not in lab.names():
        lab.send("\x03")  # fish does not hear one that comes between two programs
        lab.settle(0.2)
    lab.prompt().send("exec fish --no-config\r")
    assert lab.expect("MarksLost")["shell"] == "fish"


def test_an_unset_prompt_command_is_noticed_at_once(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("unset PROMPT_COMMAND\r")
    lab.expect("MarksLost")
    ended = lab.expect("CommandEnded")
    assert (ended["text"], ended["exit_status"], ended["directory"]) == (
        "unset PROMPT_COMMAND",
        None,
        str(lab.folder),
    )
    lab.prompt().send("echo unmarked\r")
    ended = lab.expect("CommandEnded")
    assert (ended["text"], ended["exit_status"]) == ("echo unmarked", None)
    lab.tell("rearm")
    lab.expect("MarksBack")
    assert lab.prompt().run_line("false")["exit_status"] == 1
    assert lab.names().count("MarksLost") == 1


def test_a_question_of_the_shell_itself_is_no_prompt(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("read -ep 'Name: ' x; echo hello $x\r")
    lab.shows("^Name:")
    lab.settle(0.5)
    lab.send("ana\r")

    assert "hello ana" in lab.expect("CommandEnded")["output"]
    assert lab.names() == ["CommandStarted", "CommandEnded"]


def test_a_late_word_above_a_prompt_that_was_not_announced(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("PS1='inner> ' bash --norc\r")
    lab.expect("MarksLost")
    lab.send("echo typ")
    lab.shows("inner> echo typ$")
    lab.tell("show", "late")
    lab.shows("^late")
    lab.settle(0.1)

    assert lab.text() == "$ PS1='inner> ' bash --norc\nlate\ninner> echo typ"
