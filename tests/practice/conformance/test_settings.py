"""Settings of containers and builds that the docker SDK's suite asks for, and what is refused, in Docker's words."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import docker
import pytest

from tests.engine import real
from tests.engine.hand import ALPINE

pytestmark = pytest.mark.parametrize("engine_address", [real.PRACTICE], indirect=True)


@pytest.fixture
def hand(clean_engine: str) -> Iterator[docker.APIClient]:
    with closing(docker.APIClient(base_url=clean_engine, timeout=60)) as client:
        client.pull(ALPINE)
        yield client


def ran(hand: docker.APIClient, *command: str, user: str = "", **settings: Any) -> str:
    """What a container with these host settings says."""
    host = hand.create_host_config(**settings)
    made = hand.create_container(ALPINE, list(command), user=user, host_config=host)
    hand.start(made)
    hand.wait(made)
    said: bytes = hand.logs(made)
    return said.decode()


def refusal(error: docker.errors.APIError) -> str:
    return str(error.explanation)


def test_more_groups_by_name_and_by_number(hand: docker.APIClient) -> None:
    assert ran(hand, "id", "-G", user="1000", group_add=["adm", 7777]) == "0 4 7777\n"


def test_an_unknown_group_is_told_at_the_start(hand: docker.APIClient) -> None:
    with pytest.raises(docker.errors.APIError) as error:
        ran(hand, "id", group_add=["nosuch"])

    assert refusal(error.value) == "unable to find group nosuch: no matching entries in group file"


def test_a_container_that_keeps_no_log(hand: docker.APIClient) -> None:
    with pytest.raises(docker.errors.APIError) as error:
        ran(hand, "echo", "hi", log_config={"Type": "none"})

    assert refusal(error.value) == "configured logging driver does not support reading"


def test_options_of_the_log_are_kept_and_unknown_ones_refused(hand: docker.APIClient) -> None:
    wanted = docker.types.LogConfig(type="json-file", config={"max-file": "3"})
    made = hand.create_container(ALPINE, "true", host_config=hand.create_host_config(log_config=wanted))

    assert hand.inspect_container(made)["HostConfig"]["LogConfig"] == {
        "Type": "json-file",
        "Config": {"max-file": "3"},
    }
    with pytest.raises(docker.errors.APIError) as error:
        ran(hand, "true", log_config={"type": "json-file", "config": {"nope": "1"}})
    assert refusal(error.value) == "unknown log opt 'nope' for json-file log driver"


def test_an_endpoint_keeps_what_was_asked_for_it(hand: docker.APIClient) -> None:
    pool = docker.types.IPAMPool(subnet="172.99.0.0/16")
    hand.create_network("lab", ipam=docker.types.IPAMConfig(pool_configs=[pool]))
    asked = hand.create_endpoint_config(
        ipv4_address="172.99.1.1", mac_address="02:42:ac:11:00:0a", driver_opt={"a": "b"}
    )
    made = hand.create_container(
        ALPINE,
        ["sleep", "1000"],
        host_config=hand.create_host_config(network_mode="lab"),
        networking_config={"EndpointsConfig": {"lab": asked}},
    )
    hand.start(made)
    endpoint = hand.inspect_container(made)["NetworkSettings"]["Networks"]["lab"]

    assert endpoint["IPAMConfig"] == {"IPv4Address": "172.99.1.1"}
    assert (endpoint["MacAddress"], endpoint["DriverOpts"]) == ("02:42:ac:11:00:0a", {"a": "b"})
    # No address is in use, so none is told.
    assert endpoint["IPAddress"] == ""


@pytest.mark.parametrize(
    ("network", "subnet", "why"),
    [
        (
            "lab",
            None,
            "user specified IP address is supported only when connecting to networks with user configured subnets",
        ),
        ("lab", "10.0.0.0/8", "no configured subnet or ip-range contain the IP address 172.99.1.1"),
        (
            "bridge",
            None,
            "* user specified IP address is supported on user defined networks only\n"
            "* no configured subnet or ip-range contain the IP address 172.99.1.1",
        ),
    ],
)
def test_an_address_that_the_network_cannot_give(
    network: str, subnet: str | None, why: str, hand: docker.APIClient
) -> None:
    pools = [docker.types.IPAMPool(subnet=subnet)] if subnet else []
    hand.create_network("lab", ipam=docker.types.IPAMConfig(pool_configs=pools))
    asked = hand.create_endpoint_config(ipv4_address="172.99.1.1")

    with pytest.raises(docker.errors.APIError) as error:
        hand.create_container(
            ALPINE,
            host_config=hand.create_host_config(network_mode=network),
            networking_config={"EndpointsConfig": {network: asked}},
        )

    assert refusal(error.value) == f"invalid config for network {network}: invalid endpoint settings:\n{why}"


def test_links_of_a_network_are_refused(hand: docker.APIClient) -> None:
    hand.create_network("lab")
    made = hand.create_container(ALPINE, ["sleep", "1000"], name="web")

    with pytest.raises(docker.errors.APIError) as error:
        hand.connect_container_to_network(made, "lab", links=[("db", "db")])

    assert refusal(error.value) == "practice engine: links between containers are not simulated"


def test_a_network_may_be_called_anything_but_nothing(hand: docker.APIClient) -> None:
    made = hand.create_network("two words")

    assert hand.inspect_network(made["Id"])["Name"] == "two words"
    with pytest.raises(docker.errors.APIError) as error:
        hand.create_network(" ")
    assert refusal(error.value) == "invalid name: name is empty"


def test_top_runs_on_where_nobody_looks(hand: docker.APIClient) -> None:
    made = hand.create_container(ALPINE, ["top"])
    hand.start(made)
    first = next(hand.logs(made, stream=True, follow=True))

    assert first.split() == [b"PID", b"PPID", b"USER", b"COMMAND"]
    assert hand.inspect_container(made)["State"]["Running"]
    assert ran(hand, "top", "-b", "-n", "1").splitlines()[1].split() == [
        "1",
        "0",
        "root",
        "top",
        "-b",
        "-n",
        "1",
    ]


def test_files_are_copied_past_a_tmpfs(hand: docker.APIClient) -> None:
    host = hand.create_host_config(tmpfs={"/etc": ""})
    made = hand.create_container(ALPINE, ["sleep", "1000"], host_config=host)
    hand.start(made)

    _, found = hand.get_archive(made, "/etc/passwd")

    assert found["name"] == "passwd"


def steps(hand: docker.APIClient, text: str, **how: Any) -> list[str]:
    told = hand.build(fileobj=io.BytesIO(text.encode()), rm=True, decode=True, **how)
    return [line.get("stream", "") or str(line.get("error", "")) for line in told]


def test_a_cache_is_only_taken_from_what_is_named(hand: docker.APIClient) -> None:
    text = f"FROM {ALPINE}\nENV A=1\nRUN touch /made\n"
    steps(hand, text, tag="first")

    def hits(**how: Any) -> int:
        return steps(hand, text, **how).count(" ---> Using cache\n")

    assert hits() == 2
    assert hits(cache_from=["first"]) == 2
    assert hits(cache_from=["nosuch"]) == 0
    steps(hand, f"FROM {ALPINE}\nENV A=1\n", tag="half")
    assert hits(cache_from=["half"]) == 1


def test_a_quiet_build_says_everything_where_it_fails(hand: docker.APIClient) -> None:
    said = steps(hand, f"FROM {ALPINE}\nRUN echo before && exit 3\n", quiet=True)

    assert len(said) == 2
    assert said[0].startswith(f"Step 1/2 : FROM {ALPINE}\n")
    assert "before\n" in said[0]
    assert said[1] == "The command '/bin/sh -c echo before && exit 3' returned a non-zero code: 3"
    assert [len(line.strip()) for line in steps(hand, f"FROM {ALPINE}\nRUN true\n", quiet=True)] == [71]
