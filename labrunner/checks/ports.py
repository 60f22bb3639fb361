"""Published ports as `-p` spells them: `8080:80`, the host's first, then the container's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from labrunner.engine.facts import Port

_PUBLICATION = re.compile(
    r"(?:(?:(?P<address>\[[0-9a-fA-F:]+\]|\d+(?:\.\d+){3}):)?(?P<host>\d{1,5})?:)?(?P<container>\d{1,5})(?:/(?P<protocol>tcp|udp|sctp))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What `-p` asks for; nothing is said of the host's port or address where it is None or ""."""

    container: int
    host: int | None = None
    address: str = ""
    protocol: str = "tcp"

    @classmethod
    def read(cls, text: str) -> Self:
        """`8080:80`, `127.0.0.1:8080:80`, `8080:53/udp`, `80`; ValueError for anything else."""
        found = _PUBLICATION.fullmatch(text.strip())
        if found is None:
            raise ValueError(f'"{text}" is not a published port; write HOST:CONTAINER, such as 8080:80.')
        return cls(
            container=int(found["container"]),
            host=int(found["host"]) if found["host"] else None,
            address=(found["address"] or "").strip("[]"),
            protocol=found["protocol"] or "tcp",
        )

    def among(self, ports: Iterable[Port]) -> bool:
        return any(
            port.host is not None
            and port.container == self.container
            and port.protocol == self.protocol
            and self.host in (None, port.host)
            and self.address in ("", port.address)
            for port in ports
        )

    @property
    def reversed(self) -> "Publication | None":
        """The same two ports the wrong way round."""
        if self.host is None or self.host == self.container:
            return None
        return Publication(container=self.host, host=self.container, protocol=self.protocol)

    def __str__(self) -> str:
        host = "" if self.host is None else f"{self.host}:"
        address = f"{self.address}:" if self.address else ""
        protocol = "" if self.protocol == "tcp" else f"/{self.protocol}"
        return f"{address}{host}{self.container}{protocol}"


def published(ports: Iterable[Port]) -> tuple[str, ...]:
    """What is published, each once: `8080:80`; an address is shown where it is not all of the host's."""
    shown = (
        Publication(
            container=port.container,
            host=port.host,
            address="" if port.address in ("", "0.0.0.0", "::") else port.address,
            protocol=port.protocol,
        )
        for port in ports
        if port.host is not None
    )
    return tuple(dict.fromkeys(map(str, shown)))
