"""A shell that talks with a person: prompts, lines that go on, ^C."""

import re

from labrunner.practice.programs.shell.leaving import Exit, Interrupted, Leap, Return
from labrunner.practice.programs.shell.running import Shell
from labrunner.practice.programs.shell.streamed import line_of, whole
from labrunner.practice.programs.shell.traps import leave

_MARK = re.compile(r"\\([uhHwWs$nvt\[\]\\ae])")


def prompt(shell: Shell, which: str) -> str:
    if which == "PS2":
        return shell.state.get("PS2") or "> "
    template = shell.state.get("PS1")
    if template is None:
        template = {"ash": r"\w \$ ", "dash": r"\$ ", "bash": r"\u@\h:\w\$ "}[shell.flavour]
    process = shell.process
    home = shell.state.get("HOME") or ""
    folder = process.cwd
    if home not in ("", "/") and (folder == home or folder.startswith(f"{home}/")):
        folder = f"~{folder[len(home) :]}"
    meaning = {
        "u": process.user,
        "h": process.machine.hostname.partition(".")[0],
        "H": process.machine.hostname,
        "w": folder,
        "W": folder.rpartition("/")[2] or "/",
        "s": shell.state.name,
        "$": "#" if process.uid == 0 else "$",
        "n": "\n",
        "v": "5.2",
        "e": "\033",
        "\\": "\\",
    }
    return _MARK.sub(lambda found: meaning.get(found.group(1), ""), template)


async def _line(shell: Shell, which: str) -> str:
    source = shell.process.stdin
    edit = getattr(source, "edit", None)
    text = prompt(shell, which)
    if edit is not None:
        return str(await edit(text))
    await shell.say(text)
    return await line_of(shell)


async def converse(shell: Shell) -> int:
    """The exit status; ^D or `exit` ends it."""
    process = shell.process
    process.on_signal("INT", shell.interrupt)
    for name in ("TERM", "QUIT"):
        process.on_signal(name, lambda: None)
    shell.state.options.update({"i", "m"})
    line, pending = 1, ""
    while True:
        await _report(shell)
        try:
            read = await _line(shell, "PS2" if pending else "PS1")
            if not read:
                if pending:
                    pending = ""
                    await shell.say("\n")
                    continue
                await shell.say("exit\n" if shell.flavour == "bash" else "\n")
                break
            pending += read
            if not whole(shell, pending, line):
                continue
            text, pending = pending, ""
            shell.interrupted = False
            await shell.run_text(text, line=line)
            line += text.count("\n") if shell.flavour == "dash" else 0
        except Exit as leaving:
            shell.state.status = leaving.status
            break
        except Interrupted:
            pending = ""
            shell.interrupted = False
            if shell.said_interrupted:
                shell.state.status = 130
                shell.said_interrupted = False
        except (InterruptedError, Return, Leap):
            pending = ""
            shell.state.status = 130
    return await leave(shell)


async def _report(shell: Shell) -> None:
    """Says which background jobs have ended."""
    for job in list(shell.jobs):
        if all(child.ended for child in job.children):
            shell.jobs.remove(job)
            await shell.say(f"[{job.number}]+  {'Done':<23} {job.text}\n")
