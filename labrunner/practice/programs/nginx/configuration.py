"""A configuration understood: servers, locations and what each of them inherits."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from labrunner.practice.programs.nginx.language import BadConfiguration, Directive
from labrunner.practice.programs.nginx.vocabulary import (
    EVENTS,
    HTTP,
    LOCATION,
    MAIN,
    OBEYED,
    PASSED_OVER,
    REFUSED,
    SERVER,
)

COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)
LEVELS = ("debug", "info", "notice", "warn", "error", "crit", "alert", "emerg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    path: str
    """ "off" for none."""
    detail: str = "error"
    """The level of an error log, the name of the format of an access log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    target: str
    status: int | None = None
    """The status it is sent with; None for the original one, 0 for that of the page itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    name: str
    value: str
    always: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    host: str
    port: int
    path: str
    """What takes the place of the location's prefix; "" to pass the address on as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What http, server and location hand down to each other."""

    root: str = "/etc/nginx/html"
    alias: str = ""
    index: tuple[str, ...] = ("index.html",)
    error_pages: Mapping[int, ErrorPage] = field(default_factory=dict)
    autoindex: bool = False
    headers: tuple[Header, ...] = ()
    types: Mapping[str, str] = field(
        default_factory=lambda: {"html": "text/html", "gif": "image/gif", "jpg": "image/jpeg"}
    )
    default_type: str = "text/plain"
    charset: str = ""
    expires: str = ""
    access_logs: tuple[Log, ...] = (Log(path="/var/log/nginx/access.log", detail="combined"),)
    error_log: Log = Log(path="/var/log/nginx/error.log")
    rules: tuple[tuple[bool, str], ...] = ()
    """allow (True) and deny, in order."""
    proxy_headers: tuple[tuple[str, str], ...] = ()
    body_limit: int = 1024 * 1024
    tokens: bool = True
    absolute_redirect: bool = True
    port_in_redirect: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    kind: Literal["", "=", "^~", "~", "~*", "@"] = ""
    pattern: str = "/"
    regex: re.Pattern[str] | None = None
    settings: Settings
    try_files: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    proxy: Proxy | None = None
    internal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    ports: Mapping[int, bool]
    """Port -> whether it is the default server there."""
    names: tuple[str, ...]
    settings: Settings
    locations: tuple[Location, ...]
    try_files: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    user: str = "nobody"
    daemon: bool = True
    pid: str = "/run/nginx.pid"
    error_log: Log = Log(path="/var/log/nginx/error.log")
    formats: Mapping[str, str] = field(default_factory=lambda: {"combined": COMBINED})
    servers: tuple[Server, ...] = ()

    @property
    def ports(self) -> tuple[int, ...]:
        return tuple(sorted({port for server in self.servers for port in server.ports}))


def understand(directives: Iterable[Directive]) -> Configuration:
    """Raises BadConfiguration as `nginx -t` would."""
    listed = _checked(directives, MAIN)
    names = [each.name for each in listed]
    if "events" not in names:
        raise BadConfiguration('no "events" section in configuration')
    configuration = Configuration()
    settings = Settings()
    for each in listed:
        match each.name:
            case "user":
                configuration = replace(configuration, user=each.words[0])
            case "daemon":
                configuration = replace(configuration, daemon=_switch(each))
            case "pid":
                configuration = replace(configuration, pid=each.words[0])
            case "error_log":
                settings = replace(settings, error_log=_error_log(each))
                configuration = replace(configuration, error_log=settings.error_log)
            case "events":
                _checked(each.block or (), EVENTS)
            case "http":
                configuration = _http(configuration, each, settings)
            case _:
                continue
    return configuration


def _http(configuration: Configuration, block: Directive, settings: Settings) -> Configuration:
    listed = _checked(block.block or (), HTTP)
    formats = dict(configuration.formats)
    for each in listed:
        if each.name == "log_format":
            words = [word for word in each.words[1:] if not word.startswith("escape=")]
            formats[each.words[0]] = "".join(words)
    settings = _settings(settings, listed, formats)
    servers = tuple(_server(each, settings, formats) for each in listed if each.name == "server")
    return replace(configuration, formats=formats, servers=servers)


def _server(block: Directive, settings: Settings, formats: Mapping[str, str]) -> Server:
    listed = _checked(block.block or (), SERVER)
    settings = _settings(settings, listed, formats)
    ports: dict[int, bool] = {}
    names: list[str] = []
    for each in listed:
        if each.name == "listen":
            port, default = _listen(each)
            ports[port] = ports.get(port, False) or default
        elif each.name == "server_name":
            names.extend(name.lower() if not name.startswith("~") else name for name in each.words)
    locations = tuple(_location(each, settings, formats) for each in listed if each.name == "location")
    seen: set[tuple[str, str]] = set()
    for each, location in zip([each for each in listed if each.name == "location"], locations, strict=True):
        key = ("~" if location.regex else "=" if location.kind == "=" else "", location.pattern)
        if key in seen and not location.regex:
            raise BadConfiguration(f'duplicate location "{location.pattern}" in {each.at}')
        seen.add(key)
    return Server(
        ports=ports or {80: False},
        names=tuple(names),
        settings=settings,
        locations=locations,
        try_files=_last(listed, "try_files"),
        returns=_last(listed, "return"),
    )


def _location(block: Directive, settings: Settings, formats: Mapping[str, str]) -> Location:
    kind: Literal["", "=", "^~", "~", "~*", "@"] = ""
    pattern = block.words[-1]
    if len(block.words) == 2:
        match block.words[0]:
            case "=" | "^~" | "~" | "~*" as sign:
                kind = sign
            case other:
                raise BadConfiguration(f'invalid location modifier "{other}" in {block.at}')
    elif pattern.startswith("@"):
        kind = "@"
    regex = None
    if kind in ("~", "~*"):
        try:
            regex = re.compile(pattern, re.IGNORECASE if kind == "~*" else 0)
        except re.error as error:
            raise BadConfiguration(f'pcre2_compile() failed: {error} in "{pattern}" in {block.at}') from None
    listed = _checked(block.block or (), LOCATION)
    inherited = replace(settings, alias="")
    proxies = [each for each in listed if each.name == "proxy_pass"]
    return Location(
        kind=kind,
        pattern=pattern,
        regex=regex,
        settings=_settings(inherited, listed, formats),
        try_files=_last(listed, "try_files"),
        returns=_last(listed, "return"),
        proxy=_proxy(proxies[-1]) if proxies else None,
        internal=any(each.name == "internal" for each in listed),
    )


def _checked(directives: Iterable[Directive], place: str) -> tuple[Directive, ...]:
    """The directives of one block, each known, allowed here and with a fitting number of words."""
    listed = tuple(directives)
    for each in listed:
        rule = OBEYED.get(each.name)
        if rule is None:
            if each.name in REFUSED:
                raise BadConfiguration(
                    f'labrunner\'s practice engine does not simulate the directive "{each.name}" in {each.at}'
                )
            if each.name not in PASSED_OVER:
                raise BadConfiguration(f'unknown directive "{each.name}" in {each.at}')
            if place not in PASSED_OVER[each.name]:
                raise BadConfiguration(f'"{each.name}" directive is not allowed here in {each.at}')
            continue
        if place == LOCATION and each.name == "location":
            raise BadConfiguration(
                f"labrunner's practice engine does not simulate a location inside a location in {each.at}"
            )
        if place not in rule.places:
            raise BadConfiguration(f'"{each.name}" directive is not allowed here in {each.at}')
        if rule.block and each.block is None:
            raise BadConfiguration(f'directive "{each.name}" has no opening "{{" in {each.at}')
        if not rule.block and each.block is not None:
            raise BadConfiguration(f'directive "{each.name}" is not terminated by ";" in {each.at}')
        if not rule.least <= len(each.words) <= rule.most:
            raise BadConfiguration(f'invalid number of arguments in "{each.name}" directive in {each.at}')
    return listed


def _settings(settings: Settings, listed: Iterable[Directive], formats: Mapping[str, str]) -> Settings:
    headers: list[Header] = []
    rules: list[tuple[bool, str]] = []
    logs: list[Log] = []
    pages = dict(settings.error_pages)
    proxied: list[tuple[str, str]] = []
    for each in listed:
        words = each.words
        match each.name:
            case "root":
                settings = replace(settings, root=_folder(words[0]), alias="")
            case "alias":
                settings = replace(settings, alias=words[0])
            case "index":
                settings = replace(settings, index=words)
            case "autoindex":
                settings = replace(settings, autoindex=_switch(each))
            case "default_type":
                settings = replace(settings, default_type=words[0])
            case "charset":
                settings = replace(settings, charset="" if words[0] == "off" else words[0])
            case "expires":
                settings = replace(settings, expires=" ".join(words))
            case "types":
                settings = replace(settings, types=_types(each))
            case "server_tokens":
                settings = replace(settings, tokens=words[0] != "off")
            case "absolute_redirect":
                settings = replace(settings, absolute_redirect=_switch(each))
            case "port_in_redirect":
                settings = replace(settings, port_in_redirect=_switch(each))
            case "client_max_body_size":
                settings = replace(settings, body_limit=_size(each))
            case "error_log":
                settings = replace(settings, error_log=_error_log(each))
            case "access_log":
                logs.append(_access_log(each, formats))
            case "add_header":
                if len(words) == 3 and words[2] != "always":
                    raise BadConfiguration(f'invalid parameter "{words[2]}" in {each.at}')
                headers.append(Header(name=words[0], value=words[1], always=len(words) == 3))
            case "allow" | "deny":
                rules.append((each.name == "allow", _address(each)))
            case "proxy_set_header":
                proxied.append((words[0], words[1]))
            case "error_page":
                _error_pages(pages, each)
            case _:
                continue
    return replace(
        settings,
        headers=tuple(headers) or settings.headers,
        rules=tuple(rules) or settings.rules,
        access_logs=tuple(logs) or settings.access_logs,
        proxy_headers=tuple(proxied) or settings.proxy_headers,
        error_pages=pages,
    )


def _last(listed: Iterable[Directive], name: str) -> tuple[str, ...]:
    found = [each.words for each in listed if each.name == name]
    return found[0] if found else ()


def _folder(path: str) -> str:
    return path if path.startswith(("/", "$")) else f"/etc/nginx/{path}"


def _switch(directive: Directive) -> bool:
    if directive.words[0] not in ("on", "off"):
        raise BadConfiguration(
            f'invalid value "{directive.words[0]}" in "{directive.name}" directive, '
            f'it must be "on" or "off" in {directive.at}'
        )
    return directive.words[0] == "on"


def _size(directive: Directive) -> int:
    match = re.fullmatch(r"(\d{1,9})([kKmMgG]?)", directive.words[0])
    if match is None:
        raise BadConfiguration(f'"{directive.name}" directive invalid value in {directive.at}')
    size = int(match[1]) << {"": 0, "k": 10, "m": 20, "g": 30}[match[2].lower()]
    return min(size or 64 << 20, 64 << 20)


def _error_log(directive: Directive) -> Log:
    level = directive.words[1] if len(directive.words) > 1 else "error"
    if level not in LEVELS:
        raise BadConfiguration(f'invalid log level "{level}" in {directive.at}')
    return Log(path=_log_path(directive.words[0]), detail=level)


def _access_log(directive: Directive, formats: Mapping[str, str]) -> Log:
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


def _types(block: Directive) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for each in block.block or ():
        found.update(dict.fromkeys((word.lower() for word in each.words), each.name))
    return found


def _error_pages(pages: dict[int, ErrorPage], directive: Directive) -> None:
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


def _address(directive: Directive) -> str:
    wanted = directive.words[0]
    if wanted != "all":
        try:
            ipaddress.ip_network(wanted, strict=False)
        except ValueError:
            raise BadConfiguration(f'invalid parameter "{wanted}" in {directive.at}') from None
    return wanted


def _listen(directive: Directive) -> tuple[int, bool]:
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


_LISTEN_WORDS = """
    default_server default http2 reuseport ipv6only backlog fastopen so_keepalive deferred bind
    rcvbuf sndbuf
"""
_LISTEN = frozenset(_LISTEN_WORDS.split())


def _proxy(directive: Directive) -> Proxy:
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
