"""The built-in docker command at a terminal: shells in containers, detaching, prompts. The texts are docker's own."""

from collections.abc import Iterator

import pytest

from tests.dockercli.conftest import Ended, Shell

IMAGE = "alpine:3.24"
PROMPT = "/ # "


@pytest.fixture
def shell(own: Shell) -> Iterator[Shell]:
    own.ok("pull", "-q", IMAGE)
    yield own
    own.run("rm", "-f", "lab")


def test_a_shell_in_a_new_container(shell: Shell, ended: Ended) -> None:
    child = shell.at_terminal("run", "-it", "--rm", "--name", "lab", IMAGE)
    child.expect_exact(PROMPT)
    child.send('echo h"i"\r')
    child.expect_exact("\r\nhi\r\n")
    child.expect_exact(PROMPT)
    child.send("exit 3\r")

    assert ended(child) == ("exit 3\r\n", 3)
    assert shell.ok("ps", "-aq") == ""


def test_ctrl_c_reaches_the_program_and_ctrl_d_ends_the_shell(shell: Shell, ended: Ended) -> None:
    child = shell.at_terminal("run", "-it", "--rm", "--name", "lab", IMAGE)
    child.expect_exact(PROMPT)
    child.send("sleep 1000\r")
    child.expect_exact("sleep 1000\r\n")
    child.send("\x03")
    child.expect_exact(PROMPT)
    child.send("\x04")

    assert ended(child)[1] == 130


def test_the_terminal_s_size_is_the_container_s(shell: Shell, ended: Ended) -> None:
    child = shell.at_terminal("run", "-it", "--rm", IMAGE)
    child.expect_exact(PROMPT)
    child.send("stty size\r")
    child.expect_exact("30 90")
    child.expect_exact(PROMPT)
    child.setwinsize(40, 100)
    child.send("stty size\r")
    found = child.expect_exact(["40 100", "30 90"])
    while found == 1:
        # The new size travels beside the keys.
        child.send("stty size\r")
        found = child.expect_exact(["40 100", "30 90"])
    child.send("exit\r")

    assert ended(child)[1] == 0


def test_a_detached_container_runs_on_and_is_attached_again(shell: Shell, ended: Ended) -> None:
    child = shell.at_terminal("run", "-it", "--name", "lab", IMAGE)
    child.expect_exact(PROMPT)
    child.send("\x10\x11")
    assert ended(child) == ("", 0)
    assert shell.ok("ps", "--format", "{{.Names}}") == "lab\n"

    child = shell.at_terminal("attach", "lab")
    child.send("\r")
    child.expect_exact(PROMPT)
    child.send("\x10")
    child.send("\x11")
    assert ended(child) == ("read escape sequence\r\n", 1)

    child = shell.at_terminal("attach", "--detach-keys", "ctrl-x,x", "lab")
    child.send("\r")
    child.expect_exact(PROMPT)
    child.send("\x18x")
    assert ended(child) == ("read escape sequence\r\n", 1)

    child = shell.at_terminal("attach", "lab")
    child.send("\r")
    child.expect_exact(PROMPT)
    child.send("exit 5\r")
    assert ended(child)[1] == 5


def test_an_ended_container_starts_again_at_the_terminal(shell: Shell, ended: Ended) -> None:
    shell.ok("create", "-it", "--name", "lab", IMAGE)
    child = shell.at_terminal("start", "-ai", "lab")
    child.send("\r")
    child.expect_exact(PROMPT)
    child.send("exit 6\r")

    assert ended(child)[1] == 6


def test_a_shell_in_a_running_container(shell: Shell, ended: Ended) -> None:
    shell.ok("run", "-d", "--name", "lab", IMAGE, "sleep", "1000")
    child = shell.at_terminal("exec", "-it", "lab", "sh")
    child.expect_exact(PROMPT)
    child.send("echo $((1+1))\r")
    child.expect_exact("\r\n2\r\n")
    child.expect_exact(PROMPT)
    child.send("exit 4\r")
    assert ended(child) == ("exit 4\r\n", 4)

    child = shell.at_terminal("exec", "-it", "lab", "sh")
    child.expect_exact(PROMPT)
    child.send("\x10\x11")
    assert ended(child) == ("read escape sequence\r\n", 1)
    assert shell.ok("ps", "--format", "{{.Names}}") == "lab\n"


def test_a_missing_program_leaves_the_terminal_as_it_was(shell: Shell, ended: Ended) -> None:
    said, status = ended(shell.at_terminal("run", "-it", "--rm", IMAGE, "nosuch"))

    assert 'exec: "nosuch": executable file not found in $PATH' in said
    assert status == 127


def test_the_third_ctrl_c_leaves_a_program_that_does_not_listen(shell: Shell, ended: Ended) -> None:
    child = shell.at_terminal("run", "--name", "lab", IMAGE, "sh", "-c", "echo up; sleep 1000")
    child.expect_exact("up\r\n")
    child.send("\x03")
    while child.expect_exact(["got 3 SIGTERM/SIGINTs, forcefully exiting\r\n", "^C"]) == 1:
        # Two that come at once are one to the system.
        child.send("\x03")

    assert ended(child)[1] == 1


@pytest.mark.usefixtures("account")
def test_a_login_is_asked_for_kept_and_used_again(own: Shell, ended: Ended) -> None:
    child = own.at_terminal("login")
    child.expect_exact("Log in with your Docker ID or email address")
    child.expect_exact("Username: ")
    child.send("me\r")
    child.expect_exact("Password: ")
    child.send("wrong\r")
    said, status = ended(child)
    assert "unauthorized: incorrect username or password" in said
    assert "wrong" not in said
    assert status == 1

    child = own.at_terminal("login", "-u", "me")
    child.expect_exact("Password: ")
    child.send("secret\r")
    said, status = ended(child)
    assert f"stored unencrypted in '{own.home}/.docker/config.json'" in said
    assert said.endswith("Login Succeeded\r\n")
    assert (own.home / ".docker/config.json").stat().st_mode & 0o077 == 0

    said, status = ended(own.at_terminal("login"))
    assert said.startswith("Authenticating with existing credentials... [Username: me]\r\n")
    assert (said.endswith("Login Succeeded\r\n"), status) == (True, 0)

    assert own.ok("logout") == "Removing login credentials for https://index.docker.io/v1/\n"
    child = own.at_terminal("login", "-u", "me")
    child.expect_exact("Password: ")
    child.send("\r")
    assert ended(child) == ("\r\nError: Password Required\r\n", 1)


def test_prune_asks_first(own: Shell, ended: Ended) -> None:
    question = "Are you sure you want to continue? [y/N] "
    for answer, said in (("n\r", "n\r\n"), ("\r", "\r\n"), ("\x03", "^C\r\n")):
        child = own.at_terminal("container", "prune")
        child.expect_exact(question)
        child.send(answer)
        assert ended(child) == (said, 0)

    child = own.at_terminal("container", "prune")
    child.expect_exact(question)
    child.send("y\r")
    assert ended(child) == ("y\r\nTotal reclaimed space: 0B\r\n", 0)


def test_nothing_is_saved_to_a_terminal(shell: Shell, ended: Ended) -> None:
    said, status = ended(shell.at_terminal("save", IMAGE))

    assert (said, status) == (
        "cowardly refusing to save to a terminal. Use the -o flag or redirect\r\n",
        1,
    )
    assert ended(shell.at_terminal("load")) == ("requested load from stdin, but stdin is empty\r\n", 1)


def test_a_pull_has_a_line_for_each_layer_and_a_bar_where_there_is_room(own: Shell, ended: Ended) -> None:
    narrow, status = ended(own.at_terminal("pull", "busybox"))
    assert status == 0
    assert ": Downloading  529.5kB/529.5kB\r" in narrow
    assert "\x1b[1A\x1b[2K\r" in narrow

    own.ok("rmi", "busybox")
    wide, _ = ended(own.at_terminal("pull", "busybox", columns=120))
    assert f": Downloading [{'=' * 50}>]  529.5kB/529.5kB\r" in wide
