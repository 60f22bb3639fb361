"""The docker SDK's client: how it is made and what its exceptions mean. Only this and `sdk` import docker."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker.errors
import docker.tls
import requests
import urllib3.exceptions

from labrunner.engine import trouble
from labrunner.engine.locate import reason_of
from labrunner.errors import EngineUnreachable

_PATIENCE = 15
"""Seconds that an answer may take."""

_MISSING = (
    "invalid reference format",
    "repository name must be lowercase",
    "not a directory",
    "layer not known",  # podman, of a container
    "is already in progress",  # of a removal
    "too many links",
)
"""What engines say of missing things where they forget the status 404."""


def connect(address: str, certificates: str, api: str) -> docker.APIClient:
    """A client that speaks one API version; nothing is sent yet."""
    tls = _tls(certificates) if certificates else False
    try:
        client = docker.APIClient(
            base_url=address, version=api, timeout=_PATIENCE, tls=tls, use_ssh_client=True
        )
    except (AttributeError, KeyError, TypeError, ValueError, docker.errors.InvalidConfigFile) as error:
        # The SDK reads Docker's config.json here, and takes it for well-formed.
        raise trouble.broken_settings() from error
    if address.startswith("unix:"):
        # Proxies and .netrc are looked up anew for every request, a third of its time, and mean nothing to a socket.
        client.trust_env = False
    return client


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Foreign exceptions become ours: no answer is EngineUnreachable, a no is EngineRefused."""
    try:
        yield
    except docker.errors.APIError as error:
        raise trouble.refused(error.explanation or str(error), error.status_code or 0) from error
    except requests.exceptions.JSONDecodeError as error:
        raise trouble.unreachable(address, "not docker") from error
    except (
        docker.errors.DockerException,
        requests.exceptions.RequestException,
        urllib3.exceptions.HTTPError,
        OSError,
    ) as error:
        raise _no_answer(address, error) from error


def _no_answer(address: str, error: Exception) -> EngineUnreachable:
    cause = trouble.root_cause(error)
    match error:
        case docker.errors.DockerException() if "paramiko" in str(error):
            return trouble.no_ssh(address)
        case docker.errors.TLSParameterError() | requests.exceptions.SSLError():
            return trouble.no_tls(address, str(error))
        case docker.errors.DockerException() if cause is None:
            return trouble.unreachable(address, "not an address", str(error))
        case _ if cause is None:
            return trouble.unreachable(address, "not docker", str(error))
        case _:
            return trouble.unreachable(address, reason_of(cause), cause.strerror or "")


def is_missing(error: docker.errors.APIError) -> bool:
    """No such thing, or no thing can have such a name."""
    said = (error.explanation or "").lower()
    return error.status_code == 404 or any(mark in said for mark in _MISSING)


def message_of(answer: requests.Response) -> str:
    try:
        return str(json.loads(answer.content)["message"])
    except (ValueError, KeyError, TypeError):
        return answer.text


def _tls(certificates: str) -> docker.tls.TLSConfig:
    folder = Path(certificates)
    ca, cert, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    return docker.tls.TLSConfig(
        client_cert=(str(cert), str(key)) if cert.exists() and key.exists() else None,
        ca_cert=str(ca) if ca.exists() else None,
        verify=True,
    )
