"""Runs what traps say: when a signal came, when a command failed, when the shell ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labrunner.practice.programs.shell.leaving import Exit

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell


async def run_traps(shell: Shell) -> None:
    while shell.pending and not shell.trapping:
        name = shell.pending.pop(0)
        action = shell.state.traps.get(name)
        if action:
            await act(shell, action)
    if not shell.pending:
        shell.heard.clear()


async def act(shell: Shell, action: str) -> None:
    status = shell.state.status
    shell.trapping = True
    try:
        await shell.run_text(action)
    finally:
        shell.trapping = False
    shell.state.status = status


async def failed(shell: Shell, status: int) -> None:
    """`set -e`."""
    if status and not shell.forgiving:
        action = shell.state.traps.get("ERR")
        if action and not shell.trapping:
            await act(shell, action)
        if "e" in shell.state.options:
            raise Exit(status)


async def settled(shell: Shell, status: int) -> int:
    """Takes a command's status as the shell's, with what follows from a failure."""
    shell.state.status = status
    await failed(shell, status)
    return status


async def leave(shell: Shell) -> int:
    """Runs the EXIT trap; the status with which the shell ends."""
    status = shell.state.status
    action = shell.state.traps.pop("EXIT", "")
    if action:
        try:
            await act(shell, action)
        except Exit as leaving:
            return leaving.status
    return status
