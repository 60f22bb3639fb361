"""A learner's seat in the lab: private folders and the environment of the shell. All that a prompt needs, and no more.

The gateway listens a moment after the prompt stands; where its socket will be is known before.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from labrunner.errors import ShellError
from labrunner.shell.workspace import private_folders, shell_environment

TLS = ("DOCKER_TLS_VERIFY", "DOCKER_TLS", "DOCKER_CERT_PATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    folder: str
    """Of this run alone; removed at its end."""
    docker_config: str
    environment: Mapping[str, str]
    socket: str
    """Where the gateway has to listen; empty where the shell talks to the engine directly."""

    @property
    def shell_folder(self) -> str:
        return f"{self.folder}/shell"

    def leave(self) -> None:
        import shutil  # 3 ms, which the prompt need not wait for

        shutil.rmtree(self.folder, ignore_errors=True)


def has_gateway(address: str, certificates: str = "") -> bool:
    """Whether the gateway can dial the engine: over TLS and ssh it cannot."""
    return address.startswith(("unix://", "tcp://")) and not certificates


def take_seat(lesson: str, address: str, certificates: str, private: Path) -> Seat:
    """Make the folders. `private` is where the lesson's docker logins are kept between runs. Raises ShellError."""
    folder = f"{base_folder()}/labrunner-{os.getpid()}-{os.urandom(4).hex()}"
    try:
        os.mkdir(folder, 0o700)
        os.mkdir(f"{folder}/shell", 0o700)
        folders = private_folders(private, Path.home())
    except OSError as error:
        raise ShellError(
            f"The lab's own folders cannot be made: {error}.",
            "Free some space, or say where with LABRUNNER_DATA.",
        ) from error
    gateway = has_gateway(address, certificates)
    socket = f"{folder}/engine.sock" if gateway else ""
    host = f"unix://{socket}" if gateway else address
    environment = shell_environment(os.environ, engine=host, private=folders, lesson=lesson)
    if which("docker", environment.get("PATH", os.defpath)) is None:
        from labrunner.dockercli.launcher import install  # only where there is no docker command

        environment["PATH"] = f"{environment.get('PATH', os.defpath)}:{install(Path(folder, 'bin'))}"
    if not gateway:
        environment |= {name: os.environ[name] for name in TLS if name in os.environ}
    return Seat(
        folder=folder, docker_config=str(folders.docker_config), environment=environment, socket=socket
    )


def which(program: str, path: str) -> str | None:
    """Where a program is; `shutil.which` costs 3 ms to import before the first prompt."""
    for folder in path.split(os.pathsep):
        found = os.path.join(folder, program)
        if os.access(found, os.X_OK) and os.path.isfile(found):
            return found
    return None


def base_folder() -> str:
    return os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("TMPDIR") or "/tmp"


def sweep() -> None:
    """Remove the folders of runs that were killed."""
    for folder in Path(base_folder()).glob("labrunner-*-*"):
        pid = folder.name.split("-")[1]
        try:
            if not pid.isdecimal() or folder.stat().st_uid != os.getuid():
                continue
            os.kill(int(pid), 0)
        except ProcessLookupError:
            Seat(folder=str(folder), docker_config="", environment={}, socket="").leave()
        except OSError:
            continue
