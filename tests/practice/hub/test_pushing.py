"""What `docker push` shows and refuses, word for word as Docker 28 does."""

import asyncio
from pathlib import Path

from tests.practice.hub.corner import ANA, STUDENT, Corner, lab_registry, refusal_of


def test_a_push_to_the_practice_hub_mounts_what_is_there_and_can_be_pulled(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> tuple[list[str], list[str]]:
        await corner.pull("hello-world")
        corner.tag("hello-world", "student/hello:1")
        pushed = await corner.push("student/hello:1", auth=STUDENT)
        corner.store.remove("student/hello:1")
        corner.store.remove("hello-world", force=True)
        return pushed, await corner.pull("student/hello:1")

    pushed, pulled = asyncio.run(work())

    short = corner.store.find("student/hello:1").layers[0][7:19]
    digest = corner.hub.catalogue.locked["hello-world:latest"]["digest"]
    assert pushed == [
        "The push refers to repository [docker.io/student/hello]",
        f"{short}: Preparing",
        f"{short}: Mounted from library/hello-world",
        f"1: digest: {digest} size: 524",
    ]
    assert pulled[-2:] == [f"Digest: {digest}", "Status: Downloaded newer image for student/hello:1"]


def test_a_push_ends_with_what_docker_py_reads(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> None:
        await corner.pull("hello-world")
        corner.tag("hello-world", "student/hello:1")
        await corner.push("student/hello:1", auth=STUDENT)

    asyncio.run(work())

    digest = corner.hub.catalogue.locked["hello-world:latest"]["digest"]
    assert corner.told[-1] == {
        "progressDetail": {},
        "aux": {"Tag": "1", "Digest": digest, "Size": 524},
    }
    assert corner.happenings.kept()[-1].action == "push"
    assert corner.happenings.kept()[-1].actor == "student/hello:1"


def test_only_one_s_own_namespace_takes_a_push(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> list[tuple[int, str]]:
        await corner.pull("hello-world")
        refusals = []
        for name, auth in (("student/x", None), ("ana/x", STUDENT), ("hello-world", STUDENT), ("ana/x", ANA)):
            corner.tag("hello-world", name)
            refusals.append(await refusal_of(corner.push(name, auth=auth)))
        return refusals

    denied = (403, "denied: requested access to the resource is denied")
    assert asyncio.run(work()) == [
        denied,
        denied,
        denied,
        (401, "unauthorized: incorrect username or password"),
    ]
    assert corner.hub.depot.repositories() == ()


def test_what_is_not_here_cannot_be_pushed(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> tuple[tuple[int, str], tuple[int, str]]:
        await corner.pull("hello-world")
        corner.tag("hello-world", "student/hello:1")
        tag = await refusal_of(corner.push("student/hello:2", auth=STUDENT))
        return tag, await refusal_of(corner.push("student/other", auth=STUDENT))

    tag, repository = asyncio.run(work())

    assert tag == (404, "tag does not exist: student/hello:2")
    assert repository == (404, "An image does not exist locally with the tag: student/other")
    assert corner.lines() == ["The push refers to repository [docker.io/student/other]"]


def test_a_push_to_the_lab_registry(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> tuple[list[str], list[str], list[str], tuple[int, str], tuple[int, str]]:
        async with lab_registry(tmp_path) as server:
            host = f"localhost:{server.port}"
            await corner.pull("alpine")
            for name in ("student/a:1", "student/a:2", "student/b:1"):
                corner.tag("alpine", f"{host}/{name}")
            anonymous = await refusal_of(corner.push(f"{host}/student/a:1"))
            denied = await refusal_of(corner.push(f"{host}/student/a:1", auth=ANA))
            first = await corner.push(f"{host}/student/a:1", auth=STUDENT)
            second = await corner.push(f"{host}/student/a:2", auth=STUDENT)
            mounted = await corner.push(f"{host}/student/b:1", auth=STUDENT)
            assert server.library.depot.tags("student/a") == ("1", "2")
            return first, second, mounted, anonymous, denied

    first, second, mounted, anonymous, denied = asyncio.run(work())

    short = corner.store.find("alpine").layers[0][7:19]
    assert first[1:3] == [f"{short}: Preparing", f"{short}: Pushed"]
    assert second[1:3] == [f"{short}: Preparing", f"{short}: Layer already exists"]
    assert mounted[1:3] == [f"{short}: Preparing", f"{short}: Mounted from student/a"]
    assert first[3] == second[3].replace("2: ", "1: ") == mounted[3]
    assert anonymous == (500, "no basic auth credentials")
    assert denied == (403, "denied: requested access to the resource is denied")


def test_all_tags_of_a_repository(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> list[str]:
        await corner.pull("hello-world")
        for tag in ("1", "2"):
            corner.tag("hello-world", f"student/hello:{tag}")
        return await corner.push("student/hello", auth=STUDENT, all_tags=True)

    lines = asyncio.run(work())

    assert [line[:10] for line in lines if "digest" in line] == ["1: digest:", "2: digest:"]
    assert corner.hub.depot.tags("student/hello") == ("1", "2")


def test_more_than_five_layers_wait(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> list[str]:
        await corner.pull("nginx:alpine")
        corner.tag("nginx:alpine", "student/web")
        return await corner.push("student/web", auth=STUDENT)

    kinds = [line.partition(": ")[2] for line in asyncio.run(work())]

    assert kinds[1:12] == ["Preparing"] * 8 + ["Waiting"] * 3
    assert kinds[12:20] == ["Mounted from library/nginx"] * 8


def test_nobody_at_home(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> tuple[int, str]:
        await corner.pull("hello-world")
        corner.tag("hello-world", "localhost:1/student/x")
        return await refusal_of(corner.push("localhost:1/student/x", auth=STUDENT))

    assert asyncio.run(work()) == (
        500,
        'Get "http://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
    )
