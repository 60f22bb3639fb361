"""The image calls on a real socket, over a store with two small images."""

import asyncio
import json
from pathlib import Path
from urllib.parse import quote

from labrunner.practice.daemon import Daemon
from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.tree import Bytes, Node, Tree
from labrunner.reference import parse
from tests.practice.api.served import engine

BASE_TIME, CHILD_TIME = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00.123456789Z"


def made(daemon: Daemon) -> tuple[Image, Image]:
    """`base:1`, and `child:1` which stands on it."""
    store = daemon.store
    one = store.add_layer(Tree({"a": Node(kind="file", content=Bytes(b"12345"))}))
    two = store.add_layer(Tree({"b": Node(kind="file", content=Bytes(b"123"))}))
    history = [{"created": BASE_TIME, "created_by": "ADD a"}]
    base = store.add_image(
        compose(
            {
                "architecture": "amd64",
                "os": "linux",
                "created": BASE_TIME,
                "config": {"Cmd": ["a"], "Labels": {"kind": "base"}},
                "rootfs": {"type": "layers", "diff_ids": [one]},
                "history": history,
            }
        )
    )
    child = store.add_image(
        compose(
            {
                "architecture": "amd64",
                "os": "linux",
                "created": CHILD_TIME,
                "config": {"Cmd": ["b"], "ExposedPorts": {"80/tcp": {}}},
                "rootfs": {"type": "layers", "diff_ids": [one, two]},
                "history": [
                    *history,
                    {"created": CHILD_TIME, "created_by": "ADD b", "comment": "on top"},
                    {"created": CHILD_TIME, "created_by": "EXPOSE 80", "empty_layer": True},
                ],
            }
        ),
        parent=base.id,
        local=True,
    )
    store.tag(base.id, parse("base:1"))
    store.tag(child.id, parse("child:1"))
    return base, child


def filtered(**filters: list[str]) -> str:
    return "/v1.51/images/json?filters=" + quote(json.dumps(filters))


def test_the_list_and_its_filters(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            base, child = made(client.daemon)

            async def names(target: str) -> list[str]:
                status, rows = await client.ask("GET", target)
                assert status == 200, rows
                return [name for row in rows for name in row["RepoTags"]]

            assert await names("/images/json") == ["child:1", "base:1"]
            assert await names(filtered(reference=["ba*"])) == ["base:1"]
            assert await names(filtered(label=["kind=base"])) == ["base:1"]
            assert await names(filtered(before=["child:1"])) == ["base:1"]
            assert await names(filtered(since=["base:1"])) == ["child:1"]
            assert await names(filtered(until=["2024-01-01T12:00:00Z"])) == ["base:1"]
            assert await names(filtered(dangling=["true"])) == []
            _, rows = await client.ask("GET", "/v1.51/images/json?shared-size=1")
            assert rows[0] == {
                "Containers": 0,
                "Created": 1704153600,
                "Id": child.id,
                "Labels": None,
                "ParentId": base.id,
                "RepoDigests": [],
                "RepoTags": ["child:1"],
                "SharedSize": 5,
                "Size": 8,
            }
            assert (await client.ask("GET", filtered(bad=["x"]))) == (
                400,
                {"message": "invalid filter 'bad'"},
            )
            assert (await client.ask("GET", filtered(since=["no"]))) == (
                404,
                {"message": "No such image: no:latest"},
            )

    asyncio.run(run())


def test_an_image_in_full_and_its_history(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            base, child = made(client.daemon)
            status, told = await client.ask("GET", "/v1.51/images/child:1/json")
            assert status == 200
            assert told["Id"] == child.id
            assert told["Parent"] == base.id
            assert told["Comment"] == ""
            assert told["Config"] == {
                "Cmd": ["b"],
                "Entrypoint": None,
                "Env": None,
                "ExposedPorts": {"80/tcp": {}},
                "Labels": None,
                "OnBuild": None,
                "User": "",
                "Volumes": None,
                "WorkingDir": "",
            }
            assert told["RootFS"]["Layers"] == list(child.layers)
            _, rows = await client.ask("GET", "/images/child:1/history")
            assert [(row["Id"], row["CreatedBy"], row["Size"], row["Tags"]) for row in rows] == [
                (child.id, "EXPOSE 80", 0, ["child:1"]),
                (base.id, "ADD b", 3, ["base:1"]),
                ("<missing>", "ADD a", 5, None),
            ]

    asyncio.run(run())


def test_tags_are_set_and_refused_in_dockers_words(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            made(client.daemon)
            assert (await client.ask("POST", "/images/base:1/tag?repo=docker.io%2Fme%2Fbox&tag=2"))[0] == 201
            assert (await client.ask("GET", "/images/docker.io%2Fme%2Fbox:2/json"))[0] == 200
            assert await client.ask("POST", "/images/base:1/tag?repo=X&tag=y") == (
                400,
                {"message": "invalid reference format: repository name (library/X) must be lowercase"},
            )
            assert await client.ask("POST", "/images/base:1/tag?repo=x&tag=-y") == (
                400,
                {"message": "invalid tag format"},
            )
            assert await client.ask("POST", "/images/no/tag?repo=x") == (
                404,
                {"message": "No such image: no:latest"},
            )
            status, rows = await client.ask("DELETE", "/images/me/box:2")
            assert (status, rows) == (200, [{"Untagged": "me/box:2"}])

    asyncio.run(run())


def test_what_has_no_name_is_pruned(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            _, child = made(client.daemon)
            client.daemon.store.untag(parse("child:1"))
            status, told = await client.ask("POST", "/images/prune")
            assert status == 200
            assert {"Deleted": child.id} in told["ImagesDeleted"]
            assert told["SpaceReclaimed"] == 3
            assert await client.ask("POST", "/images/prune") == (
                200,
                {"ImagesDeleted": None, "SpaceReclaimed": 0},
            )

    asyncio.run(run())


def test_versions_of_the_api(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            assert (await client.ask("GET", "/v1.24/_ping"))[0] == 200
            assert await client.ask("GET", "/v1.99/info") == (
                400,
                {"message": "client version 1.99 is too new. Maximum supported API version is 1.51"},
            )
            assert await client.ask("GET", "/v1.10/info") == (
                400,
                b"client version 1.10 is too old. Minimum supported API version is 1.24, "
                b"please upgrade your client to a newer version\n",
            )
            assert await client.ask("GET", "/nothing") == (404, {"message": "page not found"})

    asyncio.run(run())
