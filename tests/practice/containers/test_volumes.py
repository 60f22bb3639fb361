"""Volumes: shared between containers, filled from the image, kept on disk, removed by Docker's rules."""

import asyncio
from pathlib import Path

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import Lab, lab


async def output(here: Lab, *argv: str, binds: list[str]) -> str:
    """What a program says, run with these volumes."""
    made = await here.create("", *argv, host={"Binds": binds})
    await here.containers.start(made)
    await asyncio.wait_for(here.containers.wait(made), 5)
    frames = here.containers.attach(made, logs=True, stream=False)
    text = b"".join([data async for _, data in frames]).decode()
    await here.containers.remove(made, volumes=True)
    return text


def test_containers_share_a_volume_and_it_outlives_them(tmp_path: Path) -> None:
    async def write() -> None:
        async with lab(tmp_path) as here:
            await here.run("one", "sleep", host={"Binds": ["vol:/v"]})
            await output(here, "write", "/w/note", "hello", binds=["vol:/w"])
            assert here.volumes.get("vol").mounted == {here.containers.get("one").id}
            assert await output(here, "read", "/v/note", binds=["vol:/v"]) == "hello"

    async def read() -> None:
        async with lab(tmp_path) as here:
            assert await output(here, "read", "/v/note", binds=["vol:/v"]) == "hello"

    asyncio.run(write())
    asyncio.run(read())


def test_an_empty_volume_is_filled_from_the_image_once(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            assert await output(here, "read", "/data/first", binds=["vol:/data"]) == "from the image\n"
            assert await output(here, "read", "/etc/motd", binds=["vol:/etc"]) == ""
            assert await output(here, "read", "/data/first", binds=["wol:/data:nocopy"]) == ""

    asyncio.run(go())


def test_volume_of_the_image_is_made_and_goes_with_rm_v(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            here.image("db", Cmd=["sleep"], Volumes={"/data": {}})
            await here.create("one", Image="db")
            await here.create("two", Image="db")
            (mount,) = here.containers.get("one").inspect()["Mounts"]
            assert len(mount["Name"]) == 64
            assert mount == {
                "Type": "volume",
                "Name": mount["Name"],
                "Source": f"/var/lib/docker/volumes/{mount['Name']}/_data",
                "Destination": "/data",
                "Driver": "local",
                "Mode": "",
                "RW": True,
                "Propagation": "",
            }
            labels = here.volumes.get(mount["Name"]).inspect()["Labels"]
            assert labels == {"com.docker.volume.anonymous": ""}
            await here.containers.remove("one")
            assert len(here.volumes.list()) == 2
            await here.containers.remove("two", volumes=True)
            assert [each.name for each in here.volumes.list()] == [mount["Name"]]

    asyncio.run(go())


def test_mounts_of_all_kinds_are_shown(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create(
                "web",
                host={
                    "Binds": ["vol:/v:ro", "wol:/w"],
                    "Mounts": [
                        {"Type": "volume", "Source": "mol", "Target": "/m"},
                        {"Type": "tmpfs", "Target": "/t"},
                    ],
                },
            )
            mounts = here.containers.get("web").inspect()["Mounts"]
            assert [(each["Destination"], each["Mode"], each["RW"]) for each in mounts] == [
                ("/v", "ro", False),
                ("/w", "z", True),
                ("/m", "z", True),
                ("/t", "", True),
            ]
            assert [
                each["Names"] for each in here.containers.list(all=True, filters={"volume": ["mol"]})
            ] == [["/web"]]

    asyncio.run(go())


def test_removing_volumes(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.create("web", host={"Binds": ["vol:/v"]})
            for name, status, message in (
                ("vol", 409, f"remove vol: volume is in use - [{made}]"),
                ("nosuch", 404, "get nosuch: no such volume"),
            ):
                with pytest.raises(Refused) as refused:
                    here.volumes.remove(name)
                assert (refused.value.status, refused.value.message) == (status, message)
            here.volumes.remove("nosuch", force=True)
            await here.containers.remove("web", volumes=True)
            here.volumes.remove("vol")
            assert here.volumes.list() == ()

    asyncio.run(go())


def test_prune_takes_only_those_without_a_name_unless_all(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            here.volumes.create({"Name": "named"})
            anonymous = here.volumes.create({}).name
            assert here.volumes.prune() == ((anonymous,), 0)
            assert here.volumes.prune({"all": ["1"]}) == (("named",), 0)
            assert here.told("volume") == ["create", "create", "destroy", "prune", "destroy", "prune"]

    asyncio.run(go())


def test_refused_volumes(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            for body, status, message in (
                (
                    {"Name": "qq", "Driver": "foo"},
                    404,
                    'create qq: error looking up volume plugin foo: plugin "foo" not found',
                ),
                ({"Name": "qq", "DriverOpts": {"foo": "x"}}, 400, 'create qq: invalid option: "foo"'),
            ):
                with pytest.raises(Refused) as refused:
                    here.volumes.create(body)
                assert (refused.value.status, refused.value.message) == (status, message)
            with pytest.raises(Refused, match="^invalid filter 'foo'$"):
                here.volumes.list({"foo": ["x"]})
            with pytest.raises(Refused, match=r"^invalid filter 'dangling=\[x\]'$"):
                here.volumes.list({"dangling": ["x"]})

    asyncio.run(go())


def test_volumes_of_another_container(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("one", host={"Binds": ["vol:/v"]})
            await here.create("two", host={"VolumesFrom": ["one:ro"]})
            (mount,) = here.containers.get("two").inspect()["Mounts"]
            assert (mount["Name"], mount["Destination"], mount["RW"]) == ("vol", "/v", False)
            with pytest.raises(Refused) as refused:
                await here.create("three", host={"VolumesFrom": ["nosuch"]})
            assert (refused.value.status, refused.value.message) == (400, "No such container: nosuch")

    asyncio.run(go())
