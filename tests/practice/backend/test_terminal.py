"""A shell with a terminal, as `docker run -it` gives it."""

import asyncio

from tests.practice.backend.world import BUSYBOX, DEBIAN, begin


def test_a_busybox_shell_prompts_echoes_and_keeps_its_state() -> None:
    async def talk() -> tuple[str, int]:
        going = await begin(("sh",), tree=BUSYBOX, tty=True)
        await going.out.until("/ # ")
        going.stdin.type("cd /etc; x=5\r")
        await going.out.until("/etc # ")
        going.stdin.type("echo $x\r")
        await going.out.until("\r\n5\r\n")
        going.stdin.type("exit 7\r")
        status = await going.ended()
        return going.out.text, status

    text, status = asyncio.run(talk())

    assert text == "/ # cd /etc; x=5\r\n/etc # echo $x\r\n5\r\n/etc # exit 7\r\n"
    assert status == 7


def test_bash_shows_user_and_host() -> None:
    async def talk() -> str:
        going = await begin(("bash",), tree=DEBIAN, tty=True)
        await going.out.until("root@0123456789ab:/# ")
        going.stdin.type(b"\x04")
        await going.ended()
        return going.out.text

    assert asyncio.run(talk()) == "root@0123456789ab:/# exit\r\n"


def test_keys_edit_the_line() -> None:
    async def talk() -> str:
        going = await begin(("sh",), tty=True)
        await going.out.until("# ")
        going.stdin.type("echo abX\x7fc one two\x17three\r")
        await going.out.until("abc one three\r\n")
        going.stdin.type("nonsense\x15echo fresh\r")
        await going.out.until("\r\nfresh\r\n")
        going.stdin.type("echo ac\x1b[Db\r")
        await going.out.until("\r\nabc\r\n")
        going.stdin.type("\x1b[A\r")
        await going.out.until("abc\r\n/ # echo abc\r\nabc\r\n")
        going.stdin.type(b"\x04")
        await going.ended()
        return going.out.text

    assert "nonsense" in asyncio.run(talk())


def test_a_construct_goes_on_over_lines() -> None:
    async def talk() -> tuple[str, int]:
        going = await begin(("sh",), tty=True)
        await going.out.until("# ")
        going.stdin.type("for i in 1 2\r")
        await going.out.until("\r\n> ")
        going.stdin.type("do echo n$i\rdone\r")
        await going.out.until("n1\r\nn2\r\n/ # ")
        going.stdin.type("exit\r")
        return going.out.text, await going.ended()

    assert asyncio.run(talk())[1] == 0


def test_control_c_at_the_prompt_starts_afresh() -> None:
    async def talk() -> int:
        going = await begin(("sh",), tty=True)
        await going.out.until("# ")
        going.stdin.type("echo unfinished\x03")
        await going.out.until("^C\r\n/ # ")
        going.stdin.type("exit\r")
        return await going.ended()

    assert asyncio.run(talk()) == 130


def test_control_c_ends_the_program_in_the_foreground_and_not_the_shell() -> None:
    async def talk() -> str:
        going = await begin(("sh",), tty=True)
        await going.out.until("# ")
        going.stdin.type("echo go; sleep 1000\r")
        await going.out.until("\r\ngo\r\n")
        await _until_rows(going.machine, "sleep 1000")
        going.stdin.type("\x03")
        await going.out.until("^C\r\n/ # ")
        going.stdin.type("echo $?\r")
        await going.out.until("\r\n130\r\n")
        going.stdin.type("exit\r")
        await going.ended()
        return going.out.text

    asyncio.run(talk())


def test_control_c_ends_a_loop_of_builtins() -> None:
    async def talk() -> None:
        going = await begin(("sh",), tty=True)
        await going.out.until("# ")
        going.stdin.type("echo go; while true; do :; done\r")
        await going.out.until("\r\ngo\r\n")
        going.stdin.type("\x03")
        await going.out.until("^C")
        await going.out.until("go\r\n^C/ # ")
        going.stdin.type("exit\r")
        await going.ended()

    asyncio.run(talk())


def test_a_shell_with_a_terminal_ignores_term() -> None:
    async def talk() -> int:
        going = await begin(("sh",), tty=True)
        await going.out.until("# ")
        going.running.signal("TERM")
        going.stdin.type("echo still here\r")
        await going.out.until("\r\nstill here\r\n")
        going.running.signal("KILL")
        return await going.ended()

    assert asyncio.run(talk()) == 137


def test_a_program_reads_lines_and_the_end_of_input() -> None:
    async def talk() -> tuple[str, int]:
        going = await begin(("cat",), tty=True)
        going.stdin.type("hello\r")
        await going.out.until("hello\r\nhello\r\n")
        going.stdin.type(b"\x04")
        return going.out.text, await going.ended()

    assert asyncio.run(talk()) == ("hello\r\nhello\r\n", 0)


def test_the_size_of_the_window_is_told() -> None:
    async def talk() -> None:
        going = await begin(("sh",), tty=True)
        await going.out.until("# ")
        going.running.resize(50, 132)
        going.stdin.type("stty size; tty; echo $TERM\r")
        await going.out.until("50 132\r\n/dev/pts/0\r\nxterm\r\n")
        going.stdin.type("exit\r")
        await going.ended()

    asyncio.run(talk())


def test_read_takes_a_typed_line() -> None:
    async def talk() -> None:
        going = await begin("read -p 'name? ' n; echo hi $n", tree=DEBIAN, tty=True)
        going.stdin.type("bob\r")
        await going.ended()
        assert going.out.text.endswith("bob\r\nhi bob\r\n")

    asyncio.run(talk())


async def _until_rows(machine: object, command: str) -> None:
    async with asyncio.timeout(10):
        while command not in [row.command for row in machine.processes()]:  # type: ignore[attr-defined]
            await asyncio.sleep(0)
