"""Progress as clients follow it."""

import asyncio

from labrunner.practice.api.buildkit.messages import Timestamp
from labrunner.practice.api.buildkit.messages_progress import Progress, Vertex
from labrunner.practice.api.buildkit.trail import Trail, Withheld


def _named(name: str, completed: int | None = None) -> Progress:
    moment = None if completed is None else Timestamp.of(completed)
    return Progress(vertexes=(Vertex(digest=name, name=name, completed=moment),))


async def _names(trail: Trail) -> list[str]:
    return [progress.vertexes[0].name async for progress in trail.follow()]


def test_everyone_hears_everything_whenever_they_come() -> None:
    async def run() -> None:
        trail = Trail()
        trail.tell(_named("a"))
        early = asyncio.create_task(_names(trail))
        second = asyncio.create_task(_names(trail))
        await asyncio.sleep(0)
        trail.tell(_named("b"))
        await asyncio.sleep(0)
        trail.tell(_named("c"))
        trail.end()

        assert await early == await second == await _names(trail) == ["a", "b", "c"]

    asyncio.run(asyncio.wait_for(run(), 5))


def test_what_is_withheld_comes_when_it_is_released_and_ends_then() -> None:
    async def run() -> list[Progress]:
        trail = Trail()
        withheld = Withheld(trail)
        withheld.tell(_named("later", completed=1_000_000_000))
        trail.tell(_named("first"))
        withheld.release()
        withheld.tell(_named("at once"))
        trail.end()
        return [progress async for progress in trail.follow()]

    told = asyncio.run(asyncio.wait_for(run(), 5))

    assert [progress.vertexes[0].name for progress in told] == ["first", "later", "at once"]
    completed = told[1].vertexes[0].completed
    assert completed is not None
    assert abs(completed.nanoseconds - Timestamp.now().nanoseconds) < 5_000_000_000


def test_what_takes_long_is_not_withheld() -> None:
    async def run() -> list[str]:
        trail = Trail()
        following = trail.follow()
        Withheld(trail).tell(_named("slow"))
        found = [progress.vertexes[0].name for progress in [await anext(following)]]
        trail.end()
        return found

    assert asyncio.run(asyncio.wait_for(run(), 5)) == ["slow"]


def test_what_is_dropped_is_never_told() -> None:
    async def run() -> list[str]:
        trail = Trail()
        withheld = Withheld(trail)
        withheld.tell(_named("dropped"))
        withheld.drop()
        withheld.release()
        trail.end()
        return await _names(trail)

    assert asyncio.run(asyncio.wait_for(run(), 5)) == []
