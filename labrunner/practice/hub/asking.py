"""One request to the lab registry: who asks, what they may do, what they send."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from labrunner.practice.hub import wire
from labrunner.practice.hub.accounts import Accounts, read_basic
from labrunner.practice.hub.depot import Depot, Upload, is_path
from labrunner.practice.hub.official import Official
from labrunner.practice.hub.recipe import Row
from labrunner.practice.hub.wire import Head, told

_CHALLENGE = {"Www-Authenticate": 'Basic realm="labrunner lab registry"'}


class Denied(Exception):
    """An answer with one of the specification's error codes."""

    def __init__(self, status: int, code: str, message: str, detail: object = None) -> None:
        super().__init__(message)
        self.answer = told(
            {"errors": [{"code": code, "message": message, "detail": detail}]},
            status,
            _CHALLENGE if status == 401 else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    anonymous: bool = False
    """Whether `library/*` may be pulled without logging in."""
    official: Official | None = None
    """Serves the stand-ins of the catalogue as `library/*` too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a lab registry has and whom it knows."""

    depot: Depot
    accounts: Accounts
    rows: Callable[[], tuple[Row, ...]]
    """What `docker search` finds beside the repositories."""
    policy: Policy

    def official(self, repository: str) -> Official | None:
        """The catalogue, where this repository is one of its own."""
        official = self.policy.official
        return official if official is not None and official.has(repository) else None

    def may_read(self, repository: str, who: str) -> bool:
        return bool(who) or (self.policy.anonymous and repository.startswith("library/"))


class Call:
    """One request on its way through."""

    def __init__(
        self, library: Library, head: Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.library = library
        self.depot = library.depot
        self.head = head
        self.read_whole = not head.chunked and not head.length
        self._reader = reader
        self._writer = writer

    async def who(self) -> str:
        """The account's name, or nothing without one; a wrong password is refused."""
        header = self.head.headers.get("authorization")
        if header is None:
            return ""
        credentials = read_basic(header)
        if credentials is None or not await asyncio.to_thread(self.library.accounts.check, *credentials):
            raise Denied(401, "UNAUTHORIZED", "authentication required")
        return credentials[0]

    async def reading(self, repository: str) -> None:
        if not self.library.may_read(repository, await self.who()):
            raise unauthorized(repository, "pull")

    async def writing(self, repository: str) -> None:
        who = await self.who()
        if not who:
            raise unauthorized(repository, "pull", "push")
        if repository.partition("/")[0] != who or "/" not in repository:
            raise Denied(
                403,
                "DENIED",
                "requested access to the resource is denied",
                [{"Type": "repository", "Class": "", "Name": repository, "Action": "push"}],
            )

    async def body(self) -> "Body":
        if self.head.headers.get("expect", "").lower() == "100-continue":
            self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return Body(self, self._reader)


class Body:
    def __init__(self, call: Call, reader: asyncio.StreamReader) -> None:
        self._call = call
        self._reader = reader

    async def into(self, upload: Upload) -> None:
        async for piece in wire.body(self._reader, self._call.head):
            upload.write(piece)
        self._call.read_whole = True

    async def read(self, most: int) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for piece in wire.body(self._reader, self._call.head):
            size += len(piece)
            if size > most:
                raise Denied(413, "SIZE_INVALID", f"more than {most} bytes")
            parts.append(piece)
        self._call.read_whole = True
        return b"".join(parts)


def unauthorized(repository: str, *actions: str) -> Denied:
    detail = [{"Type": "repository", "Class": "", "Name": repository, "Action": action} for action in actions]
    return Denied(401, "UNAUTHORIZED", "authentication required", detail)


def named(repository: str) -> None:
    if not is_path(repository):
        raise Denied(400, "NAME_INVALID", "invalid repository name")
