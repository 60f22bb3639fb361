"""The rows of `docker history`, and whose the disk's bytes are."""

from pathlib import Path

from labrunner.practice.images.history import image_history, layers_size, seconds, shared_size
from labrunner.practice.images.image import compose
from labrunner.reference import parse
from tests.practice.images.stores import made, opened, tree


def test_only_images_made_here_have_ids_in_a_history(tmp_path: Path) -> None:
    store = opened(tmp_path)
    base = made(store, "base", tags=("base",))
    config = {
        "rootfs": {"type": "layers", "diff_ids": [*base.layers, store.add_layer(tree(app="12345"))]},
        "history": [
            {"created": "2024-05-01T09:00:00Z", "created_by": "COPY older"},
            {"created": "2024-05-01T10:00:00.123456789Z", "created_by": "COPY app", "comment": "buildkit"},
            {"created": "2024-05-01T12:00:00+02:00", "created_by": "CMD", "empty_layer": True},
        ],
    }
    image = store.add_image(compose(config), parent=base.id, local=True)
    store.tag(image.id, parse("web:1"))

    assert image_history(store, image) == [
        {
            "Id": image.id,
            "Created": 1714557600,
            "CreatedBy": "CMD",
            "Tags": ["web:1"],
            "Size": 0,
            "Comment": "",
        },
        {
            "Id": base.id,
            "Created": 1714557600,
            "CreatedBy": "COPY app",
            "Tags": ["base:latest"],
            "Size": 5,
            "Comment": "buildkit",
        },
        {
            "Id": "<missing>",
            "Created": 1714554000,
            "CreatedBy": "COPY older",
            "Tags": None,
            "Size": 4,
            "Comment": "",
        },
    ]


def test_a_layer_is_shared_where_two_listed_images_stand_on_it(tmp_path: Path) -> None:
    store = opened(tmp_path)
    one, two = made(store, "base", "1", tags=("one",)), made(store, "base", "two2", tags=("two",))
    alone = made(store, "alone", "base", tags=("alone",))

    assert [shared_size(store, image) for image in (one, two, alone)] == [4, 4, 0]
    assert layers_size(store) == len("base" + "1" + "two2" + "alone" + "base")


def test_times_that_say_nothing_are_zero() -> None:
    assert [seconds(text) for text in ("", "yesterday", "0001-01-01T00:00:00Z")] == [0, 0, -62135596800]
