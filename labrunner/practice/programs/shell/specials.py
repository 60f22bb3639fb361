"""The parameters that a shell itself provides, such as `$?` and `$$`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.shellprocess import ShellProcess


def special_value(shell: ShellProcess, name: str) -> str | None:
    match name:
        case "?":
            return str(shell.state.status)
        case "$":
            return str(shell.root_pid)
        case "#":
            return str(len(shell.state.arguments))
        case "!":
            return "" if shell.state.last_background is None else str(shell.state.last_background)
        case "-":
            return "".join(sorted(option for option in shell.state.options if len(option) == 1))
        case "LINENO":
            return str(shell.state.line)
        case "PPID":
            return str(shell.process.ppid)
        case "RANDOM" if shell.flavour != "dash":
            import random

            return str(random.randrange(32768))
        case "SECONDS" | "EPOCHSECONDS" if shell.flavour == "bash":
            import time

            return str(int(time.time()) if name[0] == "E" else int(time.monotonic()))
        case _:
            return None
