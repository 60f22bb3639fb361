"""Health checks of running containers: real probes at short times."""

import asyncio
from pathlib import Path
from typing import Any

from tests.practice.containers.lab import Lab, lab

MILLISECOND = 1_000_000


def check(*test: str, **more: int) -> dict[str, Any]:
    return {"Test": list(test), "Interval": 5 * MILLISECOND, "Timeout": 2000 * MILLISECOND, **more}


async def until(here: Lab, heard: asyncio.Queue[Any], action: str) -> None:
    while (await asyncio.wait_for(heard.get(), 5)).action != action:
        pass


def test_a_container_becomes_healthy_and_unhealthy(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            with here.happenings.listening() as heard:
                await here.run("web", "sleep", Healthcheck=check("CMD", "read", "/etc/motd", Retries=2))
                container = here.containers.get("web")
                assert container.summary()["Status"] == "Up Less than a second (health: starting)"
                assert container.inspect()["State"]["Health"] == {
                    "Status": "starting",
                    "FailingStreak": 0,
                    "Log": [],
                }
                await until(here, heard, "health_status: healthy")
                (first, *_) = container.inspect()["State"]["Health"]["Log"]
                assert (first["ExitCode"], first["Output"]) == (0, "welcome\n")
                remove = here.containers.execs.create(container, {"Cmd": ["remove", "/etc/motd"]})
                await here.containers.execs.start(remove, detach=True)
                await until(here, heard, "health_status: unhealthy")
                health = container.inspect()["State"]["Health"]
                assert (health["Status"], health["FailingStreak"]) == ("unhealthy", 2)
                assert [each["Labels"] for each in here.containers.list(filters={"health": ["unhealthy"]})]
            assert "exec_create: read /etc/motd" in here.told()

    asyncio.run(go())


def test_a_probe_that_takes_too_long_fails(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            with here.happenings.listening() as heard:
                await here.run(
                    "web", "sleep", Healthcheck=check("CMD", "sleep", Retries=1, Timeout=20 * MILLISECOND)
                )
                await until(here, heard, "health_status: unhealthy")
            (probe,) = here.containers.get("web").inspect()["State"]["Health"]["Log"]
            assert (probe["ExitCode"], probe["Output"]) == (-1, "Health check exceeded timeout (20ms)")

    asyncio.run(go())


def test_a_stopped_container_is_not_probed(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep", Healthcheck=check("CMD", "true"))
            await here.containers.kill("web")
            container = here.containers.get("web")
            assert not container.tasks
            assert container.inspect()["State"]["Health"]["Status"] == "unhealthy"

    asyncio.run(go())


def test_none_turns_the_check_of_the_image_off(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            here.image("checked", Cmd=["sleep"], Healthcheck={"Test": ["CMD", "true"]})
            await here.run("web", "sleep", Image="checked", Healthcheck={"Test": ["NONE"]})
            assert "Health" not in here.containers.get("web").inspect()["State"]

    asyncio.run(go())
