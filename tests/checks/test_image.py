"""The check kind `image`."""

import pytest

from labrunner.checks.amount import Amount
from labrunner.checks.config import ConfigExpectation
from labrunner.checks.evidence import Answer, Failed, Probe
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.image import ImageCheck
from labrunner.checks.inside import FileInside
from labrunner.checks.pattern import Pattern
from labrunner.checks.verdict import Met, Unknown, Unmet
from labrunner.engine.facts import HistoryEntry, Image, ImageConfig
from labrunner.engine.protocol import FileInImage, ImageHistory, InspectImage
from tests.checks.seeing import ALPINE, ALPINE_ID, NGINX, NGINX_ID, WEB_ID, container, image, seeing

MINE = "localhost:5001/ana/nginx:latest"
WEB = image("lab-web:latest")
INSPECTED: dict[Probe, Answer] = {
    InspectImage("lab-web:latest"): Image(
        id=WEB_ID,
        layers=("sha256:l1", "sha256:l2", "sha256:l3"),
        config=ImageConfig(cmd=("nginx", "-g", "daemon off;"), ports=("80/tcp",), workdir="/app"),
    ),
    InspectImage("alpine:3.24"): Image(id=ALPINE_ID, layers=("sha256:l1",)),
    InspectImage("nginx:1.31-alpine"): Image(id=NGINX_ID, layers=("sha256:l1", "sha256:n2")),
}


def test_an_image_is_found_by_any_spelling_of_its_name() -> None:
    for name in ("lab-web", "lab-web:latest", "docker.io/library/lab-web"):
        verdict = ImageCheck(name=name).judge(seeing(WEB))

        assert verdict == Met(
            (
                Finding(
                    field="name",
                    expected="lab-web:latest",
                    found="lab-web:latest",
                    subject="image lab-web:latest",
                ),
            )
        )


def test_an_image_is_found_by_its_id_and_by_its_digest() -> None:
    pulled = image("nginx:latest", digests=(f"nginx@sha256:{'d' * 64}",))

    assert isinstance(ImageCheck(name="c3c3c3c3c3c3").judge(seeing(pulled)), Met)
    assert isinstance(ImageCheck(name=WEB_ID).judge(seeing(pulled)), Met)
    assert isinstance(ImageCheck(name=f"nginx@sha256:{'d' * 64}").judge(seeing(pulled)), Met)
    assert isinstance(ImageCheck(name=f"nginx:1.31@sha256:{'d' * 64}").judge(seeing(pulled)), Met)
    assert isinstance(ImageCheck(name=f"nginx@sha256:{'e' * 64}").judge(seeing(pulled)), Unmet)


def test_a_missing_image_is_named() -> None:
    assert ImageCheck(name="db").judge(seeing()) == Unmet(
        (Finding(field="name", expected="db:latest", found=None, subject="image db:latest"),)
    )


def test_a_second_name_for_an_image_that_is_there_takes_one_command() -> None:
    verdict = ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine").judge(seeing(NGINX))

    assert verdict == Unmet(
        (
            Finding(
                field="name",
                expected=MINE,
                found=None,
                subject=f"image {MINE}",
                remedy=f"docker image tag nginx:1.31-alpine {MINE}",
            ),
        )
    )


def test_a_missing_source_is_told_beside_the_missing_name() -> None:
    verdict = ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine").judge(seeing(ALPINE))

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.expected, each.found) for each in verdict.findings] == [
        ("name", MINE, None),
        ("same_image_as", "nginx:1.31-alpine", None),
    ]


def test_the_right_image_under_another_name_is_a_near_miss() -> None:
    tagged = image("nginx:1.31-alpine", "ana/nginx:latest", id=NGINX_ID)

    verdict = ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine").judge(seeing(tagged))

    assert isinstance(verdict, Unmet)
    assert verdict.near == NearMiss(
        subject="image ana/nginx:latest",
        finding=Finding(
            field="name",
            expected=MINE,
            found="ana/nginx:latest",
            subject="image ana/nginx:latest",
            remedy=f"docker image tag ana/nginx:latest {MINE}",
        ),
    )


def test_another_tag_of_the_source_is_no_near_miss() -> None:
    pulled = image("nginx:1.31-alpine", "nginx:1.31.6-alpine", id=NGINX_ID)

    verdict = ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine").judge(seeing(pulled))

    assert isinstance(verdict, Unmet)
    assert verdict.near is None


def test_swapped_arguments_of_tag_are_a_near_miss() -> None:
    verdict = ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine").judge(
        seeing(NGINX, ran=("docker tag localhost:5001/ana/nginx nginx:1.31-alpine",))
    )

    assert isinstance(verdict, Unmet)
    assert verdict.near is not None
    assert verdict.near.finding.field == "tag_order"
    assert verdict.near.finding.remedy == f"docker image tag nginx:1.31-alpine {MINE}"


def test_only_the_last_tag_can_have_its_names_swapped() -> None:
    ran = ("docker tag localhost:5001/ana/nginx nginx:1.31-alpine", f"docker tag nginx:1.31 {MINE}:1.0")
    verdict = ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine").judge(seeing(NGINX, ran=ran))

    assert isinstance(verdict, Unmet)
    assert verdict.near is None


def test_the_right_repository_with_another_tag_is_a_near_miss_without_a_remedy() -> None:
    verdict = ImageCheck(name="nginx:1.31").judge(seeing(image("nginx:latest"), ALPINE))

    assert isinstance(verdict, Unmet)
    assert verdict.near == NearMiss(
        subject="image nginx:latest",
        finding=Finding(
            field="name", expected="nginx:1.31", found="nginx:latest", subject="image nginx:latest"
        ),
    )


def test_a_misspelled_name_is_a_near_miss() -> None:
    verdict = ImageCheck(name="lab-web").judge(seeing(image("lba-web:latest"), ALPINE))

    assert isinstance(verdict, Unmet)
    assert verdict.near is not None
    assert verdict.near.finding.found == "lba-web:latest"


def test_an_image_that_fits_all_but_the_name_may_be_tagged() -> None:
    verdict = ImageCheck(name="lab-web", smaller_than="10MB").judge(
        seeing(image("custom:latest", size=5_000_000))
    )

    assert isinstance(verdict, Unmet)
    assert verdict.near is not None
    assert verdict.near.finding.remedy == "docker image tag custom:latest lab-web:latest"


def test_an_image_that_should_be_gone() -> None:
    check = ImageCheck(name="lab-web", exists=False)

    assert isinstance(check.judge(seeing(ALPINE)), Met)
    assert check.judge(seeing(WEB)) == Unmet(
        (
            Finding(
                field="exists",
                expected="absent",
                found="present",
                subject="image lab-web:latest",
                remedy="docker image rm lab-web:latest",
            ),
        )
    )


def test_containers_stand_in_the_way_of_removing_the_last_name() -> None:
    verdict = ImageCheck(name="lab-web", exists=False).judge(
        seeing(WEB, container("web", of="lab-web", image_id=WEB_ID))
    )

    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].remedy == "docker container rm --force web && docker image rm lab-web:latest"


def test_a_name_that_stands_for_another_image() -> None:
    verdict = ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine").judge(
        seeing(NGINX, image(MINE, "alpine:3.24", id=ALPINE_ID))
    )

    assert verdict == Unmet(
        (
            Finding(
                field="same_image_as",
                expected="nginx:1.31-alpine",
                found="alpine:3.24",
                subject=f"image {MINE}",
                remedy=f"docker image tag nginx:1.31-alpine {MINE}",
            ),
        )
    )


def test_a_name_that_should_stand_for_another_image() -> None:
    check = ImageCheck(name=MINE, other_image_than="nginx:1.31-alpine")

    assert isinstance(check.judge(seeing(NGINX, image(MINE, id=ALPINE_ID))), Met)
    verdict = check.judge(seeing(image("nginx:1.31-alpine", MINE, id=NGINX_ID)))
    assert isinstance(verdict, Unmet)
    assert (verdict.findings[0].field, verdict.findings[0].found) == ("other_image_than", "nginx:1.31-alpine")


@pytest.mark.parametrize(
    ("check", "field", "found"),
    [
        (ImageCheck(name="lab-web", shares_layers_with="nginx:1.31-alpine"), "shares_layers_with", "1 of 2"),
        (ImageCheck(name="lab-web", same_layers_as="alpine:3.24"), "same_layers_as", "1 of 1"),
        (ImageCheck(name="lab-web", layers=Amount.read("7")), "layers", "3"),
        (ImageCheck(name="lab-web", smaller_than="nginx:1.31-alpine"), "smaller_than", "60MB"),
        (ImageCheck(name="lab-web", smaller_than="50MB"), "smaller_than", "60MB"),
        (ImageCheck(name="lab-web", larger_than="1GB"), "larger_than", "60MB"),
        (ImageCheck(name="lab-web", size=Amount.read("< 20MB")), "size", "60MB"),
        (ImageCheck(name="lab-web", digest="sha256:x"), "digest", None),
        (ImageCheck(name="lab-web", dangling=True), "dangling", "lab-web:latest"),
        (
            ImageCheck(
                name="lab-web",
                shares_layers_with="nginx:1.31-alpine",
                shared_layers=Amount.read("2"),
            ),
            "shared_layers",
            "1",
        ),
        (
            ImageCheck(
                name="lab-web",
                shares_layers_with="nginx:1.31-alpine",
                new_layers=Amount.read("1"),
            ),
            "new_layers",
            "2",
        ),
        (
            ImageCheck(name="lab-web", config=ConfigExpectation(cmd=("node", "server.js"))),
            "config.cmd",
            '["nginx", "-g", "daemon off;"]',
        ),
        (ImageCheck(name="lab-web", config=ConfigExpectation(ports=("3000",))), "config.ports", "80/tcp"),
        (
            ImageCheck(name="lab-web", config=ConfigExpectation(workdir="/usr/src/app")),
            "config.workdir",
            "/app",
        ),
        (ImageCheck(name="lab-web", config=ConfigExpectation(user="node")), "config.user", None),
    ],
)
def test_each_field_that_differs_has_a_finding(check: ImageCheck, field: str, found: str | None) -> None:
    verdict = check.judge(seeing(WEB, NGINX, ALPINE, answers=INSPECTED))

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.found) for each in verdict.findings] == [(field, found)]


@pytest.mark.parametrize(
    "check",
    [
        ImageCheck(name="lab-web", shares_layers_with="alpine:3.24"),
        ImageCheck(name="lab-web", shares_layers_with="nginx:1.31-alpine", shared_layers=Amount.read("1")),
        ImageCheck(name="lab-web", shares_layers_with="nginx:1.31-alpine", new_layers=Amount.read("2")),
        ImageCheck(name="lab-web", layers=Amount.read(">= 2")),
        ImageCheck(name="lab-web", larger_than="nginx:1.31-alpine"),
        ImageCheck(name="lab-web", size=Amount.read("60MB")),
        ImageCheck(name="lab-web", dangling=False),
        ImageCheck(name="lab-web", config=ConfigExpectation(cmd=("nginx -g daemon off;",), form="exec")),
        ImageCheck(name="lab-web", config=ConfigExpectation(ports=("80",), workdir="/app/")),
    ],
)
def test_each_field_that_is_right_holds(check: ImageCheck) -> None:
    assert isinstance(check.judge(seeing(WEB, NGINX, ALPINE, answers=INSPECTED)), Met)


def test_an_image_to_compare_with_that_is_not_there_is_told() -> None:
    verdict = ImageCheck(name="lab-web", shares_layers_with="alpine:3.24", smaller_than="nginx").judge(
        seeing(WEB, answers=INSPECTED)
    )

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.expected, each.found) for each in verdict.findings] == [
        ("smaller_than", "nginx:latest", None),
        ("shares_layers_with", "alpine:3.24", None),
    ]


def test_history_and_files_are_looked_into() -> None:
    answers: dict[Probe, Answer] = {
        ImageHistory("lab-web:latest"): (
            HistoryEntry(created_by='CMD ["httpd"]'),
            HistoryEntry(created_by="RUN x"),
        ),
        FileInImage("lab-web:latest", "/www/index.html"): b"\n<h1>Hello Ana</h1>\n",
    }
    seen = seeing(WEB, answers=answers)

    assert isinstance(ImageCheck(name="lab-web", history=Pattern.read("RUN x")).judge(seen), Met)
    verdict = ImageCheck(
        name="lab-web",
        history=Pattern.read("COPY"),
        contains_file=FileInside(path="/www/index.html", text=Pattern.read("Hello Bo")),
    ).judge(seen)
    assert isinstance(verdict, Unmet)
    assert [(each.field, each.expected, each.found) for each in verdict.findings] == [
        ("history", "COPY", None),
        ("contains_file.text", "Hello Bo", "<h1>Hello Ana</h1>"),
    ]


def test_a_file_that_must_not_be_in_the_image() -> None:
    check = ImageCheck(name="lab-web", contains_file=FileInside(path="/app/secret.txt", exists=False))

    there: dict[Probe, Answer] = {FileInImage("lab-web:latest", "/app/secret.txt"): b"x"}
    gone: dict[Probe, Answer] = {FileInImage("lab-web:latest", "/app/secret.txt"): None}
    assert isinstance(check.judge(seeing(WEB, answers=gone)), Met)
    verdict = check.judge(seeing(WEB, answers=there))
    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].field == "contains_file.exists"


def test_single_quotes_in_cmd_are_told_by_the_shell_form_they_make() -> None:
    config = ImageConfig(cmd=("/bin/sh", "-c", "['httpd', '-f']"))
    answers: dict[Probe, Answer] = {InspectImage("lab-web:latest"): Image(id=WEB_ID, config=config)}

    verdict = ImageCheck(name="lab-web", config=ConfigExpectation(form="exec")).judge(
        seeing(WEB, answers=answers)
    )

    assert verdict == Unmet(
        (
            Finding(
                field="config.form",
                expected="exec",
                found="shell",
                subject="image lab-web:latest",
                remedy='Use double quotes: ["httpd", "-f"]',
            ),
        )
    )


@pytest.mark.parametrize(
    "check",
    [
        ImageCheck(name="lab-web"),
        ImageCheck(name="lab-web", exists=False),
        ImageCheck(name="lab-web", same_image_as="nginx:1.31-alpine", other_image_than="alpine:3.24"),
        ImageCheck(name="lab-web", smaller_than="nginx:1.31-alpine", size=Amount.read("7"), digest="x"),
    ],
)
def test_what_one_look_shows_needs_no_probe(check: ImageCheck) -> None:
    assert check.probes(seeing(WEB, NGINX, ALPINE)) == ()


def test_only_what_a_check_asks_for_is_probed() -> None:
    check = ImageCheck(name="lab-web", shares_layers_with="alpine:3.24", history=Pattern.read("RUN"))

    assert check.probes(seeing(WEB, ALPINE)) == (
        InspectImage("lab-web:latest"),
        InspectImage("alpine:3.24"),
        ImageHistory("lab-web:latest"),
    )
    assert check.probes(seeing(WEB)) == (InspectImage("lab-web:latest"), ImageHistory("lab-web:latest"))
    assert check.probes(seeing(ALPINE)) == ()


def test_a_probe_that_failed_leaves_it_unknown_unless_something_else_differs_for_sure() -> None:
    failed: dict[Probe, Answer] = {InspectImage("lab-web:latest"): Failed("The engine stopped answering.")}

    assert ImageCheck(name="lab-web", layers=Amount.read("3")).judge(seeing(WEB, answers=failed)) == Unknown(
        "The engine stopped answering."
    )
    assert isinstance(
        ImageCheck(name="lab-web", layers=Amount.read("3"), larger_than="1GB").judge(
            seeing(WEB, answers=failed)
        ),
        Unmet,
    )


def test_combinations_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot stand beside"):
        ImageCheck(name="x", exists=False, same_image_as="y")
    with pytest.raises(ValueError, match="add `shares_layers_with`"):
        ImageCheck(name="x", shared_layers=Amount.read("1"))
    with pytest.raises(ValueError, match="`new_layers` counts"):
        ImageCheck(name="x", new_layers=Amount.read("1"))
    with pytest.raises(ValueError, match="begins with `/`"):
        FileInside(path="app/x")
