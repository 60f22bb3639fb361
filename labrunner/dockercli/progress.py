"""The engine's stream of progress, as `pull` and `push` show it: lines in a pipe, and in place on a terminal."""

import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from labrunner.dockercli.failure import Ended
from labrunner.dockercli.words import size


def show(messages: Iterable[dict[str, Any]], *, quiet: bool = False) -> list[Any]:
    """Print them; what came in `aux`. Raises Ended where the stream tells of an error."""
    told: list[Any] = []
    screen = Screen() if sys.stdout.isatty() else None
    for message in messages:
        check(message)
        if "aux" in message:
            told.append(message["aux"])
            continue
        if quiet:
            continue
        if "stream" in message:
            sys.stdout.write(str(message["stream"]))
        elif screen is not None:
            screen.show(message)
        elif not message.get("progressDetail"):
            identity = message.get("id")
            sys.stdout.write((f"{identity}: " if identity else "") + f"{message.get('status', '')}\n")
        sys.stdout.flush()
    return told


def check(message: dict[str, Any]) -> None:
    """Raises Ended, with the status of a command that failed, where the message is an error."""
    if "error" in message or "errorDetail" in message:
        detail = message.get("errorDetail") or {}
        raise Ended(str(detail.get("message") or message.get("error")), int(detail.get("code") or 1))


class Screen:
    """One line for each layer, rewritten while it changes."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._lines = 0
        self._columns = os.get_terminal_size(sys.stdout.fileno()).columns

    def show(self, message: dict[str, Any]) -> None:
        identity = message.get("id")
        text = str(message.get("status", ""))
        if "progressDetail" in message:
            text += f" {bar(message['progressDetail'] or {}, self._columns)}"
        if not identity or text.startswith("Pulling from"):
            sys.stdout.write((f"{identity}: " if identity else "") + f"{text}\n")
            self._places.clear()
            self._lines = 0
            return
        if identity not in self._places:
            self._places[identity] = self._lines
            self._lines += 1
            sys.stdout.write("\n")
        up = self._lines - self._places[identity]
        sys.stdout.write(f"\x1b[{up}A\x1b[2K\r{identity}: {text}\r\x1b[{up}B")


def bar(detail: Mapping[str, Any], columns: int) -> str:
    """How far it is, with a bar where the terminal is wide: docker wants more than 110 columns."""
    current, total = detail.get("current") or 0, detail.get("total") or 0
    if not (current or total):
        return ""
    if not total:
        return f"{size(current, 4):>8}"
    half = min(int(current / total * 100) // 2, 50)
    drawn = f"[{'=' * half}>{' ' * (50 - half)}] " if columns > 110 else ""
    return f"{drawn}{size(current, 4):>8}/{size(total, 4)}"
