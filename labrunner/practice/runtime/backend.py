"""What runs a container's processes, seen from outside: a machine with files, and programs started in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from labrunner.practice.images.tree import Tree
from labrunner.practice.programs.process import Files, Input, Listener, Output, Reader, Row, Serve, Writer

Change = Literal["A", "C", "D"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What to run, as `docker run` and `docker exec` say it."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/"
    user: str = ""
    """As in USER: a name, a number, or either with `:group`."""
    groups: tuple[str, ...] = ()
    """More groups, as with `docker run --group-add`: names or numbers."""
    tty: bool = False
    init: bool = False
    """A small init is PID 1, as with `docker run --init`."""
    main: bool = True
    """The container's own process; False for an exec."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    stdout: Output
    stderr: Output
    stdin: Input | None = None
    """None where nothing is attached: programs see the end at once."""


class Running(Protocol):
    """One started process."""

    @property
    def pid(self) -> int: ...
    async def wait(self) -> int:
        """The exit status: 128+n when signal n ended it. May be awaited by many, cancelled by each."""
        ...

    def signal(self, name: str) -> None:
        """ "TERM", "SIGTERM" or "15"; nothing happens when the process has ended."""
        ...

    def resize(self, rows: int, columns: int) -> None: ...


class Rootfs(Protocol):
    """Live files over an image's tree; a volume is one over an empty tree, mounted into machines."""

    @property
    def files(self) -> Files: ...
    def changes(self) -> list[tuple[str, Change]]:
        """`docker diff`: absolute paths in order, what Docker itself wrote left out."""
        ...

    def layer(self) -> Tree:
        """The difference to the image, as a layer."""
        ...

    def tree(self) -> Tree:
        """Everything, for export and cp."""
        ...

    def put(self, tree: Tree, at: str = "") -> None:
        """Lays the entries of `tree` (whiteouts too) over the files, under the folder `at`."""
        ...

    def size(self) -> int:
        """Bytes of the files that differ from the image (SizeRw)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """Shared files at a folder of a machine."""

    target: str
    source: Rootfs
    read_only: bool = False


class Machine(Protocol):
    """One container's world. It is also what programs see (programs.process.Machine)."""

    @property
    def hostname(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def image(self) -> str: ...
    @property
    def labels(self) -> Mapping[str, str]: ...
    @property
    def rootfs(self) -> Rootfs: ...
    @property
    def files(self) -> Files:
        """The live files with the mounts in place."""
        ...

    @property
    def ports(self) -> frozenset[int]:
        """The ports on which its programs listen now."""
        ...

    async def listen(self, port: int, serve: Serve) -> Listener: ...
    async def connect(self, host: str, port: int) -> tuple[Reader, Writer]: ...
    def processes(self) -> Sequence[Row]: ...
    async def pause(self) -> None: ...
    async def unpause(self) -> None: ...
    async def close(self) -> None:
        """Ends every process; the files stay readable through `rootfs`."""
        ...


class Backend(Protocol):
    """Makes machines and starts programs in them."""

    def files(self, tree: Tree | None = None) -> Rootfs:
        """Fresh shared files, for a volume."""
        ...

    def machine(
        self,
        tree: Tree,
        *,
        hostname: str,
        name: str,
        image_id: str,
        mounts: Iterable[Mount] = (),
        image: str = "",
        labels: Mapping[str, str] = ...,
        layer: Tree | None = None,
        extra_hosts: Sequence[str] = (),
        read_only: bool = False,
    ) -> Machine:
        """A new machine; `layer` is what an earlier machine's rootfs.layer() gave, to go on from it."""
        ...

    async def start(self, machine: Machine, spec: Spec, streams: Streams) -> Running:
        """Raises Refused with runc's text where the program cannot be started."""
        ...


__all__ = [
    "Backend",
    "Change",
    "Files",
    "Input",
    "Listener",
    "Machine",
    "Mount",
    "Output",
    "Rootfs",
    "Row",
    "Running",
    "Spec",
    "Streams",
]
