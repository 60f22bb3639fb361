"""What is left of containers when the daemon ends well, and when it does not."""

import asyncio
from pathlib import Path

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import Lab, lab


async def wait(here: Lab, name: str) -> int:
    return (await asyncio.wait_for(here.containers.wait(name), 5)).status


def test_a_stopped_container_keeps_its_files_and_its_log(tmp_path: Path) -> None:
    async def before() -> None:
        async with lab(tmp_path) as here:
            await here.run("job", "write", "/etc/made", "kept", Labels={"a": "b"})
            await wait(here, "job")

    async def after() -> None:
        async with lab(tmp_path) as here:
            container = here.containers.get("job")
            assert (container.life.status, container.life.exit_code) == ("exited", 0)
            assert container.labels["a"] == "b"
            assert await here.containers.contents.changes("job") == [
                {"Path": "/etc", "Kind": 0},
                {"Path": "/etc/made", "Kind": 1},
            ]
            assert container.size_rw == 4
            container.config["Cmd"] = ["read", "/etc/made"]
            await here.containers.start("job")
            assert await wait(here, "job") == 0
            frames = here.containers.attach("job", logs=True, stream=False)
            assert [frame async for frame in frames] == [("stdout", b"kept")]

    asyncio.run(before())
    asyncio.run(after())


def test_after_a_crash_what_ran_has_ended_with_255(tmp_path: Path) -> None:
    async def before() -> None:
        here = Lab(tmp_path)
        await here.run("web", "sleep")
        await here.run("gone", "sleep", host={"AutoRemove": True})

    asyncio.run(before())
    here = Lab(tmp_path)

    assert [each.name for each in here.containers.all()] == ["web"]
    assert here.containers.get("web").inspect()["State"]["ExitCode"] == 255
    assert len(list((tmp_path / "containers").iterdir())) == 1


def test_an_orderly_end_stops_everything_and_policies_start_it_again(tmp_path: Path) -> None:
    async def before() -> None:
        here = Lab(tmp_path)
        policies = {
            "always": "always",
            "unless": "unless-stopped",
            "stopped": "unless-stopped",
            "plain": "no",
        }
        for name, policy in policies.items():
            await here.run(name, "polite", host={"RestartPolicy": {"Name": policy}})
        await here.containers.stop("stopped")
        await here.containers.close()
        assert [each.life.exit_code for each in here.containers.all()] == [0, 0, 0, 0]

    async def after() -> None:
        async with lab(tmp_path) as here:
            await here.containers.resume()
            assert sorted(each.name for each in here.containers.all() if each.running) == ["always", "unless"]

    asyncio.run(before())
    asyncio.run(after())


def test_a_broken_file_is_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "containers" / ("a" * 64)
    folder.mkdir(parents=True)
    (folder / "container.json").write_text('{"format":1,"id":')

    assert Lab(tmp_path).containers.all() == ()
    assert not folder.exists()


def test_a_container_outlives_its_image(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.create("job", "read", "/etc/motd")
            with pytest.raises(Refused) as refused:
                here.store.remove("alpine", in_use=here.containers.using)
            assert refused.value.status == 409
            here.store.remove("alpine", force=True)
            assert here.store.images() == ()
            await here.containers.start("job")
            assert await wait(here, "job") == 0
            assert here.containers.get(made).inspect()["Config"]["Image"] == "alpine"
            await here.containers.remove("job")
            assert here.store.held() == {}

    asyncio.run(go())
