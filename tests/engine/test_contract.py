"""What the Engine protocol promises of looking, shown on real engines of several versions."""

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import docker
import pytest

from labrunner.engine.facts import Change, DiskUsage, Healthcheck, Mount, Port, Usage
from labrunner.engine.protocol import (
    ContainerChanges,
    ContainerLogs,
    DescribeEngine,
    Engine,
    EngineProbe,
    FileInImage,
    ImageHistory,
    InspectContainer,
    InspectImage,
    MeasureDisk,
    Thing,
)
from labrunner.engine.reading import PRACTICE
from labrunner.engine.sdk import open_engine
from labrunner.errors import EngineRefused, EngineUnreachable
from tests.engine.hand import ALPINE, answer, build, follow, free_port, only_image, pull, run
from tests.engine.proxy import proxy

NOWHERE: tuple[EngineProbe, ...] = (
    InspectImage("nope"),
    InspectImage("Nope"),
    InspectImage("no pe?"),
    InspectImage(""),
    InspectContainer("nope"),
    ImageHistory("nope"),
    ContainerChanges("nope"),
    ContainerLogs("nope"),
    FileInImage("nope", "/etc/passwd"),
)


def test_an_engine_says_what_it_is(engine: Engine, request: pytest.FixtureRequest) -> None:
    facts = engine.facts()

    practice = "practice" in request.node.name
    assert engine.name == ("practice" if practice else "docker")
    assert facts.product == (PRACTICE if practice else "Docker Engine")
    assert facts.os == "linux"
    assert facts.api == engine.ping()
    assert facts.address == engine.address
    assert facts.store == ("containerd" if "containerd" in request.node.name else "graph")
    assert len(facts.mirrors) == (0 if practice else 1)
    assert facts.kernel == os.uname().release
    assert engine.probe(DescribeEngine()) == facts


def test_an_empty_engine_shows_nothing(engine: Engine) -> None:
    seen = engine.observe()

    assert (seen.images, seen.containers) == ((), ())
    measured = engine.probe(MeasureDisk())
    assert isinstance(measured, DiskUsage)
    assert (measured.images, measured.shares) == (Usage(), {})


def test_a_look_is_two_requests(clean_engine: str, tmp_path: Path) -> None:
    with proxy(tmp_path, clean_engine) as between, closing(open_engine(between.address)) as engine:
        before = len(between.requests)
        engine.observe()
        asked = [request.partition("?")[0].rpartition("/v")[2] for request in between.requests[before:]]

    assert [path.partition("/")[2] for path in asked] == ["images/json", "containers/json"]


def test_an_image_is_looked_up_without_a_pull(engine: Engine) -> None:
    engine.look_up(f"docker.io/library/{ALPINE}")
    engine.look_up(ALPINE)
    assert engine.observe().images == ()


@pytest.mark.parametrize(
    ("name", "why"), [("localhost:1/nobody:1", "connection refused"), ("nginx:9.99", "unknown")]
)
def test_an_image_that_cannot_be_pulled_is_told_with_the_reason(engine: Engine, name: str, why: str) -> None:
    with pytest.raises(EngineRefused, match=why):
        engine.look_up(name)


def test_a_pull_is_told_in_lines_and_seen(engine: Engine) -> None:
    lines = list(engine.pull(f"docker.io/library/{ALPINE}"))
    image = only_image(engine)

    assert lines[-1].startswith("Downloaded newer image for ")
    assert any("1 of 1 layers" in line for line in lines)
    assert image.names == (ALPINE,)
    assert image.digests[0].startswith("alpine@sha256:")
    assert image.size > 0
    assert not image.dangling


def test_a_pull_of_a_missing_tag_is_refused_in_docker_s_words(engine: Engine) -> None:
    with pytest.raises(EngineRefused, match=r"not found|no such host|manifest unknown"):
        list(engine.pull("alpine:0.0"))


def test_a_name_that_is_none_is_refused_before_asking(engine: Engine) -> None:
    with pytest.raises(EngineRefused, match=r"repository name \(library/Alpine\) must be lowercase"):
        list(engine.pull("Alpine"))


def test_an_image_is_inspected(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    build(
        hand,
        "web:1",
        "ENV A=1\nEXPOSE 80 53/udp\nLABEL who=me\nWORKDIR /srv\nUSER nobody\nVOLUME /data\n"
        'STOPSIGNAL SIGQUIT\nENTRYPOINT ["/bin/sh"]\nCMD ["-c", "true"]\n'
        "HEALTHCHECK --interval=5s --retries=2 CMD true\nRUN true",
    )
    hand.tag("web:1", "localhost:5001/student/web", "1.0")

    image = answer(engine, InspectImage("web:1"))
    base = answer(engine, InspectImage(ALPINE))

    assert set(image.names) == {"web:1", "localhost:5001/student/web:1.0"}
    assert image.id == only_image(engine, "web:1").id
    assert image.layers[: len(base.layers)] == base.layers
    assert image.config.cmd == ("-c", "true")
    assert image.config.entrypoint == ("/bin/sh",)
    assert "A=1" in image.config.env
    assert image.config.ports == ("53/udp", "80/tcp")
    assert image.config.labels["who"] == "me"
    assert image.config.workdir == "/srv"
    assert image.config.user == "nobody"
    assert image.config.volumes == ("/data",)
    assert image.config.stopsignal == "SIGQUIT"
    assert image.config.healthcheck == Healthcheck(test=("CMD-SHELL", "true"), interval=5.0, retries=2)
    assert base.config.healthcheck is None
    assert answer(engine, InspectImage(image.id)) == image


def test_history_is_newest_first(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    build(hand, "web:1", "RUN echo hello > /greeting")

    newest, *older = answer(engine, ImageHistory("web:1"))

    assert "echo hello" in newest.created_by
    assert newest.id == only_image(engine, "web:1").id
    assert newest.names == ("web:1",)
    assert newest.size > 0
    assert older


def test_an_image_that_lost_its_name_is_dangling(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    build(hand, "web:1", "RUN echo one > /n")
    first = only_image(engine, "web:1").id
    build(hand, "web:1", "RUN echo two > /n")

    dangling = [image for image in engine.observe().images if image.dangling]

    # The containerd store lets an image go with its last name, unless BuildKit made it.
    assert [image.id for image in dangling] in ([first], [])
    assert only_image(engine, "web:1").id != first


def test_a_running_container_publishes_its_port_once(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    port = free_port()
    made = hand.create_container(
        ALPINE,
        ["sleep", "60"],
        name="web",
        ports=[80, 443],
        environment={"A": "1"},
        labels={"who": "me"},
        host_config=hand.create_host_config(
            port_bindings={80: port},
            binds=["stuff:/stuff:ro"],
            tmpfs={"/scratch": ""},
            init=True,
            restart_policy={"Name": "on-failure"},
        ),
    )
    hand.start(made)

    row = engine.observe().containers[0]
    container = answer(engine, InspectContainer("web"))

    assert (row.name, row.image, row.state) == ("web", ALPINE, "running")
    assert row.image_id == container.image_id == only_image(engine).id
    assert row.ports == (Port(container=80, host=port), Port(container=443))
    assert row.labels["who"] == "me"
    assert container.id == row.id == made["Id"]
    assert container.ports == container.asked_ports == (Port(container=80, host=port),)
    assert (container.state, container.error, container.health) == ("running", "", "")
    assert container.cmd == ("sleep", "60")
    assert "A=1" in container.env
    assert container.mounts == (
        Mount(kind="tmpfs", target="/scratch"),
        Mount(kind="volume", target="/stuff", source="stuff", writable=False),
    )
    assert (container.init, container.auto_remove, container.restart) == (True, False, "on-failure")
    assert container.started
    assert not container.finished


def test_an_exited_container_keeps_its_status_logs_and_changes(
    engine: Engine, hand: docker.APIClient
) -> None:
    pull(engine)
    run(hand, "job", ["sh", "-c", "echo out; echo err >&2; touch /scratch; echo x >> /etc/passwd; exit 3"])

    container = answer(engine, InspectContainer("job"))

    assert (container.state, container.exit_status, container.error) == ("exited", 3, "")
    assert container.finished
    assert sorted(answer(engine, ContainerLogs("job")).split()) == ["err", "out"]
    changes = answer(engine, ContainerChanges("job"))
    assert {Change(kind="A", path="/scratch"), Change(kind="C", path="/etc/passwd")} <= set(changes)


def test_only_the_last_of_long_logs_are_read(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    run(hand, "job", ["sh", "-c", "seq 1 100000"])

    logs = answer(engine, ContainerLogs("job"))

    assert logs.endswith("100000\n")
    assert len(logs) <= 64 * 1024


def test_a_container_that_could_not_start_says_why(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    made = hand.create_container(ALPINE, ["no-such-program"], name="broken")
    with pytest.raises(docker.errors.APIError):
        hand.start(made)

    container = answer(engine, InspectContainer("broken"))

    assert container.state == "created"
    assert container.exit_status == 127
    assert "no-such-program" in container.error


def test_what_is_missing_is_answered_with_none(engine: Engine) -> None:
    assert {probe: engine.probe(probe) for probe in NOWHERE} == dict.fromkeys(NOWHERE)


def test_a_file_is_read_from_an_image(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    build(
        hand,
        "web:1",
        "RUN mkdir /site && echo hello > /site/index.html && ln -s index.html /site/link && "
        "ln -s /site/link /again && ln -s ../../../../../site/index.html /out && ln -s loop /loop && "
        "dd if=/dev/zero of=/big bs=1M count=64",
    )

    def read(path: str) -> object:
        return engine.probe(FileInImage("web:1", path))

    assert read("/site/index.html") == b"hello\n"
    assert read("site/index.html") == b"hello\n"
    assert read("/again") == b"hello\n"
    assert read("/out") == b"hello\n"
    assert read("/loop") is None
    assert read("/site") is None
    assert read("/site/nope") is None
    assert read("/site/index.html/nope") is None
    assert read("/big") == bytes(1024 * 1024)


def test_reading_a_file_leaves_the_engine_as_it_was(engine: Engine, hand: docker.APIClient) -> None:
    pull(engine)
    build(hand, "web:1", "RUN mkdir /data && echo kept > /data/file\nVOLUME /data")
    before = engine.observe()
    started = time.time_ns()

    content = engine.probe(FileInImage("web:1", "/data/file"))

    hand.create_volume("last")
    events = follow(engine, started, until=lambda event: event.name == "last" or event.id == "last")
    assert content == b"kept\n"
    assert engine.observe() == before
    assert [(event.type, event.action) for event in events] == [("volume", "create")]
    assert [volume["Name"] for volume in hand.volumes()["Volumes"]] == ["last"]


def test_an_engine_that_went_away_is_unreachable(clean_engine: str, tmp_path: Path) -> None:
    with proxy(tmp_path, clean_engine) as between, closing(open_engine(between.address)) as engine:
        between.close()
        tries: tuple[Callable[[], object], ...] = (
            engine.ping,
            engine.facts,
            engine.observe,
            engine.events,
            lambda: engine.probe(InspectImage("x")),
            lambda: list(engine.pull("x")),
            lambda: engine.remove(Thing(kind="container", id="x", name="x")),
        )
        for attempt in tries:
            with pytest.raises(EngineUnreachable, match="No engine is running at unix:///"):
                attempt()
