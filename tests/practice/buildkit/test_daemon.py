"""The docker command with buildx against the whole practice engine: front, builder, catalogue and store."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from labrunner.practice.daemon import Daemon
from tests.practice.buildkit.cli import Docker
from tests.practice.buildkit.front import listening

pytestmark = pytest.mark.timeout(90)


def _with(place: Path, work: Callable[[Docker, Daemon], Awaitable[None]]) -> None:
    async def run() -> None:
        folder = place / "engine"
        folder.mkdir()
        daemon = Daemon(folder)
        await daemon.open()
        try:
            async with listening(daemon, place / "sock") as host:
                await work(Docker(host, place), daemon)
        finally:
            await daemon.close()

    asyncio.run(run())


def test_an_image_is_built_on_a_pulled_base_and_found_in_the_cache_next_time(
    place: Path, project: Path
) -> None:
    async def work(docker: Docker, daemon: Daemon) -> None:
        first = await docker("build", "--progress=plain", "-t", "web", ".", cwd=project)
        again = await docker("build", "--progress=plain", "-t", "web:2", ".", cwd=project)

        assert (first.status, again.status) == (0, 0), first.err + again.err
        assert "load metadata for docker.io/library/alpine:3.24" in first.err
        assert again.err.count("CACHED") >= 2
        image = daemon.store.find("web:2")
        assert image.id == daemon.store.find("web").id
        assert daemon.store.tree(image).read("hello.txt") == b"hello\n"
        assert [row.get("comment") for row in image.history][-2:] == ["buildkit.dockerfile.v0"] * 2

    _with(place, work)


def test_a_client_that_takes_the_files_leaves_no_image(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: Daemon) -> None:
        (project / "Dockerfile").write_text("FROM scratch\nCOPY hello.txt /a/b/\n")
        said = await docker("build", "-o", str(place / "out"), ".", cwd=project)

        assert said.status == 0, said.err
        assert (place / "out" / "a" / "b" / "hello.txt").read_text() == "hello\n"
        assert daemon.store.images() == ()

    _with(place, work)


def test_warnings_stand_beside_the_build_and_fail_a_check(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: Daemon) -> None:
        (project / "Dockerfile").write_text("FROM alpine:3.24\nMAINTAINER me\nRUN echo hi\n")
        warning = "Maintainer instruction is deprecated in favor of using label"
        built = await docker("build", "--progress=plain", ".", cwd=project)
        checked = await docker("build", "--check", ".", cwd=project)

        assert built.status == 0
        assert f"#1 WARN: MaintainerDeprecated: {warning} (line 2)\n" in built.err
        assert "1 warning found (use docker --debug to expand):" in built.err
        assert checked.status == 1
        assert "Check complete, 1 warning has been found!" in checked.out
        assert f"{warning}\nDockerfile:2\n" in checked.out
        assert "   2 | >>> MAINTAINER me\n" in checked.out

    _with(place, work)
