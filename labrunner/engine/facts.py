"""What labrunner knows about an engine, as still values that look the same for every API version.

Absent and empty are the same everywhere: a field that an API version leaves out is an empty tuple, an empty
mapping or "". Image names are kept in their familiar form with a tag (`nginx:latest`); compare names with
`labrunner.reference`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

NOTHING: Mapping[str, str] = MappingProxyType({})

ContainerState = Literal["created", "running", "paused", "restarting", "removing", "exited", "dead"]
Protocol = Literal["tcp", "udp", "sctp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One container port and, where it is published, the host's side of it."""

    container: int
    host: int | None = None
    address: str = ""
    """The host's address; empty for every address (`0.0.0.0`, `::`)."""
    protocol: Protocol = "tcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSummary:
    """One row of `/images/json`."""

    id: str
    """`sha256:…`: the config's digest on graph drivers, the target's digest on the containerd store."""
    names: tuple[str, ...] = ()
    """Familiar `name:tag`; empty when the image is dangling."""
    digests: tuple[str, ...] = ()
    """Familiar `name@sha256:…`."""
    size: int = 0
    """Bytes on disk, as the engine counts them."""
    created: int = 0
    """Seconds since the epoch."""
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    @property
    def dangling(self) -> bool:
        return not self.names


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerSummary:
    """One row of `/containers/json?all=1`."""

    id: str
    name: str
    """Without the leading slash."""
    image: str
    """The name it was made from, as the engine shows it; an image ID where that name is gone."""
    image_id: str
    state: ContainerState
    ports: tuple[Port, ...] = ()
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    created: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthcheck:
    """Durations are seconds; 0 means the engine's default."""

    test: tuple[str, ...] = ()
    interval: float = 0.0
    timeout: float = 0.0
    start_period: float = 0.0
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageConfig:
    """How the image runs. Source: the OCI image-spec's config and Docker's image-spec v1.3."""

    cmd: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    """`NAME=value`, in order."""
    ports: tuple[str, ...] = ()
    """Exposed ports such as `80/tcp`, sorted."""
    workdir: str = ""
    user: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    healthcheck: Healthcheck | None = None
    stopsignal: str = ""
    volumes: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    onbuild: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image inspected."""

    id: str
    names: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    size: int = 0
    """Bytes; on the containerd store only the compressed content, where `ImageSummary.size` is all on disk."""
    created: str = ""
    """RFC 3339, as the engine prints it."""
    layers: tuple[str, ...] = ()
    """DiffIDs: digests of the uncompressed layers, the lowest first."""
    config: ImageConfig = field(default_factory=ImageConfig)
    os: str = ""
    architecture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One row of an image's history, the newest first."""

    created_by: str
    size: int = 0
    comment: str = ""
    id: str = ""
    """Empty where the engine says `<missing>`."""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    kind: str
    """`bind`, `volume` or `tmpfs`."""
    target: str
    source: str = ""
    """A host path for a bind mount, a volume's name for a volume."""
    writable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container inspected."""

    id: str
    name: str
    image: str
    """The name given when it was created."""
    image_id: str
    state: ContainerState
    exit_status: int = 0
    """Meaningful once the container has exited."""
    error: str = ""
    """`State.Error`: why it could not start."""
    health: str = ""
    """`starting`, `healthy`, `unhealthy`; empty where there is no health check."""
    ports: tuple[Port, ...] = ()
    """What is published now; empty for a container that is not running."""
    asked_ports: tuple[Port, ...] = ()
    """What `-p` asked for (`HostConfig.PortBindings`), running or not."""
    cmd: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    mounts: tuple[Mount, ...] = ()
    init: bool = False
    auto_remove: bool = False
    workdir: str = ""
    user: str = ""
    restart: str = ""
    created: str = ""
    started: str = ""
    finished: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of `docker container diff`."""

    kind: Literal["A", "C", "D"]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineEvent:
    """Something the engine reported. Source: the Engine API's `/events`."""

    type: str
    """`container`, `image`, `network`, `volume`, `builder`, …"""
    action: str
    """`pull`, `tag`, `create`, `start`, `die`, …"""
    id: str
    name: str = ""
    """The actor's name attribute: a container's name, an image's reference."""
    attributes: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    at: int = 0
    """Nanoseconds since the epoch, by the engine's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """One row of `docker system df`; sizes are bytes."""

    total: int = 0
    active: int = 0
    size: int = 0
    reclaimable: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageShare:
    """An image's bytes on disk, and how many of them are in layers that other images have too."""

    size: int
    shared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskUsage:
    """`/system/df`"""

    images: Usage = Usage()
    containers: Usage = Usage()
    volumes: Usage = Usage()
    build_cache: Usage = Usage()
    shares: Mapping[str, ImageShare] = field(default_factory=lambda: MappingProxyType({}))
    """By image ID."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """What the engine says of itself; asked when a lesson starts, and later only where a question is about it."""

    product: str
    """`Docker Engine`, `Docker Desktop`, `Podman`, `labrunner practice engine`, …"""
    version: str
    api: str
    min_api: str
    os: str
    architecture: str
    kernel: str = ""
    driver: str = ""
    store: Literal["graph", "containerd"] = "graph"
    rootless: bool = False
    mirrors: tuple[str, ...] = ()
    address: str = ""
    """Where it was reached: `unix:///…`, `tcp://…`, `ssh://…`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One look at the engine: one `/images/json` and one `/containers/json`."""

    images: tuple[ImageSummary, ...] = ()
    containers: tuple[ContainerSummary, ...] = ()
