"""What holds for every shell: the learner's own bash, bash as of 3.2, zsh and fish, in real terminals."""

import os
from pathlib import Path

import pytest

from tests.shell.conftest import SitDown

SHELLS = ("bash", "bash-3.2", "zsh", "fish")
POSIX = SHELLS[:3]
STATUS = dict.fromkeys(POSIX, "$?") | {"fish": "$status"}

every_shell = pytest.mark.parametrize("shell", SHELLS)
posix_shell = pytest.mark.parametrize("shell", POSIX)


def printed(event: dict[str, object]) -> str:
    """The output of a command, without what fish says to the terminal before it."""
    output = str(event["output"])
    return output.rpartition("\x1b(B\x1b[m\r")[2].replace("\r\n", "\n")


@every_shell
def test_statuses_are_told_and_kept(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    for command, status in (("true", 0), ("false", 1), ("sh -c 'exit 42'", 42), ("no-such-program", 127)):
        ended = lab.prompt().run_line(command)
        assert (ended["text"], ended["exit_status"]) == (command, status)
        assert printed(lab.prompt().run_line(f"echo {STATUS[shell]}")) == f"{status}\n"
    assert lab.names() == ["CommandStarted", "CommandEnded"] * 8
    assert "7715" not in lab.text()


@every_shell
def test_the_statuses_of_a_pipe_are_kept(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    name = {"zsh": "$pipestatus", "fish": "$pipestatus"}.get(shell, "${PIPESTATUS[*]}")

    lab.run_line("false | sh -c 'exit 3' | true")

    assert printed(lab.prompt().run_line(f"echo {name}")) == "1 3 0\n"


@every_shell
def test_an_empty_enter_is_told_and_ctrl_c_is_not(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.send("\r")
    lab.expect("EmptyEnter")
    lab.prompt().send("half a comm")
    lab.shows("half a comm")
    lab.give_up_the_line()
    lab.send("\r")
    lab.expect("EmptyEnter")
    lab.prompt()
    if shell != "zsh":  # zsh takes no comments at its prompt unless asked to
        lab.send("# only a comment\r")
        lab.prompt()
    lab.run_line("true")
    assert lab.names("CommandStarted", "CommandEnded") == ["EmptyEnter", "EmptyEnter"]


@every_shell
def test_the_verdict_stands_between_output_and_prompt(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell, label="practice:")
    lab.tell("answer", "verdict\nsecond line")
    lab.expect("Woken")

    assert printed(lab.run_line("printf abc")) == "abc"
    lab.prompt().run_line("echo def")
    lab.prompt()

    text = lab.text().replace("⏎", "").replace("abc#", "abc").replace("abc%", "abc")
    assert text == (
        "practice:$ printf abc\nabc\nverdict\nsecond line\n"
        "practice:$ echo def\ndef\nverdict\nsecond line\npractice:$"
    )


@every_shell
def test_a_program_cannot_forge_a_mark(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    forged = r"\033]7715;0000000000000000;D;0;1;/nowhere\007"

    ended = lab.run_line(f"printf '{forged}shown'; false")

    assert ended["exit_status"] == 1
    assert ended["directory"] == str(lab.folder)
    assert "7715;0000000000000000;D;0;1;/nowhere" in str(ended["output"])
    assert "7715;0000000000000000;D;0;1;/nowhere" in lab.raw.decode()


@every_shell
def test_the_directory_is_told_whatever_its_name(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    for name in ("a;b", "line\nbreak", "日本 é", "50%41\\n\t", "back\\slash"):
        (lab.folder / name).mkdir()
        (lab.folder / "here").unlink(missing_ok=True)
        # Typed without trouble through a link, told by its real name.
        (lab.folder / "here").symlink_to(lab.folder / name)
        ended = lab.prompt().run_line(
            f"cd -P '{lab.folder}/here'" if shell != "fish" else f"cd (realpath {lab.folder}/here)"
        )
        lab.run_line(f"cd '{lab.folder}'")
        if shell == "fish" and "\n" in name:
            continue  # a command substitution of fish splits lines
        assert ended["directory"] == str(lab.folder / name)


@posix_shell
def test_a_here_document_and_a_loop_are_one_command_each(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)

    document = lab.run_line("cat <<END\r  first  \r\\$x;y\rEND")
    loop = lab.prompt().run_line("for i in 1 2; do\recho $i\rdone")

    assert document["text"] == "cat <<END\n  first  \n\\$x;y\nEND"
    assert printed(document).endswith("  first  \n$x;y\n")
    assert printed(loop).endswith("1\n2\n")
    assert lab.names() == ["CommandStarted", "CommandEnded"] * 2


def test_a_loop_of_fish_is_one_command(sit_down: SitDown) -> None:
    lab = sit_down("fish")

    loop = lab.run_line("for i in 1 2\recho $i\rend")

    assert loop["text"] == "for i in 1 2\necho $i\nend"
    assert printed(loop).endswith("1\n2\n")


@every_shell
def test_three_pasted_lines_are_three_commands(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.tell("answer", None)
    lab.expect("Woken")
    lab.send("echo one\recho two\rfalse\r")

    texts = [lab.expect("CommandEnded")["text"] for _ in range(3)]

    assert texts == ["echo one", "echo two", "false"]
    assert lab.names("Woken") == ["CommandStarted", "CommandEnded"] * 3


@every_shell
def test_interrupting_stopping_and_going_on(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.send("sh -c 'echo now; exec sleep 60'\r")
    lab.shows("^now")
    lab.send("\x03")
    assert lab.expect("CommandEnded")["exit_status"] == 130
    program = "import time; print('ready', flush=True); time.sleep(60)"
    lab.prompt().send(f'python3 -c "{program}"\r')
    lab.shows("^ready")
    lab.send("\x1a")
    stopped = lab.expect("CommandEnded")
    assert (
        stopped["exit_status"] == {"bash": 148, "bash-3.2": 148, "zsh": 148, "fish": 0}[shell]
        or shell == "fish"
    )
    lab.prompt().send("fg\r")
    lab.expect("CommandStarted", text="fg")
    lab.settle(0.2)
    lab.send("\x03")
    assert lab.expect("CommandEnded", text="fg")["exit_status"] in (1, 130) or shell == "fish"


@every_shell
def test_output_from_the_background_is_no_event(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    os.mkfifo(lab.folder / "pipe")
    lab.run_line("sh -c 'read -r go <pipe; echo from the background' &")
    lab.prompt().send("echo typed")
    (lab.folder / "pipe").write_text("go\n")
    lab.shows("from the background")
    lab.send("\x03")
    lab.settle(0.2)

    assert lab.names() == ["CommandStarted", "CommandEnded"]


@every_shell
def test_a_password_is_read_without_echo(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    read = {"fish": "read -s -P 'Password: ' x", "zsh": "read -s 'x?Password: '"}.get(
        shell, "read -sp 'Password: ' x"
    )
    lab.send(f"{read}; echo got $x\r")
    lab.shows("^Password:")
    lab.send("sesame\r")
    ended = lab.expect("CommandEnded")

    assert "got sesame" in str(ended["output"])
    assert lab.text().count("sesame") == 1
    assert lab.names() == ["CommandStarted", "CommandEnded"]


@every_shell
def test_words_are_said_with_their_arguments(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    for line, word, arguments in (
        ("hint", "hint", []),
        ("goto 3", "goto", ["3"]),
        ("answer 'a;b' \"c d\"", "answer", ["a;b", "c d"]),
        ("lab solution", "solution", []),
        ("lab", "lab", []),
    ):
        lab.prompt().send(line + "\r")
        said = lab.expect("WordSaid")
        assert (said["word"], said["arguments"]) == (word, arguments)
    lab.prompt().run_line("false")
    lab.prompt().send("hint\r")
    lab.expect("WordSaid")
    assert printed(lab.prompt().run_line(f"echo {STATUS[shell]}")) == "1\n"
    assert lab.names("WordSaid") == ["CommandStarted", "CommandEnded"] * 2


@every_shell
def test_a_word_that_is_the_learners_own_stays_theirs(sit_down: SitDown, shell: str) -> None:
    own = "function check; echo my own; end\n" if shell == "fish" else "check() { echo my own; }\n"
    lab = sit_down(shell, rc=own)

    assert printed(lab.run_line("check")) == "my own\n"
    lab.prompt().send("lab check\r")
    assert lab.expect("WordSaid")["word"] == "check"


@every_shell
def test_leaving_is_asked_and_the_shell_lives_on(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    for keys in ("exit\r", "exit 5\r", "\x04"):
        lab.prompt().send(keys)
        lab.expect("LeaveAsked")
    assert lab.run_line("echo still here")["exit_status"] == 0
    lab.prompt().send("qz")
    lab.shows(r"\$ qz$")
    lab.send("\x01\x04")  # to the beginning of the line, and delete a letter
    lab.shows(r"\$ z$")
    lab.send("\x05\x7f\x04")  # to its end, rub out, and Ctrl-D on a line that has become empty
    lab.settle(0.2)
    assert "ShellEnded" not in lab.names()
    lab.tell("close")
    assert lab.ended() >= 0


@every_shell
def test_exit_elsewhere_than_alone_at_the_prompt_exits(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    inner = "fish -c 'exit 3'" if shell == "fish" else "(exit 3)"
    assert lab.run_line(inner)["exit_status"] == 3
    lab.prompt().send("cd /nowhere; or exit 4\r" if shell == "fish" else "cd /nowhere || exit 4\r")

    assert lab.expect("ShellEnded")["exit_status"] == 4
    assert lab.ended() == 4


@every_shell
def test_a_long_command_is_told_whole(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    text = "echo " + "é;%41日本 " * (100 if shell == "fish" else 400) + "end"

    lab.send(f"\x1b[200~{text}\x1b[201~")
    lab.shows(r"end$")

    assert lab.run_line("")["text"] == text


@every_shell
def test_the_learners_settings_are_read_and_their_prompt_stays(sit_down: SitDown, shell: str) -> None:
    if shell == "fish":
        rc = (
            'function greet; echo hello $argv; end\nfunction fish_prompt; echo -n "[$status] own \\$ "; end\n'
        )
    else:
        own = "PROMPT_COMMAND='PS1=\"[$?] own \\$ \"'" if shell != "zsh" else "PS1='[%?] own $ '"
        rc = f'greet() {{ echo hello "$@"; }}\n{own}\n'
    lab = sit_down(shell, rc=rc, label="practice:")

    assert printed(lab.run_line("greet you; false")) == "hello you\n"
    lab.prompt()
    lab.shows(r"^practice:\[1\] own \$$")


@posix_shell
def test_tracing_shows_nothing_of_ours(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.run_line("set -x")
    lab.prompt().run_line("true")
    lab.prompt().send("\r")
    lab.expect("EmptyEnter")
    lab.prompt()

    assert "lab" not in lab.text()
    assert "+" in lab.text()


@posix_shell
def test_unset_variables_may_be_errors(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.run_line("set -u")
    lab.prompt().run_line("true")
    lab.prompt().send("hint\r")
    lab.expect("WordSaid")
    lab.prompt()

    assert "unbound" not in lab.text()
    assert "not set" not in lab.text()


@posix_shell
def test_a_prompt_changed_by_the_learner_goes_on_telling(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell, label="practice:")
    lab.run_line("PS1='new $ '")
    lab.shows(r"^practice:new \$$")
    lab.run_line("stty -echo")
    assert lab.prompt().run_line("false")["exit_status"] == 1


def test_fish_takes_ctrl_d_in_vi_mode_as_well(sit_down: SitDown) -> None:
    lab = sit_down("fish", rc="fish_vi_key_bindings\nfunction fish_mode_prompt; end\n")
    lab.send("\x04")
    lab.expect("LeaveAsked")
    lab.send("a\x7f\x04")
    lab.expect("LeaveAsked")


def test_zsh_finds_its_own_folder_and_history(sit_down: SitDown, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (tmp_path / ".zshenv").write_text(f"ZDOTDIR={own}\n")
    (own / ".zshrc").write_text("PS1='$ '\nHISTFILE=$ZDOTDIR/history SAVEHIST=9\n")
    lab = sit_down("zsh")

    assert printed(lab.run_line("echo $ZDOTDIR $HISTFILE")) == f"{own} {own}/history\n"
    lab.prompt().tell("close")
    lab.ended()
    assert "echo $ZDOTDIR" in (own / "history").read_text()


bash_both_ways = pytest.mark.parametrize("shell", ["bash", "bash-3.2"])


@bash_both_ways
def test_what_the_history_leaves_out_is_told_and_left_out(sit_down: SitDown, shell: str) -> None:
    rc = "HISTCONTROL=ignoreboth HISTIGNORE='pwd:secret *' HISTTIMEFORMAT='%F '\n"
    lab = sit_down(shell, rc=rc)
    commands = (
        "echo one",
        " echo hidden",
        "pwd",
        "echo one",
        "echo one",
        "secret thing",
        "echo 'two\n lines'",
        "fc -l",
    )

    told = [lab.prompt().run_line(command.replace("\n", "\r")) for command in commands]

    assert [event["text"] for event in told] == list(commands)
    history = [line.partition("\t")[2].strip() for line in printed(told[-1]).splitlines()]
    # bash keeps the second of `echo one` where what it leaves out stood between them.
    assert [entry for entry in history if entry] == ["echo one", "echo 'two"]


@bash_both_ways
def test_without_a_history_a_command_is_told_without_its_text(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell, rc="set +o history\n")
    ended = lab.run_line("false")

    assert (ended["text"], ended["exit_status"]) == ("", 1)


@bash_both_ways
def test_the_last_argument_is_kept(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.run_line("echo some words")

    assert printed(lab.prompt().run_line("echo $_")) == "words\n"


@bash_both_ways
def test_a_trap_of_the_learners_is_kept(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell, rc="trap 'trapped=$BASH_COMMAND' DEBUG\n")
    assert printed(lab.prompt().run_line('echo "$trapped"')) == 'echo "$trapped"\n'
    assert "trapped=" in printed(lab.prompt().run_line("trap -p DEBUG"))


@bash_both_ways
def test_a_subshell_and_a_loop_are_commands(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)

    told = [
        lab.prompt().run_line(command)
        for command in ("(exit 3)", "while false; do :; done", "((0))", "[[ a = b ]]")
    ]

    assert [(event["text"], event["exit_status"]) for event in told] == [
        ("(exit 3)", 3),
        ("while false; do :; done", 0),
        ("((0))", 1),
        ("[[ a = b ]]", 1),
    ]


@bash_both_ways
def test_errors_that_end_the_shell_are_the_learners_only(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.run_line("set -e")
    assert lab.prompt().run_line("! true")["exit_status"] == 1
    assert lab.prompt().run_line("echo alive")["exit_status"] == 0
    lab.prompt().send("false\r")

    assert lab.expect("ShellEnded")["exit_status"] == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_docker_command_completes_its_own_words(sit_down: SitDown, shell: str, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    docker = tools / "docker"
    docker.write_text("#!/bin/sh\ncat $(dirname $0)/completion.$2\n")
    docker.chmod(0o755)
    (tools / "completion.bash").write_text("complete -W 'image-word' docker\n")
    (tools / "completion.zsh").write_text("compdef _docker docker\n_docker() { compadd image-word }\n")
    (tools / "completion.fish").write_text("complete -c docker -f -a image-word\n")
    rc = "autoload -Uz compinit; compinit -u\n" if shell == "zsh" else ""
    lab = sit_down(shell, rc=rc, PATH=f"{tools}:{os.environ['PATH']}")
    for keys in ("docker im\t", "\x15docker im\t"):
        lab.send(keys)
        lab.shows(r"docker image-word( image-word)?$")  # fish suggests one more, in grey
        lab.settle(0.1)
