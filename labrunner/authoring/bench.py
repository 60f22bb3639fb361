"""The lab that a lesson is proved in: the learner's, with folders that are thrown away and nobody's settings."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labrunner.authoring.listening import Listening
from labrunner.authoring.typing import Typist
from labrunner.dockercli.launcher import install
from labrunner.engine.protocol import Engine
from labrunner.runner.ledger import LESSON_LABEL
from labrunner.runner.world import World
from labrunner.shell.gateway import Gateway
from labrunner.shell.integration import launch
from labrunner.shell.workspace import private_folders, shell_environment

NOT_PASSED_ON = ("BASH_ENV", "ENV", "HISTFILE", "PROMPT_COMMAND")
"""Variables that would make the proof depend on who runs it."""
TLS = ("DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    lesson: str
    world: World
    environment: Mapping[str, str]
    """Of the lab shell."""
    straight: Mapping[str, str]
    """The same, past the gateway."""
    listening: Listening
    folder: Path

    def shell(self, directory: str = "") -> Typist:
        """A new lab shell, in the workspace or in a folder of it."""
        run_folder = tempfile.mkdtemp(prefix="shell-", dir=self.folder)
        return Typist(
            launch(
                environment=self.environment,
                directory=directory or str(self.world.workspace),
                run_folder=run_folder,
            )
        )


@contextmanager
def bench(engine: Engine, lesson: str, environment: Mapping[str, str]) -> Iterator[Bench]:
    """For one lesson, gone afterwards. Raises ShellError, EngineError."""
    folder = Path(tempfile.mkdtemp(prefix=f"labrunner-{os.getpid()}-"))
    gateway: Gateway | None = None
    listening: Listening | None = None
    try:
        certificates = {name: environment[name] for name in TLS if name in environment}
        address = engine.address
        if address.startswith(("unix://", "tcp://")) and not certificates:
            gateway = Gateway(address, str(folder / "engine.sock"), {LESSON_LABEL: lesson}, lambda: None)
            gateway.start()
            address = f"unix://{folder / 'engine.sock'}"
        private = private_folders(folder / "private", Path(environment.get("HOME") or Path.home()))
        settings = {**_settings(environment, folder / "home"), **certificates}
        lab = {**shell_environment(settings, engine=address, private=private, lesson=lesson), **certificates}
        if shutil.which("docker", path=lab.get("PATH")) is None:
            lab["PATH"] = f"{lab.get('PATH', os.defpath)}{os.pathsep}{install(folder / 'bin')}"
        listening = Listening(engine, gateway)
        workspace = folder / lesson
        workspace.mkdir()
        yield Bench(
            lesson=lesson,
            world=World(
                engine=engine,
                workspace=workspace,
                docker_config=private.docker_config,
                kind="practice" if engine.name == "practice" else "docker",
                gateway=gateway is not None,
            ),
            environment=lab,
            straight={**lab, "DOCKER_HOST": engine.address},
            listening=listening,
            folder=folder,
        )
    finally:
        if listening is not None:
            listening.close()
        if gateway is not None:
            gateway.close()
        shutil.rmtree(folder, ignore_errors=True)


def _settings(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """The environment without what belongs to the author: bash, with a home where nothing is set up."""
    home.mkdir()
    passed_on = {name: value for name, value in environment.items() if name not in NOT_PASSED_ON}
    return {
        "LANG": "C.UTF-8",
        **passed_on,
        "HOME": str(home),
        "SHELL": shutil.which("bash", path=environment.get("PATH", os.defpath)) or "/bin/bash",
        "TERM": "xterm",
    }
