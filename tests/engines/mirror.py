"""The registry that stands where the engines expect Docker Hub, serving the images of recipes/."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path

from tests.engines.places import CACHE, RUN
from tests.engines.roots import debian_root
from tests.engines.services import Service

_PORT = RUN / "mirror.port"
_CATALOGUE_PORT = RUN / "catalogue.port"


def port() -> int:
    return _kept(_PORT)


def catalogue_port() -> int:
    """Where nobody listens until a test does."""
    return _kept(_CATALOGUE_PORT)


def _kept(file: Path) -> int:
    """A free port of this machine, chosen once, since the engines' settings name it."""
    if not file.exists():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(str(probe.getsockname()[1]))
    return int(file.read_text())


def _answers() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port(), timeout=10)
    try:
        connection.request("GET", "/v2/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


SERVICE = Service(
    name="mirror",
    data=CACHE / "images",
    data_inside=Path("/var/lib/images"),
    command=("docker-registry", "serve", "/run/registry.yml"),
    settings_name="registry.yml",
    answers=_answers,
)


def up(images: Path) -> None:
    """Have the registry serving one folder of `SERVICE.data`, on another port where the old one is taken."""
    if SERVICE.pid() is None and _taken():
        _PORT.unlink()
    SERVICE.up(debian_root(("bookworm",)), _settings(images.name))


def _taken() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port())) == 0


def _settings(folder: str) -> str:
    return f"""\
version: 0.1
log: {{level: warn, accesslog: {{disabled: true}}}}
storage:
  filesystem: {{rootdirectory: /var/lib/images/{folder}}}
  delete: {{enabled: true}}
http: {{addr: "127.0.0.1:{port()}"}}
"""
