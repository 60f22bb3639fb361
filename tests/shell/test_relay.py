"""The relay in a real terminal: bytes untouched, full-screen programs, keys, late words, and a terminal given back."""

import hashlib
import os
import random
import re
import signal
import termios
import time

import pytest

from labrunner.shell.terminal import Size
from tests.shell.conftest import SitDown
from tests.shell.lab import Lab

RAW_CHILD = """
import os, sys, termios, tty
before = termios.tcgetattr(0)
tty.setraw(0)
os.write(1, b"inner# ")
line = b""
while not line.endswith(b"\\r"):
    line += os.read(0, 1)
    os.write(1, b"[%d]" % line[-1])
termios.tcsetattr(0, termios.TCSANOW, before)
print()
sys.exit(7)
"""


def test_three_megabytes_of_random_bytes_arrive_as_they_were(sit_down: SitDown) -> None:
    lab = sit_down()
    data = random.Random(1).randbytes(3_000_000)
    (lab.folder / "random").write_bytes(data)
    lab.run_line("stty -opost")
    lab.prompt().looking = False

    ended = lab.run_line("printf BEGIN; cat random; printf END")

    lab.passes((data + b"END")[-64:])
    shown = lab.raw.partition(b"\rBEGIN")[2].rpartition(b"END")[0]
    assert hashlib.sha256(shown).digest() == hashlib.sha256(data).digest()
    assert str(ended["output"]).encode("latin-1") == (data + b"END")[-65536:]


def test_vim_edits_a_file(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("vim -u NONE -i NONE note.txt\r")
    lab.shows("^~")
    lab.send("\x1bOP")  # F1 is vim's here, not ours
    lab.shows("help")
    lab.send(":q\r")
    lab.send("ihello from vim\x1b:wq\r")

    assert lab.expect("CommandEnded")["exit_status"] == 0
    assert (lab.folder / "note.txt").read_text() == "hello from vim\n"
    assert "KeyPressed" not in lab.names()


def test_the_screen_of_a_killed_program_is_left(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.run_line("echo before")
    lab.prompt().run_line(r"printf '\033[?1049h\033[?1000h\033[Hfull screen'; sh -c 'kill -9 $$'")
    lab.prompt().send("\r")
    lab.expect("EmptyEnter")
    lab.prompt()

    end = lab.raw.rpartition(b"full screen")[2]
    assert b"\x1b[?1049l" in end
    assert b"\x1b[?1000l" in end
    assert lab.raw.count(b"\x1b[?1049l") == 1


def test_a_program_that_takes_the_terminal_gets_every_key(sit_down: SitDown) -> None:
    lab = sit_down()
    (lab.folder / "raw.py").write_text(RAW_CHILD)
    lab.send("python3 raw.py\r")
    lab.shows("^inner#")
    lab.send(b"a\x03\x04\x1a\x1bOP\r")
    ended = lab.expect("CommandEnded")

    assert ended["exit_status"] == 7
    assert "inner# [97][3][4][26][27][79][80][13]" in str(ended["output"])
    assert lab.names() == ["CommandStarted", "CommandEnded"]


def test_function_keys_are_taken_at_the_prompt_only(sit_down: SitDown) -> None:
    lab = sit_down()
    for keys, name in ((b"\x1bOP", "F1"), (b"\x1b[12~", "F2"), (b"\x1b[21~", "F10")):
        lab.send(keys)
        assert lab.expect("KeyPressed")["key"] == name
    lab.send("cat -v\r")
    lab.expect("CommandStarted")
    lab.send(b"\x1bOP\r")
    lab.shows(r"^\^\[OP$")
    lab.send("\x04")
    lab.expect("CommandEnded")
    assert lab.names("CommandStarted", "CommandEnded") == ["KeyPressed"] * 3


def test_a_new_size_reaches_the_shell(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.resize(Size(100, 30))
    event = lab.expect("Resized")

    assert (event["columns"], event["rows"]) == (100, 30)
    assert lab.run_line("stty size")["output"] == "30 100\r\n"


def test_two_hundred_changes_of_size_do_no_harm(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.looking = False
    for step in range(200):
        lab.resize(Size(81 + step % 40, 24))
    lab.resize(Size(80, 24))
    ended = lab.run_line("stty size; false")

    assert (ended["output"], ended["exit_status"]) == ("24 80\r\n", 1)


def late(lab: Lab, text: str) -> None:
    """Say something while the prompt stands, and wait until it has been drawn again."""
    lab.tell("show", text)
    lab.expect("Woken")
    lab.shows(re.escape(text.rpartition("\n")[2]))
    lab.settle(0.15)


def test_a_late_word_stands_above_the_prompt_and_what_was_typed_stays(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.run_line("echo first")
    lab.prompt().send("echo typed")
    lab.shows(r"\$ echo typed$")

    late(lab, "late one\nlate two")

    assert lab.text() == "$ echo first\nfirst\nlate one\nlate two\n$ echo typed"
    assert lab.line() == "$ echo typed"
    lab.send("\x02\x02X")
    lab.shows("echo typXed")
    late(lab, "later")
    assert lab.text().endswith("later\n$ echo typXed")
    assert lab.line() == "$ echo typX"
    assert lab.run_line("")["output"] == "typXed\r\n"


def test_a_late_word_finds_a_long_line_and_a_prompt_of_two_lines(sit_down: SitDown) -> None:
    lab = sit_down(rc="PS1='top line\\n$ '\n", size=Size(40, 24))
    lab.send("echo " + "long " * 20)
    lab.shows("long long$")

    late(lab, "late")

    typed = "$ echo " + "long " * 20
    wrapped = [typed[at : at + 40].rstrip() for at in range(0, len(typed), 40)]
    assert lab.text().split("\n") == ["late", "top line", *wrapped]
    lab.send("\x1b[H\x15\x03")
    assert lab.prompt().run_line("echo fine")["output"] == "fine\r\n"


def test_a_late_word_under_a_list_of_completions_and_a_cleared_screen(sit_down: SitDown) -> None:
    lab = sit_down()
    for name in ("one.txt", "only.txt"):
        (lab.folder / name).touch()
    lab.send("cat o\t\t\t")
    lab.shows(r"only\.txt")
    lab.shows(r"\$ cat on$")

    late(lab, "late")

    assert lab.text().endswith("late\n$ cat on\none.txt   only.txt\n$ cat on")
    lab.send("\x0c")
    lab.settle(0.15)
    late(lab, "after clearing")
    assert lab.text() == "after clearing\n$ cat on"


def test_a_late_word_leaves_a_prompt_alone_that_began_within_a_line(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.run_line("printf abc")
    lab.prompt()
    assert lab.text() == "$ printf abc\nabc$"

    late(lab, "late")

    assert lab.text() == "$ printf abc\nabc$\nlate\n$"


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_a_late_word_in_other_shells(sit_down: SitDown, shell: str) -> None:
    lab = sit_down(shell)
    lab.run_line("echo first")
    lab.prompt().send("echo typed")
    lab.shows(r"\$ echo typed$")

    late(lab, "late one\nlate two")

    assert lab.text() == "$ echo first\nfirst\nlate one\nlate two\n$ echo typed"
    assert "typed" in lab.run_line("")["output"]


def test_a_word_during_a_command_stands_on_its_own_line(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("printf begun; read -r x\r")
    lab.shows("^begun")

    late(lab, "done; press Enter")
    lab.send("\r")
    lab.expect("CommandEnded")

    assert lab.prompt().text() == "$ printf begun; read -r x\nbegun\ndone; press Enter\n\n$"


def test_a_word_during_a_full_screen_program_waits_for_the_prompt(sit_down: SitDown) -> None:
    lab = sit_down()
    (lab.folder / "raw.py").write_text(RAW_CHILD)
    lab.send("python3 raw.py\r")
    lab.shows("^inner#")
    lab.tell("show", "it is done")
    lab.expect("Woken")
    lab.send("\r")
    lab.expect("CommandEnded")

    assert lab.prompt().text() == "$ python3 raw.py\ninner# [13]\nit is done\n$"


def test_the_prompt_comes_without_an_answer_as_well(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.tell("answer", None)
    lab.expect("Woken")
    lab.run_line("true")
    begun = time.monotonic()
    lab.prompt()

    assert time.monotonic() - begun < 1
    lab.tell("show", "late answer")
    lab.shows("^late answer")
    assert lab.prompt().text() == "$ true\nlate answer\n$"


def test_a_dialogue_has_the_terminal_and_leaves_no_trace(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("echo typed")
    lab.shows("echo typed")
    lab.tell("dialogue", "leave? ")
    lab.shows("^leave\\?$")
    assert termios.tcgetattr(lab.master)[3] & termios.ICANON
    lab.send("y\n")
    lab.shows(r"^\$ echo typed$")
    lab.settle(0.1)

    assert "leave" not in lab.text()
    assert not termios.tcgetattr(lab.master)[3] & termios.ICANON
    lab.resize(Size(90, 24))
    lab.expect("Resized")
    assert lab.run_line("")["output"] == "typed\r\n"


def test_labrunner_types_and_interrupts(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.tell("at_prompt")
    assert lab.expect("AtPrompt")["is"]
    lab.tell("type", "sh -c 'echo typed by labrunner; exec sleep 60'\n")
    lab.shows("^typed by labrunner")
    lab.tell("at_prompt")
    assert not lab.expect("AtPrompt")["is"]
    lab.tell("interrupt")

    assert lab.expect("CommandEnded")["exit_status"] == 130


def test_ctrl_c_stops_a_flood_at_once(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.send("yes\r")
    lab.shows("^y")
    lab.looking = False
    begun = time.monotonic()
    lab.send("\x03")

    assert lab.expect("CommandEnded")["exit_status"] == 130
    assert time.monotonic() - begun < 2


def test_a_stalled_terminal_stops_the_program_and_nothing_is_lost(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.looking = False
    lab.send("seq 200000 | tee copy | cat; wc -l <copy\r")
    copy = lab.folder / "copy"
    deadline = time.monotonic() + 10
    sizes = [-1, 0]
    # Nobody reads the terminal now: the file that grows with what passes must stop growing.
    while sizes[-1] != sizes[-2] or sizes[-1] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
        sizes.append(copy.stat().st_size if copy.exists() else 0)
    assert sizes[-1] < 400_000

    ended = lab.expect("CommandEnded")

    assert str(ended["output"]).endswith("200000\r\n200000\r\n")
    lab.passes(b"200000\r\n200000\r\n")
    numbers = re.findall(rb"^(\d+)\r$", lab.raw.replace(b"\x1b[?2004l\r", b""), re.MULTILINE)
    assert [int(number) for number in numbers] == [*range(1, 200001), 200000]


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def switches(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:
        return sum(int(line.split()[1]) for line in status if "ctxt_switches" in line)


def test_nothing_wakes_up_while_nothing_happens(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.run_line("true")
    lab.prompt().settle(0.5)
    before = switches(lab.pid)
    time.sleep(0.7)

    assert switches(lab.pid) == before


def test_the_terminal_is_given_back_as_it_was(sit_down: SitDown) -> None:
    lab = sit_down()
    assert termios.tcgetattr(lab.master) != lab.modes
    lab.run_line("printf '\\033[?1049h\\033[?1000h\\033[?25l'")
    lab.tell("close")
    lab.ended()

    assert termios.tcgetattr(lab.master) == lab.modes
    end = lab.raw[-200:]
    for sequence in (b"\x1b[?1047l", b"\x1b[?1000l", b"\x1b[?25h", b"\x1b[?2004l"):
        assert sequence in end


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_killed_labrunner_gives_the_terminal_back(sit_down: SitDown, number: signal.Signals) -> None:
    lab = sit_down()
    os.kill(lab.pid, number)

    assert lab.expect("ShellEnded")["exit_status"] == 129
    lab.ended()
    assert termios.tcgetattr(lab.master) == lab.modes


def test_a_shell_that_will_not_go_is_made_to(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.run_line("trap '' HUP")
    lab.prompt().tell("close")

    assert lab.ended() == 137


def test_what_is_left_running_does_not_keep_labrunner(sit_down: SitDown) -> None:
    lab = sit_down()
    lab.run_line("(trap '' HUP; exec sleep 5) &")
    lab.prompt().send("echo last words; exit 3;\r")

    assert lab.expect("ShellEnded")["exit_status"] == 3
    assert lab.ended() == 3
    assert "last words" in lab.text()
