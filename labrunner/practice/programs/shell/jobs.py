"""Children in the background, and signals to them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.children import await_children
from labrunner.practice.programs.shell.signalnames import NAMES, signal_name

if TYPE_CHECKING:
    from labrunner.practice.programs.process import Child
    from labrunner.practice.programs.shell.job import Job
    from labrunner.practice.programs.shell.running import Shell


def _job(shell: Shell, word: str) -> Job | None:
    if not word.startswith("%"):
        return next((job for job in shell.jobs if str(job.children[-1].pid) == word), None)
    rest = word[1:]
    if rest in ("", "%", "+"):
        return shell.jobs[-1] if shell.jobs else None
    if rest == "-":
        return shell.jobs[-2] if len(shell.jobs) > 1 else None
    return next((job for job in shell.jobs if str(job.number) == rest or job.text.startswith(rest)), None)


async def wait(shell: Shell, words: list[str]) -> int:
    """Ends early, with 128+n, when a signal comes for which there is a trap."""
    words = [word for word in words[1:] if word not in ("-n", "-f")]
    if not words:
        for job in list(shell.jobs):
            status = await _wait(shell, job.children[-1])
            if shell.pending:
                return status
            job.waited = True
        shell.jobs = []
        return 0
    status = 0
    for word in words:
        named = _job(shell, word)
        if named is None:
            if not word.isdigit() and not word.startswith("%"):
                await shell.complain(f"Illegal number: {word}", "wait")
                return 2
            status = 127
            continue
        status = await _wait(shell, named.children[-1])
        if shell.pending:
            return status
        shell.jobs = [each for each in shell.jobs if each is not named]
    return status


async def _wait(shell: Shell, child: Child) -> int:
    if shell.pending:
        return 128 + NAMES.index(shell.pending[0])
    shell.heard.clear()
    waiting = asyncio.ensure_future(child.wait())
    hearing = asyncio.ensure_future(shell.heard.wait())
    try:
        await asyncio.wait((waiting, hearing), return_when=asyncio.FIRST_COMPLETED)
        if waiting.done():
            return waiting.result()
        return 128 + (NAMES.index(shell.pending[0]) if shell.pending else 0)
    finally:
        waiting.cancel()
        hearing.cancel()


async def jobs(shell: Shell, words: list[str]) -> int:
    for job in list(shell.jobs):
        ended = all(child.ended for child in job.children)
        mark = "+" if job is shell.jobs[-1] else "-" if len(shell.jobs) > 1 and job is shell.jobs[-2] else " "
        if "-p" in words:
            await shell.say(f"{job.children[0].pid}\n", 1)
            continue
        await shell.say(f"[{job.number}]{mark}  {'Done' if ended else 'Running':<23} {job.text}\n", 1)
        if ended:
            shell.jobs.remove(job)
    return 0


async def fg(shell: Shell, words: list[str]) -> int:
    job = _job(shell, words[1] if len(words) > 1 else "%")
    if job is None:
        await shell.complain("no current job" if shell.flavour == "bash" else "No current job", "fg")
        return 1
    await shell.say(f"{job.text}\n", 1)
    shell.jobs.remove(job)
    return (await await_children(shell, job.children))[-1]


async def bg(shell: Shell, _words: list[str]) -> int:
    if not shell.jobs:
        await shell.complain("no current job" if shell.flavour == "bash" else "No current job", "bg")
        return 1
    return 0


async def kill(shell: Shell, words: list[str]) -> int:
    words = words[1:]
    name = "TERM"
    if words[:1] == ["-l"]:
        await _list(shell, words[1:])
        return 0
    if words and words[0].startswith("-") and words[0] != "--":
        text = words.pop(0)[1:]
        if text in ("s", "n") and words:
            text = words.pop(0)
        found = "0" if text == "0" else signal_name(text)
        if found is None:
            bad = {"ash": f"bad signal name '{text}'", "dash": f"invalid signal number or name: {text}"}
            await shell.applet(bad.get(shell.flavour, f"{text}: invalid signal specification"), "kill")
            return 1
        name = found
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        bad_usage = {"ash": "you need to specify whom to kill", "dash": "No pid specified"}
        await shell.applet(
            bad_usage.get(shell.flavour, "usage: kill [-s sigspec | -n signum | -sigspec] pid"), "kill"
        )
        return 2 if shell.flavour != "ash" else 1
    status = 0
    for word in words:
        status = await _kill(shell, word, name) or status
    await asyncio.sleep(0)
    return status


async def _kill(shell: Shell, word: str, name: str) -> int:
    pids = [word]
    if word.startswith("%"):
        job = _job(shell, word)
        pids = [str(child.pid) for child in job.children if not child.ended] if job is not None else []
    for pid in pids:
        if not pid.lstrip("-").isdigit() or len(pid) > 9:
            bad = {"ash": f"invalid number '{pid}'", "dash": f"Illegal number: {pid}"}
            await shell.complain(
                bad.get(shell.flavour, f"{pid}: arguments must be process or job IDs"), "kill"
            )
            return 1
        try:
            shell.kernel.kill(int(pid), name)
        except ProcessLookupError:
            bad = {"ash": f"can't kill pid {pid}: No such process", "dash": "No such process"}
            await shell.applet(bad.get(shell.flavour, f"({pid}) - No such process"), "kill")
            return 1
    return 0


async def _list(shell: Shell, words: list[str]) -> None:
    if words and words[0].isdigit():
        number = int(words[0][:4])
        number = number - 128 if number > 128 else number
        await shell.say(f"{NAMES[number] if number < len(NAMES) else ''}\n", 1)
        return
    await shell.say("".join(f"{number:2}) {name}\n" for number, name in enumerate(NAMES) if number), 1)
