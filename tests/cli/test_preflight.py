"""Before a lesson begins: a Docker engine that can pull nothing, and going on where the lesson was begun."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from labrunner.cli.preflight import out_of_reach
from labrunner.engine.sdk import open_engine
from labrunner.lesson.catalogue import find
from labrunner.lesson.loading import load
from labrunner.progress.sqlite import open_store
from tests.cli.program import Home
from tests.cli.terminal import Terminal
from tests.engine import real
from tests.practice.fidelity.catalogue import served

pytestmark = [
    pytest.mark.docker,
    pytest.mark.xdist_group("transcripts"),
    pytest.mark.timeout(240, func_only=True),
]


@pytest.fixture
def offline(home: Home, engines: Mapping[str, str]) -> Iterator[Home]:
    """A real engine without images, whose mirror is not there."""
    address = engines[real.CATALOGUE_VARIABLE]
    with real.locked(real.CATALOGUE_ENGINE):
        real.wipe(address)
        yield Home(
            path=home.path,
            docker_host=address,
            programs=(str(Path(engines["LABRUNNER_DOCKER_CLI28"]).parent),),
        )
        real.wipe(address)


def test_practice_is_offered_and_kept_to(offline: Home) -> None:
    with Terminal(offline, "start", "layers") as lab:
        lab.reads("The lesson needs the image nginx:1.31")
        lab.reads("[Y/n]")
        lab.presses("\r")
        lab.reads("As agreed, this is labrunner's practice engine")
        lab.prompt()
        assert lab.leaves("layers") == 0

    again = offline.run("start", "layers", "--plain")
    assert "The lesson was begun here, so this is labrunner's practice engine" in again.stderr

    changed = offline.run("start", "layers", "--plain", "--engine", "docker")
    assert "The lesson was begun on the practice engine" in changed.stderr
    assert "`redo`" in changed.stderr


def test_docker_stays_where_the_learner_wants_it(offline: Home) -> None:
    with Terminal(offline, "start", "layers") as lab:
        lab.reads("[Y/n]")
        lab.presses("n")
        lab.prompt()
        lab.types("docker version --format '{{.Server.Platform.Name}}/{{.Server.Os}}'")
        lab.reads("/linux")
        lab.prompt()
        assert lab.leaves("layers") == 0


def test_where_nobody_can_be_asked_the_way_out_is_told(offline: Home) -> None:
    ran = offline.run("start", "layers", "--plain")

    assert ran.returncode == 9
    assert "Docker engine at" in ran.stderr
    assert "no such host" in ran.stderr
    assert "--engine practice" in ran.stderr


def test_each_image_that_is_missing_is_asked_for_where_there_is_a_mirror(
    offline: Home, engines: Mapping[str, str]
) -> None:
    lesson = load(Path(find().entry("cache").path))
    more = replace(lesson, front=replace(lesson.front, images=(*lesson.front.images, "nginx:9.99")))
    with closing(open_engine(offline.docker_host)) as engine:
        first = out_of_reach(lesson, engine)
        assert first is not None
        assert first.image == lesson.front.images[0]
        with served(engines["LABRUNNER_CATALOGUE"]):
            assert out_of_reach(lesson, engine) is None
            last = out_of_reach(more, engine)
            assert last is not None
            assert last.image == "nginx:9.99"
            for name in lesson.front.images:
                assert list(engine.pull(name))
        assert out_of_reach(lesson, engine) is None


def test_what_was_on_an_engine_before_is_noted_when_the_lesson_moves_to_it(
    offline: Home, engines: Mapping[str, str]
) -> None:
    with closing(open_engine(offline.docker_host)) as engine, served(engines["LABRUNNER_CATALOGUE"]):
        assert list(engine.pull("alpine:3.24"))
    offline.run("start", "layers", "--plain", "--engine", "practice")

    offline.run("start", "layers", "--plain", "--engine", "docker")

    store = open_store(offline.path / "data" / "progress.sqlite3")
    opening = store.opening("layers")
    store.close()
    assert opening is not None
    assert [thing.name for thing in opening.before] == ["alpine:3.24"]
