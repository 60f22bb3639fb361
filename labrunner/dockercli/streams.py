"""Bytes between a container and the terminal: frames, a raw terminal, resizing, detaching."""

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from labrunner.dockercli.client import Reply

DETACH = b"\x10\x11"
"""Ctrl-P Ctrl-Q"""
_PIECE = 32768


def out(stream: int, data: bytes) -> None:
    """To stdout, or to stderr where the frame is of type 2."""
    to = sys.stderr.fileno() if stream == 2 else sys.stdout.fileno()
    sys.stdout.flush()
    while data:
        data = data[os.write(to, data) :]


def demultiplexed(chunks: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """Frames of eight bytes and their data: (1 for stdout or 2 for stderr, bytes)."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) >= 8:
            size = int.from_bytes(waiting[4:8], "big")
            if len(waiting) < 8 + size:
                break
            yield waiting[0], bytes(waiting[8 : 8 + size])
            del waiting[: 8 + size]


def received(reply: Reply) -> Iterator[bytes]:
    """What comes over a hijacked connection, until the other side ends it."""
    if reply.rest:
        yield reply.rest
    while True:
        try:
            piece = reply.connection.recv(_PIECE)
        except (ConnectionResetError, OSError):
            return
        if not piece:
            return
        yield piece


class Session:
    """An attached container or exec: two directions at once."""

    def __init__(self, reply: Reply, *, tty: bool, interactive: bool, detach: bytes = DETACH) -> None:
        self._reply = reply
        self._tty = tty
        self._interactive = interactive
        self._detach = detach
        self.detached = False

    def run(self) -> None:
        """Until the program ends, or the learner detaches."""
        if self._interactive:
            threading.Thread(target=self._send, daemon=True).start()
        if self._tty:
            for chunk in received(self._reply):
                out(1, chunk)
        else:
            for stream, data in demultiplexed(received(self._reply)):
                out(stream, data)

    def _send(self) -> None:
        held = b""
        keys = self._detach if self._tty and sys.stdin.isatty() else b""
        while True:
            try:
                data = os.read(sys.stdin.fileno(), _PIECE)
            except OSError:
                return
            if not data:
                break
            if keys:
                data = held + data
                if keys in data:
                    self.detached = True
                    self._end(socket.SHUT_RDWR)
                    return
                held = data[-1:] if data[-1:] == keys[:1] else b""
                data = data[: len(data) - len(held)]
            try:
                self._reply.connection.sendall(data)
            except OSError:
                return
        self._end(socket.SHUT_WR)

    def _end(self, how: int) -> None:
        try:
            self._reply.connection.shutdown(how)
        except OSError:
            return


@contextmanager
def raw_terminal() -> Iterator[None]:
    """Every key goes to the container, Ctrl-C as well."""
    import termios
    import tty

    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    try:
        # What was typed ahead is not thrown away.
        tty.setraw(fd, termios.TCSANOW)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, before)


@contextmanager
def following_size(resize: Callable[[int, int], None]) -> Iterator[None]:
    """Tell the engine the size of the terminal, now and at every change."""

    def tell(_signal: int = 0, _frame: FrameType | None = None) -> None:
        try:
            size = os.get_terminal_size(sys.stdout.fileno())
        except OSError:
            return
        resize(size.lines, size.columns)

    before = signal.signal(signal.SIGWINCH, tell)
    tell()
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)


@contextmanager
def passing_signals(send: Callable[[str], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM go to the container's process, not to this command; the third one ends it all the same."""
    came = 0

    def passed(number: int, _frame: FrameType | None) -> None:
        nonlocal came
        came += number in (signal.SIGINT, signal.SIGTERM)
        if came == 3:
            sys.stderr.write("\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n")
            sys.stderr.flush()
            os._exit(1)
        send(signal.Signals(number).name.removeprefix("SIG"))

    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    before = {number: signal.signal(number, passed) for number in caught}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def detach_keys(text: str) -> bytes:
    """`ctrl-p,ctrl-q` as bytes."""
    if not text:
        return DETACH
    keys = bytearray()
    for key in text.split(","):
        name = key.strip().lower()
        keys.append(ord(name[-1]) & 31 if name.startswith("ctrl-") else ord(name[:1] or "\0"))
    return bytes(keys)
