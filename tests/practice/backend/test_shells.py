"""The three shells say what the real ones say."""

import asyncio

import pytest

from tests.practice.backend.one_liners import ONE_LINERS, Said
from tests.practice.backend.world import BUSYBOX, DEBIAN, ran

CASES = [(flavour, script, said) for script, each in ONE_LINERS for flavour, said in each.items()]


@pytest.mark.parametrize(("flavour", "script", "said"), CASES)
def test_a_one_liner_says_what_the_real_shell_says(flavour: str, script: str, said: Said) -> None:
    shell = "sh" if flavour == "ash" else flavour
    tree = BUSYBOX if flavour == "ash" else DEBIAN

    done = asyncio.run(ran((shell, "-c", script), tree=tree, cwd="/tmp"))

    assert (done.out, done.err, done.status) == said


ENTRYPOINT = """#!/bin/sh
set -e
if [ "${1#-}" != "$1" ]; then
    set -- server "$@"
fi
for f in /etc/*.d/*.sh; do
    [ -e "$f" ] && . "$f"
done
echo "running: $*"
exec "$@"
"""


def test_an_entrypoint_script_hands_over() -> None:
    script = "cat > /entry; chmod +x /entry; /entry echo a 'b c'; /entry -x; echo $?"

    done = asyncio.run(ran(script, stdin=ENTRYPOINT.encode()))

    assert done.out == "running: echo a b c\na b c\nrunning: server -x\n127\n"
    assert done.err == "/entry: line 10: server: not found\n"


def test_bash_has_what_only_bash_has() -> None:
    script = """
declare -A m=([a]=1 [b]=2); m[c]=3; echo "${m[b]} ${#m[@]} ${!m[@]}"
a=(x "y z"); a+=(w); for i in "${a[@]}"; do echo "<$i>"; done; echo "${a[-1]} ${a[@]:1:1}"
[[ "v1.25.3" =~ ^v([0-9]+)\\.([0-9]+) ]] && echo "${BASH_REMATCH[1]}-${BASH_REMATCH[2]}"
for ((i=0; i<3; i++)); do printf '%d ' $i; done; echo; (( i > 2 )) && echo big
s=Hello; echo ${s^^} ${s,,} ${s:1:3} ${s//l/L}; x=s; echo ${!x}
read -r one two <<< "first second third"; echo "$two"
mapfile -t rows <<< "x"; echo "${#rows[@]}"
printf -v padded '%03d' 7; echo $padded; echo $'tab\\there'; type -t cd
f() { local v=in; echo $v; }; v=out; f; echo $v
shopt -s nullglob; echo /nothing*here; set -o pipefail; false | true; echo $?
"""
    done = asyncio.run(ran(("bash", "-c", script), tree=DEBIAN))

    assert done.out == (
        "2 3 a b c\n<x>\n<y z>\n<w>\nw y z\n1-25\n0 1 2 \nbig\nHELLO hello ell HeLLo\nHello\nsecond third\n"
        "1\n007\ntab\there\nbuiltin\nin\nout\n\n1\n"
    )


@pytest.mark.parametrize(
    ("stdin", "out"),
    [
        (b"echo one\necho two\n", "one\ntwo\n"),
        (b"read x\ntaken by read\necho [$x]\n", "[taken by read]\n"),
        (b"cat\nall\nof it\n", "all\nof it\n"),
        (b"for i in 1 2\ndo\necho $i\ndone\n", "1\n2\n"),
        (b"cat <<E\nhere $((1+1))\nE\necho after\n", "here 2\nafter\n"),
        (b"echo no newline at the end", "no newline at the end\n"),
    ],
)
def test_a_shell_takes_commands_from_standard_input(stdin: bytes, out: str) -> None:
    assert asyncio.run(ran(("sh",), stdin=stdin)).out == out
    assert asyncio.run(ran(("sh", "-s"), stdin=stdin, tree=DEBIAN)).out == out


def test_commands_from_a_pipe_run_as_they_come() -> None:
    from tests.practice.backend.world import begin

    async def life() -> tuple[str, int]:
        going = await begin(("sh",), attached=True)
        going.stdin.type("echo first\n")
        await going.out.until("first\n")
        going.stdin.type("echo sec")
        going.stdin.type("ond\nexit 3\n")
        status = await going.ended()
        return going.out.text, status

    assert asyncio.run(life()) == ("first\nsecond\n", 3)


def test_nothing_waits_for_input_that_is_not_attached() -> None:
    assert asyncio.run(ran("cat; read x; echo $?; sort; sed s/a/b/; wc -l")).out == "1\n0\n"


def test_what_the_shell_does_not_simulate_is_said() -> None:
    done = asyncio.run(ran(("bash", "-c", "diff <(echo a) <(echo b)"), tree=DEBIAN))

    assert done.err == "bash: line 1: practice engine: process substitution <(echo a) is not simulated\n"
    assert done.status == 2
