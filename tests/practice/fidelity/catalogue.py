"""The practice engine's catalogue as a registry, where the real engine's Docker Hub is expected."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner.practice.hub.accounts import Accounts
from labrunner.practice.hub.catalogue import Catalogue
from labrunner.practice.hub.depot import Depot
from labrunner.practice.hub.registry import Policy, serve
from labrunner.reference import parse

NAMES = (
    *("nginx:latest", "nginx:mainline", "nginx:1.11.9", "nginx:1.11", "nginx:1.11.9-alpine"),
    *("nginx:1.31-alpine", "alpine:latest", "alpine:3.24", "hello-world:latest"),
    "hello-world:linux",
)
"""What the transcripts pull."""


@contextmanager
def served(address: str) -> Iterator[None]:
    """At `localhost:PORT`, for everybody, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        depot = Path(folder, "registry")
        fill(Depot(depot), Catalogue.load())
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        accounts = Accounts(Path(folder, "accounts.json"))
        port = int(address.rpartition(":")[2])
        serving = serve("127.0.0.1", port, depot, accounts, policy=Policy(anonymous=True))
        server = asyncio.run_coroutine_threadsafe(serving, loop).result(20)
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(server.close(), loop).result(20)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(20)
            loop.close()


def fill(depot: Depot, catalogue: Catalogue) -> None:
    for name in NAMES:
        reference = parse(name)
        recipe = catalogue.find(reference)
        assert recipe is not None, name
        made = catalogue.made(recipe)
        assert made.manifest.config is not None
        depot.put_blob(reference.path, made.manifest.config.digest, iter([made.config_bytes]))
        for layer in made.layers:
            depot.put_blob(reference.path, layer.blob.digest, layer.compressed())
        depot.put_manifest(reference.path, made.manifest, reference.tag)
