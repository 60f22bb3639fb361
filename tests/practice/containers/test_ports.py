"""Published ports: real listeners on 127.0.0.1, and Docker's texts where a port is taken."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import lab


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def publish(inside: str, host: int | str, ip: str = "") -> dict[str, Any]:
    return {"PortBindings": {inside: [{"HostIp": ip, "HostPort": str(host)}]}}


async def ask(port: int, line: bytes = b"hello\n") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(line)
    try:
        return await asyncio.wait_for(reader.read(), 5)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def test_a_published_port_reaches_the_program(tmp_path: Path) -> None:
    async def go() -> None:
        port = free_port()
        async with lab(tmp_path) as here:
            await here.run("web", "serve", "80", host=publish("80/tcp", port), ExposedPorts={"81/tcp": {}})
            assert await ask(port) == b"heard hello\n"
            container = here.containers.get("web")
            assert container.inspect()["NetworkSettings"]["Ports"] == {
                "80/tcp": [
                    {"HostIp": "0.0.0.0", "HostPort": str(port)},
                    {"HostIp": "::", "HostPort": str(port)},
                ],
                "81/tcp": None,
            }
            assert container.summary()["Ports"] == [
                {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": port, "Type": "tcp"},
                {"IP": "::", "PrivatePort": 80, "PublicPort": port, "Type": "tcp"},
                {"PrivatePort": 81, "Type": "tcp"},
            ]
            await here.containers.kill("web")
            with pytest.raises(ConnectionRefusedError):
                await ask(port)
            assert container.inspect()["NetworkSettings"]["Ports"] == {}
            await here.containers.start("web")
            assert await ask(port) == b"heard hello\n"

    asyncio.run(go())


def test_a_port_that_nothing_listens_on_is_closed(tmp_path: Path) -> None:
    async def go() -> None:
        port = free_port()
        async with lab(tmp_path) as here:
            await here.run("web", "sleep", host=publish("80/tcp", port))
            assert await ask(port) == b""

    asyncio.run(go())


def test_a_port_of_another_container(tmp_path: Path) -> None:
    async def go() -> None:
        port = free_port()
        async with lab(tmp_path) as here:
            await here.run("one", "serve", "80", host=publish("80/tcp", port))
            await here.create("two", "serve", "80", host=publish("80/tcp", port))
            with pytest.raises(Refused) as refused:
                await here.containers.start("two")
            two = here.containers.get("two")
            before, _, after = refused.value.message.partition("endpoint two (")
            assert refused.value.status == 500
            assert (
                before
                == "failed to set up container networking: driver failed programming external connectivity on "
            )
            assert after[:64].isalnum()
            assert after[64:] == f"): Bind for 0.0.0.0:{port} failed: port is already allocated"
            assert (two.life.status, two.life.exit_code, two.life.error) == (
                "created",
                128,
                refused.value.message,
            )
            await here.containers.remove("one", force=True)
            await here.containers.start("two")
            assert await ask(port) == b"heard hello\n"

    asyncio.run(go())


def test_a_port_of_another_program(tmp_path: Path) -> None:
    async def go() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            async with lab(tmp_path) as here:
                await here.create("web", "serve", "80", host=publish("80/tcp", port))
                with pytest.raises(Refused) as refused:
                    await here.containers.start("web")
                assert refused.value.message.endswith(
                    f"): failed to bind host port for 0.0.0.0:{port}::80/tcp: address already in use"
                )

    asyncio.run(go())


def test_an_address_that_is_not_this_machine_s(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web", "serve", "80", host=publish("80/tcp", 18099, "8.8.8.8"))
            with pytest.raises(Refused, match="cannot assign requested address$"):
                await here.containers.start("web")

    asyncio.run(go())


def test_publishing_everything_takes_free_ports_from_32768(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run(
                "web",
                "serve",
                "80",
                host={"PublishAllPorts": True, **publish("81/tcp", "", "127.0.0.1")},
                ExposedPorts={"80/tcp": {}, "81/tcp": {}},
            )
            ports = here.containers.get("web").inspect()["NetworkSettings"]["Ports"]
            assert ports["81/tcp"][0]["HostIp"] == "127.0.0.1"
            port = int(ports["80/tcp"][0]["HostPort"])
            assert 32768 <= port < 61000
            assert await ask(port) == b"heard hello\n"

    asyncio.run(go())


def test_a_range_gives_the_first_free_port(tmp_path: Path) -> None:
    async def go() -> None:
        first = free_port()
        async with lab(tmp_path) as here:
            await here.run("one", "serve", "80", host=publish("80/tcp", f"{first}-{first + 20}"))
            await here.run("two", "serve", "80", host=publish("80/tcp", f"{first}-{first + 20}"))
            one, two = (here.containers.get(name).published.bound[0].host_port for name in ("one", "two"))
            assert first <= one < two <= first + 20

    asyncio.run(go())


def test_a_paused_container_does_not_answer(tmp_path: Path) -> None:
    async def go() -> None:
        port = free_port()
        async with lab(tmp_path) as here:
            await here.run("web", "serve", "80", host=publish("80/tcp", port))
            await here.containers.pause("web")
            waiting = asyncio.create_task(ask(port))
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(), 0.05)
            writer.close()
            await here.containers.unpause("web")
            assert await waiting == b"heard hello\n"

    asyncio.run(go())
