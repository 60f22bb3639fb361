"""Builtins that print or judge: echo, printf, test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.printing import Misprinted, echo, printf
from labrunner.practice.programs.testing import Mistested, Tester, evaluate

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def echo_(shell: Shell, words: list[str]) -> int:
    dash = shell.flavour == "dash"
    await shell.say(echo(words[1:], options=not dash, escapes=dash or "xpg_echo" in shell.state.shopt), 1)
    return 0


async def printf_(shell: Shell, words: list[str]) -> int:
    words = words[1:]
    target = None
    if words[:1] == ["-v"] and shell.flavour == "bash" and len(words) > 1:
        target, words = words[1], words[2:]
    if words[:1] == ["--"]:
        words = words[1:]
    if not words:
        await shell.complain("usage: printf format [arg ...]", "printf")
        return 2
    try:
        text, wrong = printf(words[0], words[1:])
    except Misprinted as error:
        await shell.complain(str(error), "printf")
        return 1
    if target is not None:
        await shell.assign(target, text)
    else:
        await shell.say(text, 1)
    for word in wrong:
        bad = {"ash": f"invalid number '{word}'", "dash": f"{word}: expected numeric value"}
        await shell.applet(bad.get(shell.flavour, f"{word}: invalid number"), "printf")
    return int(bool(wrong))


async def test(shell: Shell, words: list[str]) -> int:
    name, words = words[0], words[1:]
    if name == "[":
        if not words or words[-1] != "]":
            await shell.applet("missing `]'" if shell.flavour == "bash" else "missing ]", name)
            return 2
        words = words[:-1]
    process = shell.process
    tester = Tester(
        files=process.files,
        cwd=process.cwd,
        uid=process.uid,
        gid=process.gid,
        terminal=lambda fd: fd in process.fds and process.fds[fd].tty,
        is_set=lambda each: each in shell.state.variables,
    )
    try:
        return int(not evaluate(words, tester))
    except Mistested as error:
        text = str(error)
        if " " not in text:
            bad = {"ash": f"{text}: bad number", "dash": f"Illegal number: {text}"}
            text = bad.get(shell.flavour, f"{text}: integer expression expected")
        await shell.applet(text, name)
        return 2
