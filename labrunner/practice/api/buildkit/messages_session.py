"""What the daemon asks of the client's session: files, secrets, credentials, health."""

# ruff: noqa: RUF009  (`one` makes a dataclasses.field, no shared default)

from dataclasses import dataclass

from labrunner.practice.api.buildkit.messages import Stat
from labrunner.practice.api.buildkit.wire import one

STAT, REQUEST, DATA, FINISH, ERROR = range(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """fsutil.types.Packet: one step of a file transfer."""

    type: int = one(1, "int")
    stat: Stat | None = one(2, Stat)
    id: int = one(3, "int")
    data: bytes = one(4, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    data: bytes = one(1, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class GetSecret:
    id: str = one(1, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    data: bytes = one(1, "bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCredentials:
    host: str = one(1, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    username: str = one(1, "string")
    secret: str = one(2, "string")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """grpc.health.v1: 1 is SERVING."""

    status: int = one(1, "int")
