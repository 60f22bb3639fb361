"""A step's checks judged together."""

from dataclasses import dataclass

from labrunner.checks.combined import AllCheck, AnyCheck
from labrunner.checks.container import ContainerCheck
from labrunner.checks.evidence import Evidence, Fetch, HttpAnswer, Probe, ReadFile
from labrunner.checks.file import FileCheck
from labrunner.checks.finding import Finding
from labrunner.checks.http import HttpCheck
from labrunner.checks.image import ImageCheck
from labrunner.checks.judging import WAITING, judge_all, judged, probes_for
from labrunner.checks.verdict import Met, Unknown, Unmet, Verdict
from tests.checks.seeing import NGINX, container, image, placed, port, seeing

IMAGE = placed("image", ImageCheck(name="lab-web"))
WEB = image("lab-web:latest")
NO_IMAGE = Unmet((Finding(field="name", expected="lab-web:latest", subject="image lab-web:latest"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    def probes(self, seen: Evidence) -> tuple[Probe, ...]:
        raise OSError("no")

    def judge(self, seen: Evidence) -> Verdict:
        raise ZeroDivisionError("division by zero")


def test_verdicts_come_by_id_in_the_order_of_the_step() -> None:
    file = placed("file", FileCheck(path="a"))

    verdicts = judge_all((file, IMAGE), seeing(answers={ReadFile("a"): b""}), frozenset())

    assert list(verdicts) == ["file-1", "image-1"]
    assert isinstance(verdicts["file-1"], Met)
    assert verdicts["image-1"] == NO_IMAGE


def test_a_check_that_was_met_stays_met_unless_it_has_to_hold_now() -> None:
    now = placed("image", ImageCheck(name="lab-web"), id="now", holds="now")

    verdicts = judge_all((IMAGE, now), seeing(), frozenset({"image-1", "now"}))

    assert verdicts == {"image-1": Met(), "now": NO_IMAGE}


def test_a_check_for_another_engine_asks_nothing_of_this_learner() -> None:
    only = placed("image", ImageCheck(name="lab-web"), only="docker")

    assert judged(only, seeing(engine="practice")) == Met()
    assert judged(only, seeing(engine="docker")) == NO_IMAGE
    assert probes_for((placed("file", FileCheck(path="a"), only="docker"),), seeing(engine="practice")) == ()


def test_a_check_that_breaks_cannot_tell() -> None:
    broken = placed("broken", Broken())

    assert judged(broken, seeing()) == Unknown(
        "The check `broken` broke: ZeroDivisionError: division by zero"
    )
    assert probes_for((broken,), seeing()) == ()


def test_not_turns_a_verdict_round() -> None:
    negated = placed("image", ImageCheck(name="lab-web"), negated=True)

    assert judged(negated, seeing()) == Met()
    assert judged(negated, seeing(WEB)) == Unmet(
        (
            Finding(
                field="not.name",
                expected="lab-web:latest",
                found="lab-web:latest",
                subject="image lab-web:latest",
            ),
        )
    )
    assert isinstance(judged(placed("file", FileCheck(path="a"), negated=True), seeing()), Unknown)


def test_a_check_waits_for_the_one_it_needs_wherever_that_stands() -> None:
    page = placed("http", HttpCheck(url="http://localhost:8080"), needs="web")
    web = placed("container", ContainerCheck(name="web"), id="web")
    fetch = Fetch("http://localhost:8080", 5.0, 200, "")

    assert judge_all((page, web), seeing(), frozenset())["http-1"] is WAITING
    assert probes_for((page, web), seeing()) == ()
    assert probes_for((page, web), seeing(container("web"))) == (fetch,)
    answered = seeing(container("web"), answers={fetch: HttpAnswer(status=200)})
    assert isinstance(judge_all((page, web), answered, frozenset())["http-1"], Met)
    assert isinstance(judge_all((page, web), answered, frozenset({"web"}))["http-1"], Met)


def test_checks_that_need_each_other_do_not_wait_for_ever() -> None:
    one = placed("image", ImageCheck(name="lab-web"), id="one", needs="two")
    two = placed("image", ImageCheck(name="lab-web"), id="two", needs="one")

    assert set(judge_all((one, two), seeing(WEB), frozenset())) == {"one", "two"}


def test_a_need_that_is_no_check_of_the_step_is_no_obstacle() -> None:
    assert isinstance(judged(placed("image", ImageCheck(name="lab-web"), needs="gone"), seeing(WEB)), Met)


def test_each_probe_is_asked_once_and_none_twice() -> None:
    checks = (
        placed("file", FileCheck(path="a"), id="1"),
        placed("file", FileCheck(path="a", equals_file="b"), id="2"),
        placed("file", FileCheck(path="c"), id="3"),
    )

    assert probes_for(checks, seeing()) == (ReadFile("a"), ReadFile("b"), ReadFile("c"))
    assert probes_for(checks, seeing(answers={ReadFile("a"): b""})) == (ReadFile("b"), ReadFile("c"))
    assert probes_for(checks, seeing(), frozenset({"2"})) == (ReadFile("a"), ReadFile("c"))


PUBLISHED = placed("container", ContainerCheck(of="nginx:1.31-alpine", publishes=("8080:80",)))
PRESENT = placed("file", FileCheck(path="a"))


def test_one_way_of_several_is_enough() -> None:
    check = AnyCheck(checks=(IMAGE, PRESENT))

    assert check.probes(seeing()) == (ReadFile("a"),)
    assert check.judge(seeing(WEB)) == Met(
        (
            Finding(
                field="image.name",
                expected="lab-web:latest",
                found="lab-web:latest",
                subject="image lab-web:latest",
            ),
        )
    )
    assert isinstance(check.judge(seeing()), Unknown)


def test_of_several_ways_the_nearest_is_told() -> None:
    check = AnyCheck(checks=(IMAGE, PUBLISHED))

    verdict = check.judge(seeing(NGINX, container("a", ports=(port(9090, 80),))))

    assert isinstance(verdict, Unmet)
    assert [each.field for each in verdict.findings] == ["container.publishes"]
    assert verdict.near is not None
    assert verdict.near.finding.field == "container.publishes"


def test_all_must_hold_together() -> None:
    check = AllCheck(checks=(IMAGE, PUBLISHED))

    good = seeing(NGINX, WEB, container("a", ports=(port(8080, 80),)))
    assert isinstance(check.judge(good), Met)
    verdict = check.judge(seeing(NGINX))
    assert isinstance(verdict, Unmet)
    assert [each.field for each in verdict.findings] == ["image.name", "container.of"]
    assert isinstance(AllCheck(checks=(IMAGE, PRESENT)).judge(seeing(WEB)), Unknown)
    assert isinstance(AllCheck(checks=(IMAGE, PRESENT)).judge(seeing()), Unmet)


def test_checks_within_may_be_negated_and_have_ids_of_their_own() -> None:
    absent = placed("image", ImageCheck(name="a"), negated=True)
    check = AllCheck(checks=(absent, placed("image", ImageCheck(name="lab-web"))))

    assert isinstance(check.judge(seeing(WEB)), Met)
    assert isinstance(check.judge(seeing(WEB, image("a:latest"))), Unmet)
