"""Published ports as `-p` spells them."""

import pytest

from labrunner.checks.ports import Publication, published
from labrunner.engine.facts import Port

HTTP = Port(container=80, host=8080, address="0.0.0.0")


@pytest.mark.parametrize(
    ("text", "publication"),
    [
        ("8080:80", Publication(container=80, host=8080)),
        ("8080:80/tcp", Publication(container=80, host=8080)),
        ("53:53/udp", Publication(container=53, host=53, protocol="udp")),
        ("127.0.0.1:8080:80", Publication(container=80, host=8080, address="127.0.0.1")),
        ("[::1]:8080:80", Publication(container=80, host=8080, address="::1")),
        ("80", Publication(container=80)),
    ],
)
def test_a_publication_is_read(text: str, publication: Publication) -> None:
    assert Publication.read(text) == publication


@pytest.mark.parametrize("text", ["", "http", "80:", "8080:80:1", "a:80"])
def test_what_is_no_publication_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write HOST:CONTAINER, such as 8080:80"):
        Publication.read(text)


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("8080:80", True),
        ("80", True),
        ("80:8080", False),
        ("8080:80/udp", False),
        ("127.0.0.1:8080:80", False),
        ("8081:80", False),
    ],
)
def test_a_publication_is_looked_for_among_ports(text: str, among: bool) -> None:
    assert Publication.read(text).among((HTTP, Port(container=443))) is among


def test_both_addresses_of_a_port_are_shown_once() -> None:
    ports = (HTTP, Port(container=80, host=8080, address="::"), Port(container=443))

    assert published(ports) == ("8080:80",)
    assert published((Port(container=53, host=53, address="127.0.0.1", protocol="udp"),)) == (
        "127.0.0.1:53:53/udp",
    )


def test_the_wrong_way_round_is_known() -> None:
    assert Publication.read("8080:80").reversed == Publication(container=8080, host=80)
    assert Publication.read("80:80").reversed is None
