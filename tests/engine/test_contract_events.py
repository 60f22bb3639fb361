"""What the Engine protocol promises of events, shown on real engines."""

import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import docker
import pytest

from labrunner.engine.protocol import Engine
from labrunner.engine.sdk import open_engine
from tests.engine.hand import ALPINE, follow, only_image, pull, run
from tests.engine.real import on

UP = Path(__file__).parents[1] / "engines/up"


def test_events_tell_what_happened(engine: Engine, hand: docker.APIClient) -> None:
    started = time.time_ns()
    pull(engine)
    hand.tag(ALPINE, "localhost:5001/student/alpine", "1.0")
    run(hand, "job", ["sh", "-c", "exit 3"])

    events = follow(engine, started, until=lambda event: event.action == "die")

    image, container = only_image(engine).id, engine.observe().containers[0].id
    told = [(event.type, event.action, event.name) for event in events]
    assert ("image", "pull", ALPINE) in told
    assert ("image", "tag", "localhost:5001/student/alpine:1.0") in told
    assert ("container", "create", "job") in told
    assert events[-1].attributes["exitCode"] == "3"
    assert events[-1].id == container
    assert all(event.at > started for event in events)
    assert {event.id for event in events if event.action == "tag"} == {image}


def test_going_on_from_the_last_event_repeats_nothing(engine: Engine, hand: docker.APIClient) -> None:
    started = time.time_ns()
    hand.create_volume("first")
    last = follow(engine, started, until=lambda event: event.id == "first")[-1]
    hand.create_volume("second")

    events = follow(engine, last.at, until=lambda event: event.id == "second")

    assert [event.id for event in events] == ["second"]


def test_events_are_ended_from_another_thread(engine: Engine) -> None:
    ended = threading.Event()
    stream = engine.events()

    def listen() -> None:
        assert list(stream) == []
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    engine.stop_events()

    assert ended.wait(5)


@pytest.mark.parametrize("engine_address", [on("docker20")], indirect=True)
def test_a_restarted_engine_is_used_again(clean_engine: str) -> None:
    with closing(open_engine(clean_engine)) as engine:
        started = time.time_ns()
        pull(engine)
        stream = engine.events(since=started)
        last = next(stream)
        subprocess.run([UP, "restart", "20"], check=True, stdout=subprocess.DEVNULL)

        assert list(stream) == []
        assert engine.ping() == "1.41"
        assert only_image(engine).names == (ALPINE,)
        with closing(docker.APIClient(base_url=clean_engine)) as hand:
            hand.create_volume("afterwards")
        events = follow(engine, last.at, until=lambda event: event.id == "afterwards")
        assert events[-1].action == "create"
