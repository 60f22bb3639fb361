"""The same containers over the backend that labrunner ships: shells, terminals, nginx."""

import asyncio
from pathlib import Path

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import compose
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Bytes, Node, Tree
from labrunner.practice.runtime.bash import BashkitBackend
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.containers import Containers
from labrunner.practice.runtime.networks import Networks
from labrunner.practice.runtime.volumes import Volumes
from labrunner.reference import parse
from tests.practice.containers.lab import CREATED, PATH
from tests.practice.containers.test_attach import everything

STANDIN = "#!/usr/libexec/labrunner-standin {} 1\n# A stand-in of labrunner's practice engine.\n"


def file(text: str, mode: int = 0o644) -> Node:
    return Node(kind="file", mode=mode, content=Bytes(text.encode()))


def opened(folder: Path) -> Containers:
    happenings = Happenings()
    store = Store(folder / "images", happenings)
    backend = BashkitBackend()
    layer = store.add_layer(
        Tree(
            {
                "bin/sh": file(STANDIN.format("busybox"), 0o755),
                "etc/passwd": file("root:x:0:0:root:/root:/bin/sh\n"),
                "etc/nginx/nginx.conf": file("events {}\nhttp { server { listen 80; root /web; } }\n"),
                "run": Node(kind="folder", mode=0o755),
                "usr/sbin/nginx": file(STANDIN.format("nginx"), 0o755),
                "var/log/nginx": Node(kind="folder", mode=0o755),
                "web/index.html": file("hello from the image\n"),
            }
        )
    )
    image = store.add_image(
        compose(
            {
                "architecture": "amd64",
                "os": "linux",
                "created": CREATED,
                "config": {"Env": [PATH], "Cmd": ["/bin/sh"]},
                "rootfs": {"type": "layers", "diff_ids": [layer]},
                "history": [{"created": CREATED, "created_by": "ADD rootfs"}],
            }
        )
    )
    store.tag(image.id, parse("alpine"))
    volumes = Volumes(folder / "volumes", backend, happenings)
    return Containers(
        folder / "containers", store, backend, happenings, volumes, Networks(folder, happenings)
    )


def test_a_shell_says_something_and_ends(tmp_path: Path) -> None:
    async def go() -> None:
        containers = opened(tmp_path)
        made, _ = await containers.create(
            {"Image": "alpine", "Cmd": ["sh", "-c", "echo out; echo err >&2; exit 3"]}, "job"
        )
        attachment, ended = containers.attach(made), containers.wait(made, "next-exit")
        await containers.start(made)
        assert await everything(attachment) == [("stdout", b"out\n"), ("stderr", b"err\n")]
        assert (await asyncio.wait_for(ended, 5)).status == 3

    asyncio.run(go())


def test_a_terminal_session(tmp_path: Path) -> None:
    async def go() -> None:
        containers = opened(tmp_path)
        body = {"Image": "alpine", "Tty": True, "OpenStdin": True, "StdinOnce": True}
        made, _ = await containers.create(body, "shell")
        attachment = containers.attach(made, stdin=True)
        await containers.start(made)
        containers.resize(made, 24, 80)
        await attachment.write(b"echo $((20+3))\rexit 5\r")
        said = b"".join(data for _, data in await everything(attachment))
        assert b"\r\n23\r\n" in said
        assert (await asyncio.wait_for(containers.wait(made), 5)).status == 5

    asyncio.run(go())


def test_nginx_serves_the_live_files_on_the_published_port(tmp_path: Path) -> None:
    async def go() -> None:
        containers = opened(tmp_path)
        made, _ = await containers.create(
            {
                "Image": "alpine",
                "Cmd": ["nginx", "-g", "daemon off;"],
                "ExposedPorts": {"80/tcp": {}},
                "HostConfig": {"PublishAllPorts": True},
            },
            "web",
        )
        await containers.start(made)
        container = containers.get(made)
        port = await published(container)
        assert b"hello from the image" in await asked(port)
        body = {"Cmd": ["sh", "-c", "echo changed > /web/index.html"], "AttachStdout": True}
        attachment = await containers.execs.start(containers.execs.create(container, body))
        assert attachment is not None
        assert await everything(attachment) == []
        assert b"changed" in await asked(port)
        assert await containers.stop(made)
        assert container.life.exit_code == 0
        await containers.start(made)
        assert b"changed" in await asked(await published(container))
        await containers.close()

    asyncio.run(go())


async def published(container: Container) -> int:
    """The host port, when nginx listens behind it."""
    assert container.machine is not None
    async with asyncio.timeout(5):
        while 80 not in container.machine.ports:
            await asyncio.sleep(0)
    return container.published.bound[0].host_port


async def asked(port: int) -> bytes:
    async with asyncio.timeout(5):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        answer = await reader.read()
        writer.close()
        return answer
