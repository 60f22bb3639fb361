"""A registry that lies, breaks off or never ends: nothing of it comes into the store, and the engine goes on."""

import gzip
import json
from collections.abc import Callable, Iterator

import pytest

from tests.practice.robust.asking import Failed
from tests.practice.robust.lying import Shop, layer, lying
from tests.practice.robust.place import Engine, watching

OTHER = "sha256:" + "5" * 64


@pytest.fixture
def shop() -> Iterator[Shop]:
    with lying() as started:
        yield started


def layers(here: Engine) -> set[str]:
    return {each.name for each in (here.folder / "store/layers").iterdir()}


def test_an_honest_registry_is_believed(here: Engine, shop: Shop) -> None:
    shop.manifest(shop.image(layer(b"the truth\n")))

    here.client.pull(shop.name)

    assert here.client.ask("GET", f"/images/{shop.name}/json")["RepoTags"] == [shop.name]


def lying_manifest(shop: Shop) -> str:
    shop.manifest(shop.image(layer()), at=OTHER)
    return f"{shop.name.removesuffix(':latest')}@{OTHER}"


def lying_config(shop: Shop) -> str:
    shop.manifest(shop.image(layer(), config=shop.blob(b'{"os":"linux"}', OTHER)))
    return shop.name


def lying_layer(shop: Shop) -> str:
    shop.manifest(shop.image(layer(), layers=[shop.blob(gzip.compress(layer()), OTHER)]))
    return shop.name


def longer_layer(shop: Shop) -> str:
    shop.manifest(shop.image(layer(), layers=[{**shop.blob(gzip.compress(layer())), "size": 5}]))
    return shop.name


def cut_layer(shop: Shop) -> str:
    blob = shop.blob(gzip.compress(layer()))
    path = f"/v2/lab/image/blobs/{blob['digest']}"
    shop.answers[path] = (200, {"Content-Length": str(blob["size"])}, shop.answers[path][2][:20])
    shop.manifest(shop.image(layer(), layers=[blob]))
    return shop.name


def other_layer(shop: Shop) -> str:
    """Its packed bytes are what the manifest says; what is in them is not what the configuration says."""
    shop.manifest(shop.image(layer(), packed=gzip.compress(b"x" * 1024)))
    return shop.name


def broken_gzip(shop: Shop) -> str:
    shop.manifest(shop.image(layer(), packed=gzip.compress(layer())[:-9]))
    return shop.name


def huge_layer(shop: Shop) -> str:
    shop.manifest(shop.image(layer(), layers=[{"mediaType": "x", "size": 1 << 50, "digest": OTHER}]))
    return shop.name


def huge_config(shop: Shop) -> str:
    shop.manifest(shop.image(layer(), config={"mediaType": "x", "size": 1 << 50, "digest": OTHER}))
    return shop.name


def evil_layer(shop: Shop) -> str:
    from tests.practice.robust.archives import entry, tar

    evil = tar(entry("../../../evil", data=b"x"))
    shop.manifest(shop.image(evil, packed=gzip.compress(evil)))
    return shop.name


def deep_manifest(shop: Shop) -> str:
    shop.manifest(b"[" * 1_000_000)
    return shop.name


def deep_config(shop: Shop) -> str:
    shop.manifest(shop.image(layer(), config=shop.blob(b'{"a":' * 200_000)))
    return shop.name


def large_manifest(shop: Shop) -> str:
    shop.manifest(b"{" + b" " * (5 << 20) + b"}")
    return shop.name


def many_layers(shop: Shop) -> str:
    made = shop.image(layer())
    shop.manifest({**made, "layers": made["layers"] * 600})
    return shop.name


def index_of_itself(shop: Shop) -> str:
    row = {"digest": OTHER, "size": 5, "platform": {"os": "linux", "architecture": "amd64"}}
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [row]}
    shop.manifest(index)
    shop.manifest(index, at=OTHER)
    return shop.name


def traversing_digest(shop: Shop) -> str:
    shop.manifest(
        shop.image(layer(), config={"mediaType": "x", "size": 5, "digest": "sha256:../../../../etc/passwd"})
    )
    return shop.name


def redirect(shop: Shop) -> str:
    shop.answers["/v2/lab/image/manifests/latest"] = (307, {"Location": "http://169.254.169.254/"}, b"")
    return shop.name


def endless_head(shop: Shop) -> str:
    shop.raw["/v2/lab/image/manifests/latest"] = b"HTTP/1.1 200 OK\r\n" + b"X-More: yes\r\n" * 500_000
    return shop.name


def garbage(shop: Shop) -> str:
    shop.raw["/v2/lab/image/manifests/latest"] = bytes(range(256)) * 1000
    return shop.name


def endless_body(shop: Shop) -> str:
    shop.raw["/v2/lab/image/manifests/latest"] = b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * (6 << 20)
    return shop.name


def silent(shop: Shop) -> str:
    shop.raw["/v2/lab/image/manifests/latest"] = b""
    return shop.name


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (lying_manifest, f"manifest verification failed for digest {OTHER}"),
        (lying_config, f"image config verification failed for digest {OTHER}"),
        (lying_layer, f"filesystem layer verification failed for digest {OTHER}"),
        (longer_layer, "filesystem layer verification failed for digest"),
        (cut_layer, "unexpected EOF"),
        (other_layer, "invalid diffID: expected"),
        (broken_gzip, "failed to register layer: unexpected EOF"),
        (huge_layer, "layer of 1125899906842624 bytes is larger than"),
        (huge_config, "image configuration of 1125899906842624 bytes is larger than"),
        (evil_layer, 'invalid entry name "../../../evil"'),
        (deep_manifest, "the registry's manifest is not JSON"),
        (deep_config, "invalid"),
        (large_manifest, "the answer is larger than 4194304 bytes"),
        (many_layers, "the registry's manifest is without a list of layers"),
        (index_of_itself, f"manifest verification failed for digest {OTHER}"),
        (traversing_digest, "the registry's manifest is with a broken descriptor"),
        (redirect, "received unexpected HTTP status: 307"),
        (endless_head, "Get "),
        (garbage, "Get "),
        (endless_body, "the answer is larger than 4194304 bytes"),
        (silent, ": EOF"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_lie_is_found_out(here: Engine, shop: Shop, lie: Callable[[Shop], str], message: str) -> None:
    before = layers(here)
    name = lie(shop)

    with watching(here.client), pytest.raises(Failed) as failed:
        here.client.pull(name)

    assert message in failed.value.message
    assert layers(here) == before
    assert here.spooled == []
    assert len(failed.value.message) < 1000


@pytest.mark.parametrize(
    "reference",
    [
        "localhost:1/a",
        "169.254.169.254/a",
        "example.com/a",
        "[::1]:1/a",
        "0.0.0.0:1/a",
        "127.1/a",
        "localhost.evil.com/a",
    ],
)
def test_only_this_machine_is_asked(here: Engine, reference: str) -> None:
    with pytest.raises(Failed) as failed:
        here.client.pull(f"{reference}:latest")

    assert any(
        word in failed.value.message
        for word in (
            "connection refused",
            "no such host",
            "network is unreachable",
            "invalid reference format",
        )
    )


def test_a_search_in_a_lying_registry_is_refused(here: Engine, shop: Shop) -> None:
    shop.answers["/v1/search?q=x&n=25"] = (200, {}, json.dumps({"results": [{"star_count": {}}]}).encode())

    with pytest.raises(Failed) as failed:
        here.client.ask("GET", f"/images/search?term=localhost:{shop.port}/x")

    assert failed.value.message == f"localhost:{shop.port} sent a broken list of repositories"
