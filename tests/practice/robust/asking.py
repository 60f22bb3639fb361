"""A plain HTTP client for an engine's socket, and the archives that it sends."""

import http.client
import io
import json
import socket
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

STUDENT = {"X-Registry-Auth": "eyJ1c2VybmFtZSI6InN0dWRlbnQiLCJwYXNzd29yZCI6InN0dWRlbnQifQ=="}
"""The account `student` with the password `student`, as the docker command sends it along."""


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path, patience: float) -> None:
        super().__init__("engine", timeout=patience)
        self._path = str(path)

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Failed(Exception):
    """The engine answered, and said no."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status
        self.message = message


class Client:
    """Each question is a connection of its own. A dead engine is an OSError or an HTTPException."""

    def __init__(self, path: Path, *, patience: float = 30) -> None:
        self.path = path
        self.patience = patience

    def send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        kind: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        connection = _Connection(self.path, self.patience)
        try:
            connection.request(method, target, body, {"Content-Type": kind, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def ask(self, method: str, target: str, body: object = None) -> Any:
        """The JSON of an answer; raises Failed where it is a refusal."""
        status, told = self.send(
            method, f"/v1.51{target}", b"" if body is None else json.dumps(body).encode()
        )
        if status >= 400:
            raise Failed(status, json.loads(told)["message"])
        return json.loads(told) if told else None

    def stream(
        self,
        target: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
    ) -> list[dict[str, Any]]:
        """The lines of a pull, push, build or load; raises Failed where the last one is an error."""
        status, told = self.send(method, f"/v1.51{target}", body, kind="application/x-tar", headers=headers)
        lines = [json.loads(line) for line in told.splitlines() if line.strip()]
        if status >= 400:
            raise Failed(status, lines[0]["message"])
        if lines and "error" in lines[-1]:
            raise Failed(status, lines[-1]["error"])
        return lines

    def pull(self, name: str) -> None:
        self.stream(f"/images/create?fromImage={quote(name, safe='')}")

    def build(self, context: bytes, name: str = "", query: str = "") -> str:
        """The classic builder's image ID."""
        lines = self.stream(f"/build?t={quote(name, safe='')}{query}", context)
        return next(str(line["aux"]["ID"]) for line in lines if "aux" in line)

    def push(self, name: str) -> None:
        repository, _, tag = name.rpartition(":")
        self.stream(f"/images/{repository}/push?tag={tag}", headers=STUDENT)

    def run(self, image: str, *words: str) -> str:
        """The ID of a container that was started."""
        made = self.ask("POST", "/containers/create", {"Image": image, "Cmd": list(words)})["Id"]
        self.ask("POST", f"/containers/{made}/start")
        return str(made)

    def wait(self, container: str) -> int:
        return int(self.ask("POST", f"/containers/{container}/wait")["StatusCode"])

    def logs(self, container: str) -> str:
        """Both streams, without their frames."""
        _, told = self.send("GET", f"/v1.51/containers/{container}/logs?stdout=1&stderr=1")
        text, at = b"", 0
        while at < len(told):
            size = int.from_bytes(told[at + 4 : at + 8], "big")
            text += told[at + 8 : at + 8 + size]
            at += 8 + size
        return text.decode("utf-8", "replace")


def packed(files: Mapping[str, str | bytes | tarfile.TarInfo]) -> bytes:
    """A tar: texts become files, and whoever gives a TarInfo says it all."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files.items():
            if isinstance(content, tarfile.TarInfo):
                content.name = name
                tar.addfile(content)
                continue
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()
