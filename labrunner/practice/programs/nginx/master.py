"""A running nginx: it listens, serves, hears signals, writes its logs, and reads its configuration anew at HUP."""

import asyncio
import errno
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from labrunner.practice.programs.exchange import SIMULATED, Request, Response, serve_requests
from labrunner.practice.programs.loglines import LogLines, behind_links, is_stream
from labrunner.practice.programs.nginx.configuration import Configuration
from labrunner.practice.programs.nginx.directives import LEVELS
from labrunner.practice.programs.nginx.language import BadConfiguration
from labrunner.practice.programs.nginx.site import Found, Site
from labrunner.practice.programs.nginx.variables import Moment, log_line
from labrunner.practice.programs.process import Listener, Process, Reader, Serve, Writer
from labrunner.practice.programs.serving import Whom, error_page, http_date

NOTICE = "labrunner: this nginx is a stand-in, simulated by labrunner's practice engine"
_WORKER = 29
"""The number that error lines give for the worker."""
_TAKEN = 98
"""EADDRINUSE on Linux, which is what the container is, wherever the engine runs."""

CACHE = "/var/cache/nginx"
TEMPORARY = ("client", "fastcgi", "proxy", "scgi", "uwsgi")


def stamp() -> str:
    return time.strftime("%Y/%m/%d %H:%M:%S", time.gmtime())


def workers(process: Process, configuration: Configuration) -> Whom:
    """The user of the workers, from the container's own /etc/passwd; raises BadConfiguration."""
    if process.uid != 0:
        return Whom(uid=process.uid, gid=process.gid)
    if configuration.user == "root":
        return Whom()
    try:
        users = process.files.read("/etc/passwd").decode("utf-8", "replace").splitlines()
    except OSError:
        users = []
    for line in users:
        fields = line.split(":")
        if (
            len(fields) >= 4
            and fields[0] == configuration.user
            and fields[2].isdigit()
            and fields[3].isdigit()
        ):
            return Whom(uid=int(fields[2]), gid=int(fields[3]))
    if configuration.user == "nobody":
        return Whom(uid=65534, gid=65534)
    raise BadConfiguration(f'getpwnam("{configuration.user}") failed')


@dataclass(slots=True, kw_only=True)
class Master:
    process: Process
    configuration: Configuration
    load: Callable[[], Configuration]
    """Reads the configuration again; raises BadConfiguration."""
    listeners: dict[int, Listener] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    connections: int = 0

    async def run(self) -> int:
        await self._say(NOTICE)
        if not self.configuration.daemon:
            return await self._serve(self.process)
        if self.process.kernel is None:
            await self._emerg("labrunner's practice engine cannot put nginx into the background here")
            return 1
        if not (await self._logs_open(self.configuration) and await self._ports_open(self.configuration)):
            return 1
        for listener in self.listeners.values():
            listener.close()
        self.listeners.clear()
        self.process.kernel.fork(self.process, self._serve, fds=self.process.fds, group=0)
        return 0

    async def _serve(self, process: Process) -> int:
        self.process = process
        for name in ("TERM", "INT", "QUIT"):
            process.on_signal(name, self.ended.set)
        process.on_signal("HUP", self._reload_soon)
        for name in ("USR1", "WINCH"):
            process.on_signal(name, lambda: None)
        try:
            if not (await self._logs_open(self.configuration) and await self._ports_open(self.configuration)):
                return 1
            with suppress(OSError):
                process.files.write(self.configuration.pid, f"{process.pid}\n".encode(), mode=0o644)
            self._make_cache(process)
            await self._notice(f"nginx/{self._version}, simulated")
            await self._notice("start worker processes")
            await self.ended.wait()
            await self._notice("exiting")
            return 0
        finally:
            for listener in self.listeners.values():
                listener.close()
            with suppress(OSError):
                process.files.remove(self.configuration.pid)

    def _make_cache(self, process: Process) -> None:
        """The folders for bodies and answers that nginx makes when it starts; `docker diff` shows them."""
        if not process.files.exists(CACHE):
            return
        for name in TEMPORARY:
            with suppress(OSError):
                process.files.mkdir(f"{CACHE}/{name}_temp")
                process.files.chmod(f"{CACHE}/{name}_temp", 0o700)

    @property
    def _version(self) -> str:
        return self.process.version or "0"

    async def _ports_open(self, configuration: Configuration) -> bool:
        """False, with the reason told, where a port is taken; then nothing has changed."""
        opened: dict[int, Listener] = {}
        for port in configuration.ports:
            if port in self.listeners:
                continue
            try:
                opened[port] = await self.process.machine.listen(port, self._server(port))
            except OSError as error:
                for listener in opened.values():
                    listener.close()
                number, words = error.errno, error.strerror
                if number == errno.EADDRINUSE:
                    number, words = _TAKEN, "Address already in use"
                await self._emerg(f"bind() to 0.0.0.0:{port} failed ({number}: {words})")
                return False
        self.listeners.update(opened)
        for port in set(self.listeners) - set(configuration.ports):
            self.listeners.pop(port).close()
        return True

    async def _logs_open(self, configuration: Configuration) -> bool:
        paths = {configuration.error_log.path}
        for server in configuration.servers:
            paths |= {log.path for log in server.settings.access_logs if log.path != "off"}
        for path in sorted(paths):
            real = behind_links(self.process.files, path)
            try:
                if not is_stream(real) and "$" not in real:
                    self.process.files.append(real, b"")
            except OSError as error:
                await self._emerg(f'open() "{path}" failed ({error.errno}: {error.strerror})')
                return False
        return True

    def _server(self, port: int) -> Serve:
        async def serve(reader: Reader, writer: Writer) -> None:
            await self._converse(port, reader, writer)

        return serve

    async def _converse(self, port: int, reader: Reader, writer: Writer) -> None:
        self.connections += 1
        number = self.connections
        last: list[Found] = []

        async def complain(level: str, text: str) -> None:
            await self._error(level, f"*{number} {text}")

        async def answer(request: Request) -> Response:
            last.clear()
            site = Site(
                configuration=self.configuration,
                files=self.process.files,
                machine=self.process.machine,
                version=self._version,
                whom=workers(self.process, self.configuration),
            )
            last.append(await site.answer(request, port, complain))
            return last[0].response

        async def told(request: Request, response: Response) -> None:
            found = last[0] if last else self._unread(request, response, port)
            await self._access(replace(found, response=response))

        limit = max((server.settings.body_limit for server in self.configuration.servers), default=0)
        await serve_requests(reader, writer, answer, told, self._refusal, body_limit=limit)

    def _unread(self, request: Request, response: Response, port: int) -> Found:
        """What is logged of a request that no location has seen."""
        server = next(each for each in self.configuration.servers if port in each.ports)
        return Found(
            response=response, settings=server.settings, moment=Moment(request=request, uri="", port=port)
        )

    def _refusal(self, status: int) -> Response:
        """The answer to what could not be read as a request."""
        server = f"nginx/{self._version}"
        return Response(
            status=status,
            headers=(
                ("Server", server),
                ("Date", http_date(time.time())),
                ("Content-Type", "text/html"),
                SIMULATED,
            ),
            body=error_page(status, server),
            closes=True,
        )

    async def _access(self, found: Found) -> None:
        lines = LogLines(process=self.process)
        moment = replace(found.moment, response=found.response)
        for log in found.settings.access_logs:
            if log.path != "off":
                form = self.configuration.formats.get(log.detail, "")
                with suppress(OSError):
                    await lines.write(log.path, log_line(form, moment))

    def _reload_soon(self) -> None:
        task = asyncio.get_running_loop().create_task(self._reload())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _reload(self) -> None:
        await self._notice("signal 1 (SIGHUP) received, reconfiguring")
        try:
            configuration = self.load()
        except BadConfiguration as bad:
            await self._emerg(str(bad))
            return
        if await self._logs_open(configuration) and await self._ports_open(configuration):
            self.configuration = configuration
            await self._notice("start worker processes")

    async def _notice(self, text: str) -> None:
        await self._error("notice", text, self.process.pid)

    async def _emerg(self, text: str) -> None:
        await self._error("emerg", text, self.process.pid)
        real = behind_links(self.process.files, self.configuration.error_log.path)
        if real != "/dev/stderr":
            await self._say(f"nginx: [emerg] {text}")

    async def _error(self, level: str, text: str, pid: int = _WORKER) -> None:
        log = self.configuration.error_log
        if LEVELS.index(level) >= LEVELS.index(log.detail):
            with suppress(OSError):
                await LogLines(process=self.process).write(
                    log.path, f"{stamp()} [{level}] {pid}#{pid}: {text}"
                )

    async def _say(self, text: str) -> None:
        await self.process.stderr.write(f"{text}\n".encode())
