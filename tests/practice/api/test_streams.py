"""attach, wait, exec, logs and events on raw sockets: order, frames, half-closed and lost connections."""

import asyncio
import json
from pathlib import Path
from typing import Any

from tests.practice.api.served import Client, Connection, engine

PATIENCE = 10


async def created(client: Client, **body: Any) -> str:
    await client.send("POST", "/images/create?fromImage=alpine&tag=latest", b"", "")
    status, told = await client.ask("POST", "/containers/create", {"Image": "alpine", **body})
    assert status == 201, told
    identity: str = told["Id"]
    return identity


async def head(connection: Connection) -> str:
    return (await asyncio.wait_for(connection[0].readuntil(b"\r\n\r\n"), PATIENCE)).decode()


async def rest(connection: Connection) -> bytes:
    try:
        return await asyncio.wait_for(connection[0].read(), PATIENCE)
    finally:
        connection[1].close()


def frames(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    while data:
        size = int.from_bytes(data[4:8], "big")
        found.append((data[0], data[8 : 8 + size]))
        data = data[8 + size :]
    return found


def test_the_order_of_docker_run(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            name = await created(
                client,
                Cmd=["sh", "-c", "echo out; echo err >&2; exit 3"],
                AttachStdout=True,
                AttachStderr=True,
            )
            attached = await client.open(
                "POST", f"/v1.51/containers/{name}/attach?stream=1&stdout=1&stderr=1"
            )
            told = await head(attached)
            assert told.startswith("HTTP/1.1 101 UPGRADED\r\n")
            assert "Content-Type: application/vnd.docker.multiplexed-stream\r\n" in told
            waiting = await client.open("POST", f"/v1.51/containers/{name}/wait?condition=next-exit")
            # The head comes before anything has ended: else `docker run` would wait for ever.
            assert (await head(waiting)).startswith("HTTP/1.1 200 OK\r\n")
            assert (await client.ask("POST", f"/containers/{name}/start"))[0] == 204
            assert sorted(frames(await rest(attached))) == [(1, b"out\n"), (2, b"err\n")]
            body = await asyncio.wait_for(waiting[0].readuntil(b"0\r\n\r\n"), PATIENCE)
            assert b'{"StatusCode":3}\n' in body
            waiting[1].close()

    asyncio.run(run())


def test_stdin_closes_alone(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            name = await created(
                client,
                Cmd=["sh", "-c", "while read line; do echo got $line; done; echo end"],
                AttachStdin=True,
                OpenStdin=True,
                StdinOnce=True,
            )
            attached = await client.open(
                "POST", f"/v1.51/containers/{name}/attach?stream=1&stdin=1&stdout=1&stderr=1"
            )
            await head(attached)
            await client.ask("POST", f"/containers/{name}/start")
            attached[1].write(b"one\ntwo\n")
            attached[1].write_eof()
            heard = b"".join(data for _, data in frames(await rest(attached)))
            assert heard == b"got one\ngot two\nend\n"

    asyncio.run(run())


def test_a_waiter_that_left_is_forgotten(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            name = await created(client, Cmd=["sh", "-c", "read line"], OpenStdin=True)
            waiting = await client.open("POST", f"/v1.51/containers/{name}/wait?condition=next-exit")
            await head(waiting)
            waiting[1].close()
            assert (await client.ask("POST", f"/containers/{name}/start"))[0] == 204
            assert (await client.ask("POST", f"/containers/{name}/kill"))[0] == 204
            assert (await client.ask("DELETE", f"/containers/{name}"))[0] == 204

    asyncio.run(run())


def test_exec_talks_and_tells_its_status(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            name = await created(client, Cmd=["sh", "-c", "read line"], OpenStdin=True)
            await client.ask("POST", f"/containers/{name}/start")
            asked = {
                "Cmd": ["sh", "-c", "read x; echo heard $x; exit 5"],
                "AttachStdin": True,
                "AttachStdout": True,
            }
            _, made = await client.ask("POST", f"/v1.51/containers/{name}/exec", asked)
            talking = await client.open(
                "POST", f"/v1.51/exec/{made['Id']}/start", b'{"Detach":false,"Tty":false}'
            )
            assert (await head(talking)).startswith("HTTP/1.1 101 UPGRADED\r\n")
            talking[1].write(b"word\n")
            assert frames(await rest(talking)) == [(1, b"heard word\n")]
            _, told = await client.ask("GET", f"/exec/{made['Id']}/json")
            assert (told["Running"], told["ExitCode"]) == (False, 5)

    asyncio.run(run())


def test_who_starts_an_exec_says_whether_there_are_frames(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            name = await created(client, Cmd=["sh", "-c", "read line"], OpenStdin=True)
            await client.ask("POST", f"/containers/{name}/start")
            asked = {"Cmd": ["echo", "word"], "AttachStdout": True, "Tty": True}
            _, made = await client.ask("POST", f"/v1.51/containers/{name}/exec", asked)
            talking = await client.open("POST", f"/v1.51/exec/{made['Id']}/start", b'{"Tty":false}')
            await head(talking)
            assert frames(await rest(talking)) == [(1, b"word\r\n")]
            _, made = await client.ask("POST", f"/v1.51/containers/{name}/exec", asked)
            talking = await client.open("POST", f"/v1.51/exec/{made['Id']}/start", b'{"Tty":true}')
            await head(talking)
            assert await rest(talking) == b"word\r\n"

    asyncio.run(run())


def test_logs_follow_to_the_end_and_stop_when_the_reader_leaves(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            name = await created(client, Cmd=["sh", "-c", "echo one; read line; echo two"], OpenStdin=True)
            await client.ask("POST", f"/containers/{name}/start")
            target = f"/v1.51/containers/{name}/logs?follow=1&stdout=1&stderr=1"
            leaving = await client.open("GET", target)
            await head(leaving)
            await asyncio.wait_for(leaving[0].readuntil(b"one\n"), PATIENCE)
            leaving[1].close()
            staying = await client.open("GET", target)
            assert "Transfer-Encoding: chunked\r\n" in await head(staying)
            attached = await client.open("POST", f"/containers/{name}/attach?stream=1&stdin=1")
            await head(attached)
            attached[1].write(b"go on\n")
            heard = await asyncio.wait_for(staying[0].readuntil(b"0\r\n\r\n"), PATIENCE)
            assert b"one\n" in heard
            assert b"two\n" in heard
            assert (await client.ask("GET", f"/containers/{name}/logs")) == (
                400,
                {"message": "Bad parameters: you must choose at least one stream"},
            )

    asyncio.run(run())


def test_events_send_their_head_before_anything_happens(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            listening = await client.open("GET", '/v1.51/events?filters={"type":["container"]}')
            assert "Transfer-Encoding: chunked\r\n" in await head(listening)
            name = await created(client, Cmd=["true"])
            line = await asyncio.wait_for(listening[0].readuntil(b"}\n"), PATIENCE)
            told = json.loads(line.partition(b"\r\n")[2])
            assert (told["Type"], told["Action"], told["Actor"]["ID"]) == ("container", "create", name)
            assert (told["status"], told["id"], told["from"]) == ("create", name, "alpine")
            listening[1].close()

    asyncio.run(run())
