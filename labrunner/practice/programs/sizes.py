"""truncate, fallocate, dd and du: the sizes of files; zeros are never held in memory."""

import posixpath
import re
import time

from labrunner.practice.images.content import Zeros
from labrunner.practice.programs.applet import (
    absolute,
    busybox,
    complain,
    files_of,
    options,
    reason,
    say,
    wrong,
)
from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.coreutils_show import blocks, human
from labrunner.practice.programs.process import Process

LARGEST = 1024**4


_SIZE = re.compile(r"([-+<>/%]?)(\d{1,15})([kKMGTbcw]?)(i?B?)")


def size_of(text: str) -> int | None:
    """`10M`, `512`, `1kB`."""
    found = _SIZE.fullmatch(text)
    if found is None:
        return None
    unit = {"": 1, "c": 1, "w": 2, "b": 512, "k": 1024, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
    factor = unit[found.group(3)]
    if found.group(4) == "B" and factor > 512:
        factor = {1024: 1000, 1024**2: 1000**2, 1024**3: 1000**3, 1024**4: 1000**4}[factor]
    return int(found.group(2)) * factor


async def truncate(process: Process) -> int:
    chosen = options(
        process.argv[1:], flags="co", valued="sr", long={"size": "s", "no-create": "c", "reference": "r"}
    )
    text = chosen.values.get("s", "")
    if "r" in chosen.values:
        text = str(process.files.stat(absolute(process, chosen.values["r"])).size)
    size = size_of(text)
    if size is None:
        return await complain(
            process,
            f"Invalid number: '{text}'" if text else "you must specify either '--size' or '--reference'",
        )
    for word in chosen.words:
        path = absolute(process, word)
        old = process.files.stat(path).size if process.files.exists(path) else None
        if old is None and "c" in chosen:
            continue
        wanted = {
            "+": (old or 0) + size,
            "-": max((old or 0) - size, 0),
            "<": min(old or 0, size),
            ">": max(old or 0, size),
        }
        new = wanted.get(text[0], size)
        if new > LARGEST:
            return await complain(process, f"failed to truncate '{word}' at {new} bytes: File too large")
        try:
            files_of(process).truncate(path, new)
        except OSError as error:
            return await complain(process, f"cannot open '{word}' for writing: {reason(error)}")
    return 0


async def fallocate(process: Process) -> int:
    chosen = options(process.argv[1:], flags="nvx", valued="lo", long={"length": "l", "offset": "o"})
    size = size_of(chosen.values.get("l", ""))
    if size is None or len(chosen.words) != 1:
        return await complain(
            process, "no length argument specified" if size is None else "no filename specified"
        )
    path = absolute(process, chosen.words[0])
    old = process.files.stat(path).size if process.files.exists(path) else 0
    try:
        files_of(process).truncate(path, max(old, size + (size_of(chosen.values.get("o", "0")) or 0)))
    except OSError as error:
        return await complain(process, f"cannot open {chosen.words[0]}: {reason(error)}")
    return 0


async def dd(process: Process) -> int:
    """Copies blocks; zeros are written without ever being held."""
    given: dict[str, str] = {}
    for word in process.argv[1:]:
        name, equals, value = word.partition("=")
        if not equals or name not in (
            "if",
            "of",
            "bs",
            "ibs",
            "obs",
            "count",
            "skip",
            "seek",
            "conv",
            "status",
            "iflag",
            "oflag",
        ):
            return await wrong(process, f"unrecognized operand '{word}'", f"invalid argument '{word}'")
        given[name] = value
    numbers: dict[str, int] = {}
    for name, default in (("bs", "512"), ("count", ""), ("skip", "0"), ("seek", "0")):
        text = given.get(name, given.get("ibs", default) if name == "bs" else default)
        size = size_of(text) if text else None
        if text and size is None:
            return await wrong(process, f"invalid number: '{text}'", f"invalid number '{text}'")
        if size is not None:
            numbers[name] = size
    block = numbers["bs"]
    if not 0 < block <= 256 * 1024 * 1024:
        return await wrong(
            process, f"invalid number: '{given.get('bs')}'", f"invalid number '{given.get('bs')}'"
        )
    limit = numbers["count"] * block if "count" in numbers else None
    began = time.monotonic()
    if given.get("if") == "/dev/zero" and limit is not None and "of" in given and limit <= LARGEST:
        if await _zeros(
            process, given["of"], numbers["seek"] * block, limit, keep="notrunc" in given.get("conv", "")
        ):
            return 1
        done = limit
    else:
        copied = await _blocks(process, given, block, limit, numbers)
        if copied is None:
            return 1
        done = copied
    if given.get("status") != "none":
        await _report(process, done, block, time.monotonic() - began, noxfer=given.get("status") == "noxfer")
    return 0


async def _zeros(process: Process, name: str, at: int, size: int, *, keep: bool) -> int:
    path = absolute(process, name)
    files = files_of(process)
    try:
        if files.exists(path) and files.stat(path).kind == "device":
            return 0
        if at or keep:
            files.truncate(path, at)
            files.truncate(path, at + size)
        else:
            files.put_content(path, Zeros(size))
    except OSError as error:
        return await wrong(
            process, f"failed to open '{name}': {reason(error)}", f"can't open '{name}': {reason(error)}"
        )
    return 0


async def _blocks(
    process: Process, given: dict[str, str], block: int, limit: int | None, numbers: dict[str, int]
) -> int | None:
    kernel = process.kernel
    assert kernel is not None
    opened = []
    try:
        for name, mode in (("if", "r"), ("of", "w")):
            if name not in given:
                continue
            try:
                each = kernel.open(process, absolute(process, given[name]), mode)  # type: ignore[arg-type]
            except OSError as error:
                await wrong(
                    process,
                    f"failed to open '{given[name]}': {reason(error)}",
                    f"can't open '{given[name]}': {reason(error)}",
                )
                return None
            each.hold()
            opened.append(each)
        source = opened[0] if "if" in given else process.stdin
        sink = opened[-1] if "of" in given else process.stdout
        skipped = numbers["skip"] * block
        while skipped and (data := await source.read(min(skipped, 65536))):
            skipped -= len(data)
        done = 0
        while limit is None or done < limit:
            data = await source.read(65536 if limit is None else min(65536, limit - done))
            if not data:
                break
            try:
                await sink.write(data)
            except OSError as error:
                if isinstance(error, BrokenPipeError):
                    raise
                await complain(
                    process, f"error writing '{given.get('of', 'standard output')}': {reason(error)}"
                )
                return None
            done += len(data)
        return done
    finally:
        for each in opened:
            each.release()


async def _report(process: Process, done: int, block: int, seconds: float, *, noxfer: bool) -> None:
    whole, rest = divmod(done, block)
    records = f"{whole}+{int(bool(rest))} records"
    text = f"{records} in\n{records} out\n"
    if not noxfer:
        seconds = max(seconds, 0.000001)
        if busybox(process):
            rate = human(int(done / seconds), busy=True)
            shown = human(done, busy=True)
            text += f"{done} bytes ({shown}B) copied, {seconds:.6f} seconds, {rate}B/s\n"
        else:
            shown = f"{done} bytes"
            if done >= 1000:
                binary = f", {_short(done, 1024, 'iB')}" if done >= 1024 else ""
                shown += f" ({_short(done, 1000, 'B')}{binary})"
            text += f"{shown} copied, {seconds:.6g} s, {_short(int(done / seconds), 1000, 'B')}/s\n"
    await process.stderr.write(text.encode())


def _short(size: int, base: int, unit: str) -> str:
    """`52 MB`, `1.0 GiB`, as dd writes it."""
    value, prefixes = float(size), ["", "k" if base == 1000 else "K", "M", "G", "T"]
    while value >= base and len(prefixes) > 1:
        value /= base
        prefixes.pop(0)
    return (
        f"{value:.1f} {prefixes[0]}{unit}"
        if value < 9.95 and size >= base
        else f"{value:.0f} {prefixes[0]}{unit}"
    )


async def du(process: Process) -> int:
    names = {
        "summarize": "s",
        "human-readable": "h",
        "all": "a",
        "max-depth": "d",
        "bytes": "b",
        "total": "c",
        "apparent-size": "A",
    }
    chosen = options(process.argv[1:], flags="shakmbcxHLl0", valued="d", long=names)
    depth = 0 if "s" in chosen else int(chosen.values["d"]) if chosen.values.get("d", "").isdigit() else None
    breath, status, total = Breath(), 0, 0

    def shown(size: int) -> str:
        if "b" in chosen:
            return str(size)
        if "h" in chosen:
            return human(size * 1024, busy=busybox(process)) if size else "0"
        return str(-(-size // 1024)) if "m" in chosen else str(size)

    async def walk(path: str, name: str, level: int) -> int:
        await breath.take()
        stat = process.files.lstat(path)
        size = stat.size if "b" in chosen else blocks(stat)
        if stat.kind == "folder":
            for each in process.files.list(path):
                size += await walk(posixpath.join(path, each), posixpath.join(name, each), level + 1)
        if (stat.kind == "folder" or "a" in chosen or level == 0) and (depth is None or level <= depth):
            await say(process, f"{shown(size)}\t{name}\n")
        return size

    for word in chosen.words or ["."]:
        try:
            total += await walk(absolute(process, word), word, 0)
        except OSError as error:
            status = await wrong(
                process, f"cannot access '{word}': {reason(error)}", f"{word}: {reason(error)}"
            )
    if "c" in chosen:
        await say(process, f"{shown(total)}\ttotal\n")
    return status
