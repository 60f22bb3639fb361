"""BuildKit's Status: a client asks for it beside Solve, and may come when the build is over."""

import asyncio
from pathlib import Path

from labrunner.practice.api.buildkit.builds import Builds
from labrunner.practice.api.buildkit.messages_control import Solve
from labrunner.practice.api.buildkit.messages_progress import Progress


def test_the_status_of_a_build_that_is_over_is_told_to_its_end(tmp_path: Path) -> None:
    async def late() -> list[Progress]:
        builds = Builds(tmp_path)
        build = builds.build("made")
        builds.begin(build, Solve(ref="made"))
        build.trail.tell(Progress())
        await builds.finish(build, {}, None)
        return [progress async for progress in builds.build("made").trail.follow()]

    async def in_time() -> list[Progress]:
        return await asyncio.wait_for(late(), 10)

    assert asyncio.run(in_time()) == [Progress()]
