"""What node's library asks of the container: asked in the script's thread, done in the engine's loop."""

import asyncio
import base64
import errno
import hashlib
import hmac
import os
import platform
import signal
import uuid
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from labrunner.practice.programs.node.files import NodeFiles, named
from labrunner.practice.programs.node.script import Script
from labrunner.practice.programs.node.web import Web
from labrunner.practice.programs.process import Process, read_all

_SIGNALS = ("HUP", "INT", "QUIT", "USR1", "USR2", "TERM", "WINCH", "CONT", "ALRM")
_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
NOTICE = b"labrunner: this node is a stand-in, simulated by labrunner's practice engine\n"
_RANDOM = 1024 * 1024
_STDIN = 64 * 1024


class _Gone(Exception):
    """The process ended while the script waited."""


@dataclass(slots=True, kw_only=True)
class Container:
    """The Calls of one script."""

    process: Process
    argv: tuple[str, ...]
    """As the script sees it, from the script's own name on."""
    exec_argv: tuple[str, ...] = ()
    loop: asyncio.AbstractEventLoop
    finished: asyncio.Future[int]
    script: Script = field(init=False)
    files: NodeFiles = field(init=False)
    web: Web = field(init=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    waiting: set[Future[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.script = Script(self, failure)
        self.files = NodeFiles(files=self.process.files)
        self.web = Web(machine=self.process.machine, tell=self.script.tell)

    # -- from the loop

    async def close(self) -> None:
        """Ends what the script had open; the script itself ends when it next asks for anything."""
        self.script.abandon()
        for future in list(self.waiting):
            future.cancel()
        self.web.close()
        for task in list(self.tasks):
            task.cancel()

    # -- from the script's thread

    def answer(self, name: str, values: list[Any]) -> Any:
        match name:
            case "facts":
                return self._facts()
            case "hash":
                return _digest(*values)
            case "random":
                return base64.b64encode(os.urandom(min(int(values[0]), _RANDOM))).decode()
            case "uuid":
                return str(uuid.uuid4())
            case _:
                return self._in_loop(self._asked(name, values))

    def ended(self, status: int) -> None:
        self.loop.call_soon_threadsafe(self._finish, status)

    def complain(self, text: str) -> None:
        self._in_loop(self.process.stderr.write(text.encode()))

    def _finish(self, status: int) -> None:
        if not self.finished.done():
            self.finished.set_result(status)

    def _in_loop(self, work: Coroutine[Any, Any, Any]) -> Any:
        if self.loop.is_closed():
            work.close()
            raise _Gone
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        self.waiting.add(future)
        try:
            return future.result()
        finally:
            self.waiting.discard(future)

    async def _asked(self, name: str, values: list[Any]) -> Any:
        match name:
            case "write":
                stream = self.process.stdout if values[0] == 1 else self.process.stderr
                await stream.write(_bytes(values[1]))
                return None
            case "read" | "readText" if values[0] == 0:
                data = await read_all(self.process.stdin)
                return (
                    data.decode("utf-8", "replace") if name == "readText" else base64.b64encode(data).decode()
                )
            case "stdin":
                self._keep(self._read_stdin())
                return None
            case "signal":
                if values[0] in _SIGNALS:
                    self.process.on_signal(values[0], self._heard(values[0]))
                return None
            case "unsignal":
                self.process.reactions.pop(values[0], None)
                return None
            case "kill":
                self._kill(*values)
                return None
            case "ask":
                self._keep(self.web.ask(*values))
                return None
            case "listen" if not self.web.count and not self.web.listeners:
                await self.process.stderr.write(NOTICE)
                return await self.web.listen(*values)
            case "listen" | "unlisten" | "head" | "body" | "end" | "drop":
                return await getattr(self.web, name)(*values)
            case _:
                return self.files.answer(name, values)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _heard(self, name: str) -> Callable[[], None]:
        return lambda: self.script.tell("signal", name)

    def _kill(self, pid: int, name: str) -> None:
        if self.process.kernel is None:
            raise OSError(errno.ESRCH, "No such process")
        self.process.kernel.kill(int(pid), name)

    async def _read_stdin(self) -> None:
        while data := await self.process.stdin.read(_STDIN):
            self.script.tell("stdin", base64.b64encode(data).decode())
        self.script.tell("stdin", None)

    def _facts(self) -> dict[str, Any]:
        process = self.process
        machine = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64"}.get(
            platform.machine(), platform.machine()
        )
        path = process.path or "/usr/local/bin/node"
        return {
            "arch": machine,
            "argv": [path, *self.argv],
            "cwd": process.cwd,
            "env": dict(process.env),
            "execArgv": list(self.exec_argv),
            "execPath": path,
            "gid": process.gid,
            "home": process.env.get("HOME", "/"),
            "hostname": process.machine.hostname,
            "pid": process.pid,
            "ppid": process.ppid,
            "release": platform.release(),
            "signals": {name: int(getattr(signal, f"SIG{name}", 0)) for name in _SIGNALS},
            "statusCodes": {str(int(status)): status.phrase for status in HTTPStatus},
            "tty": process.tty,
            "uid": process.uid,
            "user": process.user,
            "version": process.version or "0.0.0",
        }


def _bytes(sent: Mapping[str, str]) -> bytes:
    if "text" in sent:
        return sent["text"].encode("utf-8", "replace")
    return base64.b64decode(sent["bytes"])


def _digest(name: str, data: str, key: str | None) -> str:
    if name.lower().replace("-", "") not in _HASHES:
        raise OSError(errno.EINVAL, "Digest method not supported")
    plain = name.lower().replace("-", "")
    raw = base64.b64decode(data)
    if key is None:
        return base64.b64encode(hashlib.new(plain, raw).digest()).decode()
    return base64.b64encode(hmac.new(base64.b64decode(key), raw, plain).digest()).decode()


_CALLS = {
    "read": "open",
    "readText": "open",
    "store": "open",
    "append": "open",
    "list": "scandir",
    "rm": "rm",
    "copy": "copyfile",
    "realpath": "realpath",
}
"""The system call that node names for what was asked; otherwise the name itself."""


def failure(error: OSError, name: str) -> dict[str, Any]:
    """The error as node shapes it: `ENOENT: no such file or directory, open '/x'`."""
    number = error.errno or 0
    code = errno.errorcode.get(number, "EIO")
    if name == "hash":
        return {"message": error.strerror}
    if name == "listen":
        port = error.filename or 0
        words = "address already in use" if code == "EADDRINUSE" else str(error.strerror).lower()
        return {
            "message": f"listen {code}: {words} :::{port}",
            "code": code,
            "errno": -named(number),
            "syscall": "listen",
            "address": "::",
            "port": port,
        }
    call = _CALLS.get(name, name)
    words = str(error.strerror or error).lower()
    if code == "EISDIR" and name in ("read", "readText"):
        call = "read"
        return {
            "message": "EISDIR: illegal operation on a directory, read",
            "code": code,
            "errno": -21,
            "syscall": call,
        }
    words = {
        "EISDIR": "illegal operation on a directory",
        "EEXIST": "file already exists",
        "EPERM": "operation not permitted",
    }.get(code, words)
    told: dict[str, Any] = {"code": code, "errno": -named(number), "syscall": call}
    told["message"] = f"{code}: {words}, {call}"
    if isinstance(error.filename, str):
        told["path"] = error.filename
        told["message"] += f" '{error.filename}'"
        if isinstance(error.filename2, str):
            told["dest"] = error.filename2
            told["message"] += f" -> '{error.filename2}'"
    return told
