"""ps, kill and their like."""

import asyncio
import time

from labrunner.practice.programs.applet import busybox, complain, options, say
from labrunner.practice.programs.process import Process
from labrunner.practice.programs.shell.signalnames import NAMES, signal_name
from labrunner.practice.programs.starting import process_name


async def ps(process: Process) -> int:
    rows = process.machine.processes()
    words = list(process.argv[1:])
    joined = "".join(word.lstrip("-") for word in words if not word.isdigit())
    now = time.time()
    if "o" in joined and any(word.startswith("-o") or word == "-o" or word == "o" for word in words):
        return await _ps_columns(process, words)
    if busybox(process):
        await say(process, "PID   USER     TIME  COMMAND\n")
        for row in rows:
            await say(process, f"{row.pid:5} {row.user:<8.8} {'0:00':>5} {row.command}\n")
        return 0
    if "u" in joined:
        await say(process, "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n")
        for row in rows:
            began = time.strftime("%H:%M", time.gmtime(row.started))
            tty = "pts/0" if row.tty else "?"
            await say(
                process,
                f"{row.user:<8.8} {row.pid:7}  0.0  0.0      0     0 {tty:<8} "
                f"{'R+' if row.pid == process.pid else 'Ss':<4} {began:<7} 0:00 {row.command}\n",
            )
        return 0
    if "f" in joined:
        await say(process, "UID          PID    PPID  C STIME TTY          TIME CMD\n")
        for row in rows:
            began = time.strftime("%H:%M", time.gmtime(row.started))
            tty = "pts/0" if row.tty else "?"
            await say(
                process,
                f"{row.user:<8.8} {row.pid:7} {row.ppid:7}  0 {began} {tty:<8} 00:00:00 {row.command}\n",
            )
        return 0
    await say(process, "    PID TTY          TIME CMD\n")
    for row in rows:
        if not joined and not (row.tty and process.tty):
            continue
        tty = "pts/0" if row.tty else "?"
        name = row.command.split(" ", 1)[0].rpartition("/")[2]
        await say(
            process,
            f"{row.pid:7} {tty:<8} {time.strftime('%H:%M:%S', time.gmtime(max(now - now, 0)))} {name}\n",
        )
    return 0


async def _ps_columns(process: Process, words: list[str]) -> int:
    wanted: list[str] = []
    for place, word in enumerate(words):
        if word in ("-o", "o") and place + 1 < len(words):
            wanted += words[place + 1].split(",")
        elif word.startswith("-o") and len(word) > 2:
            wanted += word[2:].split(",")
    table: list[list[str]] = [[name.partition("=")[0].upper() for name in wanted]]
    for row in process.machine.processes():
        values = {
            "pid": str(row.pid),
            "ppid": str(row.ppid),
            "user": row.user,
            "uid": str(row.uid),
            "comm": row.command.split(" ", 1)[0].rpartition("/")[2],
            "args": row.command,
            "cmd": row.command,
            "command": row.command,
            "time": "00:00:00",
            "tty": "pts/0" if row.tty else "?",
            "stat": "S",
        }
        table.append([values.get(name.partition("=")[0], "-") for name in wanted])
    widths = [max(len(row[column]) for row in table) for column in range(len(wanted))]
    for cells in table:
        await say(
            process,
            " ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip() + "\n",
        )
    return 0


def _named(process: Process, word: str, *, full: bool = False) -> list[int]:
    found = []
    for row in process.machine.processes():
        program = row.command.split(" ", 1)[0].rpartition("/")[2].rstrip(":")
        if row.pid != process.pid and (word in row.command if full else word == program):
            found.append(row.pid)
    return found


async def pidof(process: Process) -> int:
    found = [
        str(pid) for word in process.argv[1:] if not word.startswith("-") for pid in _named(process, word)
    ]
    if found:
        await say(process, " ".join(reversed(found)) + "\n")
    return int(not found)


async def pgrep(process: Process) -> int:
    chosen = options(process.argv[1:], flags="flxnoac", valued="uP", long={"full": "f"})
    found: list[int] = []
    for row in process.machine.processes():
        program = row.command.split(" ", 1)[0].rpartition("/")[2]
        if row.pid != process.pid and any(
            word in (row.command if "f" in chosen else program) for word in chosen.words
        ):
            found.append(row.pid)
            await say(process, f"{row.pid} {program}\n" if "l" in chosen else f"{row.pid}\n")
    return int(not found)


async def kill(process: Process) -> int:
    words = list(process.argv[1:])
    name = "TERM"
    if words[:1] == ["-l"]:
        await say(process, " ".join(NAMES[1:]) + "\n")
        return 0
    if words and words[0].startswith("-"):
        text = words.pop(0)[1:]
        if text in ("s", "-signal") and words:
            text = words.pop(0)
        known = "0" if text == "0" else signal_name(text)
        if known is None:
            return await complain(
                process, f"bad signal name '{text}'" if busybox(process) else f"'{text}': invalid signal"
            )
        name = known
    kernel = process.kernel
    assert kernel is not None
    status = 0
    if not words:
        return await complain(
            process, "you need to specify whom to kill" if busybox(process) else "no process ID specified"
        )
    for word in words:
        try:
            kernel.kill(int(word), name)
        except ValueError:
            status = await complain(process, f"invalid number '{word}'")
        except ProcessLookupError:
            status = await complain(
                process,
                f"can't kill pid {word}: No such process"
                if busybox(process)
                else f"({word}): No such process",
            )
    return status


async def killall(process: Process) -> int:
    words = list(process.argv[1:])
    name = "TERM"
    if words and words[0].startswith("-"):
        name = signal_name(words.pop(0).lstrip("-")) or "TERM"
    kernel = process.kernel
    assert kernel is not None
    status = 0
    for word in words:
        found = _named(process, word, full=process_name(process) == "pkill")
        for pid in found:
            kernel.kill(pid, name)
        if not found:
            status = 1
            if process_name(process) == "killall":
                await complain(
                    process, f"{word}: no process killed" if busybox(process) else f"{word}: no process found"
                )
    return status


async def top(process: Process) -> int:
    """Tells again and again who runs, where its output is no screen; memory and processor are not simulated."""
    chosen = options(process.argv[1:], flags="bcHi", valued="dn")
    if process.tty and "b" not in chosen:
        return await complain(process, "practice engine: full-screen programs are not simulated; try 'ps'")
    if not busybox(process) and "b" not in chosen:
        return await complain(process, "failed tty get")
    try:
        rounds, pause = int(chosen.values.get("n") or 0), float(chosen.values.get("d") or 5)
    except ValueError:
        return await complain(process, "invalid number")
    while True:
        await say(process, "  PID  PPID USER     COMMAND\n")
        for row in process.machine.processes():
            await say(process, f"{row.pid:5} {row.ppid:5} {row.user:<8.8} {row.command}\n")
        rounds -= 1
        if rounds == 0:
            return 0
        await asyncio.sleep(max(pause, 0.1))
