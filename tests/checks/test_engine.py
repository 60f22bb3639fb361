"""The check kinds `engine` and `event`."""

import pytest

from labrunner.checks.amount import Amount
from labrunner.checks.engine import EngineCheck
from labrunner.checks.event import EventCheck
from labrunner.checks.finding import Finding
from labrunner.checks.verdict import Met, Unmet
from labrunner.engine.facts import EngineEvent
from tests.checks.seeing import ALPINE, NGINX, container, image, seeing

OURS = {"labrunner": "1"}
DANGLING = image(id="sha256:d1", labels=OURS)
FOREIGN = image(id="sha256:d2")


def test_dangling_images_are_counted() -> None:
    some = EngineCheck(dangling_images=Amount.read(">= 1"), label="labrunner=1")
    none = EngineCheck(dangling_images=Amount.read("0"), label="labrunner=1")

    assert isinstance(some.judge(seeing(NGINX, DANGLING)), Met)
    assert isinstance(none.judge(seeing(NGINX, FOREIGN)), Met)
    assert none.judge(seeing(NGINX, DANGLING, FOREIGN)) == Unmet(
        (
            Finding(
                field="dangling_images",
                expected="0",
                found="1",
                subject="label labrunner=1",
                remedy="docker image prune --filter label=labrunner=1",
            ),
        )
    )


def test_pruning_is_never_proposed_without_a_label() -> None:
    verdict = EngineCheck(dangling_images=Amount.read("0")).judge(seeing(DANGLING))

    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].remedy == ""


def test_images_and_stopped_containers_are_counted() -> None:
    check = EngineCheck(images=Amount.read("2"), stopped_containers=Amount.read("1"))
    twice = image("nginx:latest", "nginx:1", id="sha256:n")
    world = (twice, ALPINE, container("a", state="exited"), container("b"))

    assert isinstance(check.judge(seeing(*world)), Met)
    verdict = check.judge(seeing(*world, NGINX, container("c", state="created")))
    assert isinstance(verdict, Unmet)
    assert [(each.field, each.found) for each in verdict.findings] == [
        ("stopped_containers", "2"),
        ("images", "3"),
    ]


def test_something_has_to_be_counted() -> None:
    with pytest.raises(ValueError, match="Say what to count"):
        EngineCheck(label="x")


PULLED = EngineEvent(type="image", action="pull", id="nginx:1.31", name="nginx")
DIED = EngineEvent(
    type="container",
    action="die",
    id="abc",
    name="brave_bell",
    attributes={"image": "hello-world", "exitCode": "0"},
)


@pytest.mark.parametrize(
    "check",
    [
        EventCheck(type="image", action="pull"),
        EventCheck(type="image", action="pull", object="docker.io/library/nginx:latest"),
        EventCheck(type="image", action="pull", object="ngin*"),
        EventCheck(type="container", action="die", object="hello-world:latest"),
        EventCheck(type="container", action="die", object="brave_bell"),
        EventCheck(type="container", action="exec_create"),
    ],
)
def test_an_event_that_was_reported(check: EventCheck) -> None:
    execed = EngineEvent(type="container", action="exec_create: sh -c ls", id="abc", name="web")

    assert isinstance(check.judge(seeing(happened=(PULLED, DIED, execed))), Met)


def test_an_event_that_was_not_reported() -> None:
    check = EventCheck(type="image", action="pull", object="httpd")

    assert check.judge(seeing(happened=(DIED,))) == Unmet(
        (Finding(field="action", expected="image pull httpd", subject="engine"),)
    )
    assert check.judge(seeing(happened=(PULLED,))) == Unmet(
        (Finding(field="object", expected="image pull httpd", found="image pull nginx", subject="engine"),)
    )
