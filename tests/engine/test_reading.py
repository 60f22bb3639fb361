"""What engines of several versions, stores and products answered is read as the same facts.

The recordings are made by `tests.engine.record`; docker29.json is derived by hand from docker28-containerd.json.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from labrunner.engine.facts import (
    Change,
    ContainerSummary,
    EngineEvent,
    EngineFacts,
    Healthcheck,
    HistoryEntry,
    Image,
    ImageConfig,
    ImageSummary,
    Mount,
    Port,
)
from labrunner.engine.reading import (
    PRACTICE,
    Json,
    engine_facts,
    event,
    history,
    image,
    image_summaries,
    product,
)
from labrunner.engine.reading_containers import changes, container, container_summaries

RECORDINGS = Path(__file__).with_name("recordings")
DOCKER = ("docker20", "docker28", "docker28-containerd", "docker29", "practice")
ALL = (*DOCKER, "podman")
ID = "sha256:" + "ab" * 32

PUBLISHED = (Port(container=80, host=8080), Port(container=443, host=32768, address="127.0.0.1"))
UNPUBLISHED = (Port(container=53, protocol="udp"), Port(container=8080))


@cache
def recorded(engine: str) -> Any:
    return json.loads((RECORDINGS / f"{engine}.json").read_bytes())


@pytest.mark.parametrize("engine", ALL)
def test_a_listed_image_has_familiar_names(engine: str) -> None:
    images = image_summaries(recorded(engine)["images"])

    assert {summary.names for summary in images} == {
        ("alpine:3.24",),
        ("web:1", "localhost:5001/student/web:1.0"),
        (),
    }
    assert sum(summary.dangling for summary in images) == 1
    assert all(summary.id.startswith("sha256:") for summary in images)
    # The stand-ins of the practice engine are small.
    assert all(summary.size > 800_000 for summary in images)
    assert all(summary.created > 1_780_000_000 for summary in images)


@pytest.mark.parametrize("engine", ALL)
def test_digests_are_familiar_and_none_is_none(engine: str) -> None:
    images = {summary.names[:1]: summary for summary in image_summaries(recorded(engine)["images"])}

    (digest,) = images["alpine:3.24",].digests
    assert digest.startswith("alpine@sha256:")
    assert images[()].digests == ()


@pytest.mark.parametrize("engine", ALL)
def test_an_inspected_image_tells_how_it_runs(engine: str) -> None:
    web = image(recorded(engine)["image"]["web:1"])
    config = web.config

    assert web.names == ("web:1", "localhost:5001/student/web:1.0")
    assert (web.os, web.architecture) == ("linux", "amd64")
    assert web.created.startswith("2026-11-23T")
    assert config.cmd == ("-c", "sleep 60")
    assert config.entrypoint == ("/bin/sh",)
    assert config.env[-1] == "A=1"
    assert config.ports == ("53/udp", "80/tcp")
    assert (config.workdir, config.user, config.volumes) == ("/srv", "nobody", ("/data",))
    assert config.labels["who"] == "me"


@pytest.mark.parametrize("engine", DOCKER)
def test_docker_s_own_keys_are_read_too(engine: str) -> None:
    config = image(recorded(engine)["image"]["web:1"]).config

    assert config.healthcheck == Healthcheck(
        test=("CMD-SHELL", "true"), interval=5.0, timeout=2.0, start_period=1.0, retries=2
    )
    assert (config.stopsignal, config.shell) == ("SIGQUIT", ("/bin/sh", "-ec"))
    assert config.onbuild == ("RUN true",)


@pytest.mark.parametrize("engine", ALL)
def test_what_an_image_does_not_set_is_empty(engine: str) -> None:
    config = image(recorded(engine)["image"]["alpine:3.24"]).config

    assert (config.entrypoint, config.ports, config.volumes, config.onbuild) == ((), (), (), ())
    assert (config.workdir.rstrip("/"), config.user, config.stopsignal, config.shell) == ("", "", "", ())
    assert config.healthcheck is None


@pytest.mark.parametrize("engine", ALL)
def test_a_built_image_begins_with_its_base_s_layers(engine: str) -> None:
    base, web = (image(recorded(engine)["image"][name]) for name in ("alpine:3.24", "web:1"))

    assert len(base.layers) == 1
    assert web.layers[0] == base.layers[0]


@pytest.mark.parametrize("engine", ALL)
def test_history_is_read_newest_first(engine: str) -> None:
    rows = history(recorded(engine)["history"])

    assert "HEALTHCHECK" in rows[0].created_by
    assert "CMD" in rows[1].created_by
    assert all(row.id == "" or row.id.startswith("sha256:") for row in rows)


@pytest.mark.parametrize("engine", DOCKER)
def test_history_names_the_image_it_ends_in(engine: str) -> None:
    rows = history(recorded(engine)["history"])

    assert rows[0].names == ("web:1", "localhost:5001/student/web:1.0")
    assert rows[0].id == image(recorded(engine)["image"]["web:1"]).id


@pytest.mark.parametrize("engine", ALL)
def test_a_listed_container_is_read(engine: str) -> None:
    rows = {row.name: row for row in container_summaries(recorded(engine)["containers"])}

    assert {name: (row.image, row.state) for name, row in rows.items()} == {
        "web": ("web:1", "running"),
        "job": ("alpine:3.24", "exited"),
        "broken": ("alpine:3.24", "created"),
    }
    assert rows["web"].image_id == image(recorded(engine)["image"]["web:1"]).id
    assert rows["web"].labels["role"] == "front"
    assert rows["job"].ports == ()


@pytest.mark.parametrize("engine", DOCKER)
def test_a_port_published_on_ipv4_and_ipv6_is_one(engine: str) -> None:
    web = next(row for row in container_summaries(recorded(engine)["containers"]) if row.name == "web")
    inspected = container(recorded(engine)["container"]["web"])

    assert set(web.ports) == {*PUBLISHED, *UNPUBLISHED}
    assert len(web.ports) == 4
    assert inspected.ports == PUBLISHED
    assert inspected.asked_ports == (
        Port(container=80, host=8080),
        Port(container=443, address="127.0.0.1"),
    )


def test_podman_leaves_the_address_out_and_settles_a_random_port() -> None:
    inspected = container(recorded("podman")["container"]["web"])

    assert inspected.ports[0] == Port(container=80, host=8080)
    assert [port.address for port in inspected.ports] == ["", "127.0.0.1"]
    assert inspected.asked_ports == inspected.ports


@pytest.mark.parametrize("engine", ALL)
def test_an_inspected_container_is_read(engine: str) -> None:
    web = container(recorded(engine)["container"]["web"])

    assert (web.name, web.image, web.state, web.health) == ("web", "web:1", "running", "starting")
    assert web.cmd == ("-c", "sleep 60")
    assert web.entrypoint == ("/bin/sh",)
    assert "A=1" in web.env
    assert (web.init, web.auto_remove, web.restart) == (True, False, "on-failure")
    assert (web.workdir, web.user) == ("/srv", "nobody")
    assert (web.exit_status, web.error, web.finished) == (0, "", "")
    assert web.created < web.started


@pytest.mark.parametrize("engine", ALL)
def test_mounts_of_every_kind_are_read(engine: str) -> None:
    mounts = {mount.target: mount for mount in container(recorded(engine)["container"]["web"]).mounts}
    if engine == "practice":
        # It reads nothing of the machine, so it refuses to mount its folders.
        mounts["/host"] = Mount(kind="bind", target="/host", source="/tmp")

    anonymous = mounts.pop("/data")
    assert (anonymous.kind, len(anonymous.source)) == ("volume", 64)
    assert mounts == {
        "/host": Mount(kind="bind", target="/host", source="/tmp"),
        "/scratch": Mount(kind="tmpfs", target="/scratch"),
        "/stuff": Mount(kind="volume", target="/stuff", source="stuff", writable=False),
    }


@pytest.mark.parametrize("engine", ALL)
def test_an_exited_container_is_read(engine: str) -> None:
    job = container(recorded(engine)["container"]["job"])

    assert (job.state, job.exit_status, job.error, job.health) == ("exited", 3, "", "")
    assert (job.ports, job.asked_ports, job.mounts, job.init, job.restart) == ((), (), (), False, "")
    assert job.finished.startswith("2026-11-23T")


@pytest.mark.parametrize("engine", DOCKER)
def test_a_container_that_could_not_start_says_why(engine: str) -> None:
    broken = container(recorded(engine)["container"]["broken"])

    assert (broken.state, broken.exit_status) == ("created", 127)
    assert 'exec: "no-such-program": executable file not found in $PATH' in broken.error
    assert (broken.started, broken.finished) == ("", "")


@pytest.mark.parametrize("engine", ALL)
def test_changes_are_read(engine: str) -> None:
    assert set(changes(recorded(engine)["changes"])) == {
        Change(kind="A", path="/scratch"),
        Change(kind="C", path="/etc"),
        Change(kind="C", path="/etc/passwd"),
        Change(kind="D", path="/etc/group"),
    }


@pytest.mark.parametrize("engine", DOCKER)
def test_events_are_read(engine: str) -> None:
    events = [event(told) for told in recorded(engine)["events"]]

    assert [(told.type, told.action, told.name) for told in events] == [
        ("image", "pull", "alpine:3.24"),
        ("image", "tag", "web:1"),
        ("image", "tag", "web:1"),
        ("image", "tag", "localhost:5001/student/web:1.0"),
        ("volume", "create", "stuff"),
        ("container", "create", "web"),
        ("volume", "mount", "stuff"),
        ("container", "start", "web"),
        ("container", "create", "job"),
        ("container", "start", "job"),
        ("container", "die", "job"),
        ("container", "create", "broken"),
    ]
    assert events[10].attributes["exitCode"] == "3"
    assert [told.at for told in events] == sorted(told.at for told in events)
    assert events[3].id == image(recorded(engine)["image"]["web:1"]).id


def test_podman_s_events_are_read() -> None:
    events = [event(told) for told in recorded("podman")["events"]]

    assert (events[0].type, events[0].action) == ("image", "tag")
    assert events[0].name == "localhost:5001/student/web:1.0"
    assert events[0].id == image(recorded("podman")["image"]["web:1"]).id
    assert (events[1].type, events[1].id, events[1].name) == ("volume", "stuff", "stuff")


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("docker20", ("Docker Engine", "20.10.24+dfsg1", "1.41", "1.12", "overlay2", "graph")),
        ("docker28", ("Docker Engine", "28.5.2+dfsg4", "1.51", "1.24", "overlay2", "graph")),
        ("docker28-containerd", ("Docker Engine", "28.5.2+dfsg4", "1.51", "1.24", "overlayfs", "containerd")),
        ("docker29", ("Docker Engine", "29.0.4", "1.52", "1.44", "overlayfs", "containerd")),
        ("podman", ("Podman", "4.3.1", "1.41", "1.24", "vfs", "graph")),
        ("practice", ("labrunner practice engine", "28.5.2+practice", "1.51", "1.24", "practice", "graph")),
    ],
)
def test_an_engine_is_known_by_what_it_says(engine: str, expected: tuple[str, ...]) -> None:
    facts = engine_facts(recorded(engine)["version"], recorded(engine)["info"], address="unix:///x")

    assert (facts.product, facts.version, facts.api, facts.min_api, facts.driver, facts.store) == expected
    assert (facts.os, facts.architecture, facts.kernel, facts.rootless) == ("linux", "amd64", "6.1.0", False)
    assert facts.mirrors == (() if engine in ("podman", "practice") else ("http://127.0.0.1:5000/",))
    assert facts.address == "unix:///x"


@pytest.mark.parametrize(
    ("version", "info", "expected"),
    [
        ({"Platform": {"Name": "Docker Engine - Community"}}, {}, "Docker Engine"),
        ({"Platform": {"Name": "Docker Desktop 4.50.0 (209931)"}}, {}, "Docker Desktop"),
        ({"Platform": {"Name": ""}}, {"OperatingSystem": "Docker Desktop"}, "Docker Desktop"),
        ({}, {"OperatingSystem": "OrbStack"}, "OrbStack"),
        ({"Platform": {"Name": PRACTICE}}, {}, "labrunner practice engine"),
        ({"Components": [{"Name": "Podman Engine"}]}, {}, "Podman"),
        ({"Components": None}, {}, "Docker Engine"),
    ],
)
def test_a_product_is_known(version: dict[str, Any], info: dict[str, Any], expected: str) -> None:
    assert product(version, info) == expected


def test_a_rootless_engine_says_so() -> None:
    told = {"SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless"]}

    assert engine_facts({}, told, address="").rootless


def test_absent_null_and_empty_are_the_same() -> None:
    bare = {"Id": ID}
    empty = {"Id": ID, "Config": {"Cmd": [], "Env": [], "Labels": {}, "Volumes": {}, "Healthcheck": {}}}
    null = {"Id": ID, "RepoTags": None, "RootFS": None, "Config": dict.fromkeys(empty["Config"])}

    assert image(bare) == image(empty) == image(null) == Image(id=ID)
    assert image({"Id": ID, "Config": None}).config == ImageConfig()
    assert image_summaries([{"Id": ID, "Labels": None}]) == (ImageSummary(id=ID),)
    assert (image_summaries(None), container_summaries(None), history(None), changes(None)) == (
        (),
        (),
        (),
        (),
    )
    assert engine_facts({}, {}, address="") == EngineFacts(
        product="Docker Engine", version="", api="", min_api="", os="", architecture=""
    )


def test_an_old_image_may_have_a_text_for_its_command() -> None:
    assert image({"Id": ID, "Config": {"Cmd": "/bin/sh"}}).config.cmd == ("/bin/sh",)


def test_an_id_without_its_algorithm_gets_it() -> None:
    assert image({"Id": "ab" * 32}).id == ID


def test_a_missing_layer_in_history_has_no_id() -> None:
    assert history([{"Id": "<missing>", "CreatedBy": "x", "Tags": None}]) == (HistoryEntry(created_by="x"),)


def test_a_check_that_was_switched_off_is_kept() -> None:
    told = {"Id": ID, "Config": {"Healthcheck": {"Test": ["NONE"]}}}

    assert image(told).config.healthcheck == Healthcheck(test=("NONE",))


def test_labrunner_s_own_probes_are_not_observed() -> None:
    rows: list[Json] = [
        {"Id": "1", "Names": ["/web"], "Labels": None},
        {"Id": "2", "Names": ["/x"], "Labels": {"labrunner.probe": "1"}},
    ]

    assert container_summaries(rows) == (
        ContainerSummary(id="1", name="web", image="", image_id="", state="created"),
    )


def test_a_link_s_name_is_not_the_container_s() -> None:
    rows: list[Json] = [{"Id": "1", "Names": ["/other/alias", "/web"], "State": "running"}]

    assert container_summaries(rows)[0].name == "web"


@pytest.mark.parametrize(
    ("told", "state"),
    [("stopped", "exited"), ("configured", "created"), ("stopping", "running"), ("restarting", "restarting")],
)
def test_every_word_for_a_state_is_understood(told: str, state: str) -> None:
    assert container_summaries([{"Id": "1", "State": told}])[0].state == state


def test_a_container_that_stopped_publishes_nothing() -> None:
    told = {
        "Id": "1",
        "State": {"Status": "exited"},
        "HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "8080"}], "53/udp": [{"HostPort": "53-60"}]}},
        "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}},
    }

    assert container(told).ports == ()
    assert container(told).asked_ports == (
        Port(container=53, protocol="udp"),
        Port(container=80, host=8080),
    )


def test_a_health_of_none_is_no_health() -> None:
    assert container({"Id": "1", "State": {"Health": {"Status": "none"}}}).health == ""


def test_an_image_event_with_only_an_id_has_no_name() -> None:
    told = {"Type": "image", "Action": "delete", "Actor": {"ID": ID, "Attributes": {"name": ID}}, "time": 2}

    assert event(told) == EngineEvent(
        type="image", action="delete", id=ID, name="", attributes={"name": ID}, at=2_000_000_000
    )


def test_podman_s_own_words_become_docker_s() -> None:
    told = {"Type": "container", "Action": "remove", "Actor": {"ID": "1", "Attributes": {"name": "web"}}}

    assert event(told).action == "destroy"
