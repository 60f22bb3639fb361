"""Commands that work on their words and on nothing else, such as echo, test, seq and basename."""

import re

from labrunner.practice.programs.applet import Usage, careful, complain, options, say
from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.printing import Misprinted, echo, printf
from labrunner.practice.programs.process import Process, Program
from labrunner.practice.programs.testing import Mistested, Tester, evaluate


async def echo_(process: Process) -> int:
    await say(process, echo(process.argv[1:], options=True, escapes=False))
    return 0


async def printf_(process: Process) -> int:
    words = process.argv[2:] if process.argv[1:2] == ("--",) else process.argv[1:]
    if not words:
        raise Usage("missing operand")
    try:
        text, wrong = printf(words[0], words[1:])
    except Misprinted as error:
        return await complain(process, str(error))
    await say(process, text)
    for word in wrong:
        await complain(process, f"'{word}': expected a numeric value")
    return int(bool(wrong))


async def test(process: Process) -> int:
    name, words = process.argv[0].rpartition("/")[2], list(process.argv[1:])
    if name == "[":
        if not words or words[-1] != "]":
            await complain(process, "missing ']'")
            return 2
        words.pop()
    tester = Tester(
        files=process.files,
        cwd=process.cwd,
        uid=process.uid,
        gid=process.gid,
        terminal=lambda fd: fd in process.fds and process.fds[fd].tty,
    )
    try:
        return int(not evaluate(words, tester))
    except Mistested as error:
        await complain(process, str(error))
        return 2


async def true(_process: Process) -> int:
    return 0


async def false(_process: Process) -> int:
    return 1


async def yes(process: Process) -> int:
    line = (" ".join(process.argv[1:]) or "y").encode() + b"\n"
    block = line * max(8192 // len(line), 1)
    breath = Breath()
    while True:
        await process.stdout.write(block)
        await breath.take()


async def seq(process: Process) -> int:
    words = list(process.argv[1:])
    separator, width = "\n", False
    while words and re.match(r"-[sw]", words[0]):
        word = words.pop(0)
        if word.startswith("-s"):
            separator = word[2:] or (words.pop(0) if words else "\n")
        else:
            width = True
    if not 1 <= len(words) <= 3:
        raise Usage("missing operand" if not words else f"extra operand '{words[3]}'")
    try:
        numbers = [float(word) if "." in word else int(word[:30]) for word in words]
    except ValueError:
        bad = next(word for word in words if not re.fullmatch(r"[-+]?\d+(\.\d+)?", word))
        return await complain(process, f"invalid floating point argument: '{bad}'")
    first: float
    step: float
    last: float
    first, step, last = (1, 1, numbers[0]) if len(numbers) == 1 else (numbers[0], 1, numbers[1])
    if len(numbers) == 3:
        first, step, last = numbers
    if step == 0:
        return await complain(process, f"invalid Zero increment value: '{words[1]}'")
    places = max(len(word.partition(".")[2]) for word in words)
    wide = max(len(words[0]), len(words[-1])) if width else 0
    breath = Breath()
    rows: list[str] = []
    count, begun = 0, False
    while (value := first + count * step) <= last if step > 0 else (value := first + count * step) >= last:
        rows.append(f"{value:.{places}f}".zfill(wide) if places else str(value).zfill(wide))
        count += 1
        if len(rows) >= 2000:
            await say(process, (separator if begun else "") + separator.join(rows))
            rows, begun = [], True
            await breath.take()
    if rows:
        await say(process, (separator if begun else "") + separator.join(rows))
    if count:
        await say(process, "\n")
    return 0


async def basename(process: Process) -> int:
    chosen = options(process.argv[1:], flags="az", valued="s", stop=False)
    words = chosen.words
    suffix = chosen.values.get("s", "")
    if not words:
        raise Usage("missing operand")
    if "a" not in chosen and "s" not in chosen.values:
        suffix = words[1] if len(words) > 1 else ""
        words = words[:1]
    for word in words:
        name = word.rstrip("/").rpartition("/")[2] or ("/" if word else "")
        await say(process, (name.removesuffix(suffix) if name != suffix else name) + "\n")
    return 0


async def dirname(process: Process) -> int:
    if len(process.argv) < 2:
        raise Usage("missing operand")
    for word in process.argv[1:]:
        head_, slash, _ = word.rstrip("/").rpartition("/")
        await say(process, (head_.rstrip("/") or ("/" if slash or word.startswith("/") else ".")) + "\n")
    return 0


async def pwd(process: Process) -> int:
    await say(process, f"{process.cwd}\n")
    return 0


async def printenv(process: Process) -> int:
    if len(process.argv) < 2:
        await say(process, "".join(f"{name}={value}\n" for name, value in process.env.items()))
        return 0
    status = 0
    for name in process.argv[1:]:
        if name in process.env:
            await say(process, f"{process.env[name]}\n")
        else:
            status = 1
    return status


async def clear(process: Process) -> int:
    await say(process, "\x1b[H\x1b[J")
    return 0


WORDS: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "[": test,
        "basename": basename,
        "clear": clear,
        "dirname": dirname,
        "echo": echo_,
        "false": false,
        "printenv": printenv,
        "printf": printf_,
        "pwd": pwd,
        "reset": clear,
        "seq": seq,
        "test": test,
        "true": true,
        "yes": yes,
    }.items()
}
