"""The Docker engines: where each comes from, its settings, and its network."""

from __future__ import annotations

import http.client
import json
import socket
from dataclasses import dataclass
from pathlib import Path

from tests.engines import mirror
from tests.engines.places import CACHE, DATA, output_of
from tests.engines.roots import debian_root
from tests.engines.services import Service


@dataclass(frozen=True, slots=True)
class Engine:
    name: str
    variable: str
    """The name of its address in the env file."""
    suites: tuple[str, ...]
    """The Debian suites that have it, in order of preference."""
    bridge: str = "none"
    subnet: int = 0
    """The third number of its addresses: 172.30.N.1."""
    containerd_store: bool = False
    catalogue: bool = False
    """Its Docker Hub is a port on which a test serves the practice engine's catalogue."""

    @property
    def service(self) -> Service:
        return Service(
            name=self.name,
            data=DATA / self.name,
            data_inside=Path("/var/lib/docker"),
            command=("dockerd", "--config-file", "/run/daemon.json"),
            settings_name="daemon.json",
            answers=lambda: self.version() is not None,
        )

    @property
    def socket(self) -> Path:
        return self.service.run / "docker.sock"

    def up(self) -> None:
        root = debian_root(self.suites)
        if self.bridge != "none" and not _exists(self.bridge):
            _make_bridge(self.bridge, f"172.30.{self.subnet}.1/24")
        self.service.up(root, self._settings())

    def down(self) -> None:
        self.service.stop()
        if _exists(self.bridge):
            output_of("ip", "link", "delete", self.bridge)

    def version(self) -> str | None:
        """The version that the engine gives of itself, or nothing where no engine answers."""
        connection = http.client.HTTPConnection("docker", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(10)
        try:
            connection.sock.connect(str(self.socket))
            connection.request("GET", "/version")
            return str(json.load(connection.getresponse())["Version"])
        except (OSError, http.client.HTTPException, ValueError, KeyError):
            return None
        finally:
            connection.close()

    def _settings(self) -> str:
        """daemon.json; the host's firewall is left alone, as published ports go through docker-proxy."""
        return json.dumps(
            {
                "hosts": ["unix:///run/docker.sock"],
                "group": "root",
                "bridge": self.bridge,
                "default-address-pools": [{"base": f"172.30.{self.subnet + 100}.0/22", "size": 26}],
                "iptables": False,
                "ip6tables": False,
                "registry-mirrors": [
                    f"http://127.0.0.1:{mirror.catalogue_port() if self.catalogue else mirror.port()}"
                ],
                "features": {"containerd-snapshotter": self.containerd_store},
            },
            indent=2,
        )


ENGINES = (
    Engine("20", "LABRUNNER_DOCKER20", ("bookworm",), "labrunner20", 20),
    Engine("28", "LABRUNNER_DOCKER28", ("sid", "trixie"), "labrunner28", 28),
    Engine("28-containerd", "LABRUNNER_DOCKER28_CONTAINERD", ("sid", "trixie"), "labrunner28c", 36, True),
    Engine(
        *("28-catalogue", "LABRUNNER_DOCKER28_CATALOGUE", ("sid", "trixie"), "labrunner28k", 44),
        catalogue=True,
    ),
)
WORKSHOP = Engine("workshop", "", ("bookworm",))
"""A throw-away engine with no network, for making the images."""


def install_client(engine: Engine) -> tuple[Path, Path]:
    """A `docker` of the engine's own version for the host, and the folder of its plugins (buildx)."""
    root = debian_root(engine.suites)
    config = CACHE / "bin" / engine.name / "config"
    config.mkdir(parents=True, exist_ok=True)
    plugins = config / "cli-plugins"
    plugins.unlink(missing_ok=True)
    plugins.symlink_to(root / "usr/libexec/docker/cli-plugins")
    client = config.parent / "docker"
    client.write_text(f"""\
#!/bin/sh
DOCKER_CONFIG="${{DOCKER_CONFIG:-{config}}}" exec "{root}/usr/bin/docker" "$@"
""")
    client.chmod(0o755)
    return client, plugins


def _make_bridge(bridge: str, address: str) -> None:
    output_of("ip", "link", "add", bridge, "type", "bridge")
    output_of("ip", "address", "add", address, "dev", bridge)
    output_of("ip", "link", "set", bridge, "up")


def _exists(bridge: str) -> bool:
    return Path("/sys/class/net", bridge).exists()
