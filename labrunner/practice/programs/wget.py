"""The stand-in of wget (busybox's switches): HTTP to the container's own loopback."""

from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from labrunner.practice.programs.asking import BadReply, Reply, ask, is_loopback
from labrunner.practice.programs.process import Process

_REDIRECTS = 5
_HELP = "the practice engine simulates: wget [-q] [-S] [-O FILE] [-T SECONDS] [--spider] URL"
_LONG = {
    "--spider": "spider",
    "--quiet": "q",
    "--server-response": "S",
    "--no-check-certificate": "k",
    "--no-verbose": "nv",
    "-nv": "nv",
    "--no-proxy": "np",
    "--no-cache": "nc",
}
_VALUED = {"-O": "O", "-T": "T", "-U": "U", "-P": "P", "-t": "t", "-Y": "Y"}
_LONG_VALUED = {
    "--output-document": "O",
    "--timeout": "T",
    "--user-agent": "U",
    "--tries": "t",
    "--header": "header",
    "--post-data": "post",
    "--directory-prefix": "P",
}


class _Trouble(Exception):
    """What wget says before it ends."""


@dataclass(slots=True, kw_only=True)
class _Asked:
    switches: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)


async def wget(process: Process) -> int:
    try:
        asked = _read(process.argv[1:])
        for address in asked.addresses:
            await _fetch(process, asked, address)
    except _Trouble as trouble:
        await process.stderr.write(f"wget: {trouble}\n".encode())
        return 1
    return 0


def _read(words: tuple[str, ...]) -> _Asked:
    asked = _Asked()
    rest = list(words)

    def put(name: str, value: str) -> None:
        if name == "header":
            key, _, text = value.partition(":")
            asked.headers.append((key.strip(), text.strip()))
        else:
            asked.values[name] = value

    while rest:
        word = rest.pop(0)
        long, equals, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            asked.addresses.append(word)
        elif word in _LONG:
            asked.switches.add(_LONG[word])
        elif long in _LONG_VALUED:
            put(_LONG_VALUED[long], value if equals else _next(rest, word))
        elif word.startswith("--"):
            raise _Trouble(
                f"unrecognized option: {word[2:]}, or not simulated by labrunner's practice engine"
            )
        else:
            for at, letter in enumerate(word[1:], start=1):
                if letter in "qSc":
                    asked.switches.add(letter)
                elif f"-{letter}" in _VALUED:
                    put(letter, word[at + 1 :] or _next(rest, word))
                    break
                else:
                    raise _Trouble(
                        f"unrecognized option: {letter}, or not simulated by labrunner's practice engine"
                    )
    if not asked.addresses:
        raise _Trouble(_HELP)
    return asked


def _next(rest: list[str], word: str) -> str:
    if not rest:
        raise _Trouble(f"option requires an argument: {word.lstrip('-')}")
    return rest.pop(0)


async def _fetch(process: Process, asked: _Asked, address: str) -> None:
    if "://" not in address:
        address = f"http://{address}"
    for _ in range(_REDIRECTS + 1):
        reply = await _once(process, asked, address)
        place = reply.header("location")
        if reply.status not in (301, 302, 303, 307, 308) or place is None:
            break
        address = urljoin(address, place)
    else:
        raise _Trouble("too many redirections")
    if reply.status >= 400 or reply.status < 200:
        raise _Trouble(f"server returned error: {reply.version} {reply.status} {reply.reason}")
    quiet = "q" in asked.switches
    if "spider" in asked.switches:
        if not quiet:
            await process.stderr.write(b"remote file exists\n")
        return
    name = asked.values.get("O") or urlsplit(address).path.rpartition("/")[2] or "index.html"
    if name == "-":
        if not quiet:
            await process.stderr.write(b"writing to stdout\n")
        await process.stdout.write(reply.body)
        return
    folder = asked.values.get("P", process.cwd).rstrip("/")
    path = name if name.startswith("/") else f"{folder}/{name}"
    try:
        if "O" not in asked.values and process.files.exists(path):
            raise _Trouble(f"can't open '{name}': File exists")
        if path != "/dev/null":
            process.files.write(path, reply.body)
    except OSError as error:
        raise _Trouble(f"can't open '{name}': {error.strerror}") from None
    if not quiet:
        await process.stderr.write(f"saving to '{name}'\n'{name}' saved\n".encode())


async def _once(process: Process, asked: _Asked, address: str) -> Reply:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https"):
        raise _Trouble(f"not an http or ftp url: {address}")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise _Trouble(f"bad port in '{address}'") from None
    if not host or not is_loopback(host, process.machine):
        raise _Trouble(f"bad address '{host}'")
    shown = "[::1]" if host == "::1" else "127.0.0.1"
    if parts.scheme == "https":
        raise _Trouble("labrunner's practice engine does not simulate TLS")
    if "q" not in asked.switches:
        await process.stderr.write(f"Connecting to {parts.netloc} ({shown}:{port})\n".encode())
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = asked.values.get("post", "").encode()
    headers = [
        ("Host", parts.netloc.rpartition("@")[2]),
        ("User-Agent", asked.values.get("U", "Wget")),
        *asked.headers,
        ("Connection", "close"),
    ]
    if body:
        headers += [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Content-Length", str(len(body))),
        ]
    try:
        seconds = float(asked.values["T"]) if "T" in asked.values else 900.0
    except ValueError:
        raise _Trouble(f"invalid number '{asked.values['T']}'") from None
    try:
        reply = await ask(
            process.machine, host, port, "POST" if body else "GET", target, headers, body, patience=seconds
        )
    except ConnectionRefusedError:
        raise _Trouble(f"can't connect to remote host ({shown}): Connection refused") from None
    except TimeoutError:
        raise _Trouble("download timed out") from None
    except (BadReply, OSError, EOFError):
        raise _Trouble("error getting response: Connection reset by peer") from None
    if "S" in asked.switches:
        lines = [
            f"{reply.version} {reply.status} {reply.reason}",
            *(f"{name}: {value}" for name, value in reply.headers),
        ]
        await process.stderr.write("".join(f"  {line}\n" for line in lines).encode())
    return reply
