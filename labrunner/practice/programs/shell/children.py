"""Children of a shell: pipelines, subshells, `$(…)`, jobs in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from collections.abc import Sequence as Several
from typing import TYPE_CHECKING

from labrunner.practice.programs.process import Child, Open, Process
from labrunner.practice.programs.shell.job import Job
from labrunner.practice.programs.shell.leaving import Exit
from labrunner.practice.programs.shell.syntax import AndOr, Command, Pipeline, Sequence
from labrunner.practice.programs.shell.trapping import ignore
from labrunner.practice.programs.streams import Collected, Held, pipe

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def connected(shell: Shell, pipeline: Pipeline) -> int:
    """`a | b | c`: each in a child of its own."""
    children: list[Child] = []
    group = 0 if shell.interactive else None
    reading: Open | None = None
    for number, command in enumerate(pipeline.commands):
        fds = dict(shell.fds)
        opened: list[Open] = []
        if reading is not None:
            fds[0] = reading
            opened.append(reading)
        if number < len(pipeline.commands) - 1:
            reader, writer = pipe()
            reader.hold()
            writer.hold()
            fds[1] = writer
            if pipeline.errors[number]:
                fds[2] = writer
            opened.append(writer)
            reading = reader
        try:
            child = await fork(shell, command, fds, group=group)
        finally:
            for each in opened:
                each.release()
        if child is None:
            if reading is not None and number < len(pipeline.commands) - 1:
                reading.release()
            break
        children.append(child)
        if group == 0:
            group = child.pid
    statuses = await await_children(shell, children)
    if not statuses:
        return 2
    if "pipefail" in shell.state.options:
        return next((status for status in reversed(statuses) if status), 0)
    return statuses[-1]


async def await_children(shell: Shell, children: Several[Child]) -> list[int]:
    if shell.interactive and children:
        shell.kernel.foreground(shell.process, children[0].pid)
    try:
        return [await child.wait() for child in children]
    except asyncio.CancelledError:
        for child in children:
            if shell.process.reactions.get("INT") is None:
                child.signal("TERM")
        raise
    finally:
        if shell.interactive:
            shell.kernel.foreground(shell.process, None)


async def fork(
    shell: Shell,
    command: Command | AndOr | Sequence,
    fds: Mapping[int, Open],
    *,
    group: int | None = None,
    background: bool = False,
) -> Child | None:
    """A child that runs a command as this shell would; None, after a complaint, where there is no room."""

    async def body(process: Process) -> int:
        if background and not shell.interactive:
            process.on_signal("INT", ignore)
            process.on_signal("QUIT", ignore)
        return await shell.child(process).to_the_end(command)

    try:
        return shell.kernel.fork(
            shell.process,
            body,
            fds=fds,
            env=shell.process.env,
            cwd=shell.process.cwd,
            group=group,
        )
    except BlockingIOError:
        await no_room(shell)
        return None


async def no_room(shell: Shell) -> None:
    match shell.flavour:
        case "ash":
            message = "can't fork: Resource temporarily unavailable"
        case "dash":
            message = "Cannot fork"
        case "bash":
            message = "fork: retry: Resource temporarily unavailable"
    await shell.complain(message)
    await asyncio.sleep(0.05)
    shell.state.status = 2
    if not shell.interactive:
        raise Exit(2)


async def background(shell: Shell, item: AndOr, text: str) -> None:
    fds = dict(shell.fds)
    null: Open | None = None
    if not shell.interactive:
        null = Held(b"")
        null.hold()
        fds[0] = null
    try:
        child = await fork(shell, item, fds, group=0 if shell.interactive else None, background=True)
    finally:
        if null is not None:
            null.release()
    shell.state.status = 0
    if child is None:
        return
    shell.state.last_background = child.pid
    shell.jobs = [
        job for job in shell.jobs if not (job.waited or (not shell.interactive and len(shell.jobs) > 500))
    ]
    number = max((job.number for job in shell.jobs), default=0) + 1
    shell.jobs.append(Job(number, [child], text.strip().removesuffix("&").strip()))
    if shell.interactive and shell.flavour == "bash":
        await shell.say(f"[{number}] {child.pid}\n")
    await asyncio.sleep(0)


async def capture(shell: Shell, body: Sequence) -> str:
    """`$(…)`."""
    kept = Collected()
    kept.hold()
    child = await fork(shell, body, {**shell.fds, 1: kept})
    if child is None:
        return ""
    shell.captured_status = shell.state.status = await wait_for(shell, child)
    return kept.data.replace(b"\0", b"").decode("utf-8", "surrogateescape")


async def subshell(shell: Shell, body: Sequence) -> int:
    child = await fork(shell, body, shell.fds, group=0 if shell.interactive else None)
    return 2 if child is None else await wait_for(shell, child)


async def wait_for(shell: Shell, child: Child) -> int:
    return (await await_children(shell, [child]))[0]
