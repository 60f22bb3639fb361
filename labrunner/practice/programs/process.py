"""What one simulated program is given: its words, its streams, the container's files, and a way to hear signals."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from labrunner.practice.images.content import Content

FileKind = Literal["file", "folder", "link", "fifo", "device"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStat:
    """One entry of the container's live files."""

    kind: FileKind
    size: int = 0
    mode: int = 0o644
    """Permission bits only."""
    uid: int = 0
    gid: int = 0
    mtime: int = 0
    """Seconds since the epoch."""
    link: str = ""
    """Where a symbolic link points to, as written in it."""


class Input(Protocol):
    """Bytes that come in; nothing more comes after the first b""."""

    async def read(self, n: int = -1) -> bytes:
        """The next bytes, at most n of them (-1: as many as come at once); b"" at the end."""
        ...


class Output(Protocol):
    """Bytes that go out; awaiting keeps a fast program from running away from a slow reader."""

    async def write(self, data: bytes) -> None: ...


class Open(Protocol):
    """An open file, pipe or terminal: what a file descriptor stands for, possibly for several processes."""

    @property
    def tty(self) -> bool: ...
    async def read(self, n: int = -1) -> bytes: ...
    async def write(self, data: bytes) -> None:
        """Raises BrokenPipeError where nobody reads any more."""
        ...

    def hold(self) -> None:
        """One more descriptor stands for it."""
        ...

    def release(self) -> None:
        """One descriptor fewer; with the last one it is closed."""
        ...


async def read_all(source: Input, limit: int = 64 * 1024 * 1024) -> bytes:
    """Everything until the end; raises OSError beyond `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    while part := await source.read():
        parts.append(part)
        size += len(part)
        if size > limit:
            raise OSError(27, "File too large")
    return b"".join(parts)


async def lines(source: Input) -> AsyncIterator[bytes]:
    """Line by line, each with its newline; the last one may have none."""
    rest = b""
    while part := await source.read():
        *whole, rest = (rest + part).split(b"\n")
        for line in whole:
            yield line + b"\n"
    if rest:
        yield rest


class Files(Protocol):
    """The container's live files. Paths are absolute, links are followed except where told.

    Raises what Python's own file functions raise (FileNotFoundError, IsADirectoryError, NotADirectoryError,
    FileExistsError, PermissionError, OSError), with the path as `filename`.
    """

    def read(self, path: str) -> bytes: ...
    def write(self, path: str, data: bytes, *, mode: int | None = None) -> None: ...
    def append(self, path: str, data: bytes) -> None: ...
    def exists(self, path: str) -> bool: ...
    def stat(self, path: str) -> FileStat: ...
    def lstat(self, path: str) -> FileStat: ...
    def list(self, path: str) -> tuple[str, ...]: ...
    def mkdir(self, path: str, parents: bool = False) -> None: ...
    def remove(self, path: str, recursive: bool = False) -> None: ...
    def rename(self, source: str, target: str) -> None: ...
    def symlink(self, link: str, path: str) -> None: ...
    def readlink(self, path: str) -> str: ...
    def chmod(self, path: str, mode: int) -> None: ...
    def chown(self, path: str, uid: int, gid: int) -> None: ...
    def resolve(self, path: str) -> str:
        """The absolute path behind every symbolic link; raises FileNotFoundError or OSError (a loop)."""
        ...


class LiveFiles(Files, Protocol):
    """What the container's own tools need beyond Files: content that is not read, links, times, owners."""

    uid: int
    umask: int

    def content(self, path: str) -> Content: ...
    def put_content(self, path: str, content: Content, *, mode: int = 0o666) -> None: ...
    def chunks(self, path: str) -> Iterator[bytes]: ...
    def truncate(self, path: str, size: int) -> None: ...
    def link(self, source: str, target: str) -> None: ...
    def mkfifo(self, path: str) -> None: ...
    def utime(self, path: str, mtime: float, *, follow: bool = True) -> None: ...
    def lchown(self, path: str, uid: int, gid: int) -> None: ...
    def access(self, path: str, wanted: int) -> bool: ...
    def same(self, one: str, other: str) -> bool:
        """Whether two paths lead to one file."""
        ...

    def identity(self, path: str) -> tuple[int, int]:
        """The number of the file (inode) and of its names, links not followed."""
        ...


class Reader(Protocol):
    """The reading side of a connection; an asyncio.StreamReader is one."""

    async def read(self, n: int = -1) -> bytes: ...
    async def readline(self) -> bytes: ...
    async def readexactly(self, n: int) -> bytes: ...
    async def readuntil(self, separator: bytes = b"\n") -> bytes: ...


class Writer(Protocol):
    """The writing side of a connection; an asyncio.StreamWriter is one."""

    def write(self, data: bytes) -> None: ...
    async def drain(self) -> None: ...
    def close(self) -> None: ...
    async def wait_closed(self) -> None: ...
    def is_closing(self) -> bool: ...
    def write_eof(self) -> None: ...


Serve = Callable[[Reader, Writer], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One process, as `ps` and `docker top` show it."""

    pid: int
    ppid: int
    user: str
    uid: int
    command: str
    started: float
    """Seconds since the epoch."""
    tty: bool = False


class Listener(Protocol):
    """One open port of the container; it closes by itself when its process ends."""

    port: int

    def close(self) -> None: ...


class Machine(Protocol):
    """The container as its programs see it."""

    @property
    def hostname(self) -> str: ...
    @property
    def image(self) -> str:
        """The image's name, for the stand-in's notice."""
        ...

    @property
    def labels(self) -> Mapping[str, str]: ...
    async def listen(self, port: int, serve: Serve) -> Listener:
        """Opens the port in the container; raises OSError EADDRINUSE where one of its processes has it."""
        ...

    async def connect(self, host: str, port: int) -> tuple[Reader, Writer]:
        """A connection to the container's own loopback; ConnectionRefusedError, or OSError for other hosts."""
        ...

    def processes(self) -> Sequence[Row]: ...


Spawn = Callable[
    [tuple[str, ...], Mapping[str, str] | None, str | None, Input | None, Output | None, Output | None],
    Awaitable[int],
]


async def _cannot_spawn(
    argv: tuple[str, ...],
    _env: Mapping[str, str] | None,
    _cwd: str | None,
    _stdin: Input | None,
    _stdout: Output | None,
    _stderr: Output | None,
) -> int:
    raise FileNotFoundError(2, "No such file or directory", argv[0])


class Child(Protocol):
    """A process that was started by another one."""

    @property
    def pid(self) -> int: ...
    @property
    def ended(self) -> bool: ...
    async def wait(self) -> int:
        """Its exit status, 128+n after signal n."""
        ...

    def signal(self, name: str) -> None: ...


class Kernel(Protocol):
    """What shells and the like ask of the machine below them."""

    def fork(
        self,
        parent: "Process",
        body: "Program",
        *,
        fds: Mapping[int, Open],
        argv: Sequence[str] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        group: int | None = None,
        user: tuple[str, int, int] | None = None,
    ) -> Child:
        """A child that runs `body`; it holds `fds` until it ends. `group` 0: a process group of its own.

        Raises BlockingIOError where the machine has too many processes.
        """
        ...

    def which(self, process: "Process", name: str, path: str | None) -> str:
        """The file that `name` would run, searched in `path`; FileNotFoundError or PermissionError."""
        ...

    async def execute(self, process: "Process", file: str, argv: Sequence[str]) -> int:
        """Makes the process into another program, as exec does, and runs it to its end.

        Raises OSError (ENOENT, EACCES, ENOEXEC) where the file cannot be run.
        """
        ...

    def open(
        self, process: "Process", path: str, mode: Literal["r", "w", "a", "rw"], *, exclusive: bool = False
    ) -> Open:
        """Opens an absolute path, devices and /dev/stdout included; raises OSError. The caller holds it."""
        ...

    def kill(self, pid: int, name: str) -> None:
        """Raises ProcessLookupError. A negative number is a process group."""
        ...

    def foreground(self, process: "Process", group: int | None) -> None:
        """Which process group hears ^C on the process's terminal; None: the shell's own again."""
        ...


@dataclass(slots=True, kw_only=True)
class Process:
    """One running simulated program."""

    argv: tuple[str, ...]
    """argv[0] is the name as called."""
    stdin: Input
    stdout: Output
    stderr: Output
    files: Files
    machine: Machine
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/"
    uid: int = 0
    gid: int = 0
    user: str = "root"
    tty: bool = False
    pid: int = 1
    ppid: int = 0
    group: int = 1
    path: str = ""
    """The file that was executed."""
    version: str = ""
    """The stand-in line's third word."""
    reactions: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What the program does at a signal; a signal that is not in here has the kernel's default effect."""
    spawn: Spawn = _cannot_spawn
    fds: dict[int, Open] = field(default_factory=dict)
    """All open files by number; 0, 1 and 2 are the streams above."""
    kernel: Kernel | None = None

    def on_signal(self, name: str, react: Callable[[], None]) -> None:
        """From now on `name` ("TERM", "QUIT", "HUP", …) calls `react` and no longer ends the program."""
        self.reactions[name] = react

    async def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdin: Input | None = None,
        stdout: Output | None = None,
        stderr: Output | None = None,
    ) -> int:
        """Runs another program of the container as a child; its exit status.

        What is not given is as this process has it. Raises FileNotFoundError or PermissionError where argv[0]
        cannot be run.
        """
        return await self.spawn(tuple(argv), env, cwd, stdin, stdout, stderr)


Program = Callable[[Process], Awaitable[int]]
"""Runs to the end of the simulated program and returns its exit status."""
