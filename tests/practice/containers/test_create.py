"""What `docker create` makes of a request and an image, and what it refuses."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import PATH, lab


def refused(folder: Path, name: str, body: dict[str, Any], platform: str = "") -> tuple[int, str]:
    async def go() -> tuple[int, str]:
        async with lab(folder) as here:
            with pytest.raises(Refused) as found:
                await here.containers.create(body, name, platform)
            return found.value.status, found.value.message

    return asyncio.run(go())


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"Image": "nosuch:1"}, 404, "No such image: nosuch:1"),
        ({"Image": "nosuch"}, 404, "No such image: nosuch:latest"),
        ({}, 400, "config cannot be empty in order to create a container"),
        ({"Image": "alpine", "Env": ["=x"]}, 400, "invalid environment variable: =x"),
        (
            {"Image": "alpine", "WorkingDir": "rel"},
            400,
            "the working directory 'rel' is invalid, it needs to be an absolute path",
        ),
        ({"Image": "alpine", "StopSignal": "FOO"}, 400, "invalid signal: FOO"),
        ({"Image": "alpine", "Cmd": {"a": 1}}, 400, "invalid JSON: Cmd has the wrong type"),
        (
            {"Image": "alpine", "HostConfig": {"PortBindings": {"abc": [{}]}}},
            400,
            'invalid port specification: "abc"',
        ),
        (
            {"Image": "alpine", "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "99999"}]}}},
            400,
            'invalid port specification: "99999"',
        ),
        (
            {"Image": "alpine", "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "90-80"}]}}},
            400,
            'invalid port specification: "90-80"',
        ),
        (
            {"Image": "alpine", "HostConfig": {"RestartPolicy": {"Name": "foo"}}},
            400,
            "invalid restart policy: unknown policy 'foo'; "
            "use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
        ),
        (
            {"Image": "alpine", "HostConfig": {"RestartPolicy": {"Name": "always", "MaximumRetryCount": 3}}},
            400,
            "invalid restart policy: maximum retry count can only be used with 'on-failure'",
        ),
        (
            {"Image": "alpine", "HostConfig": {"AutoRemove": True, "RestartPolicy": {"Name": "always"}}},
            400,
            "can't create 'AutoRemove' container with restart policy",
        ),
        (
            {"Image": "alpine", "Healthcheck": {"Test": ["CMD", "x"], "Interval": 100}},
            400,
            "Interval in Healthcheck cannot be less than 1ms",
        ),
        ({"Image": "alpine", "HostConfig": {"Memory": 1000}}, 400, "Minimum memory limit allowed is 6MB"),
        (
            {"Image": "alpine", "HostConfig": {"Binds": ["/host:/x"]}},
            400,
            "practice engine: bind mounts are not simulated (/host:/x); "
            "use COPY in a Dockerfile, docker cp, or a named volume",
        ),
        ({"Image": "alpine", "HostConfig": {"Binds": ["v:/x:zz"]}}, 500, "invalid mode: zz"),
        ({"Image": "alpine", "HostConfig": {"Binds": ["a:/x", "b:/x/"]}}, 400, "Duplicate mount point: /x"),
        (
            {"Image": "alpine", "HostConfig": {"Binds": ["a b:/y"]}},
            400,
            'create a b: "a b" includes invalid characters for a local volume name, only '
            '"[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path',
        ),
        (
            {"Image": "alpine", "HostConfig": {"Mounts": [{"Type": "foo", "Target": "/x"}]}},
            400,
            'invalid mount config for type "foo": mount type unknown',
        ),
        ({"Image": "empty", "Cmd": None}, 404, "No such image: empty:latest"),
    ],
)
def test_what_is_refused(tmp_path: Path, body: dict[str, Any], status: int, message: str) -> None:
    assert refused(tmp_path, "web", body) == (status, message)


def test_another_platform_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "web", {"Image": "alpine"}, "linux/arm64") == (
        404,
        "image with reference alpine was found but its platform (linux/amd64) "
        "does not match the specified platform (linux/arm64)",
    )


def test_nothing_to_run_is_refused(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            here.image("bare")
            with pytest.raises(Refused, match="^no command specified$"):
                await here.containers.create({"Image": "bare"}, "web")

    asyncio.run(go())


def test_a_name_is_taken_once(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            first = await here.create("web")
            with pytest.raises(Refused) as found:
                await here.create("/web")
            assert found.value.status == 409
            assert found.value.message == (
                f'Conflict. The container name "/web" is already in use by container "{first}". '
                "You have to remove (or rename) that container to be able to reuse that name."
            )

    asyncio.run(go())


def test_the_image_fills_in_what_is_not_asked_for(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            here.image(
                "web",
                Entrypoint=["/entry.sh"],
                Cmd=["serve", "now"],
                Env=[PATH, "A=image"],
                ExposedPorts={"80/tcp": {}},
                WorkingDir="/srv",
                User="app",
                StopSignal="SIGQUIT",
                Healthcheck={"Test": ["CMD", "true"], "Interval": 5_000_000_000},
            )
            made, warnings = await here.containers.create(
                {
                    "Image": "web",
                    "Env": ["A=mine", "B=2"],
                    "ExposedPorts": {"81/tcp": {}},
                    "Healthcheck": {"Retries": 7},
                    "Labels": {"own": "1"},
                },
                "one",
            )
            assert warnings == []
            facts = here.containers.get(made).inspect()
            config = facts["Config"]
            assert config["Env"] == ["A=mine", "B=2", PATH]
            assert config["ExposedPorts"] == {"80/tcp": {}, "81/tcp": {}}
            assert config["Labels"] == {"org.labrunner.standin": "true", "own": "1"}
            assert config["Healthcheck"] == {"Test": ["CMD", "true"], "Interval": 5_000_000_000, "Retries": 7}
            assert (config["WorkingDir"], config["User"], config["StopSignal"]) == ("/srv", "app", "SIGQUIT")
            assert config["Hostname"] == made[:12]
            assert (facts["Path"], facts["Args"]) == ("/entry.sh", ["serve", "now"])

            other = (await here.containers.create({"Image": "web", "Entrypoint": ["say"]}, "two"))[0]
            assert here.containers.get(other).inspect()["Config"]["Cmd"] is None
            plain = (await here.containers.create({"Image": "web", "Cmd": "sleep"}, "three"))[0]
            assert here.containers.get(plain).inspect()["Args"] == ["sleep"]
            reset = (
                await here.containers.create({"Image": "web", "Entrypoint": [""], "Cmd": ["x"]}, "four")
            )[0]
            assert here.containers.get(reset).inspect()["Path"] == "x"

    asyncio.run(go())


def test_inspect_of_a_created_container(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.create("web", "sleep", "9")
            facts = here.containers.get("web").inspect(size=True)
            assert facts["Id"] == made
            assert facts["Name"] == "/web"
            assert facts["State"] == {
                "Status": "created",
                "Running": False,
                "Paused": False,
                "Restarting": False,
                "OOMKilled": False,
                "Dead": False,
                "Pid": 0,
                "ExitCode": 0,
                "Error": "",
                "StartedAt": "0001-01-01T00:00:00Z",
                "FinishedAt": "0001-01-01T00:00:00Z",
            }
            assert facts["HostConfig"]["LogConfig"] == {"Type": "json-file", "Config": {}}
            assert facts["HostConfig"]["RestartPolicy"] == {"Name": "no", "MaximumRetryCount": 0}
            assert facts["NetworkSettings"]["Ports"] == {}
            assert facts["NetworkSettings"]["IPAddress"] == ""
            assert list(facts["NetworkSettings"]["Networks"]) == ["bridge"]
            assert facts["Config"]["Volumes"] is None
            assert "ExposedPorts" not in facts["Config"]
            assert (facts["SizeRw"], facts["SizeRootFs"]) == (0, 27)
            assert here.told() == ["create"]

    asyncio.run(go())


def test_the_row_of_ps(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.create("web", "sh", "-c", "sleep 9")
            (row,) = here.containers.list(all=True, size=True)
            assert row["Id"] == made
            assert row["Names"] == ["/web"]
            assert row["Command"] == "sh -c 'sleep 9'"
            assert (row["State"], row["Status"], row["Ports"]) == ("created", "Created", [])
            assert row["HostConfig"] == {"NetworkMode": "bridge"}
            assert row["SizeRootFs"] == 27
            assert "SizeRw" not in row

    asyncio.run(go())


def test_a_container_without_a_name_gets_one(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.create("")
            adjective, _, surname = here.containers.get(made).name.partition("_")
            assert adjective
            assert surname

    asyncio.run(go())
