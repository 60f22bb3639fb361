"""The lab registry over real sockets: the specification's calls, and what it must withstand."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.hub import wire
from labrunner.practice.hub.accounts import Auth
from labrunner.practice.hub.catalogue import Catalogue
from labrunner.practice.hub.client import Remote, Reply
from labrunner.practice.hub.depot import Bounds, Depot, DepotFull, WrongDigest
from labrunner.practice.hub.manifest import (
    DOCKER_CONFIG,
    DOCKER_LAYER,
    DOCKER_MANIFEST,
    Blob,
    compose_manifest,
)
from labrunner.practice.hub.official import Official
from labrunner.practice.hub.registry import Policy, Server, serve
from tests.practice.hub.corner import ANA, STUDENT, lab_registry, people, spoken

DATA = b"some bytes of a layer"
DIGEST = "sha256:" + hashlib.sha256(DATA).hexdigest()
CONFIG = b"{}"
CONFIG_DIGEST = "sha256:" + hashlib.sha256(CONFIG).hexdigest()
MANIFEST = compose_manifest(
    Blob(digest=CONFIG_DIGEST, size=len(CONFIG), media_type=DOCKER_CONFIG),
    [Blob(digest=DIGEST, size=len(DATA), media_type=DOCKER_LAYER)],
)
LOGIN = b"Authorization: Basic " + base64.b64encode(b"student:student") + b"\r\n"


@dataclass
class Visitor:
    server: Server
    auth: Auth | None = STUDENT

    async def call(self, method: str, path: str, data: bytes = b"", **headers: str) -> Reply:
        remote = Remote(f"localhost:{self.server.port}", self.auth)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return await remote.call(
            method, path, headers=named, pieces=(data,) if data else (), length=len(data)
        )

    async def upload(self, name: str, data: bytes) -> Reply:
        digest = "sha256:" + hashlib.sha256(data).hexdigest()
        return await self.call("POST", f"/v2/{name}/blobs/uploads/?digest={digest}", data)

    async def push(self, name: str, tag: str) -> Reply:
        await self.upload(name, DATA)
        await self.upload(name, CONFIG)
        return await self.call(
            "PUT", f"/v2/{name}/manifests/{tag}", MANIFEST.data, Content_Type=DOCKER_MANIFEST
        )


def visiting(tmp_path: Path, work: Callable[[Visitor], Awaitable[Any]], policy: Policy | None = None) -> Any:
    async def run() -> Any:
        async with lab_registry(tmp_path, policy) as server:
            return await work(Visitor(server))

    return asyncio.run(run())


def code(reply: Reply) -> tuple[int, str]:
    return reply.status, json.loads(reply.data)["errors"][0]["code"]


def test_the_door_asks_who_is_there(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        anonymous = await Visitor(visitor.server, None).call("GET", "/v2/")
        wrong = await Visitor(visitor.server, Auth(username="student", password="x")).call("GET", "/v2/")
        known = await visitor.call("GET", "/v2/")

        assert code(anonymous) == code(wrong) == (401, "UNAUTHORIZED")
        assert anonymous.head.headers["www-authenticate"] == 'Basic realm="labrunner lab registry"'
        assert known.status == 200
        assert known.head.headers["docker-distribution-api-version"] == "registry/2.0"

    visiting(tmp_path, work)


def test_an_image_goes_in_and_comes_out(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        put = await visitor.push("student/app", "1")
        assert put.status == 201
        assert put.head.headers["docker-content-digest"] == MANIFEST.digest

        for reference in ("1", MANIFEST.digest):
            got = await Visitor(visitor.server, ANA).call("GET", f"/v2/student/app/manifests/{reference}")
            assert (got.status, got.data) == (200, MANIFEST.data)
            assert got.head.headers["content-type"] == DOCKER_MANIFEST
        asked = await visitor.call("HEAD", "/v2/student/app/manifests/1")
        assert asked.head.headers["content-length"] == str(len(MANIFEST.data))
        assert (await visitor.call("GET", f"/v2/student/app/blobs/{DIGEST}")).data == DATA
        part = await visitor.call("GET", f"/v2/student/app/blobs/{DIGEST}", Range="bytes=5-9")
        assert (part.status, part.data) == (206, b"bytes")
        assert part.head.headers["content-range"] == "bytes 5-9/21"

    visiting(tmp_path, work)


def test_chunked_uploads(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        started = await visitor.call("POST", "/v2/student/app/blobs/uploads/")
        place = started.head.headers["location"]
        assert started.status == 202
        first = await visitor.call("PATCH", place, DATA[:10], Content_Range="0-9")
        assert (first.status, first.head.headers["range"]) == (202, "0-9")
        gap = await visitor.call("PATCH", place, DATA[12:], Content_Range="12-20")
        assert gap.status == 416
        assert (await visitor.call("GET", place)).head.headers["range"] == "0-9"
        await visitor.call("PATCH", place, DATA[10:], Content_Range="10-20")
        done = await visitor.call("PUT", f"{place}?digest={DIGEST}")
        assert (done.status, done.head.headers["location"]) == (201, f"/v2/student/app/blobs/{DIGEST}")
        assert (await visitor.call("PUT", f"{place}?digest={DIGEST}")).status == 404

    visiting(tmp_path, work)


def test_a_blob_of_another_repository_is_mounted(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        await visitor.upload("student/app", DATA)
        ana = Visitor(visitor.server, ANA)
        assert (await ana.call("HEAD", f"/v2/ana/web/blobs/{DIGEST}")).status == 404
        mounted = await ana.call("POST", f"/v2/ana/web/blobs/uploads/?mount={DIGEST}&from=student/app")
        assert mounted.status == 201
        assert (await ana.call("GET", f"/v2/ana/web/blobs/{DIGEST}")).data == DATA
        missing = await ana.call("POST", f"/v2/ana/web/blobs/uploads/?mount={CONFIG_DIGEST}&from=student/app")
        assert missing.status == 202

    visiting(tmp_path, work)


@pytest.mark.parametrize("name", ["ana/app", "library/nginx", "student", "studentx/app"])
def test_one_pushes_only_below_one_s_own_name(tmp_path: Path, name: str) -> None:
    async def work(visitor: Visitor) -> None:
        for reply in (
            await visitor.call("POST", f"/v2/{name}/blobs/uploads/"),
            await visitor.call("PUT", f"/v2/{name}/manifests/1", MANIFEST.data),
            await visitor.call("DELETE", f"/v2/{name}/manifests/1"),
        ):
            assert code(reply) == (403, "DENIED")
            assert (
                json.loads(reply.data)["errors"][0]["message"] == "requested access to the resource is denied"
            )
        anonymous = await Visitor(visitor.server, None).call("POST", f"/v2/{name}/blobs/uploads/")
        assert code(anonymous) == (401, "UNAUTHORIZED")

    visiting(tmp_path, work)


def test_lists_come_in_pages(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        for tag in ("a", "b", "c"):
            await visitor.push("student/app", tag)
        await visitor.push("student/other", "1")
        whole = await visitor.call("GET", "/v2/student/app/tags/list")
        assert json.loads(whole.data) == {"name": "student/app", "tags": ["a", "b", "c"]}
        page = await visitor.call("GET", "/v2/student/app/tags/list?n=2")
        assert json.loads(page.data)["tags"] == ["a", "b"]
        assert page.head.headers["link"] == '</v2/student/app/tags/list?last=b&n=2>; rel="next"'
        rest = await visitor.call("GET", "/v2/student/app/tags/list?last=b&n=2")
        assert json.loads(rest.data)["tags"] == ["c"]
        assert "link" not in rest.head.headers
        catalog = await visitor.call("GET", "/v2/_catalog?n=1")
        assert json.loads(catalog.data) == {"repositories": ["student/app"]}
        assert code(await visitor.call("GET", "/v2/student/none/tags/list")) == (404, "NAME_UNKNOWN")
        assert code(await visitor.call("GET", "/v2/student/app/tags/list?n=x"))[0] == 400

    visiting(tmp_path, work)


def test_deleting(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        await visitor.push("student/app", "1")
        await visitor.push("student/app", "2")
        assert (await visitor.call("DELETE", "/v2/student/app/manifests/1")).status == 202
        assert (await visitor.call("GET", "/v2/student/app/manifests/2")).status == 200
        assert (await visitor.call("DELETE", f"/v2/student/app/manifests/{MANIFEST.digest}")).status == 202
        assert code(await visitor.call("GET", "/v2/student/app/manifests/2")) == (404, "MANIFEST_UNKNOWN")
        assert json.loads((await visitor.call("GET", "/v2/_catalog")).data) == {"repositories": []}

    visiting(tmp_path, work)


def test_what_does_not_fit_together_is_refused(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        wrong = await visitor.call("POST", f"/v2/student/app/blobs/uploads/?digest={CONFIG_DIGEST}", DATA)
        assert code(wrong) == (400, "DIGEST_INVALID")
        await visitor.upload("student/app", CONFIG)
        early = await visitor.call(
            "PUT", "/v2/student/app/manifests/1", MANIFEST.data, Content_Type=DOCKER_MANIFEST
        )
        assert code(early) == (400, "MANIFEST_BLOB_UNKNOWN")
        for broken in (b"[]", b"{", b'{"schemaVersion": 1}', b"[" * 100_000):
            reply = await visitor.call("PUT", "/v2/student/app/manifests/1", broken)
            assert code(reply) == (400, "MANIFEST_INVALID")
        other = await visitor.call("PUT", f"/v2/student/app/manifests/{DIGEST}", MANIFEST.data)
        assert other.status == 400
        assert list((tmp_path / "registry/uploads").iterdir()) == []

    visiting(tmp_path, work)


@pytest.mark.parametrize(
    "path",
    [
        "/v2/../../etc/passwd/manifests/1",
        "/v2/student/..%2f..%2fx/manifests/1",
        "/v2/student/%2e%2e/%2e%2e/tags/list",
        "/v2/student/_manifests/tags/list",
        "/v2/Student/App/tags/list",
        "/v2/student/app/blobs/sha256:../../../accounts.json",
        "/v2/student/app/manifests/..",
        "/v2/student/app/manifests/%00",
        "/v2/" + "a/" * 400 + "b/tags/list",
        "/v2/student/%ff/tags/list",
        "/etc/passwd",
        "//",
    ],
)
def test_tricks_with_paths_find_nothing(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("secret")

    async def work(visitor: Visitor) -> bytes:
        request = b"GET " + path.encode() + b" HTTP/1.1\r\n" + LOGIN + b"\r\n"
        return await spoken(visitor.server.port, request)

    answer = visiting(tmp_path, work)

    assert answer[9:12] in (b"400", b"404")
    assert b"secret" not in answer


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /v2/ HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", b"431"),
        (b"GET /v2/ HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"400"),
        (b"POST /v2/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"POST /v2/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"POST /v2/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"GET /v2/ HTTP/1.1\r\n X: folded\r\n\r\n", b"400"),
        (b"BREW /v2/ HTTP/1.1\r\n" + LOGIN + b"\r\n", b"405"),
        (
            b"PUT /v2/student/app/manifests/1 HTTP/1.1\r\n"
            + LOGIN
            + b"Content-Length: 99999999\r\n\r\n"
            + b"x" * 5_000_000,
            b"413",
        ),
    ],
)
def test_hostile_requests_are_answered_and_closed(tmp_path: Path, sent: bytes, status: bytes) -> None:
    async def work(visitor: Visitor) -> bytes:
        answer = await spoken(visitor.server.port, sent)
        assert (await visitor.call("GET", "/v2/")).status == 200
        return answer

    assert visiting(tmp_path, work)[9:12] == status


def test_an_upload_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        head = b"POST /v2/student/app/blobs/uploads/?digest=" + DIGEST.encode() + b" HTTP/1.1\r\n" + LOGIN
        assert await spoken(visitor.server.port, head + b"Content-Length: 500\r\n\r\nabc") == b""
        assert await spoken(visitor.server.port, head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab") == b""
        bad = await spoken(visitor.server.port, head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        assert bad[9:12] == b"400"

    visiting(tmp_path, work)

    assert list((tmp_path / "registry/uploads").iterdir()) == []


def test_a_slow_client_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "SLOWEST_HEAD", 0.2)

    async def work(visitor: Visitor) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", visitor.server.port)
        writer.write(b"GET /v2/ HT")
        await writer.drain()
        rest = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return rest

    assert visiting(tmp_path, work) == b""


def test_a_client_that_tries_tls_first_is_answered_at_once(tmp_path: Path) -> None:
    """As Docker and skopeo do: they wait for an answer, and then go on to HTTP."""

    async def work(visitor: Visitor) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", visitor.server.port)
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 2)
        writer.close()
        return answer

    assert visiting(tmp_path, work) == b"HTTP/1.1 400 Bad Request\r\n"


def test_several_requests_on_one_connection(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> bytes:
        one = b"GET /v2/ HTTP/1.1\r\n" + LOGIN + b"\r\n"
        return await spoken(visitor.server.port, one + one)

    assert visiting(tmp_path, work).count(b"HTTP/1.1 200 OK") == 2


def test_an_upload_may_wait_for_100_continue(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> bytes:
        head = b"POST /v2/student/app/blobs/uploads/?digest=" + DIGEST.encode() + b" HTTP/1.1\r\n" + LOGIN
        return await spoken(
            visitor.server.port, head + b"Expect: 100-continue\r\nContent-Length: 21\r\n\r\n" + DATA
        )

    assert visiting(tmp_path, work).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created")


def test_a_full_registry_says_so(tmp_path: Path) -> None:
    async def work() -> Reply:
        server = await serve("127.0.0.1", 0, tmp_path / "r", people(tmp_path), bounds=Bounds(blob=10))
        reply = await Visitor(server).upload("student/app", DATA)
        await server.close()
        return reply

    assert asyncio.run(work()).status == 507


def test_uploads_are_bounded_and_the_idle_one_goes_first(tmp_path: Path) -> None:
    depot = Depot(tmp_path, Bounds(uploads=2, depot=10))
    first, second = depot.start_upload("student/a"), depot.start_upload("student/a")
    first.busy = True

    third = depot.start_upload("student/a")

    assert depot.upload("student/a", first.name) is first
    assert depot.upload("student/a", second.name) is None
    assert depot.upload("student/b", third.name) is None
    third.busy = True
    with pytest.raises(DepotFull):
        depot.start_upload("student/a")
    with pytest.raises(DepotFull):
        third.write(bytes(11))


def test_a_depot_opened_again_keeps_what_was_finished_and_only_that(tmp_path: Path) -> None:
    depot = Depot(tmp_path)
    depot.put_blob("student/app", DIGEST, iter((DATA,)))
    depot.put_blob("student/app", CONFIG_DIGEST, iter((CONFIG,)))
    depot.put_manifest("student/app", MANIFEST, "1")
    depot.start_upload("student/app").write(b"half")

    again = Depot(tmp_path)

    assert again.manifest("student/app", "1") == MANIFEST
    assert again.used == len(DATA) + len(CONFIG)
    assert list(again.uploads.iterdir()) == []
    with pytest.raises(WrongDigest):
        again.put_blob("student/app", DIGEST, iter((b"other",)))


def test_searching_needs_no_login(tmp_path: Path) -> None:
    async def work(visitor: Visitor) -> None:
        await visitor.push("student/app", "1")
        stranger = Visitor(visitor.server, None)
        assert (await stranger.call("GET", "/v1/_ping")).status == 200
        found = json.loads((await stranger.call("GET", "/v1/search?q=app&n=25")).data)
        assert [row["name"] for row in found["results"]] == ["student/app"]
        assert (await stranger.call("GET", "/v2/student/app/manifests/1")).status == 401

    visiting(tmp_path, work)


def test_library_may_be_open_to_everybody_and_hold_the_stand_ins(tmp_path: Path) -> None:
    catalogue = Catalogue.load()
    policy = Policy(anonymous=True, official=Official(catalogue))

    async def work(visitor: Visitor) -> None:
        stranger = Visitor(visitor.server, None)
        got = await stranger.call("GET", "/v2/library/hello-world/manifests/latest")
        assert got.head.headers["docker-content-digest"] == catalogue.locked["hello-world:latest"]["digest"]
        for blob in [json.loads(got.data)["config"], *json.loads(got.data)["layers"]]:
            reply = await stranger.call("GET", f"/v2/library/hello-world/blobs/{blob['digest']}")
            assert "sha256:" + hashlib.sha256(reply.data).hexdigest() == blob["digest"]
        assert (await stranger.call("GET", "/v2/student/app/manifests/1")).status == 401

    visiting(tmp_path, work, policy)
