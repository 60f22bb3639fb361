"""Where a Docker engine may be on this machine, and whether one answers there, without the docker SDK.

The SDK takes a quarter of a second to import; before the first prompt a bare socket has to be enough (1 ms).
"""

import json
import socket
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Reason = Literal["absent", "refused", "permission denied", "timeout", "not docker", "not an address"]

_PING = b"GET /_ping HTTP/1.1\r\nHost: docker\r\nUser-Agent: labrunner\r\nConnection: close\r\n\r\n"
_LONGEST_HEAD = 8192
_PATIENCE = 2.0
_USUAL_PORT = "2375"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """An engine answered."""

    api: str
    """The newest API version it speaks: `1.51`"""
    server: str = ""
    """Its Server header: `Docker/28.5.2 (linux)`, `Libpod/4.3.1 (linux)`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No engine answered, and why."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place where an engine may be."""

    address: str
    source: str
    """`DOCKER_HOST`, `docker context NAME`, `usual socket`, `podman socket`"""
    certificates: str = ""
    """A folder with ca.pem, cert.pem, key.pem where the engine is reached over TLS."""

    @property
    def needs_sdk(self) -> bool:
        """Whether only the SDK can tell if it answers: ssh and TLS."""
        return bool(self.certificates) or self.address.startswith(("ssh://", "https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    candidate: Candidate
    silence: Silence


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    address: str
    source: str
    certificates: str = ""
    pong: Pong | None = None
    """None where only the SDK can tell whether it answers."""
    tried: tuple[Tried, ...] = ()
    """What stood before it in the order of choice and did not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEngine:
    tried: tuple[Tried, ...]


def find(env: Mapping[str, str], home: Path) -> Found | NoEngine:
    """The first engine that answers: DOCKER_HOST, the current docker context, the usual sockets, podman's."""
    return first(candidates(env, home))


def first(places: Iterable[Candidate], timeout: float = _PATIENCE) -> Found | NoEngine:
    tried: list[Tried] = []
    for place in places:
        answer = None if place.needs_sdk else ping(place.address, timeout)
        if isinstance(answer, Silence):
            tried.append(Tried(candidate=place, silence=answer))
            continue
        return Found(
            address=place.address,
            source=place.source,
            certificates=place.certificates,
            pong=answer,
            tried=tuple(tried),
        )
    return NoEngine(tried=tuple(tried))


def candidates(env: Mapping[str, str], home: Path) -> tuple[Candidate, ...]:
    """Every place to look, the most wanted first, each address once."""
    once: dict[str, Candidate] = {}
    for place in (*_chosen(env, home), *_usual(env, home)):
        once.setdefault(place.address, place)
    return tuple(once.values())


def ping(address: str, timeout: float = _PATIENCE) -> Pong | Silence:
    """Ask `GET /_ping` at a `unix://` or `tcp://` address; `timeout` is in seconds, for all of it."""
    deadline = time.monotonic() + timeout
    try:
        with _dial(address, timeout) as connection:
            connection.sendall(_PING)
            return _read_pong(_read_head(connection, deadline))
    except (ValueError, OverflowError) as error:
        return Silence(reason="not an address", detail=str(error))
    except OSError as error:
        return Silence(reason=reason_of(error), detail=error.strerror or str(error))


def reason_of(error: OSError) -> Reason:
    """The reason behind a connection that failed."""
    match error:
        case TimeoutError():
            return "timeout"
        case PermissionError():
            return "permission denied"
        case ConnectionError():
            return "refused"
        case _:
            return "absent"


def _chosen(env: Mapping[str, str], home: Path) -> Iterator[Candidate]:
    """What the learner told the docker command to use; DOCKER_HOST beats any context, as in docker itself."""
    config = Path(env.get("DOCKER_CONFIG") or home / ".docker")
    if host := env.get("DOCKER_HOST"):
        address = host if "://" in host else f"tcp://{host}"
        tls = env.get("DOCKER_TLS_VERIFY") and address.startswith("tcp://")
        certificates = (env.get("DOCKER_CERT_PATH") or str(config)) if tls else ""
        yield Candidate(address=address, source="DOCKER_HOST", certificates=certificates)
        return
    name = env.get("DOCKER_CONTEXT") or str(_read_json(config / "config.json").get("currentContext") or "")
    if name not in ("", "default"):
        yield from _context(config / "contexts", name)


def _context(contexts: Path, name: str) -> Iterator[Candidate]:
    """A context is a folder named by a hash; finding it by what it says spares importing hashlib."""
    for meta in sorted(contexts.glob("meta/*/meta.json")):
        told = _read_json(meta)
        if told.get("Name") != name:
            continue
        address = str(((told.get("Endpoints") or {}).get("docker") or {}).get("Host") or "")
        tls = contexts / "tls" / meta.parent.name / "docker"
        if address:
            certificates = str(tls) if tls.is_dir() else ""
            yield Candidate(address=address, source=f"docker context {name}", certificates=certificates)


def _usual(env: Mapping[str, str], home: Path) -> Iterator[Candidate]:
    runtime = env.get("XDG_RUNTIME_DIR")
    sockets = [
        Path("/var/run/docker.sock"),
        home / ".docker/run/docker.sock",
        home / ".docker/desktop/docker.sock",
        home / ".orbstack/run/docker.sock",
        home / ".colima/default/docker.sock",
        home / ".rd/docker.sock",
    ]
    podman = [Path("/run/podman/podman.sock"), home / ".local/share/containers/podman/machine/podman.sock"]
    if runtime:
        sockets.append(Path(runtime, "docker.sock"))
        podman.insert(0, Path(runtime, "podman/podman.sock"))
    if temporary := env.get("TMPDIR"):
        podman.append(Path(temporary, "podman/podman-machine-default-api.sock"))
    for path in sockets:
        yield Candidate(address=f"unix://{path}", source="usual socket")
    for path in podman:
        yield Candidate(address=f"unix://{path}", source="podman socket")


def _read_json(path: Path) -> dict[str, Any]:
    """What a JSON file holds; nothing where it is missing or broken: docker itself only warns then."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _dial(address: str, timeout: float) -> socket.socket:
    scheme, _, place = address.partition("://")
    if scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            connection.connect(place)
        except BaseException:
            connection.close()
            raise
        return connection
    if scheme in ("tcp", "http"):
        place = place.rstrip("/")
        host, _, port = place.rpartition(":")
        if not port.isdecimal():
            host, port = place, _USUAL_PORT
        return socket.create_connection((host.strip("[]"), int(port)), timeout)
    raise ValueError(f"{address} is neither a unix:// nor a tcp:// address")


def _read_head(connection: socket.socket, deadline: float) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        received = connection.recv(_LONGEST_HEAD)
        if not received:
            break
        head += received
    return head


def _read_pong(head: bytes) -> Pong | Silence:
    status, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if not status.startswith("HTTP/1.") or " 200" not in status or not headers.get("api-version"):
        return Silence(reason="not docker", detail=status[:200])
    return Pong(api=headers["api-version"], server=headers.get("server", ""))
