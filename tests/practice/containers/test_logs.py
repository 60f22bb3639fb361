"""`docker logs` over a real file: lines, times, tails, following, and pieces that give way."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

from labrunner.practice.runtime.attach import Frame
from labrunner.practice.runtime.logs import LogFile, Wanted

SECOND = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 1714557600 * SECOND

    def __call__(self) -> int:
        self.now += SECOND
        return self.now


def opened(folder: Path, clock: Callable[[], int] | None = None, piece: int = 10_000_000) -> LogFile:
    return LogFile(folder / "x-json.log", clock or Clock(), piece)


def read(log: LogFile, wanted: Wanted) -> list[Frame]:
    async def go() -> list[Frame]:
        return [frame async for frame in log.read(wanted)]

    return asyncio.run(go())


def filled(folder: Path) -> LogFile:
    log = opened(folder)
    log.begin()
    log.write("stdout", b"one\ntw")
    log.write("stderr", b"bad\n")
    log.write("stdout", b"o\nno newline")
    log.finish()
    return log


def test_the_file_is_docker_s_json_file(tmp_path: Path) -> None:
    log = filled(tmp_path)

    assert [json.loads(line) for line in log.path.read_text().splitlines()] == [
        {"log": "one\n", "stream": "stdout", "time": "2024-05-01T10:00:01Z"},
        {"log": "bad\n", "stream": "stderr", "time": "2024-05-01T10:00:02Z"},
        {"log": "two\n", "stream": "stdout", "time": "2024-05-01T10:00:03Z"},
        {"log": "no newline", "stream": "stdout", "time": "2024-05-01T10:00:04Z"},
    ]


def test_streams_tails_and_times(tmp_path: Path) -> None:
    log = filled(tmp_path)

    assert read(log, Wanted(stdout=False)) == [("stderr", b"bad\n")]
    assert read(log, Wanted(tail=1)) == [("stdout", b"no newline")]
    assert read(log, Wanted(tail=0)) == []
    assert read(log, Wanted(stdout=False, tail=1)) == []
    assert read(log, Wanted(stdout=False, tail=3, timestamps=True)) == [
        ("stderr", b"2024-05-01T10:00:02.000000000Z bad\n")
    ]
    assert read(log, Wanted(since=1714557603 * SECOND, until=1714557603 * SECOND)) == [("stdout", b"two\n")]


def test_a_log_is_read_again_by_the_next_daemon(tmp_path: Path) -> None:
    filled(tmp_path)
    log = opened(tmp_path)
    log.begin()
    log.write("stdout", b"later\n")
    log.finish()

    assert read(log, Wanted(tail=2)) == [("stdout", b"no newline"), ("stdout", b"later\n")]


def test_a_line_cut_short_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    log = filled(tmp_path)
    with log.path.open("ab") as file:
        file.write(b'{"log":"half')

    assert len(read(opened(tmp_path), Wanted())) == 4
    assert len(read(opened(tmp_path), Wanted(follow=True))) == 4


def test_the_oldest_lines_give_way(tmp_path: Path) -> None:
    log = opened(tmp_path, piece=1000)
    log.begin()
    for n in range(100):
        log.write("stdout", f"{n}\n".encode())
    log.finish()
    lines = [data for _, data in read(log, Wanted())]

    assert lines[-1] == b"99\n"
    assert lines == [f"{n}\n".encode() for n in range(100 - len(lines), 100)]
    assert sum(each.stat().st_size for each in tmp_path.iterdir()) <= 2000


def test_following_ends_when_the_container_does(tmp_path: Path) -> None:
    async def go() -> None:
        log = opened(tmp_path)
        log.begin()
        log.write("stdout", b"before\n")
        heard: asyncio.Queue[Frame] = asyncio.Queue()

        async def listen() -> None:
            async for frame in log.read(Wanted(follow=True)):
                heard.put_nowait(frame)

        listening = asyncio.create_task(listen())
        assert await asyncio.wait_for(heard.get(), 5) == ("stdout", b"before\n")
        log.write("stderr", b"after\n")
        assert await asyncio.wait_for(heard.get(), 5) == ("stderr", b"after\n")
        log.finish()
        await asyncio.wait_for(listening, 5)

    asyncio.run(go())


def test_following_a_tail_begins_behind_it(tmp_path: Path) -> None:
    async def go() -> None:
        log = opened(tmp_path)
        log.begin()
        log.write("stdout", b"1\n2\n3\n")
        heard: asyncio.Queue[Frame] = asyncio.Queue()

        async def listen() -> None:
            async for frame in log.read(Wanted(stderr=False, follow=True, tail=2)):
                heard.put_nowait(frame)

        log.write("stderr", b"not asked for\n")
        listening = asyncio.create_task(listen())
        assert await asyncio.wait_for(heard.get(), 5) == ("stdout", b"3\n")
        log.write("stdout", b"4\n")
        assert await asyncio.wait_for(heard.get(), 5) == ("stdout", b"4\n")
        log.finish()
        await listening

    asyncio.run(go())


def test_following_a_tail_of_the_other_stream_does_not_begin_again(tmp_path: Path) -> None:
    async def go() -> None:
        log = opened(tmp_path)
        log.begin()
        log.write("stdout", b"1\n2\n")
        log.write("stderr", b"bad\n")
        reading = log.read(Wanted(stderr=False, follow=True, tail=1))
        first = asyncio.ensure_future(anext(reading))
        await asyncio.sleep(0)
        log.write("stdout", b"3\n")
        assert await asyncio.wait_for(first, 5) == ("stdout", b"3\n")

    asyncio.run(go())


def test_a_very_long_line_is_kept_in_parts(tmp_path: Path) -> None:
    log = opened(tmp_path)
    log.begin()
    log.write("stdout", b"x" * 40000 + b"\n")
    log.finish()

    assert [len(data) for _, data in read(log, Wanted())] == [16384, 16384, 7233]
