"""The stand-in of curl: HTTP to the container's own loopback, and the errors of a machine without a network."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from labrunner.practice.programs.asking import BadReply, Reply, ask, is_loopback
from labrunner.practice.programs.process import Process, read_all

_VERSION = "8.14.1"
_REDIRECTS = 50
_BARE: Mapping[str, str] = {
    "f": "fail",
    "s": "silent",
    "S": "show-error",
    "I": "head",
    "i": "include",
    "L": "location",
    "v": "verbose",
    "k": "insecure",
    "O": "remote-name",
    "G": "get",
    "#": "progress-bar",
    "4": "ipv4",
    "6": "ipv6",
    "V": "version",
    "N": "no-buffer",
}
_VALUED: Mapping[str, str] = {
    "o": "output",
    "X": "request",
    "d": "data",
    "H": "header",
    "A": "user-agent",
    "u": "user",
    "m": "max-time",
    "w": "write-out",
    "e": "referer",
    "b": "cookie",
}
_LONG_BARE = frozenset(
    [*_BARE.values(), "compressed", "http1.1", "http1.0", "no-progress-meter", "fail-with-body"]
)
_LONG_VALUED = frozenset(
    [
        *_VALUED.values(),
        "data-raw",
        "data-binary",
        "json",
        "connect-timeout",
        "retry",
        "retry-delay",
        "url",
        "proto",
    ]
)


class _Trouble(Exception):
    """How curl ends: its number and the text behind it."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(text)
        self.number = number
        self.text = text


@dataclass(slots=True, kw_only=True)
class _Asked:
    switches: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


async def curl(process: Process) -> int:
    try:
        asked = await _read(process)
    except _Trouble as trouble:
        await process.stderr.write(
            f"curl: {trouble.text}\ncurl: try 'curl --help' for more information\n".encode()
        )
        return trouble.number
    if "version" in asked.switches:
        await process.stdout.write(
            f"curl {_VERSION}, simulated by labrunner's practice engine: http to localhost\n".encode()
        )
        return 0
    if not asked.addresses:
        await process.stderr.write(b"curl: (2) no URL specified\n")
        return 2
    status = 0
    for address in asked.addresses:
        try:
            await _transfer(process, asked, address)
        except _Trouble as trouble:
            status = trouble.number
            if "silent" not in asked.switches or "show-error" in asked.switches:
                await process.stderr.write(f"curl: ({trouble.number}) {trouble.text}\n".encode())
    return status


async def _read(process: Process) -> _Asked:
    asked = _Asked()
    rest = list(process.argv[1:])
    while rest:
        word = rest.pop(0)
        if word.startswith("--") and len(word) > 2:
            name = word[2:]
            if name in _LONG_BARE:
                asked.switches.add(name)
            elif name in _LONG_VALUED:
                await _value(process, asked, name, _next(rest, word))
            else:
                raise _Trouble(
                    2, f"option {word}: is unknown, or not simulated by labrunner's practice engine"
                )
            continue
        if not word.startswith("-") or word == "-":
            asked.addresses.append(word)
            continue
        for at, letter in enumerate(word[1:], start=1):
            if letter in _BARE:
                asked.switches.add(_BARE[letter])
            elif letter in _VALUED:
                await _value(process, asked, _VALUED[letter], word[at + 1 :] or _next(rest, f"-{letter}"))
                break
            else:
                raise _Trouble(
                    2, f"option -{letter}: is unknown, or not simulated by labrunner's practice engine"
                )
    return asked


def _next(rest: list[str], word: str) -> str:
    if not rest:
        raise _Trouble(2, f"option {word}: requires parameter")
    return rest.pop(0)


async def _value(process: Process, asked: _Asked, name: str, value: str) -> None:
    match name:
        case "header":
            key, colon, text = value.partition(":")
            if colon:
                asked.headers.append((key.strip(), text.strip()))
        case "data" | "data-raw" | "data-binary" | "json":
            data = value.encode()
            if value.startswith("@") and name != "data-raw":
                data = await _file(process, value[1:])
                if name == "data":
                    data = data.replace(b"\r", b"").replace(b"\n", b"")
            asked.data.append(data)
            if name == "json":
                asked.headers += [("Content-Type", "application/json"), ("Accept", "application/json")]
        case "url":
            asked.addresses.append(value)
        case _:
            asked.values[name] = value


async def _file(process: Process, path: str) -> bytes:
    if path == "-":
        return await read_all(process.stdin)
    try:
        return process.files.read(path if path.startswith("/") else f"{process.cwd.rstrip('/')}/{path}")
    except OSError:
        raise _Trouble(26, f"Failed to open {path}") from None


async def _transfer(process: Process, asked: _Asked, address: str) -> None:
    if "://" not in address:
        address = f"http://{address}"
    body = b"&".join(asked.data)
    method = asked.values.get("request") or (
        "HEAD"
        if "head" in asked.switches
        else "POST"
        if asked.data and "get" not in asked.switches
        else "GET"
    )
    if "get" in asked.switches and body:
        address += ("&" if "?" in address else "?") + body.decode("utf-8", "replace")
        body = b""
    shown = b""
    for _ in range(_REDIRECTS + 1):
        reply = await _once(process, asked, address, method, body)
        if "head" in asked.switches or "include" in asked.switches:
            shown += _headers(reply)
        place = reply.header("location")
        if "location" not in asked.switches or reply.status not in (301, 302, 303, 307, 308) or place is None:
            break
        address = urljoin(address, place)
        if (reply.status in (301, 302, 303) and method == "POST") or reply.status == 303:
            method, body = "GET", b""
    else:
        raise _Trouble(47, f"Maximum ({_REDIRECTS}) redirects followed")
    failed = reply.status >= 400
    if not (failed and "fail" in asked.switches):
        await _put(process, asked, address, shown + reply.body)
    if (form := asked.values.get("write-out")) is not None:
        await process.stdout.write(_written(form, reply, address).encode())
    if failed and asked.switches & {"fail", "fail-with-body"}:
        raise _Trouble(22, f"The requested URL returned error: {reply.status}")


async def _once(process: Process, asked: _Asked, address: str, method: str, body: bytes) -> Reply:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        raise _Trouble(1, f'Protocol "{parts.scheme}" not supported')
    host = parts.hostname
    if not host:
        raise _Trouble(3, "URL rejected: No host part in the URL")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _Trouble(3, "URL rejected: Port number was not a decimal number between 0 and 65535") from None
    if not is_loopback(host, process.machine):
        raise _Trouble(6, f"Could not resolve host: {host}")
    if parts.scheme == "https":
        raise _Trouble(35, "labrunner's practice engine does not simulate TLS")
    names = {name.lower() for name, _ in asked.headers}
    headers = [("Host", host if port == 80 else f"{host}:{port}")] if "host" not in names else []
    if user := asked.values.get("user"):
        headers.append(("Authorization", "Basic " + base64.b64encode(user.encode()).decode()))
    headers.append(("User-Agent", asked.values.get("user-agent", f"curl/{_VERSION}")))
    if "accept" not in names:
        headers.append(("Accept", "*/*"))
    for name, key in (("cookie", "Cookie"), ("referer", "Referer")):
        if name in asked.values:
            headers.append((key, asked.values[name]))
    headers += [pair for pair in asked.headers if pair[1]]
    headers.append(("Connection", "close"))
    if body or method in ("POST", "PUT", "PATCH"):
        headers.append(("Content-Length", str(len(body))))
        if "content-type" not in names and body:
            headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if "verbose" in asked.switches:
        sent = "".join(f"> {name}: {value}\n" for name, value in headers)
        await process.stderr.write(f"> {method} {target} HTTP/1.1\n{sent}> \n".encode())
    patience = asked.values.get("max-time") or asked.values.get("connect-timeout")
    try:
        seconds = float(patience) if patience else None
    except ValueError:
        raise _Trouble(2, "option --max-time: expected a proper numerical parameter") from None
    try:
        reply = await ask(process.machine, host, port, method, target, headers, body, patience=seconds)
    except ConnectionRefusedError:
        raise _Trouble(
            7, f"Failed to connect to {host} port {port} after 0 ms: Could not connect to server"
        ) from None
    except TimeoutError:
        raise _Trouble(
            28, f"Operation timed out after {int((seconds or 0) * 1000)} milliseconds with 0 bytes received"
        ) from None
    except BadReply as bad:
        raise _Trouble(52, str(bad) or "Empty reply from server") from None
    except (OSError, EOFError):
        raise _Trouble(56, "Recv failure: Connection reset by peer") from None
    if "verbose" in asked.switches:
        got = _headers(reply).decode("latin-1").replace("\r", "")
        await process.stderr.write("".join(f"< {line}\n" for line in got.splitlines()).encode())
    return reply


def _headers(reply: Reply) -> bytes:
    lines = [
        f"{reply.version} {reply.status} {reply.reason}",
        *(f"{name}: {value}" for name, value in reply.headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


async def _put(process: Process, asked: _Asked, address: str, data: bytes) -> None:
    name = asked.values.get("output", "-")
    if "remote-name" in asked.switches:
        name = urlsplit(address).path.rpartition("/")[2]
        if not name:
            raise _Trouble(23, "Remote filename has no length")
    if name == "-":
        await process.stdout.write(data)
        return
    if name == "/dev/null":
        return
    try:
        process.files.write(name if name.startswith("/") else f"{process.cwd.rstrip('/')}/{name}", data)
    except OSError as error:
        raise _Trouble(23, f"client returned ERROR on write, {error.strerror}") from None


def _written(form: str, reply: Reply, address: str) -> str:
    values = {
        "http_code": f"{reply.status:03}",
        "response_code": f"{reply.status:03}",
        "content_type": reply.header("content-type") or "",
        "size_download": str(len(reply.body)),
        "url_effective": address,
        "json": json.dumps({"http_code": reply.status, "size_download": len(reply.body)}),
    }
    for name, value in values.items():
        form = form.replace(f"%{{{name}}}", value)
    return form.replace("\\n", "\n").replace("\\t", "\t").replace("%%", "%")
