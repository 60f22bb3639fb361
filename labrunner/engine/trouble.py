"""What an engine's silence or refusal means, and what one would do about it at two in the morning."""

import sys
from itertools import islice

from labrunner.engine.locate import Reason
from labrunner.errors import EngineRefused, EngineUnreachable

_DEEPEST = 50

_REMEDIES = (
    (
        ("no such host", "temporary failure in name resolution", "network is unreachable", "i/o timeout"),
        "The engine cannot reach the registry: check its network.",
    ),
    (
        ("toomanyrequests", "rate limit"),
        "Docker Hub limits pulls: wait, or pull it yourself after `docker login`.",
    ),
    (
        ("no space left on device",),
        "The engine's disk is full: `docker system df` shows what takes the room.",
    ),
    (("is too old",), "This engine is newer than this labrunner: update labrunner."),
    (("is using its referenced image", "is being used by"), "Remove the container that uses it first."),
    (("volume is in use",), "Remove the container that uses it first."),
    (("has active endpoints",), "Disconnect or remove the containers on that network first."),
)
"""Words of Docker's that call for the same remedy, whatever was asked."""


def root_cause(error: BaseException) -> OSError | None:
    """The system's own error inside the SDK's, which wraps it up to four times, as a cause or an argument."""
    inside: list[object] = [error]
    for candidate in islice(inside, _DEEPEST):
        # The SDK's exceptions are OSErrors too, but without a number.
        if isinstance(candidate, TimeoutError):
            return candidate
        if isinstance(candidate, OSError) and isinstance(candidate.errno, int):
            return candidate
        if isinstance(candidate, BaseException):
            inside += [*candidate.args, candidate.__cause__, candidate.__context__]
    return None


def refused(text: str, code: int = 0) -> EngineRefused:
    """The engine said no, in Docker's own words."""
    said = text.strip().rstrip(".") or f"HTTP status {code}"
    lowered = said.lower()
    remedy = next((remedy for marks, remedy in _REMEDIES if any(mark in lowered for mark in marks)), "")
    return EngineRefused(f"The engine refused: {said}.", remedy, code=code)


def too_old(address: str, version: str) -> EngineRefused:
    return EngineRefused(
        f"The engine at {address} speaks API {version}; labrunner needs 1.24 (Docker 1.12) or later.",
        "Update Docker on that machine.",
    )


def no_ssh(address: str) -> EngineUnreachable:
    return EngineUnreachable(
        f"{address} cannot be reached: the docker SDK has no ssh of its own here.",
        f"Forward the socket instead: `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock {address[6:]}`, "
        "then `export DOCKER_HOST=unix:///tmp/docker.sock`.",
    )


def no_tls(address: str, detail: str) -> EngineUnreachable:
    return EngineUnreachable(
        f"No TLS connection could be made to {address} ({detail}).",
        "Look at the certificates in DOCKER_CERT_PATH, or in the docker context.",
    )


def broken_settings() -> EngineUnreachable:
    return EngineUnreachable(
        "Docker's own settings cannot be read.",
        "Mend or remove config.json in ~/.docker, or in the folder that DOCKER_CONFIG names.",
    )


def unreachable(
    address: str, reason: Reason, detail: str = "", platform: str = sys.platform
) -> EngineUnreachable:
    """No engine at an address: why, and how to start it there."""
    because = f" ({detail})" if detail else ""
    match reason:
        case "absent" | "refused":
            what, remedy = f"No engine is running at {address}{because}.", _how_to_start(address, platform)
        case "permission denied":
            what = f"This user is not allowed to use {address}{because}."
            remedy = "Run `sudo usermod -aG docker $USER`, then `newgrp docker`, or log out and in again."
        case "timeout":
            what = f"The engine at {address} did not answer in time{because}."
            remedy = (
                f"It may still be starting: wait a little. If it stays silent, {_how_to_restart(platform)}."
            )
        case "not docker":
            what = f"What answers at {address} is not a Docker engine{because}."
            remedy = "Look at DOCKER_HOST and `docker context ls`; a port with TLS needs DOCKER_TLS_VERIFY=1."
        case "not an address":
            what = f"{address} is not an engine's address{because}."
            remedy = "It looks like unix:///var/run/docker.sock, tcp://host:2375 or ssh://user@host."
    return EngineUnreachable(what, remedy)


def nowhere(platform: str = sys.platform) -> EngineUnreachable:
    return EngineUnreachable(
        "No Docker engine answers on this machine.",
        f"{_how_to_start('unix://', platform)} Or use `--engine practice`, which needs no Docker.",
    )


def _how_to_start(address: str, platform: str) -> str:
    if not address.startswith("unix://"):
        return "Look at DOCKER_HOST and `docker context ls`, and whether the engine runs on that machine."
    if "podman" in address:
        return "Start it with `systemctl --user start podman.socket`, or `podman machine start`."
    if platform == "darwin":
        return "Start Docker Desktop (`open -a Docker`) and wait until it says that it is running."
    return "Start it with `sudo systemctl start docker`, or start Docker Desktop."


def _how_to_restart(platform: str) -> str:
    return "restart Docker Desktop" if platform == "darwin" else "run `sudo systemctl restart docker`"
