"""Opening an engine that is strange, old, or not there, over real sockets and without a Docker."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from labrunner.engine.protocol import InspectImage
from labrunner.engine.sdk import open_engine
from labrunner.errors import EngineRefused, EngineUnreachable

VERSION = {"ApiVersion": "1.51", "MinAPIVersion": "1.24", "Platform": {"Name": ""}}


@contextmanager
def answering(folder: Path, answers: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """A daemon that knows these paths: its address, and what it was asked. A text is sent as it is."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            asked.append(path)
            answer = answers.get(path, {"message": f"page not found: {path}"})
            body = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
            self.send_response(200 if path in answers else 404)
            if "/_ping" in answers:
                self.send_header("Api-Version", "1.51")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *_: object) -> None:
            return

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True

    with Server(str(folder / "d.sock"), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"unix://{folder}/d.sock", asked
        server.shutdown()


def test_an_engine_newer_than_labrunner_is_spoken_to_in_words_both_know(tmp_path: Path) -> None:
    told = {"ApiVersion": "1.99", "MinAPIVersion": "1.44", "Platform": {"Name": ""}}
    answers = {"/_ping": "OK", "/version": told, "/v1.52/images/json": [], "/v1.52/containers/json": []}
    with answering(tmp_path, answers) as (address, asked), closing(open_engine(address)) as engine:
        engine.observe()

    assert asked == ["/_ping", "/version", "/v1.52/images/json", "/v1.52/containers/json"]


def test_the_practice_engine_is_known_by_its_platform(tmp_path: Path) -> None:
    told = {**VERSION, "Platform": {"Name": "labrunner practice engine"}}
    answers = {"/_ping": "OK", "/version": told}
    with answering(tmp_path, answers) as (address, _), closing(open_engine(address)) as engine:
        assert engine.name == "practice"


def test_an_engine_that_is_too_old_is_refused(tmp_path: Path) -> None:
    with (
        answering(tmp_path, {"/_ping": "OK", "/version": {"ApiVersion": "1.20"}}) as (address, _),
        pytest.raises(EngineRefused, match=r"speaks API 1\.20; labrunner needs 1\.24"),
    ):
        open_engine(address)


@pytest.mark.parametrize(
    "answers",
    [{}, {"/_ping": "OK", "/version": {}}, {"/_ping": "OK", "/version": "<html>"}],
    ids=["no ping", "no version", "no json"],
)
def test_something_else_on_the_socket_is_no_engine(tmp_path: Path, answers: dict[str, Any]) -> None:
    with (
        answering(tmp_path, answers) as (address, _),
        pytest.raises(EngineUnreachable, match="is not a Docker engine"),
    ):
        open_engine(address)


def test_an_answer_that_is_no_json_is_no_engine_s(tmp_path: Path) -> None:
    answers = {"/_ping": "OK", "/version": VERSION, "/v1.51/images/x/json": "<html>"}
    with (
        answering(tmp_path, answers) as (address, _),
        closing(open_engine(address)) as engine,
        pytest.raises(EngineUnreachable, match="is not a Docker engine"),
    ):
        engine.probe(InspectImage("x"))


def test_a_socket_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineUnreachable) as trouble:
        open_engine(f"unix://{tmp_path}/d.sock")

    assert (
        trouble.value.what == f"No engine is running at unix://{tmp_path}/d.sock (No such file or directory)."
    )
    assert trouble.value.exit_status == 4


def test_a_text_that_is_no_address_is_said_to_be_none() -> None:
    with pytest.raises(EngineUnreachable, match="nonsense is not an engine's address"):
        open_engine("nonsense")


def test_an_engine_behind_ssh_is_told_a_way_in() -> None:
    with pytest.raises(EngineUnreachable) as trouble:
        open_engine("ssh://me@far")

    assert "ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock me@far" in trouble.value.remedy


def test_certificates_that_are_missing_are_told(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    (tmp_path / "key.pem").touch()
    (tmp_path / "ca.pem").mkdir()

    with pytest.raises(EngineUnreachable, match="No TLS connection could be made to tcp://localhost:2376"):
        open_engine("tcp://localhost:2376", certificates=str(tmp_path))


@pytest.mark.parametrize("config", ["[]", '{"auths": 5}', '{"auths": {"x": {"auth": "%"}}}'])
def test_broken_settings_of_docker_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    (tmp_path / "config.json").write_text(config)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))

    with pytest.raises(EngineUnreachable, match="Docker's own settings cannot be read"):
        open_engine("unix:///nowhere")


def test_without_an_address_docker_host_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(tmp_path, {"/_ping": "OK", "/version": VERSION}) as (address, _):
        monkeypatch.setenv("DOCKER_HOST", address)
        with closing(open_engine()) as engine:
            assert (engine.address, engine.name, engine.ping()) == (address, "docker", "1.51")
