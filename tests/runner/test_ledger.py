"""What a lesson made is read off the engine's events, and nothing else is."""

from labrunner.engine.facts import ContainerSummary, EngineEvent, ImageSummary, Observation
from labrunner.engine.protocol import Thing
from labrunner.runner.cleaning import still_there
from labrunner.runner.ledger import images_made, made_by, named_by

OURS = {"labrunner.lesson": "layers"}


def event(kind: str, action: str, **more: object) -> EngineEvent:
    return EngineEvent(type=kind, action=action, id="abc", **more)  # type: ignore[arg-type]


def test_a_container_that_carries_the_lessons_label_is_the_lessons() -> None:
    assert made_by("layers", event("container", "create", name="lab-cow", attributes=OURS)) == Thing(
        kind="container", id="abc", name="lab-cow"
    )


def test_a_container_of_the_learner_or_of_another_lesson_is_not() -> None:
    assert made_by("layers", event("container", "create", name="mine")) is None
    assert made_by("nginx", event("container", "create", name="lab-cow", attributes=OURS)) is None


def test_starting_a_container_makes_nothing() -> None:
    assert made_by("layers", event("container", "start", name="lab-cow", attributes=OURS)) is None


def test_pulling_and_tagging_give_names() -> None:
    assert named_by(event("image", "pull", name="nginx:1.31")) == "nginx:1.31"
    assert named_by(event("image", "tag", name="docker.io/library/lab-web")) == "lab-web:latest"
    assert named_by(event("image", "delete", name="nginx:1.31")) is None
    assert named_by(event("container", "create", name="lab-cow")) is None


def test_an_image_that_was_there_before_is_never_the_lessons() -> None:
    now = Observation(
        images=(
            ImageSummary(id="sha256:new", names=("lab-web:latest",)),
            ImageSummary(id="sha256:newer", names=("nginx:1.31",)),
        )
    )

    assert images_made(["lab-web:latest", "nginx:1.31", "gone:1"], {"nginx:1.31": "sha256:old"}, now) == (
        Thing(kind="image", id="sha256:new", name="lab-web:latest"),
    )


def test_what_was_removed_or_became_something_else_is_not_there_any_more() -> None:
    web = Thing(kind="container", id="abc", name="web")
    gone = Thing(kind="container", id="def", name="gone")
    retagged = Thing(kind="image", id="sha256:old", name="lab-web:latest")
    seen = Observation(
        images=(ImageSummary(id="sha256:new", names=("lab-web:latest",)),),
        containers=(ContainerSummary(id="abc", name="web", image="x", image_id="y", state="exited"),),
    )

    assert still_there((web, gone, retagged), seen) == (web,)
