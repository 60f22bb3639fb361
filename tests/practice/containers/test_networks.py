"""Networks as state, in Docker's words."""

import asyncio
from pathlib import Path

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.containers.lab import Lab, lab


def test_the_three_networks_are_there_and_keep_their_ids(tmp_path: Path) -> None:
    first, second = Lab(tmp_path), Lab(tmp_path)

    assert [(each.name, each.driver) for each in first.networks.list()] == [
        ("bridge", "bridge"),
        ("host", "host"),
        ("none", "null"),
    ]
    assert [each.id for each in first.networks.list()] == [each.id for each in second.networks.list()]


def test_a_container_joins_its_network_when_it_starts(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            network = here.networks.create({"Name": "net", "Labels": {"a": "b"}})
            made = await here.run("web", "sleep", host={"NetworkMode": "net"})
            endpoint = here.containers.get("web").inspect()["NetworkSettings"]["Networks"]["net"]
            assert endpoint["NetworkID"] == network.id
            assert len(endpoint["EndpointID"]) == 64
            assert (endpoint["IPAddress"], endpoint["DNSNames"]) == ("", ["web", made[:12]])
            assert network.inspect()["Containers"] == {
                made: {
                    "Name": "web",
                    "EndpointID": endpoint["EndpointID"],
                    "MacAddress": "",
                    "IPv4Address": "",
                    "IPv6Address": "",
                }
            }
            with pytest.raises(Refused) as refused:
                here.networks.remove("net")
            assert (refused.value.status, refused.value.message) == (
                403,
                f'error while removing network: network net has active endpoints (name:"web" '
                f'id:"{endpoint["EndpointID"][:12]}")',
            )
            assert here.networks.prune() == ()
            await here.containers.kill("web")
            assert here.networks.prune() == ("net",)

    asyncio.run(go())


def test_a_missing_network_is_noticed_at_the_start(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            await here.create("web", "sleep", host={"NetworkMode": "nosuch"})
            with pytest.raises(Refused) as refused:
                await here.containers.start("web")
            assert (refused.value.status, refused.value.message) == (
                404,
                "failed to set up container networking: network nosuch not found",
            )

    asyncio.run(go())


def test_connect_and_disconnect(tmp_path: Path) -> None:
    async def go() -> None:
        async with lab(tmp_path) as here:
            here.networks.create({"Name": "net"})
            made = await here.run("web", "sleep")
            here.containers.connect("net", "web")
            assert list(here.containers.get("web").inspect()["NetworkSettings"]["Networks"]) == [
                "bridge",
                "net",
            ]
            for network, status, message in (
                ("net", 403, "endpoint with name web already exists in network net"),
                (
                    "host",
                    400,
                    "cannot connect container to host network - container must be created in host network mode",
                ),
                ("nosuch", 404, "network nosuch not found"),
            ):
                with pytest.raises(Refused) as refused:
                    here.containers.connect(network, "web")
                assert (refused.value.status, refused.value.message) == (status, message)
            here.containers.disconnect("net", "web")
            with pytest.raises(Refused) as refused:
                here.containers.disconnect("net", "web")
            assert (refused.value.status, refused.value.message) == (
                500,
                f"container {made} is not connected to network net",
            )
            assert here.told("network") == ["create", "connect", "connect", "disconnect"]

    asyncio.run(go())


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"Name": ""}, 400, "invalid name: name is empty"),
        ({"Name": "bridge"}, 403, "operation is not permitted on predefined bridge network "),
        ({"Name": "x", "Driver": "foo"}, 404, 'plugin "foo" not found'),
        ({"Name": "x", "Driver": "host"}, 403, 'only one instance of "host" network is allowed'),
        ({"Name": "net"}, 409, "network with name net already exists"),
    ],
)
def test_refused_networks(tmp_path: Path, body: dict[str, str], status: int, message: str) -> None:
    here = Lab(tmp_path)
    here.networks.create({"Name": "net"})
    with pytest.raises(Refused) as refused:
        here.networks.create(body)

    assert (refused.value.status, refused.value.message) == (status, message)


def test_the_three_are_not_removed(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="^bridge is a pre-defined network and cannot be removed$"):
        Lab(tmp_path).networks.remove("bridge")
