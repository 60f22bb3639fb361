"""The store: what is kept, found, named and cleared away, from one process to the next."""

import asyncio
import json
from pathlib import Path

import pytest

from labrunner.errors import StoreError
from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.layers import write_tree
from labrunner.practice.images.register import Distributed
from labrunner.practice.images.tree import Bytes, Node, Tree
from labrunner.practice.refusal import Refused
from labrunner.reference import parse
from tests.practice.images.stores import CREATED, made, opened, tree

DIGEST = "sha256:" + "d" * 64


def test_an_image_outlives_the_process(tmp_path: Path) -> None:
    store = opened(tmp_path)
    base = made(store, "base", tags=("base",))
    image = made(store, "base", "top", tags=("nginx:1.27", "student/web"), parent=base)
    store.tag(image.id, parse(f"nginx@{DIGEST}"))

    again = opened(tmp_path)

    assert again.dropped == ()
    assert {found.id for found in again.images()} == {base.id, image.id}
    assert [name.familiar for name in again.names(image.id)] == ["nginx:1.27", "student/web:latest"]
    assert [name.familiar for name in again.digests(image.id)] == [f"nginx@{DIGEST}"]
    assert (again.parent(image.id), again.children(base.id)) == (base.id, (image.id,))
    assert (again.is_local(image.id), again.is_local(base.id)) == (True, False)
    assert (again.last_tagged(image.id), again.size(image)) == (1714557600.5, 7)
    assert again.tree(image).read("/top") == b"top"
    assert again.tree(image).read("/base") == b"base"


def test_the_id_is_the_digest_of_the_configuration() -> None:
    assert compose({"os": "linux", "config": {"Cmd": ["a && <b>"]}}) == (
        rb'{"config":{"Cmd":["a \u0026\u0026 \u003cb\u003e"]},"os":"linux"}'
    )
    image = Image.of(b'{"rootfs":{"type":"layers","diff_ids":[]}}')

    assert image.id == "sha256:bf3ddafc43cd121d9f11fc7b47e1d9f24aa8038b0d7eff8f9b2da8d6328a0550"
    assert (image.layers, image.run, image.history, image.labels) == ((), {}, (), {})


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (b"[]", "invalid image configuration: not a JSON object"),
        (b"{}", "invalid image JSON, no RootFS key"),
        (
            b'{"rootfs":{"diff_ids":["../../x"]}}',
            "invalid image configuration: rootfs.diff_ids is not a list of digests",
        ),
        (b'{"rootfs":{},"config":[]}', "invalid image configuration: config is not an object"),
        (
            b'{"rootfs":{},"config":{"Labels":{"a":1}}}',
            "invalid image configuration: config.Labels is not an object of texts",
        ),
        (
            b'{"rootfs":{},"config":{"Env":[1]}}',
            "invalid image configuration: config.Env is not a list of texts",
        ),
        (b'{"rootfs":{},"config":{"User":0}}', "invalid image configuration: config.User is not a text"),
        (b'{"rootfs":{},"history":[1]}', "invalid image configuration: history is not a list of objects"),
        (b'{"rootfs":{},"os":1}', "invalid image configuration: os is not text"),
    ],
)
def test_what_is_no_configuration_is_refused(config: bytes, message: str) -> None:
    with pytest.raises(Refused) as refused:
        Image.of(config)

    assert refused.value.message == message


def test_an_image_needs_its_layers(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=f"layer does not exist: {DIGEST}"):
        opened(tmp_path).add_image(compose({"rootfs": {"type": "layers", "diff_ids": [DIGEST]}}))


def test_a_history_of_more_layers_than_there_are_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="too many non-empty layers in History section"):
        opened(tmp_path).add_image(compose({"rootfs": {"diff_ids": []}, "history": [{"created": CREATED}]}))


def test_a_tar_with_another_digest_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    (tmp_path / "layer.tar").write_bytes(b"".join(write_tree(tree(a="a"))))

    with pytest.raises(Refused, match=f"invalid diffID: expected {DIGEST}, got sha256:"):
        store.add_layer_tar(tmp_path / "layer.tar", diff_id=DIGEST)

    assert list((tmp_path / "store/layers").iterdir()) == []
    assert store.add_layer_tar(tmp_path / "layer.tar") == store.add_layer(tree(a="a"))


def test_images_are_found_by_name_digest_and_id(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("nginx", "localhost:5001/student/web:2"))
    store.tag(image.id, parse(f"nginx@{DIGEST}"))

    for text in (
        "nginx",
        "nginx:latest",
        "docker.io/library/nginx",
        "localhost:5001/student/web:2",
        f"nginx@{DIGEST}",
        f"nginx:whatever@{DIGEST}",
        image.id,
        image.id[7:],
        image.id[7:19],
        image.id[:10],
        image.id[7],
    ):
        assert store.find(text) == image, text


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("nosuch", 404, "No such image: nosuch:latest"),
        ("student/web:2", 404, "No such image: student/web:2"),
        (f"nginx@{DIGEST}", 404, f"No such image: nginx@{DIGEST}"),
        (DIGEST, 404, f"No such image: {DIGEST}"),
        ("d" * 64, 404, f"No such image: {DIGEST}"),
        ("sha256:ab", 404, "No such image: sha256:ab"),
        ("a b", 400, "invalid reference format"),
        ("", 400, "invalid reference format"),
        ("library/Nginx", 400, "invalid reference format: repository name (library/Nginx) must be lowercase"),
    ],
)
def test_what_is_not_found_is_said_in_dockers_words(
    tmp_path: Path, text: str, status: int, message: str
) -> None:
    with pytest.raises(Refused) as refused:
        opened(tmp_path).find(text)

    assert (refused.value.status, refused.value.message) == (status, message)


def test_a_beginning_of_two_ids_names_neither(tmp_path: Path) -> None:
    store = opened(tmp_path)
    beginnings: dict[str, Image] = {}
    number = 0
    while True:
        image = made(store, f"layer-{number}")
        if image.id[7] in beginnings:
            break
        beginnings[image.id[7]] = image
        number += 1

    with pytest.raises(Refused, match=f"No such image: {image.id[7]}:latest"):
        store.find(image.id[7])
    assert store.find(image.id[7:20]) == image


def test_a_name_moves_to_the_image_that_was_tagged_last(tmp_path: Path) -> None:
    store = opened(tmp_path)
    old, new = made(store, "old", tags=("web",)), made(store, "new", tags=("web",))

    assert (store.names(old.id), store.find("web")) == ((), new)
    assert store.references() == {"docker.io/library/web:latest": new.id}
    with pytest.raises(Refused, match="refusing to create an ambiguous tag using digest algorithm as name"):
        store.tag(new.id, parse("sha256:abc"))


def test_an_unnamed_image_with_children_is_intermediate(tmp_path: Path) -> None:
    store = opened(tmp_path)
    base = made(store, "base")
    assert not store.intermediate(base.id)
    made(store, "base", "top", parent=base)
    assert store.intermediate(base.id)
    store.tag(base.id, parse("base"))
    assert not store.intermediate(base.id)


def test_an_image_is_not_its_own_ancestor(tmp_path: Path) -> None:
    store = opened(tmp_path)
    one = made(store, "one")
    two = made(store, "two", parent=one)

    with pytest.raises(Refused, match="is not a valid parent for"):
        store.add_image(one.config_bytes, parent=two.id)
    with pytest.raises(Refused, match=f"unknown parent image ID {DIGEST}"):
        store.add_image(one.config_bytes, parent=DIGEST)


def test_names_are_told_with_the_images_labels(tmp_path: Path) -> None:
    happenings = Happenings()
    store = opened(tmp_path, happenings)
    image = made(store, "a", tags=("web:1",), run={"Labels": {"for": "tests"}})
    store.untag(parse("web:1"))
    store.tag(image.id, parse("web:2"), told=False)

    assert [(event.action, event.actor, event.attributes) for event in happenings.kept()] == [
        ("tag", image.id, {"for": "tests", "name": "web:1"}),
        ("untag", image.id, {"for": "tests", "name": image.id}),
    ]


async def _heard_from_a_thread(folder: Path) -> str:
    happenings = Happenings()
    store = opened(folder, happenings)
    image = made(store, "a")
    with happenings.listening() as heard:
        await asyncio.to_thread(store.tag, image.id, parse("web"))
        return (await heard.get()).action


def test_what_a_thread_does_is_heard_on_the_loop(tmp_path: Path) -> None:
    assert asyncio.run(asyncio.wait_for(_heard_from_a_thread(tmp_path), 5)) == "tag"


def test_layers_are_shared_and_stay_while_they_are_needed(tmp_path: Path) -> None:
    store = opened(tmp_path)
    one, two = made(store, "base", "one", tags=("one",)), made(store, "base", "two", tags=("two",))
    assert len(list((tmp_path / "store/layers").iterdir())) == 3

    store.remove("one")

    assert [store.has_layer(diff_id) for diff_id in one.layers] == [True, False]
    assert store.tree(two).read("base") == b"base"


def test_a_holder_keeps_layers_without_an_image_until_it_lets_go(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", "b", tags=("web",))
    store.hold("container", image.layers)
    records = store.remove("web")

    again = opened(tmp_path)
    assert records == [{"Untagged": "web:latest"}, {"Deleted": image.id}]
    assert again.layers_tree(again.held()["container"]).read("b") == b"b"
    again.release("container")
    assert again.layers() == {}


def test_nothing_leaves_the_disk_while_somebody_is_at_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web",))
    with store.keeping():
        store.remove("web")
        assert store.layer(image.layers[0]).read("a") == b"a"

    assert store.layers() == {}


def test_layers_of_an_image_that_did_not_come_about_go(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "kept")
    lost = store.add_layer(tree(lost="lost"))
    store.abandon([lost, *image.layers])

    assert tuple(store.layers()) == image.layers


def test_registries_are_remembered_until_the_layer_goes(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web",))
    (layer,) = image.layers
    media = "application/vnd.docker.image.rootfs.diff.tar.gzip"
    store.remember(layer, DIGEST, 120, media, "docker.io/library/nginx")
    store.remember(layer, DIGEST, 120, media, "localhost:5001/student/web")

    again = opened(tmp_path)
    here = Distributed(digest=DIGEST, size=120, media_type=media, repository="localhost:5001/student/web")
    assert again.digest_of(layer) == here
    assert (again.digest_of(layer, "docker.io/library/nginx") or here).repository == "docker.io/library/nginx"
    assert again.diff_id_of(DIGEST) == layer
    again.remove("web")
    assert again.diff_id_of(DIGEST) is None


@pytest.mark.parametrize(
    "damage", ["missing layer", "short layer", "missing configuration", "changed configuration"]
)
def test_an_image_that_is_not_whole_is_dropped_and_the_others_open(tmp_path: Path, damage: str) -> None:
    store = opened(tmp_path)
    whole = made(store, "whole", tags=("whole",))
    broken = made(store, "whole", "broken", tags=("broken",))
    made(store, "child", parent=broken, tags=("child",))
    layer = store.layer_path(broken.layers[1])
    config = tmp_path / "store/images" / f"{broken.id[7:]}.json"
    match damage:
        case "missing layer":
            layer.unlink()
        case "short layer":
            layer.write_bytes(layer.read_bytes()[:-1])
        case "missing configuration":
            config.unlink()
        case _:
            config.write_bytes(config.read_bytes().replace(b"amd64", b"arm64"))

    again = opened(tmp_path)

    assert again.dropped == (broken.id,)
    assert again.find("whole") == whole
    assert again.parent(again.find("child").id) == ""
    assert sorted(again.references()) == ["docker.io/library/child:latest", "docker.io/library/whole:latest"]
    assert not layer.exists()
    assert opened(tmp_path).dropped == ()


def test_leftovers_are_cleared_away(tmp_path: Path) -> None:
    store = opened(tmp_path)
    made(store, "a", tags=("web",))
    store.add_layer(tree(unused="unused"))
    (tmp_path / "store/layers/.new-abc").write_bytes(b"half")
    (tmp_path / "store/images" / ("e" * 64 + ".json")).write_bytes(b"{}")
    (tmp_path / "store/.new-register").write_bytes(b"{")

    opened(tmp_path)

    assert len(list((tmp_path / "store/layers").iterdir())) == 1
    assert len(list((tmp_path / "store/images").iterdir())) == 1
    assert not (tmp_path / "store/.new-register").exists()


@pytest.mark.parametrize("data", [b"{", b"[]", b'{"format":1}', json.dumps({"format": 2}).encode()])
def test_a_register_that_cannot_be_read_says_what_to_do(tmp_path: Path, data: bytes) -> None:
    opened(tmp_path)
    (tmp_path / "store/register.json").write_bytes(data)

    with pytest.raises(StoreError) as error:
        opened(tmp_path)

    assert "register.json" in error.value.what
    assert "begin anew" in error.value.remedy


def test_many_threads_add_and_remove_at_once(tmp_path: Path) -> None:
    store = opened(tmp_path)

    def work(number: int) -> None:
        for turn in range(5):
            with store.keeping():
                made(store, "shared", f"{number}-{turn}", tags=(f"image-{number}:{turn}",))
            if turn % 2:
                store.remove(f"image-{number}:{turn}")

    async def all_at_once() -> None:
        await asyncio.gather(*(asyncio.to_thread(work, number) for number in range(6)))

    asyncio.run(all_at_once())

    again = opened(tmp_path)
    assert again.dropped == ()
    assert len(again.images()) == 18
    assert all(again.tree(image).read("shared") == b"shared" for image in again.images())


def test_bytes_of_a_layer_come_from_the_disk(tmp_path: Path) -> None:
    store = opened(tmp_path)
    diff_id = store.add_layer(Tree({"a": Node(kind="file", content=Bytes(b"bytes"))}))

    assert store.layer(diff_id).read("a") == b"bytes"
    assert store.layer(diff_id) is store.layer(diff_id)
    assert store.layer_size(diff_id) == 5
    assert store.layer_path(diff_id).stat().st_size == 2048
