"""The check kind `answer`: what is computed, and how kindly a reply is read."""

import pytest

from labrunner.checks.amount import Amount, Tolerance
from labrunner.checks.answer import AnswerCheck
from labrunner.checks.computed import Computed
from labrunner.checks.evidence import Answer, Evidence, Failed, Probe
from labrunner.checks.finding import Finding
from labrunner.checks.reply import Figure, number_in, says, says_all, size_in
from labrunner.checks.verdict import Met, Unknown, Unmet
from labrunner.engine.facts import (
    DiskUsage,
    EngineFacts,
    HistoryEntry,
    Image,
    ImageConfig,
    ImageShare,
    Usage,
)
from labrunner.engine.protocol import DescribeEngine, ImageHistory, InspectImage, MeasureDisk
from tests.checks.seeing import ALPINE, ALPINE_ID, NGINX_ID, container, image, seeing

ANSWERS: dict[Probe, Answer] = {
    InspectImage("nginx:1.31-alpine"): Image(
        id=NGINX_ID,
        os="linux",
        architecture="amd64",
        layers=("sha256:l1", "sha256:l2", "sha256:l3"),
        config=ImageConfig(
            cmd=("nginx", "-g", "daemon off;"),
            entrypoint=("/docker-entrypoint.sh",),
            ports=("443/tcp", "80/tcp"),
            env=("NGINX_VERSION=1.31.4",),
            stopsignal="SIGQUIT",
            labels={"maintainer": "Ana"},
        ),
    ),
    InspectImage("alpine:3.24"): Image(id=ALPINE_ID, layers=("sha256:l1",)),
    ImageHistory("nginx:1.31-alpine"): (
        HistoryEntry(created_by="CMD", size=0),
        HistoryEntry(created_by="EXPOSE", size=0),
        HistoryEntry(created_by="RUN", size=5),
        HistoryEntry(created_by="COPY", size=1),
        HistoryEntry(created_by="ADD", size=9),
    ),
    DescribeEngine(): EngineFacts(
        product="Docker Engine",
        version="28.5.2+dfsg4",
        api="1.51",
        min_api="1.24",
        os="linux",
        architecture="amd64",
        kernel="6.18.44-fc-v669",
    ),
    MeasureDisk(): DiskUsage(
        images=Usage(total=7, active=2, size=197_000_000, reclaimable=193_612_345),
        shares={NGINX_ID: ImageShare(size=55_432_100, shared=8_123_456)},
    ),
}
PULLED = image(
    "nginx:1.31-alpine",
    "nginx:alpine",
    id=NGINX_ID,
    size=55_432_100,
    digests=(f"nginx@sha256:{'7' * 64}",),
)


def world(answer: str | None) -> Evidence:
    return seeing(
        PULLED,
        ALPINE,
        image(id="sha256:dangling"),
        container("web"),
        container("old", state="exited"),
        answers=ANSWERS,
        answer=answer,
    )


@pytest.mark.parametrize(
    ("asked", "reply"),
    [
        (Computed(image="nginx:1.31-alpine", count="layers"), "3"),
        (Computed(image="nginx:1.31-alpine", count="layers"), " three layers. "),
        (Computed(image="nginx:1.31-alpine", count="history"), "5"),
        (Computed(image="nginx:1.31-alpine", count="history", larger_than=0), "3 rows"),
        (Computed(image="nginx:1.31-alpine", count="history", larger_than=1), "2"),
        (Computed(image="nginx:1.31-alpine", count="names"), "2"),
        (Computed(image="nginx:1.31-alpine", count="shared_layers", with_="alpine:3.24"), "one"),
        (Computed(disk="images", value="total"), "7"),
        (Computed(disk="images", value="active"), "two"),
        (Computed(disk="images", value="reclaimable"), "193.6MB (98%)"),
        (Computed(disk="images", value="reclaimable"), "193,6 MB"),
        (Computed(disk="build_cache", value="size"), "0B"),
        (Computed(image="nginx:1.31-alpine", value="shared_size"), "8.123MB"),
        (Computed(image="nginx:1.31-alpine", value="unique_size"), "47.31MB"),
        (Computed(image="nginx:1.31-alpine", value="size"), "55.4MB"),
        (Computed(image="nginx:1.31-alpine", value="size"), "about 55 MB"),
        (Computed(image="nginx:1.31-alpine", value="size"), "55432100"),
        (Computed(image="nginx:1.31-alpine", value="size"), "55,432,100 bytes"),
        (Computed(image="nginx:1.31-alpine", value="size", divided_by="alpine:3.24"), "7"),
        (Computed(image="nginx:1.31-alpine", value="size", divided_by="alpine:3.24"), "6.9 times"),
        (Computed(image="nginx:1.31-alpine", value="id"), "a1a1a1a1a1a1"),
        (Computed(image="nginx:1.31-alpine", value="id"), NGINX_ID),
        (Computed(image="nginx:1.31-alpine", value="digest"), f"sha256:{'7' * 64}"),
        (Computed(image="nginx:1.31-alpine", value="os"), "Linux"),
        (Computed(image="nginx:1.31-alpine", value="architecture"), "amd64"),
        (Computed(image="nginx:1.31-alpine", value="config.cmd"), '["nginx","-g","daemon off;"]'),
        (Computed(image="nginx:1.31-alpine", value="config.cmd"), "nginx -g daemon off;"),
        (Computed(image="nginx:1.31-alpine", value="config.entrypoint"), "/docker-entrypoint.sh"),
        (Computed(image="nginx:1.31-alpine", value="config.ports"), "80 and 443"),
        (Computed(image="nginx:1.31-alpine", value="config.ports"), "443/tcp, 80/tcp"),
        (Computed(image="nginx:1.31-alpine", value="config.workdir"), "none"),
        (Computed(image="nginx:1.31-alpine", value="config.user"), "root"),
        (Computed(image="nginx:1.31-alpine", value="config.stopsignal"), "quit"),
        (Computed(image="nginx:1.31-alpine", value="config.env.NGINX_VERSION"), "1.31.4"),
        (Computed(image="nginx:1.31-alpine", value="config.labels.maintainer"), "ana"),
        (Computed(images="all"), "3"),
        (Computed(images="tagged"), "2"),
        (Computed(images="names"), "3"),
        (Computed(images="names", named="nginx:*"), "2"),
        (Computed(images="tagged", named="nginx:*"), "1"),
        (Computed(images="dangling"), "1"),
        (Computed(images="used"), "1"),
        (Computed(images="unused"), "2"),
        (Computed(containers="all"), "2"),
        (Computed(containers="running"), "1"),
        (Computed(containers="stopped"), "1"),
        (Computed(containers="all", named="w*"), "1"),
        (Computed(images="all", label="x"), "0"),
        (Computed(engine="kernel"), "6.18.44-fc-v669"),
        (Computed(engine="kernel"), " `6.18.44-FC-v669`. "),
        (Computed(engine="version"), "28.5.2+dfsg4"),
        (Computed(engine="version"), "28.5.2"),
    ],
)
def test_a_right_answer_to_a_computed_question(asked: Computed, reply: str) -> None:
    assert isinstance(AnswerCheck(of=asked).judge(world(reply)), Met)


@pytest.mark.parametrize(
    ("asked", "reply", "field", "remedy"),
    [
        (
            Computed(image="nginx:1.31-alpine", count="layers"),
            "5",
            "of.rows",
            "docker image inspect --format '{{json .RootFS.Layers}}' nginx:1.31-alpine",
        ),
        (
            Computed(image="nginx:1.31-alpine", count="layers"),
            "4",
            "of",
            "docker image inspect --format '{{json .RootFS.Layers}}' nginx:1.31-alpine",
        ),
        (
            Computed(image="nginx:1.31-alpine", count="history", larger_than=0),
            "5",
            "of.all_rows",
            "docker image history nginx:1.31-alpine",
        ),
        (
            Computed(image="nginx:1.31-alpine", count="layers"),
            "many",
            "of.unread",
            "docker image inspect --format '{{json .RootFS.Layers}}' nginx:1.31-alpine",
        ),
        (
            Computed(image="nginx:1.31-alpine", value="size"),
            "55.4",
            "of.unit",
            "docker image ls nginx:1.31-alpine",
        ),
        (Computed(images="tagged"), "4", "of.names", "docker image ls"),
        (Computed(images="names"), "4", "of.header", "docker image ls"),
        (Computed(images="dangling"), "7", "of", "docker image ls --filter dangling=true"),
        (Computed(containers="all"), "3", "of", "docker container ls --all"),
        (
            Computed(image="nginx:1.31-alpine", value="config.workdir"),
            "/app",
            "of",
            "docker image inspect --format '{{.Config.WorkingDir}}' nginx:1.31-alpine",
        ),
        (Computed(image="nginx:1.31-alpine", value="config.ports"), "80", "of", None),
        (Computed(engine="kernel"), "6.18", "of", "docker info --format '{{.KernelVersion}}'"),
        (Computed(engine="version"), "1.51", "of", "docker version"),
    ],
)
def test_a_wrong_answer_is_told_with_what_was_mixed_up_and_where_to_look(
    asked: Computed, reply: str, field: str, remedy: str | None
) -> None:
    verdict = AnswerCheck(of=asked).judge(world(reply))

    assert isinstance(verdict, Unmet)
    (finding,) = verdict.findings
    assert (finding.field, finding.found) == (field, reply)
    assert remedy is None or finding.remedy == remedy


def test_nothing_is_asked_of_the_engine_before_there_is_an_answer() -> None:
    check = AnswerCheck(of=Computed(image="nginx:1.31-alpine", count="layers"))
    here = seeing(PULLED)

    assert check.probes(here) == ()
    assert check.judge(here) == Unmet((Finding(field="answer", expected="", subject="answer"),))


def test_what_was_mixed_up_is_only_looked_for_after_a_wrong_answer() -> None:
    check = AnswerCheck(of=Computed(image="nginx:1.31-alpine", count="layers"))
    inspect, history = InspectImage("nginx:1.31-alpine"), ImageHistory("nginx:1.31-alpine")

    assert check.probes(seeing(PULLED, answer="3")) == (inspect,)
    right = seeing(PULLED, answer="3", answers={inspect: ANSWERS[inspect]})
    wrong = seeing(PULLED, answer="5", answers={inspect: ANSWERS[inspect]})
    assert check.probes(right) == (inspect,)
    assert check.probes(wrong) == (inspect, history)


def test_an_image_that_is_gone_is_told() -> None:
    check = AnswerCheck(of=Computed(image="node", count="layers"))

    assert check.probes(seeing(answer="3")) == ()
    assert check.judge(seeing(answer="3")) == Unmet(
        (Finding(field="of.image", expected="node:latest", subject="image node:latest"),)
    )


def test_the_engine_is_asked_about_itself_only_once_there_is_an_answer() -> None:
    check = AnswerCheck(of=Computed(engine="kernel"))

    assert check.probes(seeing()) == ()
    assert check.probes(seeing(answer="6.1")) == (DescribeEngine(),)
    assert isinstance(check.judge(seeing(answer="6.1")), Unknown)


def test_the_disk_is_measured_only_once_there_is_an_answer() -> None:
    for asked in (
        Computed(disk="images", value="size"),
        Computed(image="nginx:1.31-alpine", value="unique_size"),
    ):
        check = AnswerCheck(of=asked)

        assert check.probes(seeing(PULLED)) == ()
        assert check.probes(seeing(PULLED, answer="3MB")) == (MeasureDisk(),)
        assert isinstance(check.judge(seeing(PULLED, answer="3MB")), Unknown)


@pytest.mark.parametrize(
    ("asked", "reply", "command"),
    [
        (Computed(disk="images", value="reclaimable"), "197MB", "docker system df"),
        (Computed(disk="images", value="total"), "2", "docker system df"),
        (
            Computed(image="nginx:1.31-alpine", value="shared_size"),
            "55.43MB",
            "docker system df --verbose",
        ),
        (
            Computed(image="nginx:1.31-alpine", value="unique_size"),
            "8.123MB",
            "docker system df --verbose",
        ),
    ],
)
def test_another_column_of_the_row_is_told(asked: Computed, reply: str, command: str) -> None:
    verdict = AnswerCheck(of=asked).judge(world(reply))

    assert isinstance(verdict, Unmet)
    assert [(each.field, each.remedy) for each in verdict.findings] == [("of.column", command)]


def test_an_image_that_the_engine_did_not_measure_leaves_it_unknown() -> None:
    check = AnswerCheck(of=Computed(image="nginx:1.31-alpine", value="shared_size"))
    verdict = check.judge(seeing(PULLED, answer="1MB", answers={MeasureDisk(): DiskUsage()}))

    assert verdict == Unknown("The engine does not tell what its images share.")


def test_an_engine_that_keeps_its_kernel_to_itself_leaves_it_unknown() -> None:
    silent: dict[Probe, Answer] = {
        DescribeEngine(): EngineFacts(
            product="Podman", version="5.4.2", api="1.41", min_api="1.24", os="linux", architecture="amd64"
        )
    }
    verdict = AnswerCheck(of=Computed(engine="kernel")).judge(seeing(answer="6.1", answers=silent))

    assert verdict == Unknown("The engine does not tell its kernel.")


def test_a_pull_by_digest_adds_no_name() -> None:
    pinned = image("nginx:1.31", f"nginx@sha256:{'7' * 64}", id=NGINX_ID)

    for asked in (Computed(image="nginx:1.31", count="names"), Computed(images="names")):
        assert isinstance(AnswerCheck(of=asked).judge(seeing(pinned, answer="1")), Met)


def test_a_probe_that_failed_leaves_it_unknown() -> None:
    check = AnswerCheck(of=Computed(image="nginx:1.31-alpine", count="layers"))
    failed: dict[Probe, Answer] = {InspectImage("nginx:1.31-alpine"): Failed("The engine is gone.")}

    assert check.judge(seeing(PULLED, answer="3", answers=failed)) == Unknown("The engine is gone.")


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (AnswerCheck(number=Amount.read("1")), "one", "2"),
        (AnswerCheck(number=Amount.read("0")), "0 bytes", "1"),
        (AnswerCheck(number=Amount.read("0")), "none", "some"),
        (AnswerCheck(number=Amount.read(">= 2")), "2", "1"),
        (AnswerCheck(number=Amount.read("100"), within=Tolerance.read("10%")), "92", "80"),
        (AnswerCheck(size=Amount.read("1.98MB")), "1.98 MB", "3 MB"),
        (AnswerCheck(size=Amount.read("< 20MB")), "8MB", "30MB"),
        (AnswerCheck(size=Amount.read("60MB"), within=Tolerance.read("5MB")), "64MB", "70MB"),
        (AnswerCheck(text=("/usr/share/nginx/html",)), "`/usr/share/nginx/html`", "/var/www"),
        (AnswerCheck(text=("nginx", "library/nginx")), "NGINX", "bitnami/nginx"),
        (AnswerCheck(text=("nginx",)), "docker.io/library/nginx:latest", "nginx:1.31"),
        (AnswerCheck(text=("/manifest|tag/",)), "the tag", "the image"),
        (AnswerCheck(text=("/usr/share/nginx/html/",)), "/usr/share/nginx/html", "/usr/share/nginx/html/x"),
        (AnswerCheck(text=("80",)), "80/tcp", "8080"),
    ],
)
def test_an_answer_that_the_author_wrote(check: AnswerCheck, right: str, wrong: str) -> None:
    assert isinstance(check.judge(seeing(answer=right)), Met)
    verdict = check.judge(seeing(answer=wrong))
    assert isinstance(verdict, Unmet)
    assert verdict.findings[0].found == wrong
    assert verdict.findings[0].remedy == ""


@pytest.mark.parametrize(
    ("reply", "figure"),
    [
        ("7", Figure(7.0, 0.5)),
        ("7 layers", Figure(7.0, 0.5)),
        ("about 2.6x", Figure(2.6, 0.05)),
        ("2,6", Figure(2.6, 0.05)),
        ("1,234,567", Figure(1_234_567.0, 0.5)),
        ("1 234", Figure(1234.0, 0.5)),
        ("Seven", Figure(7.0)),
        ("none", Figure(0.0)),
        ("lots", None),
        ("", None),
    ],
)
def test_a_number_is_found_in_a_reply(reply: str, figure: Figure | None) -> None:
    assert number_in(reply) == figure


@pytest.mark.parametrize(
    ("reply", "figure"),
    [
        ("1.98MB", Figure(1_980_000.0, 5_000.0, True)),
        ("it is 1,98 mb", Figure(1_980_000.0, 5_000.0, True)),
        ("5,509 MB", Figure(5_509_000.0, 500.0, True)),
        ("4MiB", Figure(4_194_304.0, 524_288.0, True)),
        ("12B", Figure(12.0, 0.0, True)),
        ("12", Figure(12.0)),
        ("much", None),
    ],
)
def test_a_size_is_found_in_a_reply(reply: str, figure: Figure | None) -> None:
    assert size_in(reply) == figure


def test_texts_and_lists_are_compared_by_what_they_say() -> None:
    assert says(' "Daemon  off;" ', "daemon off;")
    assert says("[nginx, -g]", '["nginx", "-g"]')
    assert says("Version: 28.5.2", "28.5.2")
    assert not says("sha256:28", "28")
    assert not says("", "x")
    assert says("nothing", "")
    assert says_all("80, 443", ("443/tcp", "80/tcp"))
    assert says_all("port 80", ("80/tcp",))
    assert says_all(":80", ("80/tcp",))
    assert not says_all("80", ("443/tcp", "80/tcp"))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (AnswerCheck, "Give one answer"),
        (lambda: AnswerCheck(number=Amount.read("1"), text=("x",)), "Give one answer"),
        (lambda: AnswerCheck(text=("/(/",)), "is not a regular expression"),
        (Computed, "names one subject"),
        (lambda: Computed(image="x", images="all"), "names one subject"),
        (lambda: Computed(image="x"), "`count` or `value`"),
        (lambda: Computed(image="x", count="layers", value="size"), "`count` or `value`"),
        (lambda: Computed(images="all", value="size"), "`count` or `value`"),
        (lambda: Computed(image="x", value="color"), "`value: color` is not known"),
        (lambda: Computed(image="x", count="shared_layers"), "belong together"),
        (lambda: Computed(image="x", count="layers", divided_by="y"), "goes with `value: size`"),
        (lambda: Computed(image="x", count="layers", larger_than=0), "goes with `count: history`"),
        (lambda: Computed(image="x", count="layers", named="y"), "go with `images`"),
        (lambda: Computed(engine="kernel", images="all"), "names one subject"),
        (lambda: Computed(engine="kernel", value="size"), "`count` or `value`"),
        (lambda: Computed(engine="kernel", label="x"), "go with `images`"),
        (lambda: Computed(disk="images"), "`value` with `disk`"),
        (lambda: Computed(disk="images", value="workdir"), "one of total, active"),
        (lambda: Computed(disk="images", count="layers"), "names the column"),
        (lambda: Computed(disk="images", image="x", value="size"), "names one subject"),
    ],
)  # fmt: skip
def test_questions_that_make_no_sense_are_refused(wrong: object, message: str) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=message):
        wrong()
