"""From a request to an answer, as the configuration says and from the files as they are at that moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from labrunner.practice.programs.asking import BadReply
from labrunner.practice.programs.exchange import SIMULATED, Request, Response, plain_path
from labrunner.practice.programs.nginx.choosing import admitted, location_of, server_of
from labrunner.practice.programs.nginx.configuration import Configuration, Location, Proxy, Server, Settings
from labrunner.practice.programs.nginx.expiring import expiry
from labrunner.practice.programs.nginx.matching import TooMuch, search
from labrunner.practice.programs.nginx.proxying import passed_on
from labrunner.practice.programs.nginx.variables import Moment, expand, host_of
from labrunner.practice.programs.process import Files, Machine
from labrunner.practice.programs.serving import (
    Whom,
    error_page,
    http_date,
    listing,
    media_type,
    whole_file,
)

_REDIRECTS = 10
_WITH_HEADERS = frozenset({200, 201, 204, 206, 301, 302, 303, 304, 307, 308})

Complain = Callable[[str, str], Awaitable[None]]
"""Level and text of an error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An answer, and the settings under which it was found: its logs are there."""

    response: Response
    settings: Settings
    moment: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    configuration: Configuration
    files: Files
    machine: Machine
    version: str
    whom: Whom

    async def answer(self, request: Request, port: int, complain: Complain) -> Found:
        """Raises BadRequest where the address is none, ConnectionResetError for `return 444`."""
        server = server_of(self.configuration.servers, port, host_of(request, ""))
        visit = _Visit(site=self, server=server, request=request, port=port, complain=complain)
        return await visit.answer(plain_path(request.target))


@dataclass(slots=True, kw_only=True)
class _Visit:
    """One request on its way through locations, index files and error pages."""

    site: Site
    server: Server
    request: Request
    port: int
    complain: Complain
    redirects: int = 0
    paged: bool = False

    async def answer(self, uri: str) -> Found:
        try:
            settings, response = await self._at(uri)
        except TooMuch:
            await self._error("alert", f'pcre2_match() failed: -47 on "{uri}"')
            settings, response = self.server.settings, self._page(500, self.server.settings)
        return Found(
            response=self._dressed(response, settings, uri),
            settings=settings,
            moment=self._moment(uri, settings),
        )

    def _moment(self, uri: str, settings: Settings) -> Moment:
        return Moment(
            request=self.request,
            uri=uri,
            server_name=self.server.names[0] if self.server.names else "",
            port=self.port,
            hostname=self.site.machine.hostname,
            root=settings.root,
            version=self.site.version,
        )

    async def _at(self, uri: str, named: str = "") -> tuple[Settings, Response]:
        self.redirects += 1
        if self.redirects > _REDIRECTS:
            await self._error("error", f'rewrite or internal redirection cycle while processing "{uri}"')
            return self.server.settings, self._page(500, self.server.settings)
        if self.server.returns and self.redirects == 1:
            return await self._paged(
                self.server.settings, self._returned(self.server.returns, uri, self.server.settings)
            )
        location = self._named(named) if named else location_of(self.server, uri)
        if location is None:
            settings = self.server.settings
            location = Location(settings=settings, try_files=self.server.try_files)
        settings = location.settings
        if location.internal and self.redirects == 1:
            return await self._paged(settings, self._page(404, settings))
        if not admitted(settings.rules, self.request.peer):
            await self._error("error", "access forbidden by rule")
            return await self._paged(settings, self._page(403, settings))
        if location.returns:
            return await self._paged(settings, self._returned(location.returns, uri, settings))
        if location.try_files:
            return await self._tried(location, uri)
        if location.proxy is not None:
            return await self._paged(settings, await self._proxied(location, location.proxy, uri))
        return await self._static(location, uri)

    def _named(self, name: str) -> Location | None:
        return next(
            (each for each in self.server.locations if each.kind == "@" and each.pattern == name), None
        )

    async def _paged(self, settings: Settings, response: Response) -> tuple[Settings, Response]:
        """The answer, or the page that `error_page` puts in its place."""
        page = settings.error_pages.get(response.status)
        if page is None or self.paged or response.status < 300:
            return settings, response
        self.paged = True
        if page.target.startswith(("http://", "https://")):
            moved = page.status if page.status in (301, 303, 307, 308) else 302
            return settings, self._moved(moved, page.target, settings)
        if page.target.startswith("@"):
            inner, found = await self._at("/", page.target)
        else:
            inner, found = await self._at(expand(page.target, self._moment("", settings)).partition("?")[0])
        status = response.status if page.status is None else page.status or found.status
        if found.status in (200, 206, 304):
            return inner, replace(found, status=status)
        return inner, found

    def _page(self, status: int, settings: Settings) -> Response:
        server = f"nginx/{self.site.version}" if settings.tokens else "nginx"
        return Response(
            status=status,
            headers=(("Content-Type", "text/html"),),
            body=error_page(status, server),
            closes=status in (400, 408, 413, 414),
        )

    def _moved(self, status: int, address: str, settings: Settings) -> Response:
        page = self._page(status, settings)
        return replace(page, headers=(*page.headers, ("Location", address)))

    def _returned(self, words: tuple[str, ...], uri: str, settings: Settings) -> Response:
        moment = self._moment(uri, settings)
        if not words[0].isdigit():
            return self._moved(302, expand(words[0], moment), settings)
        status = int(words[0])
        if status == 444:
            raise ConnectionResetError
        if len(words) == 1:
            if status in (204, 304) or status < 300:
                return Response(status=status, headers=(("Content-Type", settings.default_type),))
            return self._page(status, settings)
        text = expand(words[1], moment)
        if status in (301, 302, 303, 307, 308):
            return self._moved(status, text if "://" in text else self._absolute(text, settings), settings)
        return Response(status=status, headers=(("Content-Type", settings.default_type),), body=text.encode())

    def _absolute(self, path: str, settings: Settings) -> str:
        """nginx names the port on which it listens, not the published one."""
        if not settings.absolute_redirect:
            return path
        host = host_of(self.request, self.server.names[0] if self.server.names else "localhost")
        port = "" if self.port == 80 or not settings.port_in_redirect else f":{self.port}"
        return f"http://{host}{port}{path}"

    def _file(self, location: Location, uri: str) -> str:
        settings = location.settings
        if not settings.alias:
            return expand(settings.root, self._moment(uri, settings)).rstrip("/") + uri
        if location.regex is not None:
            match = search(location.regex, uri)
            groups = (
                {str(n): text or "" for n, text in enumerate((match[0], *match.groups()))} if match else {}
            )
            return expand(settings.alias, replace(self._moment(uri, settings), captures=groups))
        return settings.alias + uri[len(location.pattern) :]

    async def _tried(self, location: Location, uri: str) -> tuple[Settings, Response]:
        *files, last = location.try_files
        moment = self._moment(uri, location.settings)
        for each in files:
            path = expand(each, moment)
            file = self._file(location, path if path.startswith("/") else f"/{path}")
            if self._is(file.rstrip("/") or "/", "folder" if path.endswith("/") else "file"):
                return await self._static(location, path)
        if last.startswith("="):
            return await self._paged(location.settings, self._page(int(last[1:] or 500), location.settings))
        if last.startswith("@"):
            return await self._at(uri, last)
        return await self._at(expand(last, moment).partition("?")[0])

    def _is(self, path: str, kind: str) -> bool:
        try:
            return self.site.files.stat(path).kind == kind
        except OSError:
            return False

    async def _static(self, location: Location, uri: str) -> tuple[Settings, Response]:
        settings = location.settings
        if self.request.method not in ("GET", "HEAD"):
            return await self._paged(settings, self._page(405, settings))
        path = self._file(location, uri)
        files = self.site.files
        try:
            if uri.endswith("/"):
                return await self._folder(location, uri, path)
            found = files.stat(path)
            if found.kind == "folder":
                query = f"?{self.request.query}" if self.request.query else ""
                return settings, self._moved(301, self._absolute(f"{uri}/", settings) + query, settings)
            if found.kind != "file" or not self.site.whom.may_read(files, path):
                return await self._forbidden(settings, path)
            kind = media_type(path, settings.types, settings.default_type)
            if settings.charset and kind.startswith(("text/", "application/javascript", "application/json")):
                kind += f"; charset={settings.charset}"
            return settings, whole_file(self.request, found, files.read(path), (("Content-Type", kind),))
        except PermissionError:
            return await self._forbidden(settings, path)
        except (FileNotFoundError, NotADirectoryError) as error:
            number = 20 if isinstance(error, NotADirectoryError) else 2
            words = "Not a directory" if number == 20 else "No such file or directory"
            await self._error("error", f'open() "{path}" failed ({number}: {words})')
            return await self._paged(settings, self._page(404, settings))
        except OSError as error:
            await self._error("crit", f'open() "{path}" failed ({error.errno}: {error.strerror})')
            return await self._paged(settings, self._page(500, settings))

    async def _forbidden(self, settings: Settings, path: str) -> tuple[Settings, Response]:
        await self._error("error", f'open() "{path}" failed (13: Permission denied)')
        return await self._paged(settings, self._page(403, settings))

    async def _folder(self, location: Location, uri: str, path: str) -> tuple[Settings, Response]:
        settings = location.settings
        folder = path.rstrip("/") or "/"
        for name in settings.index:
            name = expand(name, self._moment(uri, settings))
            if name.startswith("/"):
                return await self._at(name)
            if self._is(f"{folder.rstrip('/')}/{name}", "file"):
                return await self._at(uri + name)
        if not self._is(folder, "folder"):
            shown = f"{folder}/{settings.index[0]}" if settings.index else folder
            raise FileNotFoundError(2, "No such file or directory", shown)
        if settings.autoindex:
            page = listing(self.site.files, folder, uri)
            return settings, Response(status=200, headers=(("Content-Type", "text/html"),), body=page)
        await self._error("error", f'directory index of "{path}" is forbidden')
        return await self._paged(settings, self._page(403, settings))

    async def _proxied(self, location: Location, proxy: Proxy, uri: str) -> Response:
        moment = self._moment(uri, location.settings)
        try:
            return await passed_on(
                self.request, uri, location, proxy, moment=moment, machine=self.site.machine
            )
        except TimeoutError:
            return self._page(504, location.settings)
        except (OSError, BadReply, asyncio.IncompleteReadError) as error:
            refused = isinstance(error, ConnectionRefusedError)
            why = "connect() failed (111: Connection refused)" if refused else f"upstream failed ({error})"
            await self._error("error", f"{why} while connecting to upstream")
            return self._page(502, location.settings)

    def _dressed(self, response: Response, settings: Settings, uri: str) -> Response:
        """The headers that every answer has, and those that the configuration adds."""
        moment = replace(self._moment(uri, settings), response=response)
        added = [
            (header.name, expand(header.value, moment))
            for header in settings.headers
            if header.always or response.status in _WITH_HEADERS
        ]
        if settings.expires and response.status in _WITH_HEADERS:
            added += expiry(settings.expires)
        server = f"nginx/{self.site.version}" if settings.tokens else "nginx"
        first = (("Server", server), ("Date", http_date(time.time())))
        named = tuple(pair for pair in added if pair[1])
        given = tuple(pair for pair in response.headers if pair != SIMULATED)
        return replace(response, headers=(*first, *given, *named, SIMULATED))

    async def _error(self, level: str, text: str) -> None:
        name = self.server.names[0] if self.server.names else ""
        host = self.request.header("host")
        tail = f', host: "{host}"' if host else ""
        await self.complain(
            level,
            f'{text}, client: {self.request.peer}, server: {name}, request: "{self.request.line}"{tail}',
        )
