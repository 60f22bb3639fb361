"""The stand-ins of two servers called httpd: busybox's small one and Apache's, for static files."""

import asyncio
import errno
import time
from dataclasses import dataclass, field
from html import escape

from labrunner.practice.programs.exchange import (
    SIMULATED,
    BadRequest,
    Request,
    Response,
    plain_path,
    serve_requests,
)
from labrunner.practice.programs.loglines import LogLines
from labrunner.practice.programs.process import Process, Reader, Writer
from labrunner.practice.programs.serving import error_page, http_date, listing, media_type, whole_file

_ROOT = "/usr/local/apache2/htdocs"
_CONFIGURATION = "/usr/local/apache2/conf/httpd.conf"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Site:
    process: Process
    server: str
    root: str
    lists: bool = False
    access: str = ""
    index: tuple[str, ...] = ("index.html",)

    async def converse(self, reader: Reader, writer: Writer) -> None:
        await serve_requests(reader, writer, self.answer, self.told, self.refusal)

    async def answer(self, request: Request) -> Response:
        path = plain_path(request.target)
        if request.method not in ("GET", "HEAD"):
            return self.refusal(405)
        files = self.process.files
        file = self.root.rstrip("/") + path
        try:
            if files.stat(file.rstrip("/") or "/").kind == "folder":
                if not path.endswith("/"):
                    return self._dressed(self.refusal(301), ("Location", f"{path}/"))
                file = next((file + name for name in self.index if files.exists(file + name)), file)
                if file.endswith("/"):
                    if not self.lists:
                        return self.refusal(404 if self.server == "busybox httpd" else 403)
                    page = listing(files, file.rstrip("/") or "/", path)
                    return self._dressed(
                        Response(status=200, headers=(("Content-Type", "text/html"),), body=page)
                    )
            elif path.endswith("/"):
                return self.refusal(404)
            found = files.stat(file)
            answer = whole_file(request, found, files.read(file), (("Content-Type", media_type(file)),))
        except PermissionError:
            return self.refusal(403)
        except OSError:
            return self.refusal(404)
        return self._dressed(answer)

    def refusal(self, status: int) -> Response:
        page = error_page(status, escape(self.server))
        return self._dressed(
            Response(status=status, headers=(("Content-Type", "text/html"),), body=page, closes=status == 400)
        )

    def _dressed(self, response: Response, *more: tuple[str, str]) -> Response:
        kept = tuple(
            pair for pair in response.headers if pair[0] not in ("Date", "Server") and pair != SIMULATED
        )
        first = (("Date", http_date(time.time())), ("Server", self.server))
        return Response(
            status=response.status,
            headers=(*first, *kept, *more, SIMULATED),
            body=response.body,
            closes=response.closes,
        )

    async def told(self, request: Request, response: Response) -> None:
        if self.access:
            when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime())
            line = f'{request.peer} - - [{when}] "{request.line}" {response.status} {len(response.body)}'
            await LogLines(process=self.process).write(self.access, line)


@dataclass(slots=True, kw_only=True)
class _Ending:
    """Waits for the signal that ends a server."""

    event: asyncio.Event = field(default_factory=asyncio.Event)

    def heard_by(self, process: Process, *names: str) -> None:
        for name in names:
            process.on_signal(name, self.event.set)


async def httpd(process: Process) -> int:
    """Which of the two it is, its path tells: Apache lives in /usr/local/apache2."""
    apache = "apache2" in process.path
    return await (_apache(process) if apache else _busybox(process))


async def _busybox(process: Process) -> int:
    port, home, foreground = 80, process.cwd, False
    words = list(process.argv[1:])
    while words:
        word = words.pop(0)
        if not word.startswith("-") or len(word) < 2:
            return await _usage(process, word)
        for at, letter in enumerate(word[1:], start=1):
            if letter == "f":
                foreground = True
            elif letter == "v":
                continue
            elif letter in "ph":
                value = word[at + 1 :] or (words.pop(0) if words else "")
                if letter == "h":
                    home = value
                else:
                    number = value.rpartition(":")[2]
                    if not (number.isdigit() and 0 < int(number[:6]) < 65536):
                        return await _fail(process, f"httpd: bad address '{value}'", 1)
                    port = int(number)
                break
            else:
                return await _usage(process, f"-{letter}")
    home = home if home.startswith("/") else f"{process.cwd.rstrip('/')}/{home}"
    if not process.files.exists(home):
        return await _fail(
            process, f"httpd: can't change directory to '{home}': No such file or directory", 1
        )
    site = _Site(process=process, server="busybox httpd", root=home)
    await process.stderr.write(
        b"labrunner: this httpd is a stand-in, simulated by labrunner's practice engine\n"
    )
    if foreground:
        return await _serve(process, site, port)
    if process.kernel is None:
        return await _fail(process, "httpd: the practice engine serves only in the foreground here (-f)", 1)

    async def behind(child: Process) -> int:
        return await _serve(child, site, port)

    process.kernel.fork(process, behind, fds=process.fds, group=0)
    return 0


async def _usage(process: Process, word: str) -> int:
    return await _fail(
        process,
        f"httpd: the practice engine does not simulate '{word}'; it knows httpd [-f] [-v] [-p [IP:]PORT] [-h HOME]",
        1,
    )


async def _fail(process: Process, text: str, status: int) -> int:
    await process.stderr.write(f"{text}\n".encode())
    return status


async def _serve(process: Process, site: _Site, port: int, *signals: str) -> int:
    """busybox hears only what the kernel gives it: as PID 1 it ignores TERM, as the real one does."""
    ending = _Ending()
    ending.heard_by(process, *signals)
    try:
        listener = await process.machine.listen(port, site.converse)
    except OSError as error:
        words = "Address already in use" if error.errno == errno.EADDRINUSE else error.strerror
        if signals:
            return await _fail(
                process,
                f"(98)Address already in use: AH00072: make_sock: could not bind to address 0.0.0.0:{port}\n"
                "no listening sockets available, shutting down\nAH00015: Unable to open logs"
                if error.errno == errno.EADDRINUSE
                else f"make_sock: could not bind to address 0.0.0.0:{port}: {words}",
                1,
            )
        return await _fail(process, f"httpd: bind: {words}", 1)
    try:
        await ending.event.wait()
    finally:
        listener.close()
    return 0


async def _apache(process: Process) -> int:
    words = list(process.argv[1:])
    version = process.version or "2.4"
    if "-v" in words or "-V" in words:
        await process.stdout.write(
            f"Server version: Apache/{version} (simulated by labrunner's practice engine)\n".encode()
        )
        return 0
    settings = {"DocumentRoot": _ROOT, "Listen": "80", "DirectoryIndex": "index.html", "Indexes": ""}
    try:
        _read_apache(process, settings)
    except BadRequest:
        return 1
    except ValueError as wrong:
        return await _fail(process, str(wrong), 1)
    if "-t" in words:
        return await _fail(process, "Syntax OK", 0)
    port = settings["Listen"].rpartition(":")[2]
    if not (port.isdigit() and 0 < int(port[:6]) < 65536):
        return await _fail(process, f"Port must be specified: {settings['Listen']}", 1)
    if not process.files.exists(settings["DocumentRoot"]):
        return await _fail(
            process, f"AH00526: DocumentRoot '{settings['DocumentRoot']}' is not a directory", 1
        )
    site = _Site(
        process=process,
        server=f"Apache/{version} (Unix)",
        root=settings["DocumentRoot"],
        lists=bool(settings["Indexes"]),
        access="/dev/stdout",
        index=tuple(settings["DirectoryIndex"].split()),
    )
    await _fail(process, "labrunner: this httpd is a stand-in, simulated by labrunner's practice engine", 0)
    when = time.strftime("%a %b %d %H:%M:%S.000000 %Y", time.gmtime())
    await _fail(
        process,
        f"[{when}] [mpm_event:notice] [pid {process.pid}] Apache/{version}, simulated: resuming normal operations",
        0,
    )
    return await _serve(process, site, int(port), "TERM", "WINCH", "INT")


_APACHE_WORDS = """
    serverroot servername serveradmin user group loadmodule errorlog loglevel customlog logformat
    addtype typesconfig allowoverride require options indexes mimemagicfile enablesendfile
    enablemmap alias scriptalias requestheader include pidfile timeout keepalive
    maxkeepaliverequests addhandler keepalivetimeout servertokens serversignature hostnamelookups
    addoutputfilter proxyhtmllinks
"""
_APACHE = frozenset(_APACHE_WORDS.split())
_APACHE_REFUSED = frozenset({"alias", "include", "addhandler", "addoutputfilter"})


def _read_apache(process: Process, settings: dict[str, str]) -> None:
    """The few directives that decide what is served; a directive that nobody knows is refused as Apache does."""
    if not process.files.exists(_CONFIGURATION):
        return
    text = process.files.read(_CONFIGURATION).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip()
        if not line or line.startswith(("#", "<")):
            continue
        name, _, rest = line.partition(" ")
        rest = rest.strip().strip('"')
        known = {key.lower(): key for key in settings}
        if name.lower() == "options":
            settings["Indexes"] = "yes" if "Indexes" in rest and "-Indexes" not in rest else ""
        elif name.lower() in known:
            settings[known[name.lower()]] = rest
        elif name.lower() not in _APACHE or name.lower() in _APACHE_REFUSED:
            raise ValueError(
                f"AH00526: Syntax error on line {number} of {_CONFIGURATION}:\n"
                f"Invalid command '{name}', or not simulated by labrunner's practice engine"
            )
