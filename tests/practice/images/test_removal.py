"""`docker rmi` and `docker image prune`, by Docker's rules."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from labrunner.practice.happenings import Happenings
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import InUse
from labrunner.practice.refusal import Refused
from labrunner.reference import parse
from tests.practice.images.stores import made, opened

DIGEST = "sha256:" + "d" * 64
CONTAINER = "c0ffee" * 10 + "abcd"


def used(image: Image, *, running: bool) -> Callable[[str], Iterable[InUse]]:
    use = InUse(container=CONTAINER, running=running, by_name="web")
    return lambda image_id: (use,) if image_id == image.id else ()


def refusal(remove: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        remove()
    return refused.value.status, refused.value.message


def test_one_of_several_names_is_only_untagged(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web:1", "web:2"))

    assert store.remove("web:1", in_use=used(image, running=True)) == [{"Untagged": "web:1"}]
    assert store.find("web:2") == image


def test_with_the_last_tag_go_the_digest_the_image_and_its_layers_top_first(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", "b", tags=("web",))
    store.tag(image.id, parse(f"web@{DIGEST}"))

    assert store.remove("web") == [
        {"Untagged": "web:latest"},
        {"Untagged": f"web@{DIGEST}"},
        {"Deleted": image.id},
        {"Deleted": image.chain[1]},
        {"Deleted": image.layers[0]},
    ]
    assert store.images() == ()
    assert store.layers() == {}


def test_layers_below_another_image_are_not_deleted(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "base", "a", tags=("a",))
    made(store, "base", "b", tags=("b",))
    made(store, "a", tags=("upside-down",))

    assert store.remove("a") == [
        {"Untagged": "a:latest"},
        {"Deleted": image.id},
        {"Deleted": image.chain[1]},
    ]
    assert store.tree(store.find("upside-down")).read("a") == b"a"


def test_a_digest_is_a_name_of_its_own(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web",))
    store.tag(image.id, parse(f"web@{DIGEST}"))

    assert store.remove(f"web@{DIGEST}") == [{"Untagged": f"web@{DIGEST}"}]
    assert store.find("web") == image


def test_digests_of_a_repository_go_with_its_last_tag_of_the_image(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web", "other"))
    store.tag(image.id, parse(f"web@{DIGEST}"))

    assert store.remove("web") == [{"Untagged": "web:latest"}, {"Untagged": f"web@{DIGEST}"}]
    assert store.find("other") == image


def test_an_id_removes_the_names_of_one_repository(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web:1",))
    store.tag(image.id, parse(f"web@{DIGEST}"))

    assert store.remove(image.id[7:19]) == [
        {"Untagged": "web:1"},
        {"Untagged": f"web@{DIGEST}"},
        {"Deleted": image.id},
        {"Deleted": image.layers[0]},
    ]


def test_an_id_with_several_names_must_be_forced(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web:1", "web:2"))

    assert refusal(lambda: store.remove(image.id)) == (
        409,
        f"conflict: unable to delete {image.id[7:19]} (must be forced) - image is referenced in multiple repositories",
    )
    assert store.remove(image.id, force=True) == [
        {"Untagged": "web:1"},
        {"Untagged": "web:2"},
        {"Deleted": image.id},
        {"Deleted": image.layers[0]},
    ]


def test_the_only_name_of_an_image_in_use_must_be_forced(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web",))
    stopped = used(image, running=False)

    assert refusal(lambda: store.remove("web", in_use=stopped)) == (
        409,
        'conflict: unable to remove repository reference "web" (must force) - '
        f"container c0ffeec0ffee is using its referenced image {image.id[7:19]}",
    )
    assert store.find("web") == image
    store.hold("the container", image.layers)
    assert store.remove("web", force=True, in_use=stopped) == [
        {"Untagged": "web:latest"},
        {"Deleted": image.id},
    ]
    assert store.layers_tree(image.layers).read("a") == b"a"


def test_an_image_under_a_running_container_only_loses_its_name(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a", tags=("web",))
    running = used(image, running=True)

    assert refusal(lambda: store.remove(image.id, force=True, in_use=running)) == (
        409,
        f"conflict: unable to delete {image.id[7:19]} (cannot be forced) - "
        "image is being used by running container c0ffeec0ffee",
    )
    assert store.remove("web", force=True, in_use=running) == [{"Untagged": "web:latest"}]
    assert store.image(image.id) == image


def test_an_image_under_a_stopped_container_must_be_forced(tmp_path: Path) -> None:
    store = opened(tmp_path)
    image = made(store, "a")
    stopped = used(image, running=False)

    assert refusal(lambda: store.remove(image.id, in_use=stopped)) == (
        409,
        f"conflict: unable to delete {image.id[7:19]} (must be forced) - "
        "image is being used by stopped container c0ffeec0ffee",
    )


def test_an_image_with_children_cannot_go(tmp_path: Path) -> None:
    store = opened(tmp_path)
    base = made(store, "base", tags=("base",))
    made(store, "base", "top", parent=base, tags=("top",))

    assert refusal(lambda: store.remove(base.id, force=True)) == (
        409,
        f"conflict: unable to delete {base.id[7:19]} (cannot be forced) - image has dependent child images",
    )
    assert store.remove("base") == [{"Untagged": "base:latest"}]


def test_what_an_image_was_made_from_goes_with_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    base = made(store, "base", tags=("base",))
    middle = made(store, "base", "middle", parent=base)
    top = made(store, "base", "middle", "top", parent=middle, tags=("top",))

    assert store.remove("top") == [
        {"Untagged": "top:latest"},
        {"Deleted": top.id},
        {"Deleted": top.chain[2]},
        {"Deleted": middle.id},
        {"Deleted": middle.chain[1]},
    ]
    assert store.images() == (base,)


def test_what_an_image_was_made_from_stays_if_asked(tmp_path: Path) -> None:
    store = opened(tmp_path)
    middle = made(store, "middle")
    top = made(store, "middle", "top", parent=middle, tags=("top",))

    assert store.remove("top", noprune=True) == [
        {"Untagged": "top:latest"},
        {"Deleted": top.id},
        {"Deleted": top.chain[1]},
    ]
    assert store.images() == (middle,)


def test_removal_is_told(tmp_path: Path) -> None:
    happenings = Happenings()
    store = opened(tmp_path, happenings)
    image = made(store, "a", tags=("web",), run={"Labels": {"a": "b"}})
    store.remove("web")

    assert [(event.action, event.actor, event.attributes) for event in happenings.kept()] == [
        ("tag", image.id, {"a": "b", "name": "web:latest"}),
        ("untag", image.id, {"a": "b", "name": image.id}),
        ("delete", image.id, {"a": "b", "name": image.id}),
    ]


def test_pruning_takes_what_has_no_tag(tmp_path: Path) -> None:
    store = opened(tmp_path)
    named = made(store, "named", tags=("named",))
    middle = made(store, "named", "middle", parent=named)
    dangling = made(store, "named", "middle", "top", parent=middle)
    by_digest = made(store, "digest")
    store.tag(by_digest.id, parse(f"web@{DIGEST}"))
    busy = made(store, "busy")

    pruned = store.prune(in_use=used(busy, running=False))

    assert list(pruned.records) == [
        {"Deleted": dangling.id},
        {"Deleted": dangling.chain[2]},
        {"Deleted": middle.id},
        {"Deleted": middle.chain[1]},
        {"Untagged": f"web@{DIGEST}"},
        {"Deleted": by_digest.id},
        {"Deleted": by_digest.layers[0]},
    ]
    assert pruned.reclaimed == len("top") + len("middle") + len("digest")
    assert set(store.images()) == {named, busy}


def test_pruning_all_takes_what_no_container_uses(tmp_path: Path) -> None:
    store = opened(tmp_path)
    made(store, "unused", tags=("unused:1", "unused:2"))
    busy = made(store, "busy", tags=("busy",))
    wanted = made(store, "wanted", tags=("wanted",), run={"Labels": {"keep": "yes"}})

    pruned = store.prune(
        dangling=False, wanted=lambda image: "keep" not in image.labels, in_use=used(busy, running=True)
    )

    assert [record["Untagged"] for record in pruned.records if "Untagged" in record] == [
        "unused:1",
        "unused:2",
    ]
    assert pruned.reclaimed == len("unused")
    assert set(store.images()) == {busy, wanted}
