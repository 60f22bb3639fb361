"""Commands that pass bytes on and count them: cat, wc, tee; live, and right for files of any size."""

import re

from labrunner.practice.programs.applet import absolute, busybox, careful, complain, options, reason, say
from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.inputs import cannot, pieces
from labrunner.practice.programs.process import Open, Process, Program

_CAT = "can't open '{word}': {reason}"
_BUSY_CAT = {21: "read error: {reason}"}


async def cat(process: Process) -> int:
    long = {"number": "n", "show-all": "A", "show-ends": "E", "show-tabs": "T", "show-nonprinting": "v"}
    chosen = options(process.argv[1:], flags="nbAEeTtvsu", long=long)
    status, number, start = 0, 0, True
    for word in chosen.words or ["-"]:
        try:
            async for data in pieces(process, word):
                if chosen.flags - {"u"}:
                    data, number, start = _marked(data, chosen.flags, number, start)
                await process.stdout.write(data)
        except BrokenPipeError:
            raise
        except OSError as error:
            if error.errno == 28:
                raise
            status = await cannot(
                process, word, error, "{word}: {reason}", _BUSY_CAT.get(error.errno or 0, _CAT)
            )
    return status


def _marked(data: bytes, flags: set[str], number: int, start: bool) -> tuple[bytes, int, bool]:
    made: list[bytes] = []
    for line in data.splitlines(keepends=True):
        if start and ("n" in flags or ("b" in flags and line.strip(b"\n"))):
            number += 1
            made.append(b"%6d\t" % number)
        body, end = (line[:-1], b"\n") if line.endswith(b"\n") else (line, b"")
        if flags & {"A", "T", "t"}:
            body = body.replace(b"\t", b"^I")
        if flags & {"A", "v", "e", "t"}:
            body = re.sub(rb"[\x00-\x08\x0b-\x1f]", lambda found: b"^" + bytes([found.group()[0] + 64]), body)
        if end and flags & {"A", "E", "e"}:
            end = b"$\n"
        made.append(body + end)
        start = bool(end)
    return b"".join(made), number, start


async def wc(process: Process) -> int:
    long = {"lines": "l", "words": "w", "bytes": "c", "chars": "m", "max-line-length": "L"}
    chosen = options(process.argv[1:], flags="lwcmL", long=long)
    columns = [letter for letter in "lwmcL" if letter in chosen] or ["l", "w", "c"]
    status, rows = 0, []
    breath = Breath()
    for word in chosen.words or [""]:
        counts = dict.fromkeys("lwmcL", 0)
        inside, line = False, 0
        try:
            async for data in pieces(process, word or "-"):
                await breath.take()
                counts["c"] += len(data)
                counts["l"] += data.count(b"\n")
                if set(columns) & {"w", "m", "L"}:
                    counts["m"] += len(data) - sum(1 for byte in data if byte & 0xC0 == 0x80)
                    parts = data.split()
                    counts["w"] += len(parts) - (1 if inside and parts and not data[:1].isspace() else 0)
                    inside = bool(data) and not data[-1:].isspace()
                    for piece in data.split(b"\n")[:-1]:
                        counts["L"], line = max(counts["L"], line + len(piece)), 0
                    line += len(data.rpartition(b"\n")[2])
                    counts["L"] = max(counts["L"], line)
        except OSError as error:
            status = await complain(process, f"{word}: {reason(error)}")
            continue
        rows.append((counts, word))
    if len(chosen.words) > 1:
        total = {letter: sum(counts[letter] for counts, _ in rows) for letter in "lwmcL"}
        rows.append((total, "total"))
    await say(
        process,
        _counted(
            rows,
            columns,
            busy=busybox(process),
            stdin=not (chosen.words or getattr(process.stdin, "regular", False)),
        ),
    )
    return status


def _counted(rows: list[tuple[dict[str, int], str]], columns: list[str], *, busy: bool, stdin: bool) -> str:
    if len(columns) == 1 and len(rows) == 1:
        width = 0
    elif busy:
        width = 9
    elif stdin:
        width = 7
    else:
        width = max((len(str(counts[letter])) for counts, _ in rows for letter in "lwc"), default=1)
    text = ""
    for counts, word in rows:
        cells = [f"{counts[letter]:>{width}}" for letter in columns]
        text += " ".join(cells) + (f" {word}" if word else "") + "\n"
    return text


async def tee(process: Process) -> int:
    chosen = options(process.argv[1:], flags="aip", long={"append": "a", "ignore-interrupts": "i"})
    kernel = process.kernel
    assert kernel is not None
    targets: list[Open] = []
    status = 0
    for word in chosen.words:
        try:
            target = kernel.open(process, absolute(process, word), "a" if "a" in chosen else "w")
        except OSError as error:
            status = await complain(process, f"{word}: {reason(error)}")
            continue
        target.hold()
        targets.append(target)
    try:
        while data := await process.stdin.read():
            await process.stdout.write(data)
            for target in targets:
                await target.write(data)
    finally:
        for target in targets:
            target.release()
    return status


TEXT: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "cat": cat,
        "less": cat,
        "more": cat,
        "tee": tee,
        "wc": wc,
    }.items()
}
