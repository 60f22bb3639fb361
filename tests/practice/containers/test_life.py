"""Start, stop, kill, pause, remove, wait: what leads where, and what is told."""

import asyncio
from pathlib import Path

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import Lab, lab


async def exited(here: Lab, name: str) -> int:
    """Waits for its end."""
    return (await asyncio.wait_for(here.containers.wait(name), 5)).status


def test_a_program_runs_to_its_end(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("job", "exit", "3")
            waiter = here.containers.wait("job", "next-exit")
            assert await here.containers.start("job")
            assert (await asyncio.wait_for(waiter, 5)).status == 3
            state = here.containers.get("job").inspect()["State"]
            assert (state["Status"], state["ExitCode"], state["Pid"]) == ("exited", 3, 0)
            assert here.told() == ["create", "start", "die"]
            assert here.told("network") == ["connect", "disconnect"]
            die = next(each for each in here.happenings.kept() if each.action == "die")
            assert dict(die.attributes) == {
                "image": "alpine",
                "name": "job",
                "exitCode": "3",
                "execDuration": "0",
                "org.labrunner.standin": "true",
            }

    asyncio.run(go())


def test_a_container_can_be_started_again(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("job", "write", "/etc/made", "1")
            await exited(here, "job")
            assert await here.containers.start("job")
            assert await exited(here, "job") == 0
            assert here.told() == ["create", "start", "die", "start", "die"]

    asyncio.run(go())


def test_starting_what_runs_changes_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep")
            assert await here.containers.start("web") is False
            assert here.told() == ["create", "start"]

    asyncio.run(go())


def test_a_missing_program_leaves_the_container_created(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web", "vim")
            with pytest.raises(Refused) as refused:
                await here.containers.start("web")
            message = (
                "failed to create task for container: failed to create shim task: OCI runtime create failed: "
                "runc create failed: unable to start container process: error during container init: "
                'exec: "vim": executable file not found in $PATH'
            )
            assert (refused.value.status, refused.value.message) == (400, message)
            state = here.containers.get("web").inspect()["State"]
            assert (state["Status"], state["ExitCode"], state["Error"]) == ("created", 127, message)
            assert here.told("container", "network") == ["create", "disconnect"]

    asyncio.run(go())


def test_stop_gives_time_and_then_kills(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("polite", "polite")
            await here.run("deaf", "sleep")
            assert await here.containers.stop("polite")
            assert await here.containers.stop("deaf", timeout=0)
            assert here.containers.get("polite").life.exit_code == 0
            assert here.containers.get("deaf").life.exit_code == 137
            assert await here.containers.stop("deaf") is False
            kills = [
                (each.attributes["name"], each.attributes["signal"])
                for each in here.happenings.kept()
                if each.action == "kill"
            ]
            assert kills == [("polite", "15"), ("deaf", "15"), ("deaf", "9")]
            assert here.told()[-4:] == ["kill", "kill", "stop", "die"]

    asyncio.run(go())


def test_stop_uses_the_signal_of_the_image(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "polite", StopSignal="SIGQUIT")
            await here.containers.stop("web")
            signals = [each.attributes["signal"] for each in here.happenings.kept() if each.action == "kill"]
            assert signals == ["3"]

    asyncio.run(go())


def test_kill(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.run("web", "polite")
            await here.containers.kill("web", "USR1")
            assert here.containers.get("web").running
            with pytest.raises(Refused, match="^cannot kill container: web: invalid signal: FOO$"):
                await here.containers.kill("web", "FOO")
            await here.containers.kill("web")
            assert here.containers.get("web").life.exit_code == 137
            with pytest.raises(Refused) as refused:
                await here.containers.kill("web")
            assert (refused.value.status, refused.value.message) == (
                409,
                f"cannot kill container: web: container {made} is not running",
            )

    asyncio.run(go())


def test_pause_and_unpause(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.run("web", "sleep")
            await here.containers.pause("web")
            assert here.containers.get("web").summary()["Status"] == "Up Less than a second (Paused)"
            for again, message in (
                (here.containers.pause("web"), f"Container {made} is already paused"),
                (here.containers.start("web"), "cannot start a paused container, try unpause instead"),
            ):
                with pytest.raises(Refused) as refused:
                    await again
                assert (refused.value.status, refused.value.message) == (409, message)
            with pytest.raises(Refused, match="^Container web is paused, unpause the container before exec$"):
                here.containers.execs.create(here.containers.get("web"), {"Cmd": ["true"]})
            await here.containers.unpause("web")
            with pytest.raises(Refused) as refused:
                await here.containers.unpause("web")
            assert (refused.value.status, refused.value.message) == (500, f"Container {made} is not paused")
            assert here.told() == ["create", "start", "pause", "unpause"]

    asyncio.run(go())


def test_a_paused_container_can_be_stopped(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "polite")
            await here.containers.pause("web")
            await here.containers.stop("web")
            assert here.containers.get("web").life.status == "exited"

    asyncio.run(go())


def test_remove(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            made = await here.run("web", "sleep")
            with pytest.raises(Refused) as refused:
                await here.containers.remove("web")
            assert refused.value.status == 409
            gone = here.containers.wait("web", "removed")
            await here.containers.remove("web", force=True)
            assert (await asyncio.wait_for(gone, 5)).status == 137
            with pytest.raises(Refused, match="^No such container: web$"):
                here.containers.get("web")
            assert not (tmp_path / "containers" / made).exists()
            assert here.told() == ["create", "start", "kill", "die", "destroy"]
            await here.create("web")

    asyncio.run(go())


def test_rm_removes_at_the_end(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("job", "exit", "4", host={"AutoRemove": True})
            gone = here.containers.wait("job", "removed")
            await here.containers.start("job")
            assert (await asyncio.wait_for(gone, 5)).status == 4
            assert here.containers.all() == ()
            assert here.told() == ["create", "start", "die", "destroy"]
            assert list((tmp_path / "containers").iterdir()) == []

    asyncio.run(go())


def test_rm_removes_what_could_not_be_started(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("job", "vim", host={"AutoRemove": True})
            gone = here.containers.wait("job", "removed")
            with pytest.raises(Refused):
                await here.containers.start("job")
            await asyncio.wait_for(gone, 5)
            assert here.containers.all() == ()

    asyncio.run(go())


def test_restart_keeps_a_container_that_removes_itself(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "polite", host={"AutoRemove": True})
            await here.containers.restart("web")
            assert here.containers.get("web").running
            assert here.told() == ["create", "start", "kill", "stop", "die", "start", "restart"]

    asyncio.run(go())


def test_waiting_for_what_does_not_run_is_answered_at_once(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("job", "exit", "3")
            assert here.containers.wait("job").done()
            assert not here.containers.wait("job", "next-exit").done()
            with pytest.raises(Refused, match='^invalid condition: "foo"$'):
                here.containers.wait("job", "foo")

    asyncio.run(go())


def test_rename(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("one")
            second = await here.create("two")
            here.containers.rename("one", "three")
            assert here.containers.get("three").name == "three"
            for name, status, message in (
                ("", 400, "Neither old nor new names may be empty"),
                ("three", 400, "Renaming a container with the same name as its current name"),
                (
                    "a b",
                    400,
                    "Error when allocating new name: Invalid container name (/a b), "
                    "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
                ),
                (
                    "two",
                    409,
                    'Error when allocating new name: Conflict. The container name "/two" is already in use by '
                    f'container "{second}". You have to remove (or rename) that container to be able to reuse '
                    "that name.",
                ),
            ):
                with pytest.raises(Refused) as refused:
                    here.containers.rename("three", name)
                assert (refused.value.status, refused.value.message) == (status, message)

    asyncio.run(go())


def test_a_policy_starts_a_failing_container_again(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            with here.happenings.listening() as heard:
                await here.run(
                    "job",
                    "exit",
                    "4",
                    host={"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}},
                )
                died = 0
                while died < 3:
                    died += (await asyncio.wait_for(heard.get(), 5)).action == "die"
            container = here.containers.get("job")
            assert (container.life.status, container.life.restarts) == ("exited", 2)
            assert here.told() == ["create", "start", "die", "start", "die", "start", "die"]

    asyncio.run(go())


def test_stop_ends_a_container_between_two_starts(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("job", "exit", "4", host={"RestartPolicy": {"Name": "always"}})
            await asyncio.wait_for(here.containers.wait("job", "next-exit"), 5)
            assert here.containers.get("job").life.status == "restarting"
            with pytest.raises(Refused, match="container is restarting"):
                await here.containers.remove("job")
            await here.containers.stop("job")
            assert here.containers.get("job").life.status == "exited"

    asyncio.run(go())


def test_a_killed_container_is_not_started_again_by_its_policy(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep", host={"RestartPolicy": {"Name": "always"}})
            await here.containers.kill("web")
            assert here.containers.get("web").life.status == "exited"

    asyncio.run(go())


def test_prune_takes_what_does_not_run(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep")
            old = await here.create("old")
            kept = await here.create("kept", Labels={"keep": "yes"})
            assert await here.containers.prune({"label!": ["keep"]}) == ((old,), 0)
            assert [each.id for each in here.containers.all()][1:] == [kept]
            with pytest.raises(Refused, match="^invalid filter 'foo'$"):
                await here.containers.prune({"foo": ["x"]})
            with pytest.raises(Refused, match='^failed to parse value as time or duration: "x"$'):
                await here.containers.prune({"until": ["x"]})

    asyncio.run(go())
