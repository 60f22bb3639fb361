"""The worlds that claims are shown in: an engine and folders, known, and put back to what they were."""

import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass

from labrunner.authoring.bench import Bench
from labrunner.authoring.folders import Remembered, put_back, remember
from labrunner.authoring.holdings import Holdings, Pull, Remove, Rename, Undoing, holdings, touched, undoing
from labrunner.authoring.listening import Moment
from labrunner.engine.facts import ContainerSummary, Observation
from labrunner.errors import EngineError, EngineRefused, EngineUnreachable
from labrunner.lesson.model import WorkspaceFile
from labrunner.runner.ledger import LESSON_LABEL, named_by
from labrunner.shell.workspace import prepare

ROUNDS = 4
"""An image can be removed only after what stands on it."""
AGAIN = 0.1
"""Seconds before what was refused is asked again."""
SLOWEST = 60
"""Seconds for one docker command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One moment of a world."""

    moment: Moment
    holdings: Holdings
    workspace: Remembered
    docker_config: Remembered


class Worlds:
    """All that is new on the engine counts as the lesson's, save containers that somebody else runs meanwhile;
    where there is a gateway, those are known by not carrying its label."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._engine = bench.world.engine
        self._listed = bench.listening.moment()
        self._volumes, self._networks = self._volumes_and_networks()
        self._own: frozenset[str] = frozenset(each.id for each in self._observe().containers)
        self.empty = self.snapshot()
        """Before the lesson."""

    def snapshot(self) -> Snapshot:
        self._bench.listening.settle()
        return Snapshot(
            moment=self._bench.listening.moment(),
            holdings=self.look(),
            workspace=remember(self._bench.world.workspace),
            docker_config=remember(self._bench.world.docker_config),
        )

    def look(self) -> Holdings:
        """What the engine holds now."""
        self._list_again()
        seen = self._observe()
        strangers = [each.id for each in seen.containers if self._is_a_stranger(each)]
        return holdings(seen, volumes=self._volumes, networks=self._networks, without=strangers)

    def undo(self, before: Snapshot) -> bool:
        """Take away what is new, bring back what can be brought back; whether the world is the same again."""
        listening = self._bench.listening
        listening.settle()
        inside = touched(
            before.holdings,
            listening.events(before.moment),
            listening.requests(before.moment),
            gateway=self._bench.world.gateway,
        )
        same_files = put_back(self._bench.world.workspace, before.workspace)
        same_login = put_back(self._bench.world.docker_config, before.docker_config)
        same_engine = self._undo(before.holdings) == before.holdings
        return same_engine and same_files and same_login and not inside

    def renew(self, files: tuple[WorkspaceFile, ...], keeping: Snapshot | None = None) -> None:
        """Before the lesson again, with its files in the workspace.

        `keeping`: with the images of that moment that were pulled, so that an earlier step pulls them at once. What
        was built goes, for a build that fails would not be seen where its image is there already.
        """
        listening = self._bench.listening
        put_back(self._bench.world.workspace, self.empty.workspace)
        put_back(self._bench.world.docker_config, self.empty.docker_config)
        listening.settle()
        before = self.empty.holdings
        if keeping is not None:
            pulled = {named_by(event) for event in listening.events(Moment()) if event.action == "pull"}
            before = before.with_images(keeping.holdings, pulled)
        self._undo(before)
        prepare(self._bench.world.workspace, files)

    def _undo(self, before: Holdings) -> Holdings:
        for _ in range(ROUNDS):
            now = self.look()
            todo = undoing(before, now)
            if not todo:
                return now
            for each in todo:
                with suppress(EngineRefused):
                    self._carry_out(each)
        return self.look()

    def _carry_out(self, what: Undoing) -> None:
        match what:
            case Remove(thing):
                if not self._engine.remove(thing) and thing.kind == "volume":
                    # What `docker run -v NAME:…` made has no label, and our engine removes none without.
                    self._docker("volume", "rm", thing.id)
            case Rename(image_id, name):
                self._docker("image", "tag", image_id, name)
            case Pull(name):
                for _ in self._engine.pull(name):
                    pass

    def _observe(self) -> Observation:
        """The containerd store refuses now and then to list its images while one of them is being removed."""
        for _ in range(ROUNDS):
            with suppress(EngineRefused):
                return self._engine.observe()
            time.sleep(AGAIN)
        return self._engine.observe()

    def _list_again(self) -> None:
        """Volumes and networks cost two commands, so they are listed only where an event says that they changed."""
        since, self._listed = self._listed, self._bench.listening.moment()
        if any(
            event.type in ("volume", "network") and event.action in ("create", "destroy", "prune")
            for event in self._bench.listening.events(since)
        ):
            self._volumes, self._networks = self._volumes_and_networks()

    def _volumes_and_networks(self) -> tuple[frozenset[str], frozenset[str]]:
        volumes = self._docker("volume", "ls", "--quiet")
        networks = self._docker("network", "ls", "--quiet", "--no-trunc")
        return frozenset(volumes.split()), frozenset(networks.split())

    def _is_a_stranger(self, container: ContainerSummary) -> bool:
        ours = container.labels.get(LESSON_LABEL) == self._bench.lesson
        if ours or container.id in self._own or not self._bench.world.gateway:
            return False
        # A build that fails without BuildKit leaves its last container, and that has no label.
        built = any(asked.path == "/build" for asked in self._bench.listening.requests(Moment()))
        return container.state == "running" or not built

    def _docker(self, *words: str) -> str:
        """What the docker command prints. Raises EngineError."""
        try:
            done = subprocess.run(
                ["docker", *words],
                env=dict(self._bench.straight),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SLOWEST,
                check=False,
            )
        except FileNotFoundError as error:
            raise EngineError(
                "There is no `docker` command on PATH, and a proof types docker commands.",
                "Install Docker's CLI.",
            ) from error
        except subprocess.TimeoutExpired as error:
            raise EngineUnreachable(
                f"`docker {' '.join(words)}` took more than {SLOWEST} seconds."
            ) from error
        if done.returncode != 0:
            raise EngineRefused(f"`docker {' '.join(words)}`: {done.stderr.strip()}")
        return done.stdout
