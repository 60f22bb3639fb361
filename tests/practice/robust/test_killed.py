"""An engine that is killed at any moment of a pull, build, push or commit leaves every finished image whole."""

import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from labrunner.practice import start, state
from labrunner.practice.happenings import Happenings
from labrunner.practice.hub.depot import Depot
from labrunner.practice.images.store import Store
from tests.practice.robust.asking import Client, Failed, packed
from tests.practice.robust.nursery import nursery

KILLS = 200
KILLS_OF_A_WHOLE_DAEMON = 6
ANSWERS = 4
"""Pulls, builds, pushes and commits that an engine ends before it is killed, at most."""
LONGEST = 0.06
"""Seconds from the last of them to the kill, at most."""
SEED = 1714557600


@dataclass
class Promised:
    """What the engine has said is done: it must be there whatever happens to the engine."""

    names: dict[str, str] = field(default_factory=dict)
    """Of images, with their IDs."""
    touched: set[str] = field(default_factory=set)
    """Names that an unanswered question was about: they may have changed, or not."""
    pushed: dict[str, str] = field(default_factory=dict)
    pushing: set[str] = field(default_factory=set)


class Learner:
    """Works without a pause until the engine is gone."""

    def __init__(self, client: Client, promised: Promised, chance: random.Random) -> None:
        self._client = client
        self._promised = promised
        self._chance = chance
        self.answered = threading.Semaphore(0)
        """Released for each thing that was done."""
        self.trouble: BaseException | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()
        if self.trouble is not None:
            raise self.trouble

    def _work(self) -> None:
        tasks = (self._pull, self._pull, self._build, self._build, self._push, self._commit, self._remove)
        try:
            while True:
                self._chance.choice(tasks)()
                self.answered.release()
        except (OSError, http.client.HTTPException, json.JSONDecodeError, StopIteration):
            # The engine is gone, perhaps in the middle of its answer.
            pass
        except BaseException as trouble:
            self.trouble = trouble

    def _named(self, name: str, work: Callable[[], object]) -> None:
        """A question after whose answer the name points at what was asked for."""
        self._promised.touched.add(name)
        work()
        self._promised.names[name] = self._client.ask("GET", f"/images/{name}/json")["Id"]
        self._promised.touched.discard(name)

    def _pull(self) -> None:
        name = self._chance.choice(("alpine:3.24", "hello-world:latest", "busybox:latest"))
        self._named(name, lambda: self._client.pull(name))

    def _build(self) -> None:
        number = self._chance.randrange(1_000_000)
        text = f"FROM alpine:3.24\nCOPY note /note\nRUN echo {number} > /made\nCMD cat /made\n"
        name = f"student/built:{number % 5}"
        context = packed({"Dockerfile": text, "note": f"{number}\n" * (number % 3000)})
        self._named(name, lambda: self._client.build(context, name))

    def _push(self) -> None:
        here = [name for name in self._promised.names if name.startswith("student/")]
        if not here:
            return
        name = self._chance.choice(here)
        self._promised.pushing.add(name)
        self._client.push(name)
        self._promised.pushed[name] = self._promised.names[name]
        self._promised.pushing.discard(name)

    def _commit(self) -> None:
        if "alpine:3.24" not in self._promised.names:
            return
        number = self._chance.randrange(1_000_000)
        container = self._client.run("alpine:3.24", "sh", "-c", f"echo {number} > /kept")
        self._client.wait(container)
        name = f"student/kept:{number % 3}"
        target = f"/commit?container={container}&repo=student/kept&tag={number % 3}"
        self._named(name, lambda: self._client.ask("POST", target))
        self._client.ask("DELETE", f"/containers/{container}?force=1")

    def _remove(self) -> None:
        if not self._promised.names:
            return
        name = self._chance.choice(list(self._promised.names))
        self._promised.touched.add(name)
        del self._promised.names[name]
        try:
            self._client.ask("DELETE", f"/images/{name}?force=1")
        except Failed as failed:
            if failed.status not in (404, 409):
                raise
            return
        self._promised.touched.discard(name)


class Inspector:
    """Looks at a store with nobody in it; bytes that were hashed once are hashed again only where they changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: dict[tuple[str, int, int], str] = {}

    def look(self, promised: Promised) -> None:
        store = Store(self._folder / "store", Happenings())
        assert store.dropped == ()
        layers = {diff_id for image in store.images() for diff_id in image.layers}
        layers |= {diff_id for held in store.held().values() for diff_id in held}
        for image in store.images():
            config = self._folder / "store/images" / f"{image.id[7:]}.json"
            assert self._digest(config) == image.id
            assert json.loads(config.read_bytes())["rootfs"]["diff_ids"] == list(image.layers)
        for diff_id in layers:
            assert self._digest(store.layer_path(diff_id)) == diff_id
        names = {
            name.removeprefix("docker.io/").removeprefix("library/"): image_id
            for name, image_id in store.references().items()
        }
        assert set(names.values()) <= {image.id for image in store.images()}
        for name, image_id in promised.names.items():
            if name not in promised.touched:
                assert names.get(name) == image_id, name
        for name in promised.touched:
            promised.names.pop(name, None)
            if name in names:
                promised.names[name] = names[name]
        promised.touched.clear()
        assert {path.name for path in (self._folder / "store/layers").iterdir()} == {
            f"{diff_id[7:]}.tar" for diff_id in layers
        }
        assert {path.name for path in (self._folder / "store/images").iterdir()} == {
            f"{image.id[7:]}.json" for image in store.images()
        }
        self._look_at_the_hub(promised)

    def _look_at_the_hub(self, promised: Promised) -> None:
        depot = Depot(self._folder / "hub/hub")
        assert list(depot.uploads.iterdir()) == []
        for repository in depot.repositories():
            for tag in depot.tags(repository):
                manifest = depot.manifest(repository, tag)
                assert manifest is not None, (repository, tag)
                assert manifest.config is not None
                for blob in manifest.blobs:
                    path = depot.blob(repository, blob.digest)
                    assert path is not None
                    assert self._digest(path) == blob.digest
                name = f"{repository}:{tag}"
                if name in promised.pushed and name not in promised.pushing:
                    assert manifest.config.digest == promised.pushed[name]
        for name in promised.pushed:
            repository, _, tag = name.partition(":")
            assert tag in depot.tags(repository)
        for name in promised.pushing:
            promised.pushed.pop(name, None)
        promised.pushing.clear()

    def _digest(self, path: Path) -> str:
        facts = path.stat()
        key = (str(path), facts.st_ino, facts.st_mtime_ns)
        if key not in self._seen:
            self._seen[key] = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        return self._seen[key]


def leftovers(folder: Path) -> list[str]:
    """Files that only something unfinished needs, under names that no later work writes over."""
    patterns = (
        "spool/*",
        "hub/spool/*",
        "build/spool/*",
        "hub/hub/uploads/*",
        "*/*/files-*.new",
        "store/**/.new-*",
    )
    return [str(path.relative_to(folder)) for pattern in patterns for path in folder.glob(pattern)]


def enter_every_room(client: Client) -> None:
    """After this, nothing of the engines before is left."""
    client.pull("alpine:3.24")
    client.build(packed({"Dockerfile": "FROM alpine:3.24\n"}))
    client.ask("GET", "/images/search?term=alpine")
    client.ask("POST", "/images/prune")
    client.ask("POST", "/containers/prune")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short enough for a socket in it."""
    place = Path(tempfile.mkdtemp(prefix="lr-"))
    try:
        yield place / "engine"
    finally:
        shutil.rmtree(place)


def _begun(client: Client, promised: Promised, chance: random.Random) -> Learner:
    learner = Learner(client, promised, chance)
    learner.begin()
    return learner


@pytest.mark.timeout(300)
def test_two_hundred_kills_cost_no_finished_image(folder: Path) -> None:
    chance = random.Random(SEED)
    promised, inspector = Promised(), Inspector(folder)
    with nursery() as engines:
        for turn in range(KILLS):
            pid, socket = engines.start(folder)
            client = Client(socket)
            if turn % 10 == 0:
                enter_every_room(client)
                assert leftovers(folder) == []
            learner = _begun(client, promised, chance)
            for _ in range(chance.randrange(ANSWERS)):
                learner.answered.acquire(timeout=10)
            time.sleep(chance.random() * LONGEST)
            engines.kill(pid)
            learner.end()
            inspector.look(promised)
    assert promised.names
    assert promised.pushed


@pytest.mark.timeout(120)
def test_a_killed_daemon_starts_again_with_all_its_images(folder: Path) -> None:
    chance = random.Random(SEED + 1)
    promised, inspector = Promised(), Inspector(folder)
    for _ in range(KILLS_OF_A_WHOLE_DAEMON):
        address = start.start(folder)
        client = Client(Path(address.removeprefix("unix://")))
        listed = {image["Id"] for image in client.ask("GET", "/images/json?all=1")}
        for name, image_id in promised.names.items():
            assert client.ask("GET", f"/images/{name}/json")["Id"] == image_id
            assert image_id in listed
        learner = _begun(client, promised, chance)
        time.sleep(0.1 + chance.random() * 0.5)
        note = state.read_note(folder)
        assert note is not None
        os.kill(note.pid, signal.SIGKILL)
        learner.end()
        while state.is_taken(folder):
            time.sleep(0.001)
        inspector.look(promised)
    address = start.start(folder)
    enter_every_room(Client(Path(address.removeprefix("unix://"))))
    start.stop(folder)
    assert leftovers(folder) == []
