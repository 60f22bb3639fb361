"""What a learner would do on an engine, and what labrunner then sees: the verbs of the contract tests."""

import io
import queue
import socket
import tarfile
import threading
from collections.abc import Callable
from typing import Any

import docker

from labrunner.engine.facts import EngineEvent, ImageSummary
from labrunner.engine.protocol import Engine, EngineProbe

ALPINE = "alpine:3.24"


def answer(engine: Engine, probe: EngineProbe) -> Any:
    """What the engine answers; its type follows from the probe."""
    told = engine.probe(probe)
    assert told is not None
    return told


def pull(engine: Engine) -> None:
    list(engine.pull(ALPINE))


def build(hand: docker.APIClient, name: str, instructions: str) -> None:
    """A classic build on alpine."""
    text = f"FROM {ALPINE}\n{instructions}\n".encode()
    context = io.BytesIO()
    with tarfile.open(fileobj=context, mode="w") as archive:
        member = tarfile.TarInfo("Dockerfile")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    told = list(
        hand.build(
            fileobj=io.BytesIO(context.getvalue()), custom_context=True, tag=name, rm=True, decode=True
        )
    )
    assert not [line for line in told if "error" in line], told


def free_port() -> int:
    """A port of the host, which all engines of this machine share."""
    with socket.create_server(("", 0)) as door:
        port: int = door.getsockname()[1]
        return port


def run(hand: docker.APIClient, name: str, command: list[str]) -> None:
    made = hand.create_container(ALPINE, command, name=name)
    hand.start(made)
    hand.wait(made)


def only_image(engine: Engine, name: str = ALPINE) -> ImageSummary:
    (image,) = (image for image in engine.observe().images if name in image.names)
    return image


def follow(engine: Engine, since: int, *, until: Callable[[EngineEvent], bool]) -> list[EngineEvent]:
    """Events up to the one that is waited for."""
    arrived: queue.Queue[EngineEvent] = queue.Queue()
    stream = engine.events(since=since)

    def listen() -> None:
        for event in stream:
            arrived.put(event)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    seen = [arrived.get(timeout=10)]
    while not until(seen[-1]):
        seen.append(arrived.get(timeout=10))
    engine.stop_events()
    listener.join(timeout=5)
    assert not listener.is_alive()
    return seen
