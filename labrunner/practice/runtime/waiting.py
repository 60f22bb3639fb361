"""Who waits for a container to end or to be gone: a waiter is registered at the call and survives the start."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

Condition = Literal["not-running", "next-exit", "removed"]
CONDITIONS: tuple[str, ...] = ("not-running", "next-exit", "removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    status: int
    error: str = ""


@dataclass(slots=True)
class Waiters:
    _ending: list[asyncio.Future[Exit]] = field(default_factory=list)
    _removing: list[asyncio.Future[Exit]] = field(default_factory=list)

    def wait(self, condition: Condition, *, ended: Exit | None) -> asyncio.Future[Exit]:
        """`ended` is how it ended, where it does not run now: `not-running` is then met at once."""
        waiter: asyncio.Future[Exit] = asyncio.get_running_loop().create_future()
        if condition == "not-running" and ended is not None:
            waiter.set_result(ended)
        else:
            where = self._removing if condition == "removed" else self._ending
            where[:] = [each for each in where if not each.done()]
            where.append(waiter)
        return waiter

    def ended(self, how: Exit) -> None:
        _wake(self._ending, how)

    def removed(self, how: Exit) -> None:
        _wake(self._ending, how)
        _wake(self._removing, how)


def _wake(waiters: list[asyncio.Future[Exit]], how: Exit) -> None:
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(how)
    waiters.clear()
