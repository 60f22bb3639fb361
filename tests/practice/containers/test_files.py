"""`docker cp`, `diff`, `export` and `commit` on real files."""

import asyncio
import base64
import io
import json
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import Lab, lab


def opened(pieces: Iterable[bytes]) -> tarfile.TarFile:
    return tarfile.open(fileobj=io.BytesIO(b"".join(pieces)))


def packed(folder: Path, **files: str) -> Path:
    path = folder / "upload.tar"
    with tarfile.open(path, "w") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("_", "/"))
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


async def ran(here: Lab, name: str, *argv: str) -> None:
    await here.run(name, *argv)
    await asyncio.wait_for(here.containers.wait(name), 5)


def test_the_head_of_a_path(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web")
            file = await here.containers.contents.stat("web", "/etc/motd")
            assert json.loads(base64.b64decode(file.header())) == {
                "name": "motd",
                "size": 8,
                "mode": 0o644,
                "mtime": "1970-01-01T00:00:00Z",
                "linkTarget": "",
            }
            link = await here.containers.contents.stat("web", "/etc/issue")
            assert (link.name, link.size, link.mode, link.link_target) == (
                "issue",
                4,
                134218239,
                "/etc/motd",
            )
            folder = await here.containers.contents.stat("web", "/etc/")
            assert (folder.name, folder.mode) == ("etc", 2147484141)
            assert (await here.containers.contents.stat("web", "/etc/.")).name == "."
            with pytest.raises(Refused) as refused:
                await here.containers.contents.stat("web", "/nosuch")
            assert (refused.value.status, refused.value.message) == (
                404,
                "Could not find the file /nosuch in container web",
            )
            with pytest.raises(Refused, match="^bad parameter: pathcannot be empty$"):
                await here.containers.contents.stat("web", "")

    asyncio.run(go())


def test_copying_out(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web")
            _, pieces = await here.containers.contents.copy_from("web", "/etc")
            assert sorted(opened(pieces).getnames()) == ["etc", "etc/issue", "etc/motd"]
            _, pieces = await here.containers.contents.copy_from("web", "/etc/motd")
            content = opened(pieces).extractfile("motd")
            assert content is not None
            assert content.read() == b"welcome\n"
            _, pieces = await here.containers.contents.copy_from("web", "/etc/.")
            assert sorted(opened(pieces).getnames()) == [".", "./issue", "./motd"]

    asyncio.run(go())


def test_copying_in(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web", "read", "/etc/new/a", host={"Binds": ["vol:/vol"]})
            await here.containers.contents.copy_into(
                "web", "/etc", packed(tmp_path, motd="changed", new_a="A")
            )
            (tmp_path / "upload.tar").unlink()
            assert await here.containers.contents.changes("web") == [
                {"Path": "/etc", "Kind": 0},
                {"Path": "/etc/motd", "Kind": 0},
                {"Path": "/etc/new", "Kind": 1},
                {"Path": "/etc/new/a", "Kind": 1},
            ]
            await here.containers.contents.copy_into("web", "/vol", packed(tmp_path, note="in the volume"))
            (tmp_path / "upload.tar").unlink()
            assert len(await here.containers.contents.changes("web") or ()) == 4
            _, pieces = await here.containers.contents.copy_from("web", "/vol/note")
            content = opened(pieces).extractfile("note")
            assert content is not None
            assert content.read() == b"in the volume"
            await here.containers.start("web")
            assert (await asyncio.wait_for(here.containers.wait("web"), 5)).status == 0

    asyncio.run(go())


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/nosuch", 404, "Could not find the file /nosuch in container web"),
        ("/etc/motd", 400, "extraction point is not a directory"),
    ],
)
def test_copying_in_where_it_cannot(tmp_path: Path, path: str, status: int, message: str) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web")
            with pytest.raises(Refused) as refused:
                await here.containers.contents.copy_into("web", path, packed(tmp_path, a="A"))
            assert (refused.value.status, refused.value.message) == (status, message)

    asyncio.run(go())


def test_a_file_does_not_replace_a_folder(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web")
            message = '^cannot overwrite directory "etc" with non-directory "/"$'
            with pytest.raises(Refused, match=message) as refused:
                await here.containers.contents.copy_into(
                    "web", "/", packed(tmp_path, etc="A"), keep_kind=True
                )
            assert refused.value.status == 500
            with pytest.raises(Refused, match="^openat motd/a: not a directory$"):
                await here.containers.contents.copy_into("web", "/etc", packed(tmp_path, motd_a="A"))

    asyncio.run(go())


def test_a_hostile_tar_does_not_leave_the_container(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web")
            with pytest.raises(Refused):
                await here.containers.contents.copy_into(
                    "web", "/etc", packed(tmp_path, **{"../../x": "out"})
                )
            assert not (tmp_path / "x").exists()

    asyncio.run(go())


def test_diff_tells_what_was_added_changed_and_deleted(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("none")
            assert await here.containers.contents.changes("none") is None
            await ran(here, "job", "remove", "/etc/motd")
            assert await here.containers.contents.changes("job") == [
                {"Path": "/etc", "Kind": 0},
                {"Path": "/etc/motd", "Kind": 2},
            ]

    asyncio.run(go())


def test_export_holds_everything_but_volumes(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await ran(here, "job", "write", "/etc/made", "1")
            found = opened(await here.containers.contents.export("job"))
            assert "etc/made" in found.getnames()
            assert "data/first" in found.getnames()

    asyncio.run(go())


def test_commit_makes_an_image_with_one_more_layer(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await ran(here, "job", "write", "/etc/made", "123")
            base = here.store.find("alpine")

            def change(config: dict[str, Any]) -> dict[str, Any]:
                return {**config, "Cmd": ["ls"]}

            image = await here.containers.contents.commit(
                "job", repository="mine", tag="1", comment="msg", author="me", changes=change
            )
            assert here.store.find("mine:1").id == image.id
            assert here.store.parent(image.id) == base.id
            assert image.layers[:1] == base.layers
            assert sorted(here.store.layer(image.layers[1]).nodes) == ["etc", "etc/made"]
            assert image.run["Cmd"] == ["ls"]
            assert (image.config["author"], image.config["comment"]) == ("me", "msg")
            assert image.config["history"][1] == {
                "created": image.config["created"],
                "created_by": "write /etc/made 123",
                "author": "me",
                "comment": "msg",
            }
            told = here.happenings.kept()[-1]
            assert (told.action, told.attributes["imageRef"]) == ("commit", "mine:1")

    asyncio.run(go())


def test_commit_of_what_changed_nothing_adds_no_layer(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.run("web", "sleep")
            image = await here.containers.contents.commit("web")
            assert image.layers == here.store.find("alpine").layers
            assert image.config["history"][1]["empty_layer"] is True
            assert here.told() == ["create", "start", "pause", "commit", "unpause"]
            with pytest.raises(Refused) as refused:
                await here.containers.contents.commit("web", repository="UP")
            assert (refused.value.status, refused.value.message) == (
                400,
                "invalid reference format: repository name (library/UP) must be lowercase",
            )

    asyncio.run(go())


def test_update_changes_the_policy(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web")
            assert (
                here.containers.update("web", {"RestartPolicy": {"Name": "always"}, "Memory": 64000000}) == ()
            )
            host = here.containers.get("web").inspect()["HostConfig"]
            assert (host["RestartPolicy"]["Name"], host["Memory"]) == ("always", 64000000)
            with pytest.raises(Refused, match="^Minimum memory limit allowed is 6MB$"):
                here.containers.update("web", {"Memory": 1000})

    asyncio.run(go())
