"""An engine is found, or its absence explained, over real sockets."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from labrunner.engine.locate import (
    Candidate,
    Found,
    NoEngine,
    Pong,
    Silence,
    candidates,
    first,
    ping,
)

DOCKER = (
    b"HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nServer: Docker/28.5.2 (linux)\r\nContent-Length: 2\r\n\r\nOK"
)
NGINX = b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n"
TLS = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


@contextmanager
def serving(door: socket.socket, *parts: bytes) -> Iterator[None]:
    """Answer one connection with these bytes, or keep silent where there are none."""
    door.listen()

    def answer() -> None:
        connection, _ = door.accept()
        with connection:
            connection.recv(4096)
            for part in parts:
                connection.sendall(part)
            if not parts:
                connection.recv(1)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    with door:
        yield
    thread.join(5)


@contextmanager
def unix(folder: Path, *parts: bytes) -> Iterator[str]:
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(folder / "d.sock"))
    with serving(door, *parts):
        yield f"unix://{folder}/d.sock"


@contextmanager
def nobody() -> Iterator[None]:
    """Act as a user without rights, for root may use every socket."""
    me = os.geteuid()
    os.seteuid(65534 if me == 0 else me)
    yield
    os.seteuid(me)


def test_an_engine_on_a_unix_socket_answers(tmp_path: Path) -> None:
    with unix(tmp_path, DOCKER) as address:
        assert ping(address) == Pong(api="1.51", server="Docker/28.5.2 (linux)")


def test_an_engine_on_tcp_answers() -> None:
    door = socket.create_server(("127.0.0.1", 0))
    with serving(door, DOCKER):
        assert ping(f"tcp://127.0.0.1:{door.getsockname()[1]}/") == Pong(
            api="1.51", server="Docker/28.5.2 (linux)"
        )


def test_an_answer_may_come_in_pieces_and_in_any_case(tmp_path: Path) -> None:
    with unix(tmp_path, b"HTTP/1.1 200 OK\r\nAPI-VER", b"SION: 1.40\r\n", b"\r\n") as address:
        assert ping(address) == Pong(api="1.40")


def test_no_socket_is_absent(tmp_path: Path) -> None:
    assert ping(f"unix://{tmp_path}/none") == Silence(reason="absent", detail="No such file or directory")


def test_a_socket_that_nobody_listens_on_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "d.sock"))

    assert ping(f"unix://{tmp_path}/d.sock") == Silence(reason="refused", detail="Connection refused")


def test_a_socket_of_somebody_else_is_permission_denied(tmp_path: Path) -> None:
    with unix(tmp_path, DOCKER) as address:
        (tmp_path / "d.sock").chmod(0)
        with nobody():
            denied = ping(address)
        (tmp_path / "d.sock").chmod(0o700)
        ping(address)

    assert denied == Silence(reason="permission denied", detail="Permission denied")


def test_an_engine_that_says_nothing_times_out(tmp_path: Path) -> None:
    with unix(tmp_path) as address:
        began = time.monotonic()

        assert ping(address, timeout=0.05) == Silence(reason="timeout", detail="timed out")
        assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("head", "detail"),
    [
        (NGINX, "HTTP/1.1 200 OK"),
        (TLS, "HTTP/1.0 400 Bad Request"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2"),
        (b"\xff" * 20000, "ÿ" * 200),
    ],
    ids=["nginx", "tls", "ssh", "noise"],
)
def test_something_else_is_not_docker(tmp_path: Path, head: bytes, detail: str) -> None:
    with unix(tmp_path, head) as address:
        assert ping(address) == Silence(reason="not docker", detail=detail)


@pytest.mark.parametrize(
    "address",
    ["", "nonsense", "npipe:////./pipe/docker", f"tcp://{'x' * 80}:1", "tcp://h:9999999999999999999"],
)
def test_what_cannot_be_dialled_is_not_an_address(address: str) -> None:
    silence = ping(address)

    assert isinstance(silence, Silence)
    assert silence.reason == "not an address"


def test_a_socket_path_that_is_too_long_is_absent(tmp_path: Path) -> None:
    assert ping(f"unix:///{'x' * 200}") == Silence(reason="absent", detail="AF_UNIX path too long")


def test_the_first_that_answers_is_found_and_the_silent_ones_are_told(tmp_path: Path) -> None:
    gone = Candidate(address=f"unix://{tmp_path}/none", source="DOCKER_HOST")
    with unix(tmp_path, DOCKER) as address:
        found = first([gone, Candidate(address=address, source="usual socket")])

    assert isinstance(found, Found)
    assert (found.address, found.source) == (address, "usual socket")
    assert found.pong == Pong(api="1.51", server="Docker/28.5.2 (linux)")
    assert [(tried.candidate, tried.silence.reason) for tried in found.tried] == [(gone, "absent")]


def test_where_nothing_answers_every_try_is_told(tmp_path: Path) -> None:
    gone = Candidate(address=f"unix://{tmp_path}/none", source="DOCKER_HOST")

    nowhere = first([gone])

    assert isinstance(nowhere, NoEngine)
    assert [tried.candidate for tried in nowhere.tried] == [gone]


@pytest.mark.parametrize("address", ["ssh://me@host", "https://host:2376"])
def test_only_the_sdk_can_tell_of_ssh_and_tls(address: str) -> None:
    assert first([Candidate(address=address, source="DOCKER_HOST")]) == Found(
        address=address, source="DOCKER_HOST"
    )


def test_docker_host_comes_first_and_silences_the_context(tmp_path: Path) -> None:
    context(tmp_path, "far", "tcp://far:2375")
    env = {"DOCKER_HOST": "unix:///x.sock", "DOCKER_CONTEXT": "far"}

    assert candidates(env, tmp_path)[:2] == (
        Candidate(address="unix:///x.sock", source="DOCKER_HOST"),
        Candidate(address="unix:///var/run/docker.sock", source="usual socket"),
    )


def test_docker_host_may_leave_the_scheme_out(tmp_path: Path) -> None:
    assert candidates({"DOCKER_HOST": "far:2375"}, tmp_path)[0].address == "tcp://far:2375"


def test_docker_tls_verify_asks_for_the_certificates(tmp_path: Path) -> None:
    env = {"DOCKER_HOST": "tcp://far:2376", "DOCKER_TLS_VERIFY": "1"}

    assert candidates(env, tmp_path)[0].certificates == str(tmp_path / ".docker")
    assert candidates({**env, "DOCKER_CERT_PATH": "/certs"}, tmp_path)[0] == Candidate(
        address="tcp://far:2376", source="DOCKER_HOST", certificates="/certs"
    )


def test_the_current_context_comes_before_the_usual_sockets(tmp_path: Path) -> None:
    context(tmp_path, "other", "tcp://other:2375")
    context(tmp_path, "desktop-linux", "unix:///desktop.sock")
    configure(tmp_path, {"currentContext": "desktop-linux"})

    assert candidates({}, tmp_path)[0] == Candidate(
        address="unix:///desktop.sock", source="docker context desktop-linux"
    )
    assert candidates({"DOCKER_CONTEXT": "other"}, tmp_path)[0].address == "tcp://other:2375"
    assert candidates({"DOCKER_CONTEXT": "default"}, tmp_path)[0].source == "usual socket"


def test_a_context_may_bring_certificates(tmp_path: Path) -> None:
    context(tmp_path, "far", "tcp://far:2376")
    certificates = tmp_path / ".docker/contexts/tls/id-far/docker"
    certificates.mkdir(parents=True)

    assert candidates({"DOCKER_CONTEXT": "far"}, tmp_path)[0].certificates == str(certificates)


def test_docker_config_names_another_folder(tmp_path: Path) -> None:
    configure(tmp_path, {"currentContext": "far"})
    context(tmp_path, "far", "tcp://far:2375")

    assert (
        candidates({"DOCKER_CONFIG": str(tmp_path / ".docker")}, Path("/nowhere"))[0].address
        == "tcp://far:2375"
    )


@pytest.mark.parametrize("config", ["", "{", "[]", '{"currentContext": "gone"}', '{"currentContext": 5}'])
def test_a_broken_config_is_passed_over(tmp_path: Path, config: str) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text(config)

    assert candidates({}, tmp_path)[0].source == "usual socket"


def test_every_address_is_tried_once(tmp_path: Path) -> None:
    context(tmp_path, "desktop", "unix:///var/run/docker.sock")
    env = {"DOCKER_CONTEXT": "desktop", "XDG_RUNTIME_DIR": "/run/user/1000"}

    places = candidates(env, tmp_path)
    addresses = [place.address for place in places]

    assert len(addresses) == len(set(addresses))
    assert places[0].source == "docker context desktop"
    assert [place.source for place in places[1:]] == sorted(
        (place.source for place in places[1:]), reverse=True
    )
    assert "unix:///run/user/1000/docker.sock" in addresses
    assert "unix:///run/user/1000/podman/podman.sock" in addresses


def configure(home: Path, config: object) -> None:
    (home / ".docker").mkdir(exist_ok=True)
    (home / ".docker/config.json").write_text(json.dumps(config))


def context(home: Path, name: str, host: str) -> None:
    meta = home / f".docker/contexts/meta/id-{name}/meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host}}}))
