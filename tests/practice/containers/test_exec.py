"""`docker exec`: made, started attached and detached, looked at, refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.attach import Attachment
from labrunner.practice.runtime.execs import Exec
from tests.practice.containers.lab import Lab, lab
from tests.practice.containers.test_attach import everything

OUTPUTS = {"AttachStdout": True, "AttachStderr": True}


def made(here: Lab, name: str, *argv: str, **more: Any) -> Exec:
    return here.containers.execs.create(here.containers.get(name), {"Cmd": list(argv), **OUTPUTS, **more})


async def attached(here: Lab, one: Exec) -> Attachment:
    attachment = await here.containers.execs.start(one)
    assert attachment is not None
    return attachment


def test_an_attached_program(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            container = await here.run("web", "sleep")
            one = made(here, "web", "say", "hi", "!oh")
            before = one.inspect()
            assert (before["Running"], before["ExitCode"], before["Pid"]) == (False, None, 0)
            attachment = await attached(here, one)
            assert await everything(attachment) == [("stdout", b"hi\n"), ("stderr", b"oh\n")]
            facts = one.inspect()
            assert facts.pop("Pid") > 0
            assert facts == {
                "ID": one.id,
                "Running": False,
                "ExitCode": 0,
                "ProcessConfig": {
                    "tty": False,
                    "entrypoint": "say",
                    "arguments": ["hi", "!oh"],
                    "privileged": False,
                },
                "OpenStdin": False,
                "OpenStderr": True,
                "OpenStdout": True,
                "CanRemove": False,
                "ContainerID": container,
                "DetachKeys": "",
            }
            assert here.told()[2:] == ["exec_create: say hi !oh", "exec_start: say hi !oh", "exec_die"]
            with pytest.raises(Refused, match=f"^exec command {one.id} has already run$"):
                await here.containers.execs.start(one)

    asyncio.run(go())


def test_stdin_reaches_the_program(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep")
            one = made(here, "web", "cat", AttachStdin=True)
            attachment = await attached(here, one)
            await attachment.write(b"typed")
            assert await anext(attachment) == ("stdout", b"typed")
            attachment.close_stdin()
            assert await everything(attachment) == []
            assert one.exit_code == 0

    asyncio.run(go())


def test_a_detached_program_runs_until_the_container_stops(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep")
            one = made(here, "web", "sleep")
            assert await here.containers.execs.start(one, detach=True) is None
            assert here.containers.get("web").inspect()["ExecIDs"] == [one.id]
            with pytest.raises(Refused) as refused:
                await here.containers.execs.start(one)
            assert (refused.value.status, refused.value.message) == (
                409,
                f"exec command {one.id} is already running",
            )
            await here.containers.kill("web")
            assert one.exit_code == 137
            with pytest.raises(Refused, match=f"^No such exec instance: {one.id}$"):
                here.containers.execs.get(one.id)
            assert here.told()[-3:] == ["kill", "exec_die", "die"]

    asyncio.run(go())


def test_a_missing_program(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep")
            message = (
                "OCI runtime exec failed: exec failed: unable to start container process: "
                'exec: "vim": executable file not found in $PATH'
            )
            one = made(here, "web", "vim")
            attachment = await attached(here, one)
            assert await everything(attachment) == [("stdout", f"{message}\r\n".encode())]
            assert one.inspect()["ExitCode"] == 127
            two = made(here, "web", "vim")
            with pytest.raises(Refused) as refused:
                await here.containers.execs.start(two, detach=True)
            assert (refused.value.status, refused.value.message) == (400, message)
            assert two.inspect()["ExitCode"] == 127

    asyncio.run(go())


def test_what_is_refused(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            container = await here.create("web", "sleep")
            with pytest.raises(Refused) as refused:
                made(here, "web", "true")
            assert (refused.value.status, refused.value.message) == (
                409,
                f"container {container} is not running",
            )
            await here.containers.start("web")
            with pytest.raises(Refused, match="^No exec command specified$"):
                made(here, "web")
            with pytest.raises(Refused) as refused:
                made(here, "web", "true", User="nosuch")
            assert (refused.value.status, refused.value.message) == (
                400,
                "unable to find user nosuch: no matching entries in passwd file",
            )
            with pytest.raises(Refused) as refused:
                here.containers.execs.get("nosuch")
            assert (refused.value.status, refused.value.message) == (404, "No such exec instance: nosuch")

    asyncio.run(go())


def test_environment_folder_and_user_are_the_container_s_unless_asked(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep", Env=["A=1", "B=2"], WorkingDir="/srv", Hostname="box")
            await here.containers.execs.start(made(here, "web", "true", Env=["B=3"], Tty=True), detach=True)
            await here.containers.execs.start(
                made(here, "web", "true", WorkingDir="/tmp", User="0"), detach=True
            )
            first, second, third = here.backend.started
            path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
            assert first.env == {"PATH": path, "HOSTNAME": "box", "A": "1", "B": "2"}
            assert first.main
            assert second.env == {"PATH": path, "HOSTNAME": "box", "TERM": "xterm", "A": "1", "B": "3"}
            assert (second.cwd, second.user, second.tty, second.main) == ("/srv", "", True, False)
            assert (third.cwd, third.user) == ("/tmp", "0")

    asyncio.run(go())
