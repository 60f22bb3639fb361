"""A store, a hub and a lab registry of a test's own, and what they tell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.hub.accounts import Accounts, Auth
from labrunner.practice.hub.hub import Hub
from labrunner.practice.hub.registry import Policy, Server, serve
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.reference import parse

STUDENT = Auth(username="student", password="student")
ANA = Auth(username="ana", password="secret")


@dataclass
class Corner:
    folder: Path
    told: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.happenings = Happenings()
        self.store = Store(self.folder / "store", self.happenings)
        self.hub = Hub(self.folder / "hub", self.store)

    async def tell(self, message: dict[str, Any]) -> None:
        self.told.append(message)

    async def pull(self, name: str, *, auth: Auth | None = None, all_tags: bool = False) -> list[str]:
        """The lines that `docker pull` prints, without the bars."""
        self.told.clear()
        await self.hub.pull(parse(name), auth=auth, all_tags=all_tags, progress=self.tell)
        return self.lines()

    async def push(self, name: str, *, auth: Auth | None = None, all_tags: bool = False) -> list[str]:
        self.told.clear()
        await self.hub.push(parse(name), auth=auth, all_tags=all_tags, progress=self.tell)
        return self.lines()

    def tag(self, name: str, target: str) -> None:
        self.store.tag(self.store.find(name).id, parse(target))

    def lines(self) -> list[str]:
        return [
            f"{message['id']}: {message['status']}" if "id" in message else message["status"]
            for message in self.told
            if "status" in message and "progress" not in message
        ]


@asynccontextmanager
async def lab_registry(
    folder: Path, policy: Policy | None = None, accounts: Accounts | None = None
) -> AsyncIterator[Server]:
    known = accounts or people(folder)
    server = await serve("127.0.0.1", 0, folder / "registry", known, policy=policy)
    try:
        yield server
    finally:
        await server.close()


def people(folder: Path) -> Accounts:
    accounts = Accounts(folder / "accounts.json")
    for person in (STUDENT, ANA):
        accounts.add(person.username, person.password)
    return accounts


async def refusal_of(work: Any) -> tuple[int, str]:
    try:
        await work
    except Refused as refused:
        return refused.status, refused.message
    raise AssertionError("nothing was refused")


async def spoken(port: int, sent: bytes) -> bytes:
    """Everything that the registry answers to these bytes, until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer
