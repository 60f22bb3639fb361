"""The world's answers: files, HTTP, a registry with and without a login."""

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from labrunner.checks.evidence import Failed, Fetch, HttpAnswer, ManifestAnswer
from labrunner.runner.registry import Registry
from labrunner.runner.world import fetch, logins, registry_key

SECRET = base64.b64encode(b"ana:secret").decode()


Answers = Mapping[str, tuple[int, Mapping[str, str], bytes]]


@contextmanager
def serving(answers: Answers, *, login: str = "") -> Iterator[str]:
    """A server on loopback that answers by path; with a `login`, only to who has it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.get(self.path, (404, {}, b"nothing here"))
            if login and self.headers.get("Authorization") != login:
                status, headers, body = 401, {"WWW-Authenticate": 'Basic realm="lab"'}, b""
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_page_is_fetched_with_its_status_and_headers() -> None:
    with serving({"/": (200, {"Server": "lab"}, b"Welcome")}) as host:
        answer = fetch(Fetch(f"http://{host}/", contains="Welcome"))

    assert isinstance(answer, HttpAnswer)
    assert (answer.status, answer.body) == (200, "Welcome")


def test_an_error_page_is_an_answer_too() -> None:
    with serving({}) as host:
        answer = fetch(Fetch(f"http://{host}/missing", within=0.0))

    assert answer is not None
    assert answer.status == 404


def test_nobody_there_is_no_answer() -> None:
    with serving({}) as host:
        pass

    assert fetch(Fetch(f"http://{host}/", within=0.0)) is None


def test_a_registry_tells_a_manifest_and_its_tags() -> None:
    manifest: tuple[int, Mapping[str, str], bytes] = (
        200,
        {"Docker-Content-Digest": "sha256:aa", "Content-Type": "application/json"},
        b"",
    )
    tags: tuple[int, Mapping[str, str], bytes] = (200, {}, json.dumps({"tags": ["latest", "1.0"]}).encode())
    answers: Answers = {"/v2/ana/web/manifests/1.0": manifest, "/v2/ana/web/tags/list": tags}
    with serving(answers) as host:
        registry = Registry(credentials={})
        assert registry.manifest(f"{host}/ana/web:1.0") == ManifestAnswer(
            digest="sha256:aa", media_type="application/json"
        )
        assert registry.manifest(f"{host}/ana/web:2.0") is None
        assert registry.tags(f"{host}/ana/web") == ("latest", "1.0")
        assert registry.tags(f"{host}/ana/other") is None


def test_a_registry_with_a_login_is_asked_with_the_labs_own() -> None:
    answers: Answers = {"/v2/ana/web/tags/list": (200, {}, b'{"tags": ["latest"]}')}
    with serving(answers, login=f"Basic {SECRET}") as host:
        without = Registry(credentials={}).tags(f"{host}/ana/web")
        assert isinstance(without, Failed)
        assert "without a login" in without.because
        assert Registry(credentials={host: SECRET}).tags(f"{host}/ana/web") == ("latest",)


def test_a_registry_that_is_not_there_is_nobodys_fault() -> None:
    with serving({}) as host:
        pass

    assert isinstance(Registry(credentials={}).manifest(f"{host}/ana/web"), Failed)


def test_logins_are_those_with_credentials(tmp_path: Path) -> None:
    assert logins(tmp_path) == {}
    auths = {"localhost:5001": {"auth": SECRET}, "other": {}}
    (tmp_path / "config.json").write_text(json.dumps({"auths": auths}))
    assert logins(tmp_path) == {"localhost:5001": SECRET}
    (tmp_path / "config.json").write_text(json.dumps({"auths": auths, "credsStore": "pass"}))
    assert set(logins(tmp_path)) == {"localhost:5001", "other"}
    (tmp_path / "config.json").write_text("not json")
    assert logins(tmp_path) == {}


def test_docker_hub_keeps_its_login_under_its_old_address() -> None:
    assert registry_key("docker.io") == "https://index.docker.io/v1/"
    assert registry_key("localhost:5001") == "localhost:5001"
