"""head and tail."""

import asyncio
import re
from collections.abc import Sequence

from labrunner.practice.programs.applet import (
    absolute,
    busybox,
    careful,
    complain,
    files_of,
    options,
    reason,
    say,
)
from labrunner.practice.programs.inputs import cannot, opened, pieces
from labrunner.practice.programs.process import Process, Program
from labrunner.practice.programs.sizes import size_of

POLL = 0.2
"""Seconds between two looks of `tail -f`."""


def _count(words: Sequence[str]) -> list[str]:
    """`-5` as `-n 5`."""
    return [part for word in words for part in (("-n", word[1:]) if re.fullmatch(r"-\d+", word) else (word,))]


async def head(process: Process) -> int:
    chosen = options(
        _count(process.argv[1:]), flags="qvz", valued="nc", long={"lines": "n", "bytes": "c", "quiet": "q"}
    )
    by_bytes = "c" in chosen.values
    text = chosen.values.get("c") or chosen.values.get("n") or "10"
    amount = size_of(text.lstrip("-+"))
    if amount is None:
        return await complain(process, f"invalid number of {'bytes' if by_bytes else 'lines'}: '{text}'")
    status = 0
    words = chosen.words or ["-"]
    for place, word in enumerate(words):
        try:
            source = process.stdin if word == "-" else opened(process, word)
        except OSError as error:
            status = await cannot(
                process, word, error, "cannot open '{word}' for reading: {reason}", "{word}: {reason}"
            )
            continue
        try:
            if (len(words) > 1 and "q" not in chosen) or "v" in chosen:
                name = "standard input" if word == "-" else word
                await say(process, ("\n" if place else "") + f"==> {name} <==\n")
            if text.startswith("-"):
                await _all_but(process, source, amount, by_bytes=by_bytes)
            elif by_bytes:
                await _first_bytes(process, source, amount)
            else:
                await _first_lines(process, source, amount)
        except IsADirectoryError as error:
            status = await complain(process, f"error reading '{word}': {reason(error)}")
        finally:
            if source is not process.stdin:
                source.release()  # type: ignore[attr-defined]
    return status


async def _first_bytes(process: Process, source: object, amount: int) -> None:
    while amount > 0 and (data := await source.read(min(amount, 65536))):  # type: ignore[attr-defined]
        amount -= len(data)
        await process.stdout.write(data)


async def _first_lines(process: Process, source: object, amount: int) -> None:
    while amount > 0 and (data := await source.read(65536)):  # type: ignore[attr-defined]
        rows = data.splitlines(keepends=True)
        taken = b"".join(row for row in rows[:amount])
        amount -= taken.count(b"\n")
        await process.stdout.write(taken)


async def _all_but(process: Process, source: object, amount: int, *, by_bytes: bool) -> None:
    held = bytearray()
    while data := await source.read(65536):  # type: ignore[attr-defined]
        held += data
        if len(held) > 32 * 1024 * 1024:
            raise OSError(12, "practice engine: the input is too large for this simulated tool")
    if by_bytes:
        await process.stdout.write(bytes(held[: max(len(held) - amount, 0)]))
    else:
        rows = bytes(held).splitlines(keepends=True)
        await process.stdout.write(b"".join(rows[: max(len(rows) - amount, 0)]))


async def tail(process: Process) -> int:
    long = {"lines": "n", "bytes": "c", "follow": "f", "quiet": "q", "retry": "R"}
    words = [re.sub(r"^\+(\d+)$", r"-n+\1", word) for word in process.argv[1:]]
    chosen = options(_count(words), flags="fFqvR", valued="ncs", long={**long, "pid": "P"})
    by_bytes = "c" in chosen.values
    text = chosen.values.get("c") or chosen.values.get("n") or "10"
    amount = size_of(text.lstrip("-+"))
    if amount is None:
        return await complain(process, f"invalid number of {'bytes' if by_bytes else 'lines'}: '{text}'")
    follow = bool(chosen.flags & {"f", "F"})
    status = 0
    shown: list[tuple[str, int]] = []
    names = chosen.words or ["-"]
    for place, word in enumerate(names):
        try:
            if word != "-":
                opened(process, word).release()
            if (len(names) > 1 and "q" not in chosen) or "v" in chosen:
                await say(process, ("\n" if place else "") + f"==> {word} <==\n")
            size = await _last(process, word, amount, by_bytes=by_bytes, start=text.startswith("+"))
            shown.append((word, size))
        except BrokenPipeError:
            raise
        except OSError as error:
            status = await cannot(
                process,
                word,
                error,
                "cannot open '{word}' for reading: {reason}",
                "can't open '{word}': {reason}",
            )
    if not shown:
        await complain(
            process, "no files" if busybox(process) else "no files remaining"
        ) if follow or busybox(process) else None
        return 1
    if follow and shown[-1][0] != "-":
        await _follow(process, shown)
    return status


async def _last(process: Process, word: str, amount: int, *, by_bytes: bool, start: bool) -> int:
    """Prints the end (or, with +N, what follows) of a file; how many bytes it had."""
    size = 0
    kept = bytearray()
    skipped = 0
    async for data in pieces(process, word):
        size += len(data)
        if start:
            data, skipped = _after(data, skipped, amount, by_bytes=by_bytes)
            await process.stdout.write(data)
            continue
        kept += data
        if by_bytes:
            del kept[: max(len(kept) - amount, 0)]
        elif len(kept) > 1024 * 1024:
            rows = bytes(kept).splitlines(keepends=True)
            kept = bytearray(b"".join(rows[-amount - 1 :] if amount else []))[-16 * 1024 * 1024 :]
    if not start:
        rows = bytes(kept).splitlines(keepends=True)
        await process.stdout.write(bytes(kept) if by_bytes else b"".join(rows[-amount:] if amount else []))
    return size


def _after(data: bytes, skipped: int, amount: int, *, by_bytes: bool) -> tuple[bytes, int]:
    wanted = max(amount - 1, 0)
    if by_bytes:
        cut = min(max(wanted - skipped, 0), len(data))
        return data[cut:], skipped + cut
    at = 0
    while skipped < wanted:
        end = data.find(b"\n", at)
        if end < 0:
            return b"", skipped
        at, skipped = end + 1, skipped + 1
    return data[at:], skipped


async def _follow(process: Process, shown: list[tuple[str, int]]) -> None:
    """Goes on until it is ended, printing what is added."""
    last = shown[-1][0]
    while True:
        await asyncio.sleep(POLL)
        for place, (word, size) in enumerate(shown):
            try:
                content = files_of(process).content(absolute(process, word))
            except OSError:
                continue
            if content.size < size:
                await complain(process, f"{word}: file truncated")
                size = 0
            if content.size > size:
                if word != last and len(shown) > 1:
                    await say(process, f"\n==> {word} <==\n")
                    last = word
                await process.stdout.write(content.read()[size:])
            shown[place] = (word, content.size)


ENDS: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "head": head,
        "tail": tail,
    }.items()
}
