"""trap: what a shell does when a signal comes, and when it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.signalnames import signal_name

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def trap(shell: Shell, words: list[str]) -> int:
    words = words[1:]
    if words[:1] == ["--"]:
        words = words[1:]
    if not words or words == ["-p"]:
        for name, old in shell.state.traps.items():
            shown = f"SIG{name}" if shell.flavour == "bash" and name not in ("EXIT", "ERR") else name
            quoted = old.replace("'", "'\\''")
            await shell.say(f"trap -- '{quoted}' {shown}\n", 1)
        return 0
    action: str | None = words[0]
    names = words[1:]
    if not names or words[0] == "-":
        action, names = None, words[1:] if words[0] == "-" else words
    status = 0
    for word in names:
        known = signal_name(word)
        if known is None:
            bad = {"ash": f"{word}: invalid signal specification", "dash": f"{word}: bad trap"}
            await shell.complain(bad.get(shell.flavour, f"{word}: invalid signal specification"), "trap")
            status = 1
            continue
        _set(shell, known, action)
    return status


def _set(shell: Shell, name: str, action: str | None) -> None:
    if action is None:
        shell.state.traps.pop(name, None)
        shell.process.reactions.pop(name, None)
        return
    shell.state.traps[name] = action
    if name in ("EXIT", "ERR", "KILL", "STOP"):
        return
    if action == "":
        shell.process.on_signal(name, lambda: None)
    else:
        shell.process.on_signal(name, lambda: shell.hear(name))


def ignore() -> None:
    """What a shell and its children do at a signal that is not to reach them."""
