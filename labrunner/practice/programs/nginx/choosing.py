"""Which server and which location a request belongs to, and who is let in."""

import ipaddress
import re
from collections.abc import Iterable

from labrunner.practice.programs.nginx.configuration import Location, Server
from labrunner.practice.programs.nginx.matching import TooMuch, search


def server_of(servers: Iterable[Server], port: int, host: str) -> Server:
    """By exact name, wildcard, regular expression, and then the default of the port."""
    there = [server for server in servers if port in server.ports]
    for fits in (_is, _starts_wild, _ends_wild, _matches):
        for server in there:
            if any(fits(name, host) for name in server.names):
                return server
    return next((server for server in there if server.ports[port]), there[0])


def _is(name: str, host: str) -> bool:
    return name == host or (name.startswith(".") and (host == name[1:] or host.endswith(name)))


def _starts_wild(name: str, host: str) -> bool:
    return name.startswith("*.") and host.endswith(name[1:])


def _ends_wild(name: str, host: str) -> bool:
    return name.endswith(".*") and host.startswith(name[:-1])


def _matches(name: str, host: str) -> bool:
    if not name.startswith("~"):
        return False
    try:
        return search(re.compile(name[1:]), host) is not None
    except (re.error, TooMuch):
        return False


def location_of(server: Server, uri: str) -> Location | None:
    """Raises TooMuch where an expression takes too long."""
    best: Location | None = None
    for location in server.locations:
        if location.kind == "=" and location.pattern == uri:
            return location
        plain = location.kind in ("", "^~") and uri.startswith(location.pattern)
        if plain and (best is None or len(location.pattern) > len(best.pattern)):
            best = location
    if best is not None and best.kind == "^~":
        return best
    for location in server.locations:
        if location.regex is not None and search(location.regex, uri):
            return location
    return best


def admitted(rules: tuple[tuple[bool, str], ...], peer: str) -> bool:
    for allowed, who in rules:
        if who == "all":
            return allowed
        try:
            if ipaddress.ip_address(peer) in ipaddress.ip_network(who, strict=False):
                return allowed
        except ValueError:
            continue
    return True
