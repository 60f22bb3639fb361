"""Published ports: what `-p` asks for, who has which host port, and the listeners, on 127.0.0.1 only."""

import asyncio
import contextlib
import errno
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

from labrunner.practice.programs.process import Reader, Writer
from labrunner.practice.refusal import Refused

Connect = Callable[[int], Awaitable[tuple[Reader, Writer]]]
"""Opens a connection to a port inside the container."""

_PORT = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_EPHEMERAL = range(32768, 61000)
_EVERYWHERE = ("0.0.0.0", "::")
_PART = 64 * 1024
_MOST_CONNECTIONS = 256
MOST_PORTS = 100
"""Published by one container: each is a listener of the daemon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One line of `-p`."""

    port: int
    protocol: str = "tcp"
    host_ip: str = ""
    first: int = 0
    """0 asks for any free port."""
    last: int = 0

    @property
    def key(self) -> str:
        return f"{self.port}/{self.protocol}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    key: str
    host_ip: str
    host_port: int


def split(text: str) -> tuple[int, str]:
    """`80`, `80/tcp` -> (80, "tcp"); raises Refused."""
    number, _, protocol = text.partition("/")
    found = _PORT.fullmatch(number)
    if found is None or int(found[1]) > 65535:
        raise Refused(400, f'invalid port specification: "{text}"')
    return int(found[1]), (protocol or "tcp").lower()


def asked(bindings: Mapping[str, Any] | None) -> tuple[Asked, ...]:
    """Of HostConfig.PortBindings; raises Refused with Docker's text."""
    found: list[Asked] = []
    for key, hosts in (bindings or {}).items():
        port, protocol = split(key)
        for host in hosts if isinstance(hosts, list) and hosts else [{}]:
            if not isinstance(host, Mapping):
                raise Refused(400, f'invalid port specification: "{key}"')
            first, last = _range(str(host.get("HostPort") or ""))
            found.append(
                Asked(
                    port=port,
                    protocol=protocol,
                    host_ip=str(host.get("HostIp") or ""),
                    first=first,
                    last=last,
                )
            )
    return tuple(found)


def _range(text: str) -> tuple[int, int]:
    if not text:
        return 0, 0
    found = _PORT.fullmatch(text)
    first = int(found[1]) if found else -1
    last = int(found[2] or first) if found else -1
    if not 0 <= first <= last <= 65535:
        raise Refused(400, f'invalid port specification: "{text}"')
    return first, last


def exposed(ports: Iterable[str]) -> tuple[Asked, ...]:
    """What `-P` publishes, on any free port each; what is no port is left out, as Docker does."""
    found = []
    for text in ports:
        with contextlib.suppress(Refused):
            port, protocol = split(text)
            found.append(Asked(port=port, protocol=protocol))
    return tuple(found)


@dataclass(slots=True)
class Published:
    """The open ports of one running container."""

    bound: tuple[Bound, ...] = ()
    _servers: list[asyncio.Server] = field(default_factory=list)
    _release: Callable[[], None] = lambda: None
    _talks: set[asyncio.Task[None]] = field(default_factory=set)
    _going: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._going.set()

    def pause(self) -> None:
        """New connections wait."""
        self._going.clear()

    def unpause(self) -> None:
        self._going.set()

    def close(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
        for talk in tuple(self._talks):
            talk.cancel()
        self._release()

    def ports(self) -> dict[str, list[dict[str, str]]]:
        """`NetworkSettings.Ports`."""
        shown: dict[str, list[dict[str, str]]] = {}
        for each in self.bound:
            for ip in _EVERYWHERE if not each.host_ip else (each.host_ip,):
                shown.setdefault(each.key, []).append({"HostIp": ip, "HostPort": str(each.host_port)})
        return shown

    async def serve(self, host: str, port: int, inside: int, connect: Connect) -> None:
        """Listens; raises OSError."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            if len(self._talks) >= _MOST_CONNECTIONS:
                writer.transport.abort()
                return
            self._talks.add(task)
            try:
                await self._going.wait()
                await _talk(reader, writer, await connect(inside))
            except (OSError, EOFError):
                pass
            finally:
                self._talks.discard(task)
                writer.transport.abort()

        self._servers.append(await asyncio.start_server(answer, host, port, limit=_PART))


async def _talk(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, inside: tuple[Reader, Writer]
) -> None:
    """Bytes both ways until both sides have said their last."""
    from_inside, to_inside = inside
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_pour(reader, to_inside))
            group.create_task(_pour(from_inside, writer))
    except* (OSError, EOFError):
        pass
    finally:
        to_inside.close()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _pour(source: Reader, target: Writer) -> None:
    while data := await source.read(_PART):
        target.write(data)
        await target.drain()
    with contextlib.suppress(OSError, RuntimeError, NotImplementedError):
        target.write_eof()


class Publisher:
    """Which host ports the containers have."""

    def __init__(self, ephemeral: Sequence[int] = _EPHEMERAL) -> None:
        self._taken: dict[tuple[str, int], list[str]] = {}
        self._ephemeral = ephemeral
        self._next = 0

    async def publish(self, wanted: Iterable[Asked], *, endpoint: str, connect: Connect) -> Published:
        """Opens all of them or none; raises Refused. `endpoint` is `NAME (ID)` for Docker's text."""
        bound: list[Bound] = []
        published = Published()
        wanted = tuple(wanted)
        if len(wanted) > MOST_PORTS:
            raise Refused(
                500, f"practice engine: a container publishes at most {MOST_PORTS} ports, not {len(wanted)}"
            )

        def release() -> None:
            for each in bound:
                with contextlib.suppress(KeyError, ValueError):
                    self._taken[each.key.partition("/")[2], each.host_port].remove(each.host_ip)

        published._release = release
        try:
            for each in sorted(wanted, key=lambda one: (one.port, one.protocol)):
                bound.append(await self._open(published, each, connect))
        except Refused as refused:
            published.close()
            raise Refused(
                500,
                "failed to set up container networking: driver failed programming external connectivity "
                f"on endpoint {endpoint}: {refused.message}",
            ) from refused
        published.bound = tuple(bound)
        return published

    async def _open(self, published: Published, wanted: Asked, connect: Connect) -> Bound:
        shown = wanted.host_ip or "0.0.0.0"
        refused: Refused | None = None
        for port in self._candidates(wanted):
            owners = self._taken.setdefault((wanted.protocol, port), [])
            if any(_overlap(wanted.host_ip, owner) for owner in owners):
                refused = Refused(500, f"Bind for {shown}:{port} failed: port is already allocated")
                continue
            owners.append(wanted.host_ip)
            try:
                if wanted.protocol == "tcp":
                    await published.serve(_loopback(wanted.host_ip), port, wanted.port, connect)
            except OSError as error:
                owners.remove(wanted.host_ip)
                refused = Refused(
                    500,
                    f"failed to bind host port for {_bracketed(shown)}:{port}::{wanted.key}: {_said(error, port)}",
                )
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    break
                continue
            return Bound(key=wanted.key, host_ip=wanted.host_ip, host_port=port)
        raise refused or Refused(500, "all ports are allocated")

    def _candidates(self, wanted: Asked) -> Iterable[int]:
        if wanted.first:
            yield from range(wanted.first, wanted.last + 1)
            return
        for _ in range(len(self._ephemeral)):
            port = self._ephemeral[self._next % len(self._ephemeral)]
            self._next += 1
            yield port


def _overlap(one: str, other: str) -> bool:
    return one == other or _anywhere(one) or _anywhere(other)


def _anywhere(ip: str) -> bool:
    return ip in ("", *_EVERYWHERE)


def _bracketed(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


def _loopback(ip: str) -> str:
    """Where to listen for an address asked for; raises OSError where it is no address of this machine's own."""
    if _anywhere(ip):
        return "127.0.0.1"
    try:
        address = ip_address(ip)
    except ValueError:
        return "127.0.0.1"
    if not address.is_loopback:
        raise OSError(errno.EADDRNOTAVAIL, "cannot assign requested address")
    return ip if address.version == 4 else "127.0.0.1"


def _said(error: OSError, port: int) -> str:
    """In Go's words."""
    match error.errno:
        case errno.EADDRINUSE:
            return "address already in use"
        case errno.EACCES:
            hint = f"practice engine: port {port} needs rights that it does not have; choose one from 1024 up"
            return f"permission denied ({hint})"
        case errno.EADDRNOTAVAIL:
            return "cannot assign requested address"
        case _:
            return (error.strerror or str(error)).lower()
