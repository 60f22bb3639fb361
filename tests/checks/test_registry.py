"""The check kinds `registry` and `login`."""

import pytest

from labrunner.checks.evidence import Answer, Failed, ListTags, ManifestAnswer, Probe, ReadLogin, ReadManifest
from labrunner.checks.finding import Finding
from labrunner.checks.login import LoginCheck
from labrunner.checks.registry import RegistryCheck
from labrunner.checks.verdict import Met, Unknown, Unmet
from tests.checks.seeing import image, seeing

REPOSITORY = "localhost:5001/ana/nginx"
LATEST, TESTING = ReadManifest(f"{REPOSITORY}:latest"), ReadManifest(f"{REPOSITORY}:testing")
CHECK = RegistryCheck(name=REPOSITORY, tags=("latest", "testing"), same_digest_as=f"{REPOSITORY}:testing")
ONE, TWO = ManifestAnswer(digest=f"sha256:{'1' * 64}"), ManifestAnswer(digest=f"sha256:{'2' * 64}")


def holding(**tags: ManifestAnswer) -> dict[Probe, Answer]:
    """The registry with these tags of the repository."""
    found: dict[Probe, Answer] = {ListTags(REPOSITORY): tuple(tags) or None}
    for probe, tag in ((LATEST, "latest"), (TESTING, "testing")):
        found[probe] = tags.get(tag)
    return found


def test_only_what_the_check_is_about_is_asked() -> None:
    assert CHECK.probes(seeing()) == (LATEST, TESTING, ListTags(REPOSITORY))
    assert RegistryCheck(name="ana/web:1.0").probes(seeing()) == (ReadManifest("docker.io/ana/web:1.0"),)


def test_two_tags_of_one_image() -> None:
    assert isinstance(CHECK.judge(seeing(answers=holding(latest=ONE, testing=ONE))), Met)


def test_two_tags_that_should_be_one_image() -> None:
    verdict = CHECK.judge(seeing(answers=holding(latest=ONE, testing=TWO)))

    assert verdict == Unmet(
        (
            Finding(
                field="same_digest_as",
                expected=f"{REPOSITORY}:testing",
                found="sha256:111111111111",
                subject=f"image {REPOSITORY}:latest",
            ),
        )
    )


def test_a_tag_that_is_here_but_was_not_pushed() -> None:
    verdict = CHECK.judge(seeing(image(f"{REPOSITORY}:testing"), answers=holding(latest=ONE)))

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.expected, each.found, each.remedy) for each in verdict.findings] == [
        ("tags", "testing", "latest", f"docker image push {REPOSITORY}:testing"),
        ("same_digest_as", f"{REPOSITORY}:testing", None, f"docker image push {REPOSITORY}:testing"),
    ]


def test_an_image_that_was_never_pushed() -> None:
    check = RegistryCheck(name=REPOSITORY)

    here = check.judge(seeing(image(f"{REPOSITORY}:latest"), answers=holding()))
    gone = check.judge(seeing(answers=holding()))

    assert isinstance(here, Unmet)
    assert here.findings[0].remedy == f"docker image push {REPOSITORY}:latest"
    assert gone == Unmet(
        (Finding(field="name", expected=f"{REPOSITORY}:latest", subject=f"image {REPOSITORY}:latest"),)
    )


def test_an_image_that_should_not_be_in_the_registry() -> None:
    check = RegistryCheck(name=REPOSITORY, exists=False)

    assert isinstance(check.judge(seeing(answers=holding())), Met)
    assert isinstance(check.judge(seeing(answers=holding(latest=ONE))), Unmet)


def test_two_tags_that_should_be_two_images() -> None:
    check = RegistryCheck(name=REPOSITORY, other_digest_than=f"{REPOSITORY}:testing")

    assert isinstance(check.judge(seeing(answers=holding(latest=ONE, testing=TWO))), Met)
    assert isinstance(check.judge(seeing(answers=holding(latest=ONE, testing=ONE))), Unmet)


def test_a_registry_that_does_not_answer_leaves_it_unknown() -> None:
    failed: dict[Probe, Answer] = {LATEST: Failed("Nothing listens at localhost:5001.")}

    assert RegistryCheck(name=REPOSITORY).judge(seeing(answers=failed)) == Unknown(
        "Nothing listens at localhost:5001."
    )


def test_what_is_no_image_name_is_refused() -> None:
    with pytest.raises(ValueError, match="is not an image name: .*must be lowercase"):
        RegistryCheck(name="localhost:5001/Ana/nginx")
    with pytest.raises(ValueError, match="cannot stand beside"):
        RegistryCheck(name=REPOSITORY, exists=False, tags=("x",))


def test_being_logged_in_or_out() -> None:
    host = ReadLogin("localhost:5001")

    inside, outside = (
        LoginCheck(registry="localhost:5001"),
        LoginCheck(registry="localhost:5001", logged_in=False),
    )

    assert inside.probes(seeing()) == (host,)
    assert isinstance(inside.judge(seeing(answers={host: True})), Met)
    assert isinstance(outside.judge(seeing(answers={host: False})), Met)
    assert inside.judge(seeing(answers={host: False})) == Unmet(
        (
            Finding(
                field="logged_in",
                expected="logged in",
                found="not logged in",
                subject="registry localhost:5001",
                remedy="docker login localhost:5001",
            ),
        )
    )
    verdict = outside.judge(seeing(answers={host: True}))
    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].remedy == "docker logout localhost:5001"
    assert isinstance(inside.judge(seeing(answers={host: Failed("no")})), Unknown)
