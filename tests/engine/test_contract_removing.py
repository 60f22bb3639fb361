"""What the Engine protocol promises of removing: only the recorded thing, never another's, never more."""

import docker
import pytest

from labrunner.engine.protocol import Engine, Thing
from labrunner.errors import EngineRefused
from tests.engine.hand import ALPINE, build, only_image, pull

OURS = {"labrunner.lesson": "hub"}


def test_a_container_is_removed_by_its_id_running_or_not(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    made = hand.create_container(ALPINE, ["sleep", "60"], name="web", volumes=["/data"])
    hand.start(made)
    thing = Thing(kind="container", id=made["Id"], name="web")

    assert engine.remove(thing)
    assert engine.observe().containers == ()
    assert not hand.volumes()["Volumes"]
    assert not engine.remove(thing)


def test_a_container_of_the_same_name_is_not_the_same(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    made = hand.create_container(ALPINE, name="web")
    hand.remove_container(made)
    hand.create_container(ALPINE, name="web")

    assert not engine.remove(Thing(kind="container", id=made["Id"], name="web"))
    assert len(engine.observe().containers) == 1


def test_an_image_loses_one_name_and_keeps_the_others(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    image = only_image(engine)
    hand.tag(ALPINE, "mine", "1")

    assert engine.remove(Thing(kind="image", id=image.id, name="mine:1"))
    assert only_image(engine).names == (ALPINE,)
    assert not engine.remove(Thing(kind="image", id=image.id, name="mine:1"))


def test_a_name_that_moved_on_is_left_alone(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    hand.tag(ALPINE, "mine", "1")
    was = only_image(engine).id
    build(hand, "mine:1", "LABEL who=me")

    assert not engine.remove(Thing(kind="image", id=was, name="mine:1"))
    assert only_image(engine, "mine:1").id != was


def test_an_image_without_a_name_is_removed_by_id_only_while_it_has_none(
    engine: Engine, hand: docker.APIClient
) -> None:
    pull(engine)
    image = only_image(engine).id
    nameless = Thing(kind="image", id=image, name="")

    assert not engine.remove(nameless)
    assert only_image(engine).names == (ALPINE,)


def test_an_image_that_a_container_uses_is_refused_with_a_remedy(
    engine: Engine, hand: docker.APIClient
) -> None:
    pull(engine)
    hand.create_container(ALPINE, name="web")

    with pytest.raises(EngineRefused) as refusal:
        engine.remove(Thing(kind="image", id=only_image(engine).id, name=ALPINE))

    assert refusal.value.code == 409
    assert refusal.value.remedy == "Remove the container that uses it first."


def test_only_labelled_volumes_are_removed(engine: Engine, hand: docker.APIClient) -> None:
    hand.create_volume("theirs")
    hand.create_volume("ours", labels=OURS)

    assert not engine.remove(Thing(kind="volume", id="theirs", name="theirs"))
    assert engine.remove(Thing(kind="volume", id="ours", name="ours"))
    assert not engine.remove(Thing(kind="volume", id="ours", name="ours"))
    assert [volume["Name"] for volume in hand.volumes()["Volumes"]] == ["theirs"]


def test_a_network_is_removed_by_its_id(engine: Engine, hand: docker.APIClient) -> None:
    made = hand.create_network("lab")
    thing = Thing(kind="network", id=made["Id"], name="lab")

    assert engine.remove(thing)
    again = hand.create_network("lab")
    assert not engine.remove(thing)
    hand.remove_network(again["Id"])
