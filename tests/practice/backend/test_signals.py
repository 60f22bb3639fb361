"""What signals do to the first process of a container and to its children, as the kernel has it."""

import asyncio

from labrunner.practice.images.tree import Tree
from labrunner.practice.programs.process import Process
from tests.practice.backend.world import BUSYBOX, DEBIAN, Going, begin, ran, standin


async def server(process: Process) -> int:
    """Ends by itself at TERM, and says which signal it heard."""
    ended = asyncio.Event()
    process.on_signal("TERM", ended.set)
    await process.stdout.write(b"serving\n")
    await ended.wait()
    await process.stdout.write(b"bye\n")
    return 0


PROGRAMS = {"server": server}
SERVING = Tree({**BUSYBOX.nodes, "bin/server": standin("server")})


async def rows(going: Going, command: str) -> None:
    async with asyncio.timeout(10):
        while command not in [row.command for row in going.machine.processes()]:
            await asyncio.sleep(0)


def test_the_first_process_ignores_term_where_it_has_no_answer() -> None:
    async def life() -> int:
        going = await begin(("sleep", "1000"))
        for name in ("TERM", "INT", "SIGHUP", "15"):
            going.running.signal(name)
        await asyncio.sleep(0.02)
        assert [row.command for row in going.machine.processes()] == ["sleep 1000"]
        going.running.signal("KILL")
        return await going.ended()

    assert asyncio.run(life()) == 137


def test_a_program_with_an_answer_hears_term() -> None:
    async def life() -> tuple[int, str]:
        going = await begin(("server",), tree=SERVING, programs=PROGRAMS)
        await going.out.until("serving\n")
        going.running.signal("TERM")
        status = await going.ended()
        return status, going.out.text

    assert asyncio.run(life()) == (0, "serving\nbye\n")


def test_exec_in_an_entrypoint_hands_the_first_process_over() -> None:
    async def life() -> tuple[int, list[str]]:
        going = await begin("echo up; exec server", tree=SERVING, programs=PROGRAMS)
        await going.out.until("serving\n")
        commands = [row.command for row in going.machine.processes()]
        going.running.signal("TERM")
        return await going.ended(), commands

    assert asyncio.run(life()) == (0, ["server"])


def test_a_shell_in_front_keeps_the_signal_from_the_server() -> None:
    async def life() -> tuple[int, list[str]]:
        going = await begin("server; echo after", tree=SERVING, programs=PROGRAMS)
        await going.out.until("serving\n")
        commands = [row.command for row in going.machine.processes()]
        going.running.signal("TERM")
        await asyncio.sleep(0.02)
        assert going.out.text == "serving\n"
        going.running.signal("KILL")
        return await going.ended(), commands

    assert asyncio.run(life()) == (137, ["sh -c server; echo after", "server"])


def test_with_an_init_the_child_dies_of_the_signal() -> None:
    async def life(name: str) -> int:
        going = await begin(("sleep", "1000"), init=True)
        await rows(going, "sleep 1000")
        assert [row.command for row in going.machine.processes()] == [
            "/sbin/docker-init -- sleep 1000",
            "sleep 1000",
        ]
        going.running.signal(name)
        return await going.ended()

    assert asyncio.run(life("TERM")) == 143
    assert asyncio.run(life("INT")) == 130


def test_a_trap_answers_when_the_shell_waits() -> None:
    async def life() -> tuple[int, str]:
        going = await begin("trap 'echo caught; exit 5' TERM; sleep 1000 & echo ready; wait")
        await going.out.until("ready\n")
        await rows(going, "sleep 1000")
        going.running.signal("TERM")
        status = await going.ended()
        return status, going.out.text

    assert asyncio.run(life()) == (5, "ready\ncaught\n")


def test_a_trap_waits_for_the_command_in_the_foreground() -> None:
    async def life() -> tuple[int, str]:
        going = await begin("trap 'echo caught' TERM; sleep 1000; echo after")
        await rows(going, "sleep 1000")
        going.running.signal("TERM")
        await asyncio.sleep(0.02)
        assert going.out.text == ""
        killed = await ran("kill $(pidof sleep)", on=going.machine, main=False)
        assert killed.status == 0
        status = await going.ended()
        return status, going.out.text

    assert asyncio.run(life()) == (0, "caught\nafter\n")


def test_the_end_of_the_first_process_ends_all_others() -> None:
    async def life() -> tuple[int, int]:
        going = await begin(("sleep", "1000"))
        other = await begin(("sleep", "2000"), on=going.machine, main=False)
        going.running.signal("KILL")
        return await going.ended(), await other.ended()

    assert asyncio.run(life()) == (137, 137)


def test_a_child_is_ended_by_term() -> None:
    done = asyncio.run(ran("sleep 1000 & kill $!; wait $!; echo $?; kill -9 $$; kill -TERM $$; echo alive"))

    assert (done.out, done.status) == ("143\nalive\n", 0)


def test_signals_reach_an_exec() -> None:
    async def life() -> int:
        going = await begin(("sleep", "1000"))
        other = await begin(("sleep", "2000"), on=going.machine, main=False)
        other.running.signal("TERM")
        status = await other.ended()
        await going.machine.close()
        return status

    assert asyncio.run(life()) == 143


def test_a_broken_pipe_ends_a_writer_quietly() -> None:
    done = asyncio.run(
        ran("yes | head -n 2; echo $?; set -o pipefail; yes | head -n 1; echo $?", tree=DEBIAN)
    )
    bash = asyncio.run(ran(("bash", "-c", "set -o pipefail; yes | head -n 1; echo $?"), tree=DEBIAN))

    assert done.out.startswith("y\ny\n0\n")
    assert (bash.out, bash.err) == ("y\n141\n", "")
