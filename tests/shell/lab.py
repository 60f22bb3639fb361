"""The learner at an outer terminal: a pseudo-terminal around the driver, and pyte as what they look at."""

import json
import os
import re
import signal
import sys
import tempfile
import termios
import time
from pathlib import Path
from select import select
from typing import Any

import pyte

from labrunner.shell.terminal import Size, set_size

ROOT = Path(__file__).parents[2]
PATIENCE = float(os.environ.get("LAB_PATIENCE", "20"))
OTHER_BASH = os.environ.get("LABRUNNER_TEST_BASH")
"""Another version of bash to be tried in place of the system's."""
USUAL = Size(80, 24)


class _Screen(pyte.Screen):
    """pyte, without its trouble with xterm's `CSI > 4 ; 2 m`, which vim sends."""

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attributes)


class Lab:
    """One learner, one terminal, one shell."""

    def __init__(
        self, shell: str, *, home: Path, rc: str = "", label: str = "", size: Size = USUAL, **env: str
    ):
        self.events: list[dict[str, Any]] = []
        self.raw = b""
        self.size = size
        self.screen = _Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.looking = True
        """Whether the screen is drawn; a terminal in Python takes seconds for megabytes."""
        self._unparsed = b""
        self._seen = 0
        self.run = Path(tempfile.mkdtemp(dir=home))
        work = home / "work"
        work.mkdir(exist_ok=True)
        self.folder = work
        (home / ".bashrc").write_text("PS1='$ '\n" + rc if shell != "fish" else "")
        (home / ".zshrc").write_text("PS1='$ '\n" + rc)
        fish = home / ".config" / "fish"
        fish.mkdir(parents=True, exist_ok=True)
        (fish / "config.fish").write_text("set fish_greeting\nfunction fish_prompt; echo -n '$ '; end\n" + rc)
        for pipe in ("events", "control"):
            os.mkfifo(home / pipe)
        asked = {"directory": str(work), "run_folder": str(self.run), "label": label}
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "SHELL": OTHER_BASH
            if OTHER_BASH and shell == "bash"
            else f"/usr/bin/{shell.removesuffix('-3.2')}",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            **({"LABRUNNER_BASH_INTEGRATION": "3.2"} if shell == "bash-3.2" else {}),
            **env,
        }
        pipes = [str(home / "events"), str(home / "control")]
        argv = [sys.executable, str(Path(__file__).with_name("driver.py")), *pipes, json.dumps(asked)]
        self.master, slave = os.openpty()
        set_size(slave, size)
        self.modes = termios.tcgetattr(slave)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.master)
                os.login_tty(slave)
                os.execve(sys.executable, argv, environment)
            finally:
                os._exit(127)
        os.close(slave)
        self._told = os.open(pipes[0], os.O_RDONLY | os.O_NONBLOCK)
        self._control = -1
        deadline = time.monotonic() + PATIENCE
        while self._control < 0:
            try:
                self._control = os.open(pipes[1], os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                assert time.monotonic() < deadline, self.raw
                self._read(0.01)

    def send(self, keys: str | bytes) -> None:
        """Press keys."""
        data = keys.encode() if isinstance(keys, str) else keys
        while data:
            data = data[os.write(self.master, data) :]

    def run_line(self, line: str) -> dict[str, Any]:
        """Type a command, press Enter, and give back its CommandEnded."""
        self.send(line + "\r")
        return self.expect("CommandEnded")

    def tell(self, *command: Any) -> None:
        """Ask the driver for something."""
        os.write(self._control, (json.dumps(command) + "\n").encode())

    def expect(self, name: str, **fields: Any) -> dict[str, Any]:
        """The next event of that name and with those fields, after those already expected."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while self._seen < len(self.events):
                event = self.events[self._seen]
                self._seen += 1
                if event["event"] == name and fields.items() <= event.items():
                    return event
            assert time.monotonic() < deadline, f"no {name} {fields} in {self.events}\n{self.text()}"
            self._read(0.2)

    def names(self, *ignored: str) -> list[str]:
        """The events so far, by name."""
        return [event["event"] for event in self.events if event["event"] not in ignored]

    def shows(self, pattern: str) -> re.Match[str]:
        """Wait until the screen shows something."""
        deadline = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.text(), re.MULTILINE)):
            assert time.monotonic() < deadline, f"no {pattern!r} on the screen:\n{self.text()}\n{self.events}"
            self._read(0.2)
        return found

    def prompt(self) -> "Lab":
        """Wait for the prompt with nothing typed."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(r"\$ $", self.line()):
            assert time.monotonic() < deadline, f"no prompt:\n{self.text()}\n{self.events}"
            self._read(0.2)
        return self

    def give_up_the_line(self) -> None:
        """Ctrl-C at the prompt; bash loses one that comes in the moment in which it begins to wait for a key."""
        deadline = time.monotonic() + PATIENCE
        while not re.search(r"\$ $", self.line()):
            assert time.monotonic() < deadline, f"no prompt:\n{self.text()}\n{self.events}"
            self.send("\x03")
            again = time.monotonic() + 2
            while time.monotonic() < again and not re.search(r"\$ $", self.line()):
                self._read(0.2)

    def passes(self, wanted: bytes) -> None:
        """Wait until these bytes came, whatever a screen would make of them."""
        deadline = time.monotonic() + PATIENCE
        while wanted not in self.raw:
            assert time.monotonic() < deadline, f"no {wanted!r} in {self.raw[-2000:]!r}"
            self._read(0.2)

    def line(self) -> str:
        """The line with the cursor, up to the cursor."""
        return str(self.screen.display[self.screen.cursor.y][: self.screen.cursor.x])

    def text(self) -> str:
        """The screen, without blanks at the ends of lines."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n")

    def settle(self, quiet: float = 0.3) -> None:
        """Read until nothing has come for a while: only for showing that something did not happen."""
        while self._read(quiet):
            pass

    def resize(self, size: Size) -> None:
        self.screen.resize(size.rows, size.columns)
        set_size(self.master, size)

    def ended(self) -> int:
        """Wait until the driver is gone; its exit status."""
        deadline = time.monotonic() + PATIENCE
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                self._read(0)
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < deadline, self.text()
            self._read(0.05)

    def close(self) -> None:
        os.close(self._control)
        os.close(self.master)
        os.close(self._told)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def _read(self, patience: float) -> bool:
        ready, _, _ = select([self.master, self._told], [], [], patience)
        something = False
        if self.master in ready:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            self.raw += data
            if self.looking:
                self._stream.feed(data)
            something = bool(data)
        if self._told in ready:
            data = os.read(self._told, 65536)
            *lines, self._unparsed = (self._unparsed + data).split(b"\n")
            self.events += [json.loads(line) for line in lines]
            something = something or bool(data)
        if ready and not something:
            time.sleep(0.01)
        return something
