"""Addresses that somebody asks for in a network. None is ever in use, but Docker refuses those that could not be."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from labrunner.practice.refusal import Refused

_ASKED = ("IPv4Address", "IPv6Address")


def check(
    name: str, network: Mapping[str, Any], asked: Mapping[str, Any] | None, *, predefined: bool
) -> None:
    """`network` as it was created, `asked` an IPAMConfig; raises Refused with Docker's text."""
    addresses = [str(given) for each in _ASKED if (given := (asked or {}).get(each))]
    if not addresses:
        return
    wrong = list(_wrong(addresses, tuple(_subnets(network)), predefined=predefined))
    if wrong:
        told = "\n".join(wrong if len(wrong) == 1 else (f"* {each}" for each in wrong))
        raise Refused(400, f"invalid config for network {name}: invalid endpoint settings:\n{told}")


def _wrong(
    addresses: list[str], subnets: tuple[IPv4Network | IPv6Network, ...], *, predefined: bool
) -> Iterator[str]:
    if predefined:
        yield "user specified IP address is supported on user defined networks only"
    elif not subnets:
        yield "user specified IP address is supported only when connecting to networks with user configured subnets"
        return
    for address in addresses:
        try:
            inside = any(ip_address(address) in subnet for subnet in subnets)
        except ValueError:
            yield f"invalid IP address: {address}"
            continue
        if not inside:
            yield f"no configured subnet or ip-range contain the IP address {address}"


def _subnets(network: Mapping[str, Any]) -> Iterator[IPv4Network | IPv6Network]:
    for each in (network.get("IPAM") or {}).get("Config") or ():
        with suppress(ValueError):
            yield ip_network(str(each.get("Subnet") or ""), strict=False)
