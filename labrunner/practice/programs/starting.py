"""Commands that run other commands: env, xargs, timeout, nohup, time, watch."""

import asyncio
import posixpath
import re
import time
from collections.abc import Mapping, Sequence

from labrunner.practice.programs.applet import Usage, busybox, complain, options, reason, say
from labrunner.practice.programs.process import Child, Process, read_all
from labrunner.practice.programs.shell.signalnames import signal_name

WORDS = 4 * 1024 * 1024


async def start(
    process: Process, words: Sequence[str], *, env: Mapping[str, str] | None = None, group: int | None = None
) -> Child | int:
    """Another program as a child with the same streams; the status after a complaint where it cannot be run."""
    kernel = process.kernel
    assert kernel is not None
    surroundings = process.env if env is None else env
    try:
        file = kernel.which(process, words[0], surroundings.get("PATH"))
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        verb = "can't execute" if busybox(process) else ""
        if verb:
            await complain(process, f"{verb} '{words[0]}': {reason(error)}")
        else:
            await complain(
                process,
                f"'{words[0]}': {reason(error)}"
                if process_name(process) == "env"
                else f"failed to run command '{words[0]}': {reason(error)}",
            )
        return 127 if missing else 126

    async def body(child: Process) -> int:
        return await kernel.execute(child, file, words)

    return kernel.fork(process, body, fds=process.fds, argv=words, env=surroundings, group=group)


def process_name(process: Process) -> str:
    return process.argv[0].rpartition("/")[2]


async def become(process: Process, words: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """This process goes on as another program."""
    kernel = process.kernel
    assert kernel is not None
    if env is not None:
        process.env = env
    try:
        file = kernel.which(process, words[0], process.env.get("PATH"))
        return await kernel.execute(process, file, words)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        if busybox(process):
            await complain(process, f"can't execute '{words[0]}': {reason(error)}")
        elif process_name(process) == "env":
            await complain(process, f"'{words[0]}': {reason(error)}")
        else:
            await complain(process, f"failed to run command '{words[0]}': {reason(error)}")
        return 127 if missing else 126


async def env(process: Process) -> int:
    words = list(process.argv[1:])
    surroundings = dict(process.env)
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word in ("-i", "--ignore-environment", "-"):
            surroundings = {}
        elif word == "-u" and words:
            surroundings.pop(words.pop(0), None)
        elif word.startswith("--unset="):
            surroundings.pop(word.partition("=")[2], None)
        elif word in ("-S", "--split-string") and words:
            words = [*words.pop(0).split(), *words]
        elif word == "-C" and words:
            process.cwd = posixpath.join(process.cwd, words.pop(0))
        elif word == "--":
            break
        elif word not in ("-0", "-v"):
            return await complain(process, f"invalid option -- '{word[1:2]}'") + 124
    while words and "=" in words[0] and not words[0].startswith("="):
        name, _, value = words.pop(0).partition("=")
        surroundings[name] = value
    if not words:
        await say(process, "".join(f"{name}={value}\n" for name, value in surroundings.items()))
        return 0
    return await become(process, words, surroundings)


async def nohup(process: Process) -> int:
    words = list(process.argv[1:])
    if not words:
        return 125
    return await become(process, words)


async def nice(process: Process) -> int:
    words = list(process.argv[1:])
    while words and re.fullmatch(r"-n|-\d+|-n-?\d+|--adjustment=.*", words[0]):
        if words.pop(0) == "-n" and words:
            words.pop(0)
    if not words:
        await say(process, "0\n")
        return 0
    return await become(process, words)


async def setsid(process: Process) -> int:
    words = [word for word in process.argv[1:] if word not in ("-c", "-w", "-f")]
    return await become(process, words) if words else 1


def seconds(text: str) -> float | None:
    found = re.fullmatch(r"(\d+\.?\d*|\.\d+)([smhd]?)", text)
    if found is None:
        return None
    return min(float(found.group(1)) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[found.group(2)], 1e9)


async def sleep(process: Process) -> int:
    total = 0.0
    if len(process.argv) < 2:
        raise Usage("missing operand")
    for word in process.argv[1:]:
        if word in ("infinity", "inf"):
            total = 1e9
            continue
        wanted = seconds(word)
        if wanted is None:
            busy = f"invalid number '{word}'"
            return await complain(process, busy if busybox(process) else f"invalid time interval '{word}'")
        total += wanted
    await asyncio.sleep(total)
    return 0


async def timeout(process: Process) -> int:
    names = {"signal": "s", "kill-after": "k", "preserve-status": "p", "foreground": "f"}
    chosen = options(process.argv[1:], flags="pfv", valued="sk", long=names, stop=True)
    if len(chosen.words) < 2:
        raise Usage("missing operand")
    limit = seconds(chosen.words[0])
    if limit is None:
        return await complain(process, f"invalid time interval '{chosen.words[0]}'") + 124
    name = signal_name(chosen.values.get("s", "TERM"))
    if name is None:
        return await complain(process, f"'{chosen.values['s']}': invalid signal") + 124
    child = await start(process, chosen.words[1:])
    if isinstance(child, int):
        return child
    for each in ("TERM", "INT", "HUP"):
        process.on_signal(each, lambda each=each: child.signal(each))  # type: ignore[misc]
    try:
        async with asyncio.timeout(limit or None):
            return await child.wait()
    except TimeoutError:
        child.signal(name)
    after = seconds(chosen.values.get("k", "")) if "k" in chosen.values else None
    if after is not None:
        try:
            async with asyncio.timeout(after):
                await child.wait()
        except TimeoutError:
            child.signal("KILL")
            await child.wait()
            return 137
    status = await child.wait()
    if busybox(process) or "p" in chosen:
        return status
    return 124 if name != "KILL" else 137


async def time_(process: Process) -> int:
    words = [word for word in process.argv[1:] if word not in ("-p", "-v")]
    began = time.monotonic()
    status = 0
    if words:
        child = await start(process, words)
        status = child if isinstance(child, int) else await child.wait()
    spent = time.monotonic() - began
    await process.stderr.write(
        f"real\t{int(spent // 60)}m {spent % 60:.2f}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n".encode()
    )
    return status


async def xargs(process: Process) -> int:
    names = {
        "null": "0",
        "no-run-if-empty": "r",
        "max-args": "n",
        "replace": "I",
        "verbose": "t",
        "max-procs": "P",
    }
    chosen = options(process.argv[1:], flags="0rtpx", valued="nILPsdaE", long=names, stop=True)
    data = await read_all(process.stdin, WORDS)
    text = data.decode("utf-8", "surrogateescape")
    command = chosen.words or ["echo"]
    delimiter = chosen.values.get("d", "").replace("\\n", "\n").replace("\\0", "\0").replace("\\t", "\t")
    mark = chosen.values.get("I")
    if "0" in chosen:
        items = [item for item in text.split("\0") if item]
    elif delimiter:
        items = text.removesuffix("\n").split(delimiter) if text else []
    elif mark is not None or "L" in chosen.values:
        items = [line.strip() for line in text.splitlines() if line.strip()]
    else:
        items = quoted_words(text)
    if mark is not None:
        batches = [[word.replace(mark, item) for word in command] for item in items]
    else:
        size = int(chosen.values.get("n") or chosen.values.get("L") or 0) or 2000
        batches = [[*command, *items[at : at + size]] for at in range(0, len(items), size)]
        if not items and "r" not in chosen:
            batches = [command]
    status = 0
    for batch in batches:
        if "t" in chosen:
            await process.stderr.write((" ".join(batch) + "\n").encode())
        child = await start(process, batch)
        if isinstance(child, int):
            return child
        ended = await child.wait()
        if ended == 255:
            return 124
        status = 123 if ended else status
    return status


def quoted_words(text: str) -> list[str]:
    """Words as xargs reads them: blanks part them, quotes and backslashes keep them together."""
    words: list[str] = []
    for found in re.finditer(r"""(?:[^\s'"\\]|\\.|'[^'\n]*'|"[^"\n]*")+""", text, re.DOTALL):
        words.append(
            re.sub(
                r"""'([^'\n]*)'|"([^"\n]*)"|\\(.)""",
                lambda each: each[1] or each[2] or each[3] or "",
                found.group(),
                flags=re.DOTALL,
            )
        )
    return words


async def watch(process: Process) -> int:
    words = list(process.argv[1:])
    every = 2.0
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word.startswith("-n"):
            every = seconds(word[2:] or (words.pop(0) if words else "2")) or 2.0
    while words:
        await say(process, f"\x1b[H\x1b[JEvery {every:.1f}s: {' '.join(words)}\n\n")
        child = await start(process, ["sh", "-c", " ".join(words)])
        if not isinstance(child, int):
            await child.wait()
        await asyncio.sleep(max(every, 0.1))
    return 1


async def usleep(process: Process) -> int:
    text = process.argv[1] if len(process.argv) > 1 else ""
    if not text.isdigit():
        return await complain(process, f"invalid number '{text}'")
    await asyncio.sleep(int(text[:12]) / 1_000_000)
    return 0


async def stdbuf(process: Process) -> int:
    chosen = options(
        process.argv[1:], valued="ioe", long={"input": "i", "output": "o", "error": "e"}, stop=True
    )
    return await become(process, chosen.words) if chosen.words else 125


async def flock(process: Process) -> int:
    """There is nobody else to lock out: the command runs at once."""
    chosen = options(process.argv[1:], flags="nsxeuoF", valued="wcE", stop=True)
    words = chosen.words[1:]
    if words[:1] == ["-c"] and len(words) > 1:
        words = ["/bin/sh", "-c", words[1]]
    return await become(process, words) if words else 0
