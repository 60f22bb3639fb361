"""The terminal of `docker run -t`: echo, editing, signals from keys, and newlines as terminals want them."""

import asyncio
import errno
from typing import TYPE_CHECKING

from labrunner.practice.programs.streams import Closed
from labrunner.practice.runtime.backend import Streams

if TYPE_CHECKING:
    from labrunner.practice.runtime.machine import SimulatedMachine
    from labrunner.practice.runtime.task import Task

INTERRUPT, END, ERASE, KILL, WORD, QUIT, CLEAR = (
    b"\x03",
    b"\x04",
    b"\x7f\x08",
    b"\x15",
    b"\x17",
    b"\x1c",
    b"\x0c",
)
LINE = 4096
REMEMBERED = 200
AHEAD = 64 * 1024


class Terminal(Closed):
    """Standard input, output and error of a process with a terminal."""

    tty = True

    def __init__(self, machine: "SimulatedMachine", streams: Streams) -> None:
        super().__init__()
        self.group: int | None = None
        """The process group in the foreground; None: that of the process it was made for."""
        self.rows = 24
        self.columns = 80
        self._machine = machine
        self._source = streams.stdin
        self._sink = streams.stdout
        self._task: Task | None = None
        self._pump: asyncio.Task[None] | None = None
        self._ready = bytearray()
        """Whole lines that nobody has read."""
        self._line: list[str] = []
        self._cursor = 0
        self._ended = False
        self._waiting: asyncio.Future[None] | None = None
        self._editing = False
        self._prompt = ""
        self._hushed = False
        self._history: list[str] = []
        self._back = 0
        self._escape = b""
        self._partial = b""
        self._lock = asyncio.Lock()

    # -- its process

    def begin(self, task: "Task") -> None:
        self._task = task
        task.resized = self.resize
        if self._source is not None:
            self._pump = asyncio.get_running_loop().create_task(self._listen())

    def resize(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        self._signal("WINCH")

    def close(self) -> None:
        if self._pump is not None:
            self._pump.cancel()

    def _signal(self, name: str) -> None:
        if self._task is None:
            return
        if not self._machine.tasks.signal_group(self.group or self._task.process.group, name):
            self.group = None

    # -- output

    async def write(self, data: bytes) -> None:
        if data:
            async with self._lock:
                await self._sink.write(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))

    async def _echo(self, text: str) -> None:
        if text and not self._hushed:
            async with self._lock:
                await self._sink.write(text.encode("utf-8", "surrogateescape"))

    def hush(self, quiet: bool) -> None:
        """Whether what is typed stays unseen, as for a password."""
        self._hushed = quiet

    # -- input

    async def read(self, n: int = -1) -> bytes:
        while not self._ready:
            if self._ended:
                if self._source is not None and self._pump is not None and not self._pump.done():
                    self._ended = False
                return b""
            if self._source is None:
                return b""
            await self._change()
        if n < 0:
            n = self._ready.find(b"\n") + 1 or len(self._ready)
        data = bytes(self._ready[:n])
        del self._ready[:n]
        return data

    async def edit(self, prompt: str) -> str:
        """One line for an interactive shell, with its newline; "" at the end of input.

        Raises InterruptedError at ^C.
        """
        self._prompt = prompt.rpartition("\n")[2]
        self._back = 0
        await self.write(prompt.encode("utf-8", "surrogateescape"))
        self._editing = True
        try:
            if self._line:
                await self._echo("".join(self._line))
            data = await self.read()
        finally:
            self._editing = False
        line = data.decode("utf-8", "surrogateescape")
        if line.strip() and (not self._history or self._history[-1] != line.rstrip("\n")):
            self._history.append(line.rstrip("\n"))
            del self._history[:-REMEMBERED]
        return line

    async def _change(self) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            await self._waiting
        finally:
            self._waiting = None

    def _wake(self, error: Exception | None = None) -> None:
        if self._waiting is not None and not self._waiting.done():
            if error is None:
                self._waiting.set_result(None)
            else:
                self._waiting.set_exception(error)

    async def _listen(self) -> None:
        assert self._source is not None
        try:
            while data := await self._source.read(4096):
                for at in range(len(data)):
                    await self._key(data[at : at + 1])
        except OSError:
            pass
        self._ended = True
        self._wake()

    async def _key(self, key: bytes) -> None:
        if self._escape:
            self._escape += key
            if len(self._escape) > 2 and (key.isalpha() or key == b"~"):
                sequence, self._escape = self._escape, b""
                await self._special(sequence)
            elif len(self._escape) == 2 and key not in b"[O":
                self._escape = b""
            return
        if key == INTERRUPT:
            await self._interrupted("^C", "INT")
        elif key == QUIT:
            await self._interrupted("^\\", "QUIT")
        elif key in (b"\r", b"\n"):
            await self._enter()
        elif key == END:
            self._end_of_input()
        elif key in (ERASE[:1], ERASE[1:]):
            await self._erase(1)
        elif key == KILL:
            await self._erase(self._cursor)
        elif key == WORD:
            await self._erase_word()
        elif key == b"\x1b":
            self._escape = key
        elif key == b"\x01" and self._editing:
            await self._move(0)
        elif key == b"\x05" and self._editing:
            await self._move(len(self._line))
        elif key == CLEAR and self._editing:
            await self._echo("\x1b[H\x1b[J" + self._prompt + "".join(self._line))
        elif key >= b" " or key == b"\t":
            await self._typed(key)

    async def _typed(self, key: bytes) -> None:
        self._partial += key
        try:
            char = self._partial.decode()
        except UnicodeDecodeError:
            if len(self._partial) < 4:
                return
            char = self._partial.decode("utf-8", "surrogateescape")
        self._partial = b""
        if len(self._line) >= LINE:
            await self._echo("\a")
            return
        self._line.insert(self._cursor, char)
        self._cursor += 1
        rest = "".join(self._line[self._cursor :])
        await self._echo(char + rest + "\b" * len(rest))

    async def _erase(self, count: int) -> None:
        count = min(count, self._cursor)
        if not count:
            return
        del self._line[self._cursor - count : self._cursor]
        self._cursor -= count
        rest = "".join(self._line[self._cursor :])
        await self._echo("\b" * count + rest + " " * count + "\b" * (count + len(rest)))

    async def _erase_word(self) -> None:
        at = self._cursor
        while at and self._line[at - 1] == " ":
            at -= 1
        while at and self._line[at - 1] != " ":
            at -= 1
        await self._erase(self._cursor - at)

    async def _move(self, to: int) -> None:
        to = min(max(to, 0), len(self._line))
        if to < self._cursor:
            await self._echo("\b" * (self._cursor - to))
        else:
            await self._echo("".join(self._line[self._cursor : to]))
        self._cursor = to

    async def _special(self, sequence: bytes) -> None:
        """Arrow keys, which mean something while a shell's line is edited."""
        if not self._editing:
            return
        match sequence[2:]:
            case b"D":
                await self._move(self._cursor - 1)
            case b"C":
                await self._move(self._cursor + 1)
            case b"H" | b"1~":
                await self._move(0)
            case b"F" | b"4~":
                await self._move(len(self._line))
            case b"A" | b"B":
                back = self._back + (1 if sequence[2:] == b"A" else -1)
                if 0 <= back <= len(self._history):
                    self._back = back
                    await self._move(len(self._line))
                    await self._erase(len(self._line))
                    self._line = list(self._history[-back]) if back else []
                    self._cursor = len(self._line)
                    await self._echo("".join(self._line))
            case b"3~" if self._cursor < len(self._line):
                await self._move(self._cursor + 1)
                await self._erase(1)
            case _:
                return

    async def _enter(self) -> None:
        line = "".join(self._line)
        await self._move(len(self._line))
        hushed, self._hushed = self._hushed, False
        await self._echo("\r\n")
        self._hushed = hushed
        self._line, self._cursor = [], 0
        self._give(f"{line}\n")

    def _give(self, text: str) -> None:
        if len(self._ready) < AHEAD:
            self._ready += text.encode("utf-8", "surrogateescape")
        self._wake()

    def _end_of_input(self) -> None:
        if self._line:
            if not self._editing:
                self._give("".join(self._line))
                self._line, self._cursor = [], 0
            return
        self._ended = True
        self._wake()

    async def _interrupted(self, shown: str, name: str) -> None:
        self._line, self._cursor, self._back = [], 0, 0
        self._ready.clear()
        editing = self._editing
        await self._echo(f"{shown}\r\n" if editing else shown)
        self._signal(name)
        if editing and name == "INT":
            self._wake(InterruptedError(errno.EINTR, "Interrupted system call"))
