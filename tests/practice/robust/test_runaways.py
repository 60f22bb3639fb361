"""Programs that would take the whole machine: they are bounded, and the daemon and other containers go on meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.practice.robust.asking import Client, Failed, packed
from tests.practice.robust.place import Engine, watching

ENDLESS = {
    "fork-bomb": "b() { b | b & }; b; sleep 1000",
    "loop": "while true; do :; done",
    "yes": "yes",
    "yes-unheard": "yes > /dev/null",
    "noise": "cat /dev/urandom | sha256sum",
    "many-arguments": 'while :; do set -- "$@" aaaaaaaaaaaaaaaaaaaaaa; done',
    "many-variables": 'i=0; while :; do i=$((i+1)); eval "v$i=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; done',
    "many-files": "i=0; while :; do i=$((i+1)); echo x > /tmp/f$i || exit; done",
    "shells": 'exec sh -c "while :; do sh -c true; done"',
    "stubborn": "trap '' TERM INT HUP; while :; do sleep 1000; done",
    "long-lines": 'while :; do printf "%100000d" 1; done',
    "numbers": "seq 1 999999999999",
    "written-and-read": "while :; do echo x; done > /log & tail -f /log",
}
BOUNDED = {
    "value": ("a=x; while :; do a=$a$a; done", 2, "a value grew too large for a simulated shell"),
    "functions": ("f() { f; }; f", 2, "functions are nested too deeply"),
    "folders": ("while mkdir d && cd d; do :; done; echo ended", 0, "File name too long"),
    "disk": ("cat /dev/urandom > /f; ls /f", 0, "No space left on device"),
    "sort": ("yes | sort", 1, "File too large"),
    "sed": ('yes | sed ":a;N;ba"', 1, "File too large"),
    "names": ("mkdir -p a/a/a a/b/a b/a/b; echo */*/*/*/../../*/*/../../*/*", 2, "grew too large"),
    "width": ('printf "%1000000000d" 1', 1, "the width is too large"),
    "parentheses": ("(" * 5000, 2, "too deeply nested"),
    "ifs": ("if true; then " * 2000, 2, "too deeply nested"),
    "links": ("ln -s a b; ln -s b a; cat a", 1, "Too many levels of symbolic links"),
    "pattern": (
        "x=$(head -c 5000 /dev/zero | tr '\\0' a); case $x in *a*a*a*a*a*a*a*b) ;; esac; echo no",
        0,
        "no",
    ),
    "expression": ("echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! | grep -E '(a+)+$' || echo no", 0, "no"),
    "everything-gone": ("rm -rf /* 2> /dev/null; echo gone", 0, "gone"),
    "everybody-killed": ("kill -9 -1; kill -9 1; echo alive", 0, "alive"),
}
SCRIPTS = {
    "loop": "while (1);",
    "expression": "/(a+)+$/.test('a'.repeat(60) + '!')",
    "promises": "(function again() { Promise.resolve().then(again) })()",
}
SCRIPTS_BOUNDED = {
    "memory": ("a = []; while (1) a.push(new Array(1e6).fill(1))", "JavaScript heap out of memory"),
    "recursion": ("function f() { f() }; f()", "Maximum call stack size exceeded"),
    "text": ("let s = 'x'; while (1) s += s", "string too long"),
    "processes": (
        "require('child_process').execSync('id')",
        "does not simulate node's module 'child_process'",
    ),
}


@contextmanager
def neighbour(here: Engine) -> Iterator[None]:
    """Another container, which counts aloud: it comes on while the block lasts."""
    container = here.client.run("alpine", "sh", "-c", "i=0; while sleep 0.1; do i=$((i+1)); echo $i; done")
    try:
        before = len(here.client.logs(container).split())
        yield
        until = time.monotonic() + 5
        while len(here.client.logs(container).split()) < before + 3:
            assert time.monotonic() < until, "the other container does not come on"
    finally:
        here.client.ask("DELETE", f"/containers/{container}?force=1")


@pytest.mark.parametrize("script", ENDLESS.values(), ids=ENDLESS.keys())
def test_an_endless_program_keeps_nobody_waiting(here: Engine, script: str) -> None:
    with watching(here.client), neighbour(here):
        container = here.client.run("alpine", "sh", "-c", script)
        time.sleep(0.5)
        began = time.monotonic()
        here.client.ask("DELETE", f"/containers/{container}?force=1")

    assert time.monotonic() - began < 2


@pytest.mark.parametrize(("script", "status", "message"), BOUNDED.values(), ids=BOUNDED.keys())
def test_a_program_that_wants_too_much_hears_so(here: Engine, script: str, status: int, message: str) -> None:
    with watching(here.client):
        container = here.client.run("alpine", "sh", "-c", script)
        ended = here.client.wait(container)
        said = here.client.logs(container)
        here.client.ask("DELETE", f"/containers/{container}")

    assert message in said
    assert ended == status, said


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_an_endless_script_keeps_nobody_waiting(here: Engine, script: str) -> None:
    here.client.pull("node:24-alpine")

    with watching(here.client), neighbour(here):
        container = here.client.run("node:24-alpine", "node", "-e", script)
        time.sleep(0.5)
        here.client.ask("DELETE", f"/containers/{container}?force=1")


@pytest.mark.parametrize(("script", "message"), SCRIPTS_BOUNDED.values(), ids=SCRIPTS_BOUNDED.keys())
def test_a_script_that_wants_too_much_hears_so(here: Engine, script: str, message: str) -> None:
    here.client.pull("node:24-alpine")

    with watching(here.client):
        container = here.client.run("node:24-alpine", "node", "-e", script)
        ended = here.client.wait(container)
        said = here.client.logs(container)
        here.client.ask("DELETE", f"/containers/{container}")

    assert ended != 0
    assert message in said


@pytest.mark.parametrize("name", ["fork-bomb", "loop", "yes-unheard", "many-files"])
def test_a_build_that_does_not_end_ends_with_its_client(here: Engine, name: str) -> None:
    dockerfile = f"FROM alpine\nRUN {ENDLESS[name]}\n"
    leaving = Client(here.client.path, patience=1)

    with watching(here.client), neighbour(here):
        with pytest.raises(TimeoutError):
            leaving.build(packed({"Dockerfile": dockerfile}))
        until = time.monotonic() + 5
        while here.spooled and time.monotonic() < until:
            here.client.send("GET", "/_ping")

    assert here.spooled == []


@pytest.mark.parametrize("name", ["value", "functions", "parentheses"])
def test_a_build_that_wants_too_much_fails_with_the_reason(here: Engine, name: str) -> None:
    script, status, _ = BOUNDED[name]

    with watching(here.client), pytest.raises(Failed, match=f"returned a non-zero code: {status}"):
        here.client.build(packed({"Dockerfile": f"FROM alpine\nRUN {script}\n"}))


def test_all_of_them_at_once(here: Engine) -> None:
    with watching(here.client), neighbour(here):
        started = [here.client.run("alpine", "sh", "-c", script) for script in ENDLESS.values()]
        threads = [
            threading.Thread(target=here.client.ask, args=("DELETE", f"/containers/{each}?force=1"))
            for each in started
        ]
        time.sleep(1)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [each["Id"] for each in here.client.ask("GET", "/containers/json")] == []


def test_an_expression_of_a_web_server_is_given_up(here: Engine) -> None:
    site = 'server { listen 80; location ~ "^/(a+)+$" { return 200 "found"; } location / { return 200 "other"; } }\n'
    image = here.client.build(
        packed(
            {
                "Dockerfile": "FROM nginx:alpine\nCOPY site.conf /etc/nginx/conf.d/default.conf\n",
                "site.conf": site,
            }
        )
    )
    container = here.client.run(image)
    served = "until wget -q -O- http://localhost/aaaa 2> /dev/null; do sleep 0.1; done; echo; "
    asked = f"{served}wget -q -S -O- http://localhost/{'a' * 60}! 2>&1"
    exec_ = here.client.ask(
        "POST",
        f"/containers/{container}/exec",
        {"Cmd": ["sh", "-c", asked], "AttachStdout": True, "Tty": True},
    )["Id"]

    with watching(here.client):
        _, said = here.client.send("POST", f"/v1.51/exec/{exec_}/start", b'{"Tty":true}')
    here.client.ask("DELETE", f"/containers/{container}?force=1")

    assert said.startswith(b"found\r\n")
    assert b"500 Internal Server Error" in said
