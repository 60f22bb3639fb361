"""Records what an engine answers about a few known things, for the tests of `reading`.

usage: python -m tests.engine.record ENGINE FILE     ENGINE: docker20, docker28, docker28-containerd, practice, or
                                                     an address that is empty and has an image alpine:3.24
"""

import json
import platform
import re
import socket
import sys
import tempfile
import time
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import docker

from labrunner.engine.reading import PRACTICE as PRODUCT
from labrunner.engine.sdk import open_engine
from labrunner.practice.start import start, stop
from tests.engine.hand import ALPINE, build, free_port, pull, run
from tests.engine.real import PRACTICE, VARIABLES, address_of, locked, wipe

WEB = (
    "ENV A=1\nEXPOSE 80 53/udp\nLABEL who=me\nWORKDIR /srv\nUSER nobody\nVOLUME /data\nSTOPSIGNAL SIGQUIT\n"
    'SHELL ["/bin/sh", "-ec"]\nONBUILD RUN true\nENTRYPOINT ["/bin/sh"]\nCMD ["-c", "sleep 60"]\n'
    "HEALTHCHECK --interval=5s --timeout=2s --start-period=1s --retries=2 CMD true"
)
INFO = (
    "Driver",
    "DriverStatus",
    "OperatingSystem",
    "SecurityOptions",
    "RegistryConfig",
    "OSType",
    "Architecture",
)
LEFT_OUT = ("GraphDriver", "ResolvConfPath", "HostnamePath", "HostsPath", "LogPath", "Storage")
"""Of a container or image: places on the machine that was recorded."""


def record(address: str) -> dict[str, Any]:
    started = time.time_ns()
    with closing(open_engine(address)) as engine, closing(docker.APIClient(address)) as hand:
        if not engine.observe().images:
            pull(engine)
        build(hand, "web:1", "RUN echo first > /n")
        build(hand, "web:1", WEB)
        hand.tag("web:1", "localhost:5001/student/web", "1.0")
        port = free_port()
        settings = hand.create_host_config(
            port_bindings={80: port, 443: ("127.0.0.1", None)},
            binds=["stuff:/stuff:ro", *(() if engine.facts().product == PRODUCT else ("/tmp:/host",))],
            tmpfs={"/scratch": ""},
            init=True,
            restart_policy={"Name": "on-failure", "MaximumRetryCount": 3},
        )
        web = hand.create_container(
            *("web:1", None),
            name="web",
            labels={"role": "front"},
            ports=[80, 443, 8080],
            host_config=settings,
        )
        hand.start(web)
        ports = {str(port): "8080", hand.port(web, 443)[0]["HostPort"]: "32768"}
        run(
            hand,
            "job",
            ["sh", "-c", "echo out; touch /scratch; echo x >> /etc/passwd; rm /etc/group; exit 3"],
        )
        broken = hand.create_container(ALPINE, ["no-such-program"], name="broken")
        try:
            hand.start(broken)
        except docker.errors.APIError as error:
            print(error.explanation)

        def asked(path: str) -> Any:
            return hand.get(f"{hand.base_url}/v{hand.api_version}{path}").json()

        told = {
            "version": asked("/version"),
            "info": {key: value for key, value in asked("/info").items() if key in INFO},
            "images": asked("/images/json"),
            "containers": asked("/containers/json?all=1"),
            "image": {name: asked(f"/images/{name}/json") for name in (ALPINE, "web:1")},
            "history": asked("/images/web:1/history"),
            "container": {name: asked(f"/containers/{name}/json") for name in ("web", "job", "broken")},
            "changes": asked("/containers/job/changes"),
            "events": events_until_broken(hand, started),
        }
        for name in ("web", "job", "broken"):
            hand.remove_container(name, v=True, force=True)
    return anonymous(told, ports)


def events_until_broken(hand: docker.APIClient, since: int) -> list[dict[str, Any]]:
    """What happened to images and to the things with a name, without the builds' many containers and steps."""
    kept = []
    for event in hand.events(since=since // 10**9, decode=True):
        name = event["Actor"]["Attributes"].get("name", event["Actor"]["ID"])
        if event["timeNano"] < since:
            continue
        if name in ("web", "job", "broken", "stuff") or event["Action"] in ("pull", "tag"):
            kept.append(event)
        if (name, event["Action"]) == ("broken", "create"):
            break
    return kept


def anonymous(told: dict[str, Any], ports: dict[str, str]) -> dict[str, Any]:
    """The same, with the machine's names, paths and random ports replaced."""
    text = json.dumps({key: without_paths(value) for key, value in told.items()})
    for own, replaced in {platform.release(): "6.1.0", socket.gethostname(): "host", **ports}.items():
        text = text.replace(own, replaced)
    text = re.sub(r"http://127\.0\.0\.1:\d+/", "http://127.0.0.1:5000/", text)
    anonymised: dict[str, Any] = json.loads(re.sub(r'"/[^" ]*/volumes/', '"/var/lib/volumes/', text))
    return anonymised


def without_paths(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_paths(inner) for key, inner in value.items() if key not in LEFT_OUT}
    return [without_paths(inner) for inner in value] if isinstance(value, list) else value


def main(engine: str, file: str) -> None:
    if engine == PRACTICE:
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            told = record(start(Path(folder, "engine")))
            stop(Path(folder, "engine"))
            Path(file).write_text(json.dumps(told, indent=1) + "\n")
        return
    address = address_of(engine) if engine in VARIABLES else engine
    assert address is not None, f"{engine} was not started"
    with locked(engine) if engine in VARIABLES else nullcontext():
        if engine in VARIABLES:
            wipe(address)
        Path(file).write_text(json.dumps(record(address), indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
