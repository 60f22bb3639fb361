"""A runner in miniature: a Relay on its terminal, one pipe tells what happens, one is told what to do.

`python driver.py EVENTS CONTROL LAUNCH` where EVENTS and CONTROL are FIFOs and LAUNCH is JSON for
`integration.launch`. A control line is JSON: a method of Relay with its arguments, or `["answer", "text"]`
(what to show at the end of each command from now on; null lets the prompt wait for its 50 ms),
`["dialogue", "text"]`, `["at_prompt"]`, `["close"]`.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from labrunner.shell.events import CommandEnded, EmptyEnter, LeaveAsked, ShellEnded, ShellEvent, WordSaid
from labrunner.shell.integration import launch
from labrunner.shell.relay import Relay


def told(event: ShellEvent) -> str:
    fields = {
        name: value.decode("latin-1") if isinstance(value, bytes) else value
        for name, value in asdict(event).items()
    }
    return json.dumps({"event": type(event).__name__, **fields}) + "\n"


def commands(path: str, wake: int) -> "queue.Queue[list[Any]]":
    waiting: queue.Queue[list[Any]] = queue.Queue()

    def read() -> None:
        with open(path) as control:
            for line in control:
                waiting.put(json.loads(line))
                os.write(wake, b"!")

    threading.Thread(target=read, daemon=True).start()
    return waiting


def ready(waiting: "queue.Queue[list[Any]]") -> Iterator[list[Any]]:
    while True:
        try:
            yield waiting.get_nowait()
        except queue.Empty:
            return


def main() -> int:
    events_path, control_path, launch_json = sys.argv[1:]
    asked = json.loads(launch_json)
    asked["environment"] = dict(os.environ)
    told_to, telling = os.pipe()
    relay = Relay(launch(**asked), terminal_in=0, terminal_out=1, wake=told_to)
    events = os.open(events_path, os.O_WRONLY)
    waiting = commands(control_path, telling)
    answer: str | None = ""
    relay.start()
    while True:
        for event in relay.wait():
            os.write(events, told(event).encode())
            if isinstance(event, ShellEnded):
                return relay.close()
            if isinstance(event, CommandEnded | EmptyEnter | WordSaid | LeaveAsked) and answer is not None:
                if answer and isinstance(event, CommandEnded):
                    relay.show(answer)
                relay.release()
        for name, *arguments in ready(waiting):
            match name:
                case "answer":
                    answer = arguments[0]
                case "dialogue":
                    with relay.suspended():
                        os.write(1, arguments[0].encode())
                        os.read(0, 100)
                        os.write(1, b"\x1b[A\r\x1b[J")
                case "at_prompt":
                    answered = json.dumps({"event": "AtPrompt", "is": relay.at_prompt()})
                    os.write(events, answered.encode() + b"\n")
                case "close":
                    return relay.close()
                case _:
                    getattr(relay, name)(*arguments)


if __name__ == "__main__":
    raise SystemExit(main())
