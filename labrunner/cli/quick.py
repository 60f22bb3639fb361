"""Coming back to a lesson: the screen of last time and a live prompt first, everything heavy after that.

Only what a prompt needs is imported here; the rest is imported in a thread while the learner reads.
"""

import gc
import os
import socket
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from labrunner.cli import bookmark
from labrunner.cli.seat import has_gateway, take_seat
from labrunner.shell.events import ShellEvent
from labrunner.shell.integration import launch
from labrunner.shell.relay import Relay

GLANCE = 0.002
PATIENCE = 0.5
"""Seconds: two threads that both want the interpreter would keep the prompt waiting, so the shell goes first."""


def come_back(words: Sequence[str], folder: str, columns: int) -> int | None:
    """Go on where this command line was left, or None where that has to be done the long way."""
    mark = bookmark.read(words, folder, columns)
    if mark is None or not answers(mark["address"]):
        return None
    seat = take_seat(mark["lesson"], mark["address"], "", Path(folder, "private", mark["lesson"]))
    wake, poke = os.pipe()
    how = launch(
        environment=seat.environment,
        directory=mark["workspace"],
        run_folder=seat.shell_folder,
        label="practice:" if mark["engine"] == "practice" else "",
    )
    shell = Relay(how, terminal_in=sys.stdin.fileno(), terminal_out=sys.stdout.fileno(), wake=wake)
    try:
        shell.start()
        shell.show(mark["text"])
        loaded: list[BaseException | None] = []

        def load() -> None:
            try:
                import labrunner.cli.commands.start  # 0.4 s, beside the prompt
                import labrunner.engine.sdk  # noqa: F401

                loaded.append(None)
            except BaseException as error:
                loaded.append(error)
            os.write(poke, b"!")

        heard: list[ShellEvent] = []
        patience = PATIENCE
        while not shell.at_prompt() and patience > 0:
            heard += shell.wait(GLANCE)
            patience -= GLANCE
        gc.enable()
        threading.Thread(target=load, name="labrunner-load", daemon=True).start()
        while not loaded:
            heard += shell.wait()
        if loaded[0] is not None:
            raise loaded[0]
        from labrunner.cli.commands.start import go_on

        status: int = go_on(words, mark, seat, shell, (wake, poke), tuple(heard))
        return status
    finally:
        shell.close()
        seat.leave()


def answers(address: str) -> bool:
    """Whether somebody listens there; the long way says clearly what is wrong where nobody does."""
    if not (has_gateway(address) and address.startswith("unix://")):
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(0.5)
        try:
            connection.connect(address.removeprefix("unix://"))
        except OSError:
            return False
    return True
