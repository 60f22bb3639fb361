"""The check kind `http`."""

import pytest

from labrunner.checks.evidence import Answer, Failed, Fetch, HttpAnswer, Probe
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.http import HttpCheck
from labrunner.checks.pattern import Pattern
from labrunner.checks.verdict import Met, Unknown, Unmet
from tests.checks.seeing import container, port, seeing

URL = "http://localhost:8080/"
CHECK = HttpCheck(url=URL, contains=Pattern("Hello Ana"), header={"Content-Type": "text/html*"})
FETCH = Fetch(URL, 5.0, 200, "Hello Ana")


def page(body: str, status: int = 200) -> dict[Probe, Answer]:
    return {FETCH: HttpAnswer(status=status, headers={"content-type": "text/html; charset=utf-8"}, body=body)}


def test_the_probe_says_what_it_waits_for() -> None:
    assert CHECK.probes(seeing()) == (FETCH,)
    assert HttpCheck(url=URL, contains=Pattern("/a|b/"), status=404, within=1.0).probes(seeing()) == (
        Fetch(URL, 1.0, 404, ""),
    )


def test_a_page_that_is_as_it_should_be() -> None:
    assert isinstance(CHECK.judge(seeing(answers=page("<h1>Hello Ana</h1>"))), Met)


def test_each_part_of_the_answer_that_differs_has_a_finding() -> None:
    other = HttpAnswer(status=404, headers={}, body="<html><title>404 Not\n Found</title></html>")

    assert CHECK.judge(seeing(answers={FETCH: other})) == Unmet(
        (
            Finding(field="status", expected="200", found="404", subject=URL),
            Finding(field="contains", expected="Hello Ana", found="404 Not Found", subject=URL),
            Finding(field="header", expected="Content-Type: text/html*", found=None, subject=URL),
        )
    )


def test_a_page_without_a_title_is_told_by_its_first_words() -> None:
    verdict = CHECK.judge(seeing(answers=page("<body><h1>It  works</h1></body>")))

    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].found == "It works"


def test_nothing_that_answers_is_told_with_the_container_on_another_port() -> None:
    verdict = CHECK.judge(seeing(container("web", ports=(port(80, 8080),)), answers={FETCH: None}))

    assert verdict == Unmet(
        (Finding(field="url", expected=URL, subject=URL),),
        NearMiss(
            subject="container web",
            finding=Finding(field="publishes", expected="8080", found="80:8080", subject="container web"),
        ),
    )


@pytest.mark.parametrize(
    "things",
    [
        (),
        (container("web", ports=(port(8080, 80),)),),
        (container("a", ports=(port(1, 1),)), container("b", ports=(port(2, 2),))),
    ],
)
def test_no_container_is_named_where_it_is_not_certain(things: tuple[object, ...]) -> None:
    verdict = CHECK.judge(seeing(*things, answers={FETCH: None}))  # type: ignore[arg-type]

    assert isinstance(verdict, Unmet)
    assert verdict.near is None


def test_a_request_that_could_not_be_made_is_unknown() -> None:
    assert CHECK.judge(seeing(answers={FETCH: Failed("No route.")})) == Unknown("No route.")


def test_values_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="begins with http"):
        HttpCheck(url="localhost:8080")
    with pytest.raises(ValueError, match="between 0 and 60"):
        HttpCheck(url=URL, within=600.0)
