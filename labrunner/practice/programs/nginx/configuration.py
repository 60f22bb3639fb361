"""A configuration as a value: servers, locations and what each of them inherits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

COMBINED = (
    '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent '
    '"$http_referer" "$http_user_agent"'
)


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
