"""What the words of single directives mean; raises BadConfiguration as `nginx -t` would."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from labrunner.practice.programs.nginx.configuration import ErrorPage, Log, Proxy
from labrunner.practice.programs.nginx.language import BadConfiguration, Directive

LEVELS = ("debug", "info", "notice", "warn", "error", "crit", "alert", "emerg")
_LISTEN_WORDS = """
    default_server default http2 reuseport ipv6only backlog fastopen so_keepalive deferred bind
    rcvbuf sndbuf
"""
_LISTEN = frozenset(_LISTEN_WORDS.split())


def first_words(listed: Iterable[Directive], name: str) -> tuple[str, ...]:
    found = [each.words for each in listed if each.name == name]
    return found[0] if found else ()


def folder(path: str) -> str:
    return path if path.startswith(("/", "$")) else f"/etc/nginx/{path}"


def switched(directive: Directive) -> bool:
    if directive.words[0] not in ("on", "off"):
        raise BadConfiguration(
            f'invalid value "{directive.words[0]}" in "{directive.name}" directive, '
            f'it must be "on" or "off" in {directive.at}'
        )
    return directive.words[0] == "on"


def size(directive: Directive) -> int:
    match = re.fullmatch(r"(\d{1,9})([kKmMgG]?)", directive.words[0])
    if match is None:
        raise BadConfiguration(f'"{directive.name}" directive invalid value in {directive.at}')
    size = int(match[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[match[2].lower()]
    return min(size or 64 << 20, 64 << 20)


def error_log(directive: Directive) -> Log:
    level = directive.words[1] if len(directive.words) > 1 else "error"
    if level not in LEVELS:
        raise BadConfiguration(f'invalid log level "{level}" in {directive.at}')
    return Log(path=_log_path(directive.words[0]), detail=level)


def access_log(directive: Directive, formats: Mapping[str, str]) -> Log:
    words = directive.words
    if words[0] == "off":
        return Log(path="off")
    name = words[1] if len(words) > 1 and "=" not in words[1] else "combined"
    if name not in formats:
        raise BadConfiguration(f'unknown log format "{name}" in {directive.at}')
    return Log(path=_log_path(words[0]), detail=name)


def _log_path(path: str) -> str:
    if path == "stderr":
        return "/dev/stderr"
    return path if path.startswith("/") else f"/etc/nginx/{path}"


def media_types(block: Directive) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for each in block.block or ():
        found.update(dict.fromkeys((word.lower() for word in each.words), each.name))
    return found


def error_pages(pages: dict[int, ErrorPage], directive: Directive) -> None:
    *codes, target = directive.words
    status: int | None = None
    if codes and codes[-1].startswith("="):
        answer = codes.pop()[1:]
        if answer and not answer.isdigit():
            raise BadConfiguration(f'invalid value "={answer}" in {directive.at}')
        status = int(answer) if answer else 0
    for code in codes:
        if not (code.isdigit() and 300 <= int(code) <= 599):
            raise BadConfiguration(f'invalid value "{code}" in {directive.at}')
        pages[int(code)] = ErrorPage(target=target, status=status)


def address(directive: Directive) -> str:
    wanted = directive.words[0]
    if wanted != "all":
        try:
            ipaddress.ip_network(wanted, strict=False)
        except ValueError:
            raise BadConfiguration(f'invalid parameter "{wanted}" in {directive.at}') from None
    return wanted


def listened(directive: Directive) -> tuple[int, bool]:
    where, *options = directive.words
    if where.startswith("unix:"):
        raise BadConfiguration(
            f'labrunner\'s practice engine does not simulate unix sockets: "{where}" in {directive.at}'
        )
    for option in options:
        if option in ("ssl", "quic", "http3", "proxy_protocol"):
            raise BadConfiguration(
                f'labrunner\'s practice engine does not simulate "{option}" in "listen" in {directive.at}'
            )
        if option.partition("=")[0] not in _LISTEN:
            raise BadConfiguration(f'invalid parameter "{option}" in {directive.at}')
    text = where.rpartition("]:")[2] if "]:" in where else "" if where.endswith("]") else where
    if where.startswith("["):
        text = text if "]:" in where else "80"
    elif ":" in where:
        text = where.rpartition(":")[2]
    elif not where.isdigit():
        text = "80"
    if not (text.isdigit() and 0 < int(text[:6]) < 65536):
        raise BadConfiguration(f'invalid port in "{where}" of the "listen" directive in {directive.at}')
    return int(text), any(option in ("default_server", "default") for option in options)


def proxied_to(directive: Directive) -> Proxy:
    address = directive.words[0]
    if "$" in address:
        raise BadConfiguration(
            f"labrunner's practice engine does not simulate variables in proxy_pass in {directive.at}"
        )
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadConfiguration(f"invalid URL prefix in {directive.at}")
    if parts.scheme == "https":
        raise BadConfiguration(
            f"labrunner's practice engine does not simulate https behind a proxy in {directive.at}"
        )
    if parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise BadConfiguration(f'host not found in upstream "{parts.hostname}" in {directive.at}')
    try:
        port = parts.port or 80
    except ValueError:
        raise BadConfiguration(f'invalid port in upstream "{address}" in {directive.at}') from None
    return Proxy(host=parts.hostname, port=port, path=parts.path)
