"""The check kind `container`."""

from typing import Any

import pytest

from labrunner.checks.amount import Amount
from labrunner.checks.container import ContainerCheck
from labrunner.checks.evidence import Answer, Failed, Probe
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.pattern import Pattern
from labrunner.checks.verdict import Met, Unknown, Unmet
from labrunner.engine.facts import Change, Container, ContainerState, Mount
from labrunner.engine.protocol import ContainerChanges, ContainerLogs, InspectContainer
from tests.checks.seeing import ALPINE, NGINX, NGINX_ID, WEB_ID, container, image, port, seeing

WEB = container("web", ports=(port(8080, 80),))
CHECK = ContainerCheck(name="web", of="nginx:1.31-alpine", publishes=("8080:80",))


def inspected(name: str = "web", *, of: str = "nginx:1.31-alpine", **facts: object) -> dict[Probe, Answer]:
    return {
        InspectContainer(name): Container(
            **{"id": f"id-of-{name}", "name": name, "image": of, "image_id": NGINX_ID, "state": "running"}
            | facts  # type: ignore[arg-type]
        )
    }


def test_a_running_container_that_is_all_it_should_be() -> None:
    assert CHECK.judge(seeing(NGINX, WEB)) == Met(
        (
            Finding(field="name", expected="web", found="web", subject="container web"),
            Finding(
                field="of", expected="nginx:1.31-alpine", found="nginx:1.31-alpine", subject="container web"
            ),
            Finding(field="state", expected="running", found="running", subject="container web"),
            Finding(field="publishes", expected="8080:80", found="8080:80", subject="container web"),
        )
    )


def test_what_one_look_shows_needs_no_probe() -> None:
    assert CHECK.probes(seeing(NGINX, WEB)) == ()
    assert ContainerCheck(of="nginx:1.31-alpine").probes(seeing(NGINX, WEB)) == ()
    assert ContainerCheck(name="web", state="absent").probes(seeing(NGINX, WEB)) == ()
    assert ContainerCheck(name="web", state="exited").probes(seeing(NGINX, WEB)) == ()


def test_a_missing_container_is_named() -> None:
    assert ContainerCheck(name="db").judge(seeing(WEB)) == Unmet(
        (Finding(field="name", expected="db", found=None, subject="container db"),)
    )


def test_the_right_container_under_another_name_may_be_renamed() -> None:
    verdict = CHECK.judge(seeing(NGINX, container("web1", ports=(port(8080, 80),)), container("db")))

    assert isinstance(verdict, Unmet)
    assert verdict.near == NearMiss(
        subject="container web1",
        finding=Finding(
            field="name",
            expected="web",
            found="web1",
            subject="container web1",
            remedy="docker container rename web1 web",
        ),
    )


def test_the_right_container_under_another_name_is_asked_about_before_it_is_called_right() -> None:
    check = ContainerCheck(name="web", of="nginx:1.31-alpine", init=True)
    world = (NGINX, container("server"))

    assert check.probes(seeing(*world)) == (InspectContainer("server"),)
    right = check.judge(seeing(*world, answers=inspected("server", init=True)))
    wrong = check.judge(seeing(*world, answers=inspected("server", init=False)))
    assert isinstance(right, Unmet)
    assert right.near is not None
    assert right.near.finding.remedy == "docker container rename server web"
    assert isinstance(wrong, Unmet)
    assert wrong.near is None


def test_a_name_that_is_spelled_nearly_the_same_is_a_near_miss_without_a_remedy() -> None:
    verdict = ContainerCheck(name="lab-nginx").judge(seeing(container("lab-ngnix")))

    assert isinstance(verdict, Unmet)
    assert verdict.near is not None
    assert (verdict.near.finding.found, verdict.near.finding.remedy) == ("lab-ngnix", "")


def test_a_container_of_another_image() -> None:
    verdict = CHECK.judge(
        seeing(NGINX, container("web", of="httpd", image_id=WEB_ID, ports=(port(8080, 80),)))
    )

    assert isinstance(verdict, Unmet)
    assert verdict.findings == (
        Finding(field="of", expected="nginx:1.31-alpine", found="httpd:latest", subject="container web"),
    )
    assert verdict.near == NearMiss(subject="container web", finding=verdict.findings[0])


def test_another_name_of_the_same_image_counts() -> None:
    both = image("nginx:1.31-alpine", "my/nginx:latest", id=NGINX_ID)

    assert isinstance(
        ContainerCheck(name="web", of="nginx:1.31-alpine").judge(
            seeing(both, container("web", of="my/nginx"))
        ),
        Met,
    )


def test_a_container_of_an_image_whose_name_has_moved_on_is_of_another_image() -> None:
    verdict = ContainerCheck(name="web", of="lab-web").judge(
        seeing(image("lab-web:latest", id=WEB_ID), container("web", of=NGINX_ID, image_id=NGINX_ID))
    )

    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].found == "an image without a name (a1a1a1a1a1a1)"


@pytest.mark.parametrize(
    ("ports", "found"),
    [((port(80, 8080),), "80:8080"), ((port(9090, 80),), "9090:80"), ((), None)],
    ids=["the wrong way round", "another port", "none"],
)
def test_a_wrong_port_may_be_mended_by_running_it_again(ports: tuple[object, ...], found: str | None) -> None:
    verdict = CHECK.judge(seeing(NGINX, container("web", ports=ports)))  # type: ignore[arg-type]

    assert isinstance(verdict, Unmet)
    assert verdict.findings == (
        Finding(
            field="publishes",
            expected="8080:80",
            found=found,
            subject="container web",
            remedy="docker container rm --force web && "
            "docker container run --detach --name web --publish 8080:80 nginx:1.31-alpine",
        ),
    )


def test_a_port_that_was_taken_is_told_with_who_has_it() -> None:
    error = "driver failed: Bind for 0.0.0.0:8080 failed: port is already allocated"
    world = (NGINX, container("web", state="created"), container("old", ports=(port(8080, 80),)))

    assert CHECK.probes(seeing(*world)) == (InspectContainer("web"),)
    verdict = CHECK.judge(
        seeing(*world, answers=inspected(state="created", error=error, asked_ports=(port(8080, 80),)))
    )
    assert isinstance(verdict, Unmet)
    assert verdict.findings == (
        Finding(
            field="state",
            expected="running",
            found="created",
            subject="container web",
            remedy="docker container start web",
        ),
        Finding(
            field="state.error",
            expected="no error",
            found=error,
            subject="container web",
            remedy="docker container stop old && docker container start web",
        ),
    )


def test_a_container_that_ended_is_told_with_its_exit_status() -> None:
    world = (NGINX, container("web", state="exited"))
    answers = inspected(state="exited", exit_status=1, asked_ports=(port(8080, 80),))

    verdict = CHECK.judge(seeing(*world, answers=answers))

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.found) for each in verdict.findings] == [
        ("state", "exited, with exit status 1")
    ]


@pytest.mark.parametrize(
    ("check", "facts", "field", "found"),
    [
        (ContainerCheck(name="web", init=True), {"init": False}, "init", "without --init"),
        (ContainerCheck(name="web", health="healthy"), {"health": "starting"}, "health", "starting"),
        (ContainerCheck(name="web", health="healthy"), {}, "health", None),
        (ContainerCheck(name="web", env=("PORT=80",)), {"env": ("PORT=3000",)}, "env", "PORT=3000"),
        (ContainerCheck(name="web", env=("PORT",)), {"env": ("PORTS=1",)}, "env", None),
        (
            ContainerCheck(name="web", mounts=("data:/data",)),
            {"mounts": (Mount(kind="volume", target="/data", source="other"),)},
            "mounts",
            "other:/data",
        ),
        (
            ContainerCheck(name="web", mounts=("/data:ro",)),
            {"mounts": (Mount(kind="bind", target="/data", source="/srv"),)},
            "mounts",
            "/srv:/data",
        ),
        (
            ContainerCheck(name="web", exit_status=Amount.read("!= 137"), state="running"),
            {},
            "exit_status",
            None,
        ),
        (ContainerCheck(name="web", error=Pattern.read("allocated")), {"error": "no"}, "error", "no"),
    ],
)
def test_each_inspected_field_that_differs_has_a_finding(
    check: ContainerCheck, facts: dict[str, Any], field: str, found: str | None
) -> None:
    verdict = check.judge(seeing(NGINX, WEB, answers=inspected(**facts)))

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.found) for each in verdict.findings] == [(field, found)]
    assert check.probes(seeing(NGINX, WEB)) == (InspectContainer("web"),)


@pytest.mark.parametrize(
    ("check", "facts"),
    [
        (ContainerCheck(name="web", init=False), {}),
        (ContainerCheck(name="web", health="healthy"), {"health": "healthy"}),
        (ContainerCheck(name="web", env=("PORT=*", "HOME")), {"env": ("PORT=3000", "HOME=/")}),
        (
            ContainerCheck(name="web", mounts=("/data", "vol:/data")),
            {"mounts": (Mount(kind="volume", target="/data", source="vol"),)},
        ),
        (
            ContainerCheck(name="web", exit_status=Amount.read("0")),
            {"state": "exited", "exit_status": 0},
        ),
        (ContainerCheck(name="web", error=Pattern.read("allocated")), {"error": "port is allocated"}),
    ],
)
def test_each_inspected_field_that_is_right_holds(check: ContainerCheck, facts: dict[str, Any]) -> None:
    state: ContainerState = facts.get("state", "running")

    verdict = check.judge(seeing(NGINX, container("web", state=state), answers=inspected(**facts)))

    assert isinstance(verdict, Met)


def test_changes_and_logs_are_looked_into() -> None:
    answers: dict[Probe, Answer] = {
        ContainerChanges("web"): (Change(kind="C", path="/etc"), Change(kind="A", path="/scratch")),
        ContainerLogs("web"): "starting\nready to serve\n",
    }
    check = ContainerCheck(name="web", changes=("A /scratch",), logs=Pattern.read("ready"))
    other = ContainerCheck(name="web", changes=("C /scratch", "A /x"), logs=Pattern.read("done"))

    assert check.probes(seeing(WEB)) == (ContainerChanges("web"), ContainerLogs("web"))
    assert isinstance(check.judge(seeing(WEB, answers=answers)), Met)
    verdict = other.judge(seeing(WEB, answers=answers))
    assert isinstance(verdict, Unmet)
    assert [(each.field, each.expected, each.found) for each in verdict.findings] == [
        ("changes", "C /scratch", "A /scratch"),
        ("changes", "A /x", None),
        ("logs", "done", "ready to serve"),
    ]


def test_a_container_that_should_be_gone() -> None:
    check = ContainerCheck(name="web", state="absent")

    assert isinstance(check.judge(seeing(container("db"))), Met)
    assert check.judge(seeing(WEB)) == Unmet(
        (
            Finding(
                field="state",
                expected="absent",
                found="running",
                subject="container web",
                remedy="docker container rm --force web",
            ),
        )
    )


def test_all_containers_of_an_image_that_should_be_gone_are_told() -> None:
    verdict = ContainerCheck(of="nginx:1.31-alpine", state="absent").judge(
        seeing(NGINX, WEB, container("old", state="exited"), container("sh", of="alpine", image_id="x"))
    )

    assert isinstance(verdict, Unmet)
    assert [each.remedy for each in verdict.findings] == [
        "docker container rm --force web",
        "docker container rm old",
    ]


def test_without_a_name_the_container_that_fits_best_is_told() -> None:
    check = ContainerCheck(of="nginx:1.31-alpine", publishes=("8080:80",), init=True)
    world = (NGINX, container("a", ports=(port(9090, 80),)), WEB)
    answers = inspected("a", init=False) | inspected("web", init=False)

    verdict = check.judge(seeing(*world, answers=answers))

    assert isinstance(verdict, Unmet)
    assert verdict.findings == (
        Finding(field="init", expected="with --init", found="without --init", subject="container web"),
    )


def test_one_container_that_fits_is_enough() -> None:
    check = ContainerCheck(of="nginx:1.31-alpine", publishes=("8080:80",))

    assert isinstance(check.judge(seeing(NGINX, container("a"), WEB)), Met)


def test_a_container_of_another_image_on_the_right_port_is_told() -> None:
    verdict = ContainerCheck(of="lab-web", publishes=("8080:80",)).judge(seeing(NGINX, ALPINE, WEB))

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.found) for each in verdict.findings] == [("of", "nginx:1.31-alpine")]


def test_no_container_of_an_image_at_all() -> None:
    verdict = ContainerCheck(of="lab-web").judge(seeing(NGINX, WEB))

    assert verdict == Unmet(
        (
            Finding(
                field="of",
                expected="lab-web:latest",
                found=None,
                subject="container of lab-web:latest",
            ),
        )
    )


def test_containers_are_found_by_label() -> None:
    labelled = container("web", labels={"labrunner.lesson": "layers"})

    assert isinstance(ContainerCheck(label="labrunner.lesson=layers").judge(seeing(labelled)), Met)
    assert isinstance(ContainerCheck(label="labrunner.lesson").judge(seeing(labelled)), Met)
    verdict = ContainerCheck(name="web", label="labrunner.lesson=hub").judge(seeing(labelled))
    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].found == "labrunner.lesson=layers"


def test_containers_are_counted() -> None:
    two = ContainerCheck(of="nginx:1.31-alpine", state="running", count=Amount.read("2"))

    assert isinstance(two.judge(seeing(NGINX, WEB, container("b"), container("c", state="exited"))), Met)
    verdict = two.judge(seeing(NGINX, WEB))
    assert verdict == Unmet(
        (Finding(field="count", expected="2", found="1", subject="container of nginx:1.31-alpine"),)
    )
    none = ContainerCheck(label="x", count=Amount.read("0"))
    assert isinstance(none.judge(seeing(WEB)), Met)


def test_a_probe_that_failed_leaves_it_unknown() -> None:
    failed: dict[Probe, Answer] = {InspectContainer("web"): Failed("The engine is gone.")}

    verdict = ContainerCheck(name="web", init=True).judge(seeing(WEB, answers=failed))

    assert verdict == Unknown("The engine is gone.")


def test_the_publishing_of_a_stopped_container_is_what_was_asked_for() -> None:
    check = ContainerCheck(name="web", state="exited", publishes=("8080:80",))
    world = (NGINX, container("web", state="exited"))

    assert check.probes(seeing(*world)) == (InspectContainer("web"),)
    answers = inspected(state="exited", asked_ports=(port(8080, 80),))
    assert isinstance(check.judge(seeing(*world, answers=answers)), Met)


def test_checks_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="Say which container"):
        ContainerCheck(state="running")
    with pytest.raises(ValueError, match='"eighty" is not a published port'):
        ContainerCheck(name="web", publishes=("eighty",))
    with pytest.raises(ValueError, match="cannot stand beside"):
        ContainerCheck(name="web", state="absent", publishes=("80",))
