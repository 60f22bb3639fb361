"""nginx's `$variables`, filled in from a request."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from labrunner.practice.programs.exchange import Request, Response

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What variables may speak of: the request as it came, and where it stands now."""

    request: Request
    uri: str
    server_name: str = ""
    port: int = 80
    hostname: str = ""
    root: str = ""
    version: str = ""
    response: Response | None = None
    captures: Mapping[str, str] | None = None


def host_of(request: Request, default: str) -> str:
    """The host without its port, in lower case."""
    host = (request.header("host") or "").lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0] or default


def expand(text: str, moment: Moment) -> str:
    """The text with every known variable filled in; one that is empty or unknown to the stand-in becomes ""."""
    return _VARIABLE.sub(lambda match: value(match[1] or match[2], moment), text)


def value(name: str, moment: Moment) -> str:
    if moment.captures and name in moment.captures:
        return moment.captures[name]
    if name.startswith("http_"):
        return moment.request.header(name[5:].replace("_", "-")) or ""
    if name.startswith("arg_"):
        return _argument(moment.request.query, name[4:])
    if name.startswith("sent_http_") and moment.response is not None:
        wanted = name[10:].replace("_", "-")
        return next((text for key, text in moment.response.headers if key.lower() == wanted), "")
    known = _VALUES.get(name)
    return known(moment) if known is not None else ""


def _argument(query: str, name: str) -> str:
    for part in query.split("&"):
        key, _, text = part.partition("=")
        if key == name:
            return text
    return ""


def _time_local(_: Moment) -> str:
    return time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())


def _body_bytes(moment: Moment) -> str:
    if moment.response is None or moment.request.method == "HEAD":
        return "0"
    return str(len(moment.response.body))


_VALUES: Mapping[str, Callable[[Moment], str]] = {
    "args": lambda moment: moment.request.query,
    "body_bytes_sent": _body_bytes,
    "bytes_sent": _body_bytes,
    "connection": lambda _: "1",
    "connection_requests": lambda _: "1",
    "content_length": lambda moment: moment.request.header("content-length") or "",
    "content_type": lambda moment: moment.request.header("content-type") or "",
    "document_root": lambda moment: moment.root,
    "document_uri": lambda moment: moment.uri,
    "host": lambda moment: host_of(moment.request, moment.server_name),
    "hostname": lambda moment: moment.hostname,
    "https": lambda _: "",
    "is_args": lambda moment: "?" if moment.request.query else "",
    "msec": lambda _: f"{time.time():.3f}",
    "nginx_version": lambda moment: moment.version,
    "pid": lambda _: "29",
    "pipe": lambda _: ".",
    "proxy_add_x_forwarded_for": lambda moment: ", ".join(
        filter(None, (moment.request.header("x-forwarded-for"), moment.request.peer))
    ),
    "proxy_host": lambda _: "",
    "query_string": lambda moment: moment.request.query,
    "remote_addr": lambda moment: moment.request.peer,
    "remote_port": lambda _: "0",
    "remote_user": lambda _: "-",
    "request": lambda moment: "" if moment.request.method == "-" else moment.request.line,
    "request_filename": lambda moment: moment.root + moment.uri,
    "request_length": lambda moment: str(len(moment.request.body)),
    "request_method": lambda moment: moment.request.method,
    "request_time": lambda _: "0.000",
    "request_uri": lambda moment: moment.request.target,
    "scheme": lambda _: "http",
    "server_addr": lambda _: "127.0.0.1",
    "server_name": lambda moment: moment.server_name,
    "server_port": lambda moment: str(moment.port),
    "server_protocol": lambda moment: moment.request.version,
    "status": lambda moment: str(moment.response.status) if moment.response else "",
    "time_iso8601": lambda _: time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime()),
    "time_local": _time_local,
    "uri": lambda moment: moment.uri,
}


def log_line(form: str, moment: Moment) -> str:
    """A line of the access log: an empty value is a dash, and control characters cannot break the line."""

    def filled(match: re.Match[str]) -> str:
        text = value(match[1] or match[2], moment)
        if text == "" and (match[1] or match[2]) != "request":
            return "-"
        return "".join(
            char
            if char.isprintable() and char not in '"\\'
            else "".join(f"\\x{byte:02X}" for byte in char.encode("utf-8", "surrogateescape"))
            for char in text
        )

    return _VARIABLE.sub(filled, form)
