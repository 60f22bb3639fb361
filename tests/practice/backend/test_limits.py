"""Programs that would take all there is: they end with a message, and the daemon goes on meanwhile."""

import asyncio
import time

import pytest

from labrunner.practice.images.tree import Tree
from labrunner.practice.runtime.backend import Spec
from labrunner.practice.runtime.run import run_once
from tests.practice.backend.world import BUSYBOX, DEBIAN, backend, begin, ran


async def _longest_wait(seconds: float) -> float:
    """How long the loop was busy at most."""
    worst, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        before = time.monotonic()
        await asyncio.sleep(0.001)
        worst = max(worst, time.monotonic() - before)
    return worst


@pytest.mark.parametrize(
    "script",
    [
        "while true; do :; done",
        "yes > /dev/null",
        "yes | cat > /dev/null",
        "cat /dev/zero > /dev/null",
        "awk 'BEGIN { while (1) x++ }'",
        "f() { while :; do f2; done; }; f2() { :; }; f",
        "seq 100000000 > /dev/null",
        "x=aaaaaaaaaaaaaaaaaaaaaaaaaaaa; while :; do case $x in *a*a*a*a*a*a*b) ;; esac; done",
    ],
)
def test_an_endless_program_leaves_the_loop_to_others_and_can_be_killed(script: str) -> None:
    async def life() -> tuple[float, int]:
        going = await begin(script)
        worst = await _longest_wait(0.5)
        going.running.signal("KILL")
        return worst, await going.ended(seconds=5)

    worst, status = asyncio.run(life())

    assert status == 137
    assert worst < 0.25


def test_a_fork_bomb_hears_that_there_is_no_more_room() -> None:
    async def life() -> tuple[float, str, int]:
        going = await begin("bomb() { bomb | bomb & }; bomb; sleep 1000")
        text = await going.err.until("can't fork: Resource temporarily unavailable")
        worst = await _longest_wait(0.5)
        count = len(going.machine.processes())
        going.running.signal("KILL")
        await going.ended()
        assert going.machine.processes() == ()
        return worst, text, count

    worst, _, count = asyncio.run(life())

    assert count <= 200
    assert worst < 0.4


def test_a_disk_that_is_full_says_so() -> None:
    done = asyncio.run(ran("yes > /f; echo $?; ls -l /f | wc -l; rm /f; echo ok > /g && cat /g"))

    assert done.out == "1\n1\nok\n"
    assert done.err == "yes: No space left on device\n"


def test_zeros_cost_nothing() -> None:
    script = (
        "dd if=/dev/zero of=/big bs=1M count=500 2>/dev/null; head -c 200M /dev/zero > /h; "
        "truncate -s 1G /t; fallocate -l 300M /a; "
        "stat -c '%n %s' /big /h /t /a; wc -c < /h; rm /big /h /t /a"
    )
    began = time.monotonic()

    done = asyncio.run(ran(script))

    assert done.out == "/big 524288000\n/h 209715200\n/t 1073741824\n/a 314572800\n209715200\n"
    assert done.machine.rootfs.changes() == []
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("script", "err"),
    [
        (
            "a=aaaaaaaaaaaaaaaa; while :; do a=$a$a; done",
            "sh: practice engine: a value grew too large for a simulated shell\n",
        ),
        ("f() { f; }; f", "practice engine: functions are nested too deeply\n"),
    ],
)
def test_memory_is_bounded(script: str, err: str) -> None:
    done = asyncio.run(ran(script))

    assert done.err.endswith(err)
    assert done.status == 2


def test_bash_expansions_are_bounded() -> None:
    done = asyncio.run(ran(("bash", "-c", "echo {1..100000000} | wc -c"), tree=DEBIAN))

    assert "grew too large" in done.err


def test_run_is_ended_after_its_time() -> None:
    heard: list[tuple[str, bytes]] = []

    async def write(stream: str, data: bytes) -> None:
        heard.append((stream, data))

    async def build() -> tuple[int, Tree]:
        spec = Spec(argv=("/bin/sh", "-c", "echo begun > /f; cat /f; sleep 1000"))
        return await run_once(backend(), BUSYBOX, spec, write, timeout=0.3)

    status, layer = asyncio.run(build())

    assert status == 137
    assert heard == [
        ("stdout", b"begun\n"),
        ("stderr", b"practice engine: the command was ended after 0.3 seconds\n"),
    ]
    assert layer.read("f") == b"begun\n"


def test_output_beyond_a_mebibyte_comes_whole() -> None:
    done = asyncio.run(
        ran("seq 400000 | sed 's/^/line /' | cat; seq 300000 | awk '{ print $1 * 2 }' | tail -1")
    )

    lines = done.out.splitlines()
    assert (lines[0], lines[399_999], lines[400_000]) == ("line 1", "line 400000", "600000")


def test_a_slow_reader_slows_the_writer() -> None:
    class Slow:
        size = 0

        async def write(self, data: bytes) -> None:
            self.size += len(data)
            await asyncio.sleep(0.02)

    async def life() -> int:
        from labrunner.practice.runtime.backend import Streams
        from tests.practice.backend.world import machine

        slow = Slow()
        running = await backend().start(machine(), Spec(argv=("yes",)), Streams(stdout=slow, stderr=slow))
        await asyncio.sleep(0.3)
        running.signal("KILL")
        await running.wait()
        return slow.size

    assert asyncio.run(life()) < 1024 * 1024
