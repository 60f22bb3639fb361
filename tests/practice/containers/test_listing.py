"""The filters of `docker ps`."""

import asyncio
from pathlib import Path

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import Lab, lab
from tests.practice.containers.test_ports import free_port, publish


def names(here: Lab, everything: bool = True, limit: int = -1, **filters: str) -> list[str]:
    rows = here.containers.list(
        all=everything, limit=limit, filters={name: [value] for name, value in filters.items()}
    )
    return [row["Names"][0].removeprefix("/") for row in rows]


def test_filters(tmp_path: Path) -> None:
    async def go() -> None:
        port = free_port()
        async with lab(tmp_path) as here:
            child = here.image("child", Cmd=["sleep"], Env=["A=1"])
            await here.run("web", "serve", "80", host=publish("80/tcp", port), Labels={"tier": "front"})
            await here.run("webdb", "sleep", Image="child")
            made = await here.run("job", "exit", "3")
            await asyncio.wait_for(here.containers.wait("job"), 5)
            await here.create("new")

            assert names(here) == ["new", "job", "webdb", "web"]
            assert names(here, everything=False) == ["webdb", "web"]
            assert names(here, everything=False, limit=1) == ["new"]
            assert names(here, status="exited", everything=False) == ["job"]
            assert names(here, exited="3") == ["job"]
            assert names(here, name="web") == ["webdb", "web"]
            assert names(here, name="^/web$") == ["web"]
            assert names(here, id=made[:12]) == ["job"]
            assert names(here, label="tier=front") == ["web"]
            assert names(here, ancestor="child") == ["webdb"]
            assert names(here, ancestor=child.id) == ["webdb"]
            assert names(here, ancestor="nosuch") == []
            assert names(here, before="job") == ["webdb", "web"]
            assert names(here, since="webdb") == ["new", "job"]
            assert names(here, publish=str(port)) == ["web"]
            assert names(here, expose="80/tcp") == ["web"]
            assert names(here, network="bridge") == ["new", "job", "webdb", "web"]
            assert names(here, health="none", status="running") == ["webdb", "web"]

    asyncio.run(go())


@pytest.mark.parametrize(
    ("name", "value", "status", "message"),
    [
        ("foo", "x", 400, "invalid filter 'foo'"),
        (
            "status",
            "x",
            400,
            "invalid filter 'status=x': invalid value for state (x): must be one of "
            "created, running, paused, restarting, removing, exited, dead",
        ),
        ("exited", "x", 400, "invalid filter 'exited=x': strconv.Atoi: parsing \"x\": invalid syntax"),
        (
            "health",
            "x",
            400,
            "invalid filter 'health=x': invalid value for health (x): must be one of "
            "none, starting, healthy, unhealthy",
        ),
        ("before", "nosuch", 404, "No such container: nosuch"),
        (
            "publish",
            "x",
            500,
            'error while looking up for publish x: strconv.ParseUint: parsing "x": invalid syntax',
        ),
    ],
)
def test_refused_filters(tmp_path: Path, name: str, value: str, status: int, message: str) -> None:
    with pytest.raises(Refused) as refused:
        Lab(tmp_path).containers.list(filters={name: [value]})

    assert (refused.value.status, refused.value.message) == (status, message)


def test_top(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep", "9")
            found = here.containers.top("web")
            assert found["Titles"] == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
            assert here.containers.top("web", "-o pid,cmd") == {
                "Titles": ["PID", "CMD"],
                "Processes": [["101", "sleep 9"]],
            }
            with pytest.raises(Refused, match='^ps: error: unknown user-defined format specifier "foo"$'):
                here.containers.top("web", "-o pid,foo")

    asyncio.run(go())
