"""Who listens and who types: attachments before the start, half-closed stdin, detach keys, slow readers."""

import asyncio
from pathlib import Path

import pytest

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.attach import Attachment, Frame
from tests.practice.containers.lab import lab


async def everything(attachment: Attachment) -> list[Frame]:
    async def read() -> list[Frame]:
        return [frame async for frame in attachment]

    return await asyncio.wait_for(read(), 5)


def test_an_attachment_before_the_start_hears_everything(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("job", "say", "out", "!err")
            first, second = here.containers.attach("job"), here.containers.attach("job", stderr=False)
            await here.containers.start("job")
            assert await everything(first) == [("stdout", b"out\n"), ("stderr", b"err\n")]
            assert await everything(second) == [("stdout", b"out\n")]
            assert here.told()[:4] == ["create", "attach", "attach", "start"]

    asyncio.run(go())


def test_a_terminal_has_one_stream(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("job", "say", "out", "!err", Tty=True)
            attachment = here.containers.attach("job")
            await here.containers.start("job")
            assert await everything(attachment) == [("stdout", b"out\n"), ("stdout", b"err\n")]

    asyncio.run(go())


def test_closing_stdin_ends_what_reads_it(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("cat", "cat", OpenStdin=True, StdinOnce=True)
            attachment = here.containers.attach("cat", stdin=True)
            await attachment.write(b"typed before the start\n")
            await here.containers.start("cat")
            assert await anext(attachment) == ("stdout", b"typed before the start\n")
            attachment.close_stdin()
            assert await everything(attachment) == []
            assert (await asyncio.wait_for(here.containers.wait("cat"), 5)).status == 0

    asyncio.run(go())


def test_without_stdin_once_closing_stdin_only_lets_go(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("cat", "cat", OpenStdin=True)
            first = here.containers.attach("cat", stdin=True)
            first.close_stdin()
            assert await everything(first) == []
            second = here.containers.attach("cat", stdin=True)
            await second.write(b"still here\n")
            assert await anext(second) == ("stdout", b"still here\n")

    asyncio.run(go())


def test_without_open_stdin_a_program_reads_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("cat", "cat")
            attachment = here.containers.attach("cat", stdin=True)
            await attachment.write(b"nobody reads this")
            await here.containers.start("cat")
            assert await everything(attachment) == []

    asyncio.run(go())


def test_the_detach_keys_let_go_and_the_program_goes_on(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("cat", "cat", OpenStdin=True, StdinOnce=True, Tty=True)
            attachment = here.containers.attach("cat", stdin=True)
            await attachment.write(b"hello\x10")
            await attachment.write(b"\x11ignored")
            assert attachment.detached
            assert await everything(attachment) == []
            assert here.containers.get("cat").running
            assert here.told() == ["create", "start", "attach", "detach"]
            with pytest.raises(Refused, match=r"^Invalid detach keys \(nope\) provided$"):
                here.containers.attach("cat", detach_keys="nope")

    asyncio.run(go())


def test_logs_are_replayed(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("job", "say", "out", "!err")
            await asyncio.wait_for(here.containers.wait("job"), 5)
            attachment = here.containers.attach("job", logs=True, stream=False)
            assert await everything(attachment) == [("stdout", b"out\n"), ("stderr", b"err\n")]

    asyncio.run(go())


def test_a_paused_container_is_not_attached_to(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep")
            await here.containers.pause("web")
            with pytest.raises(
                Refused, match="^container web is paused, unpause the container before attach$"
            ):
                here.containers.attach("web")

    asyncio.run(go())


def test_a_slow_reader_holds_the_program_up_and_loses_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("flood", "flood", "40")
            attachment = here.containers.attach("flood")
            await here.containers.start("flood")
            await anext(attachment)
            assert here.containers.get("flood").running
            assert len(await everything(attachment)) == 39

    asyncio.run(go())


def test_a_reader_that_stands_still_is_let_go_and_told() -> None:
    async def go() -> None:
        attachment = Attachment(outputs=frozenset(("stdout",)), patience=0.01)
        for _ in range(20):
            await attachment.put("stdout", b"x" * 65536)
        frames = await everything(attachment)
        assert len(frames) == 17
        assert frames[-1] == (
            "stderr",
            b"\r\npractice engine: nothing was read for too long; this client is let go, see docker logs\r\n",
        )

    asyncio.run(go())
