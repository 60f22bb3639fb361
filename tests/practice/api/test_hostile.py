"""What comes from outside may be hostile: it is refused in a sentence, and the engine goes on."""

import asyncio
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.practice.api.served import Client, engine


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as out:
        for info, data in ((tarfile.TarInfo("Dockerfile"), b"FROM scratch\nCOPY . /\n"), *members):
            info.size = len(data) if info.isreg() else info.size
            out.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info, b"evil" if kind == tarfile.REGTYPE else b""


async def build(client: Client, sent: bytes, query: str = "") -> tuple[int, str]:
    status, rest = await client.send("POST", f"/v1.51/build?t=x{query}", sent, "application/x-tar")
    if isinstance(rest, dict):
        return status, str(rest.get("message") or rest.get("error") or "")
    return status, "".join(json.loads(line).get("error", "") for line in rest.splitlines() if line.strip())


@pytest.mark.parametrize(
    "name",
    ["../outside", "a/../../outside", "/tmp/../../outside"],
)
def test_a_context_cannot_name_what_lies_outside(tmp_path: Path, name: str) -> None:
    async def run() -> None:
        async with engine(tmp_path / "e") as client:
            _, error = await build(client, tar(member(name)))
            assert error
            assert (await client.ask("GET", "/_ping"))[0] == 200

    (tmp_path / "e").mkdir()
    asyncio.run(run())
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path.parent / "outside").exists()


def test_links_out_of_a_context_stay_links(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path / "e") as client:
            _, error = await build(client, tar(member("l", tarfile.SYMTYPE, str(tmp_path / "secret"))))
            assert error == ""
            image = client.daemon.store.find("x")
            node = client.daemon.store.tree(image).get("l")
            assert node is not None
            assert (node.kind, node.link) == ("link", str(tmp_path / "secret"))

    (tmp_path / "e").mkdir()
    (tmp_path / "secret").write_text("secret")
    asyncio.run(run())


def test_what_is_no_tar_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            for sent in (b"no tar at all", b"\x1f\x8bbroken", b"x" * 5000):
                _, error = await build(client, sent)
                assert error, sent[:20]
            assert list((tmp_path / "spool").iterdir()) == []

    asyncio.run(run())


def test_a_context_that_claims_to_be_huge_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("big")
    info.size = 1 << 40
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as out:
        out.addfile(tarfile.TarInfo("Dockerfile"), io.BytesIO(b""))
    sent = packed.getvalue()[:512] + info.tobuf() + b"\0" * 1024

    async def run() -> None:
        async with engine(tmp_path) as client:
            _, error = await build(client, sent)
            assert error

    asyncio.run(run())


def test_a_remote_context_is_refused_honestly(tmp_path: Path) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            status, error = await build(client, b"", "&remote=https://github.com/x/y.git")
            assert status == 400
            assert "needs a network, which is not simulated" in error

    asyncio.run(run())


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"x"',
        b"[" * 100_000,
        b'{"Image":' * 5000,
        b'{"Image":{"a":1}}',
        b'{"Image":"x","HostConfig":[]}',
        b'{"Image":"x","Env":[1,2]}',
        b'{"Image":"x","Cmd":{"a":1}}',
        b'{"Image":"x","HostConfig":{"PortBindings":{"99999/tcp":[{}]}}}',
        b"\xff\xfe",
    ],
)
def test_a_body_that_makes_no_sense_is_a_refusal_and_no_accident(tmp_path: Path, body: bytes) -> None:
    async def run() -> None:
        async with engine(tmp_path) as client:
            status, told = await client.send("POST", "/v1.51/containers/create", body, "application/json")
            assert 400 <= status < 500, told

    asyncio.run(run())


@pytest.mark.parametrize(
    "target",
    [
        "/images/json?filters=%7B%22reference%22:%5B%22(((((%22%5D%7D",
        "/images/json?filters=%7B%22before%22:%5B%22%00%22%5D%7D",
        "/containers/json?filters=%7B%22name%22:%5B%22(a+)+%24%22%5D%7D",
        "/containers/json?limit=x",
        "/containers/..%2f..%2fetc/json",
        "/images/..%2f..%2fetc%2fpasswd/json",
        "/volumes/..%2f..",
        "/networks/..",
        "/exec/..%2f../json",
        "/images/%20/json",
        "/images/get?names=..%2f..%2fetc",
        "/events?since=x",
        "/containers/x/logs?stdout=1&since=x",
        "/system/df?type=x",
        "/distribution/..%2fx/json",
    ],
)
def test_odd_questions_are_refusals_and_no_accidents(tmp_path: Path, target: str) -> None:
    async def run() -> tuple[int, Any]:
        async with engine(tmp_path) as client:
            return await client.ask("GET", target)

    status, told = asyncio.run(run())

    assert status in (200, 400, 404, 500)
    assert "accident" not in str(told)
