"""What the engine asks of the world outside: pull, push, search and login; none of it leaves this machine."""

import asyncio
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from labrunner.practice.hub import wire
from labrunner.practice.hub.accounts import Accounts, Auth
from labrunner.practice.hub.catalogue import Catalogue
from labrunner.practice.hub.client import Remote, quoted
from labrunner.practice.hub.depot import Depot
from labrunner.practice.hub.official import Official
from labrunner.practice.hub.progress import Pace, Progress
from labrunner.practice.hub.pulling import pull
from labrunner.practice.hub.pushing import push
from labrunner.practice.hub.recipe import Row
from labrunner.practice.hub.registry import Server, serve
from labrunner.practice.hub.search import DEFAULT_ROWS, search
from labrunner.practice.hub.source import PracticeHub, RemoteSource, Source, is_hub
from labrunner.practice.hub.target import HubTarget, RemoteTarget, Target
from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.reference import HUB, Reference

_HUB_NAMES = ("", HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com")
_HUB_URL = "https://registry-1.docker.io/v2/"


class Hub:
    """The practice hub (`docker.io`), the accounts, and the way to registries on this machine.

    All it keeps is in `folder`: `accounts.json`, `hub/` (what was pushed to docker.io), `registry/` (the lab registry).
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        *,
        catalogue: Catalogue | None = None,
        accounts: Accounts | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.folder = folder
        self.spool = folder / "spool"
        """For downloads; what a killed engine left there goes when the next one opens."""
        self.store = store
        self.catalogue = catalogue or Catalogue.load()
        self.accounts = accounts or Accounts(folder / "accounts.json")
        self.pace = pace or Pace()
        self._practice = PracticeHub(Official(self.catalogue), lambda: self.depot)
        self._depot: Depot | None = None
        shutil.rmtree(self.spool, ignore_errors=True)

    @property
    def depot(self) -> Depot:
        """What was pushed to the practice hub."""
        if self._depot is None:
            self._depot = Depot(self.folder / "hub")
        return self._depot

    async def pull(
        self,
        reference: Reference,
        *,
        auth: Auth | None = None,
        all_tags: bool = False,
        progress: Progress,
    ) -> Image:
        """`docker pull`; nothing is told before the manifest was found, so that refusals can be plain answers."""
        return await pull(
            self.store,
            reference,
            source=self._source(reference, auth),
            progress=progress,
            spool=self.spool,
            all_tags=all_tags,
            pace=self.pace if is_hub(reference) else None,
        )

    async def push(
        self,
        reference: Reference,
        *,
        auth: Auth | None = None,
        all_tags: bool = False,
        progress: Progress,
    ) -> None:
        """`docker push`; as in Docker every refusal comes after the first line was told."""
        target: Target
        if is_hub(reference):
            target = HubTarget(reference.path, auth, self.accounts, self.depot, self._practice)
        else:
            target = RemoteTarget(reference.path, Remote(reference.domain, auth))
        await push(self.store, reference, target=target, progress=progress, all_tags=all_tags)

    async def search(
        self,
        term: str,
        limit: int = DEFAULT_ROWS,
        filters: Mapping[str, Iterable[str]] | None = None,
        *,
        auth: Auth | None = None,
    ) -> list[dict[str, Any]]:
        """`docker search nginx`, `docker search localhost:5001/nginx`."""
        host, _, rest = term.partition("/")
        if "." not in host and ":" not in host and host != "localhost":
            pushed = self.depot.repositories()
            return search(self.catalogue.rows, pushed, term, limit=limit, filters=filters)
        search((), (), "", limit=limit, filters=filters)
        rows = await self._ask(Remote(host, auth), rest, limit or DEFAULT_ROWS)
        return search(rows, (), "", limit=limit, filters=filters)

    async def login(self, username: str, password: str, server: str = "") -> dict[str, str]:
        """`docker login`; raises Refused with Docker's words and statuses."""
        host = server.removeprefix("https://").removeprefix("http://").partition("/")[0]
        if host in _HUB_NAMES:
            if not await asyncio.to_thread(self.accounts.check, username, password):
                raise Refused(401, f'Get "{_HUB_URL}": unauthorized: incorrect username or password')
        else:
            auth = Auth(username=username, password=password) if username else None
            remote = Remote(host, auth)
            reply = await remote.call("GET", "/v2/")
            if reply.status == 401 and auth is None:
                raise Refused(500, f'Get "{remote.url("/v2/")}": no basic auth credentials')
            if reply.status != 200:
                told = wire.REASONS.get(reply.status, "")
                raise Refused(
                    500,
                    f"login attempt to {remote.url('/v2/')} failed with status: {reply.status} {told}".strip(),
                )
        return {"Status": "Login Succeeded", "IdentityToken": ""}

    async def describe(self, reference: Reference, *, auth: Auth | None = None) -> dict[str, Any]:
        """GET /distribution/NAME/json: what a registry has under a name, without pulling it."""
        manifest = await self._source(reference, auth).manifest(reference)
        platforms = [known.partition("/") for _, known in manifest.manifests] or [("linux", "/", "amd64")]
        return {
            "Descriptor": {
                "mediaType": manifest.media_type,
                "digest": manifest.digest,
                "size": len(manifest.data),
            },
            "Platforms": [{"architecture": machine, "os": system} for system, _, machine in platforms],
        }

    async def serve_registry(self, port: int, *, host: str = "127.0.0.1") -> Server:
        """The lab registry, for this engine's accounts; raises OSError where the port is taken."""
        return await serve(
            host, port, self.folder / "registry", self.accounts, rows=lambda: self.catalogue.rows
        )

    def _source(self, reference: Reference, auth: Auth | None) -> Source:
        if is_hub(reference):
            return self._practice
        return RemoteSource(Remote(reference.domain, auth))

    async def _ask(self, remote: Remote, term: str, limit: int) -> list[Row]:
        reply = await remote.call("GET", f"/v1/search?q={quoted(term)}&n={limit}")
        if reply.status != 200:
            raise Refused(500, f"Unexpected status code {reply.status}")
        try:
            return [_row(row) for row in json.loads(reply.data)["results"][:100]]
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError) as error:
            raise Refused(500, f"{remote.host} sent a broken list of repositories") from error


def _row(said: Mapping[str, Any]) -> Row:
    return Row(
        name=str(said["name"])[:300],
        description=str(said.get("description") or "")[:1000],
        stars=int(said.get("star_count") or 0),
        official=bool(said.get("is_official")),
    )
