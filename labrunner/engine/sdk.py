"""A Docker daemon, real or practice, behind the Engine protocol, through the docker SDK.

Import this late: the SDK costs a quarter of a second.
"""

import os
import posixpath
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

import docker.errors
import docker.types
import docker.utils
import requests

from labrunner.engine import archive, reading, reading_containers, reading_disk, trouble, version
from labrunner.engine.client import connect, is_missing, message_of, translated
from labrunner.engine.facts import EngineEvent, EngineFacts, Observation
from labrunner.engine.locate import NoEngine, find
from labrunner.engine.protocol import (
    ContainerChanges,
    ContainerLogs,
    DescribeEngine,
    Engine,
    EngineAnswer,
    EngineProbe,
    FileInImage,
    ImageHistory,
    InspectContainer,
    InspectImage,
    MeasureDisk,
    Thing,
)
from labrunner.engine.pulling import pulled
from labrunner.reference import InvalidReference, parse

_QUICK = 2
"""Seconds that a ping may take."""

_REGISTRY_PATIENCE = 5
"""Seconds that a registry may take to say anything."""
_NOT_THERE = "unknown"
"""In what a registry says of a repository or tag that it does not have; an engine's own 404 has other words."""

_LOG_LINES = 5000
_LOG_BYTES = 64 * 1024
_MOST_LINKS = 8
_OWN_LABELS = "labrunner."
"""How the labels begin that labrunner puts on what a lesson makes."""


def open_engine(address: str = "", *, certificates: str = "") -> Engine:
    """The engine at an address, or the first one that answers on this machine.

    `certificates` is the folder with ca.pem, cert.pem and key.pem for an engine behind TLS.
    """
    if not address:
        found = find(os.environ, Path.home())
        if isinstance(found, NoEngine):
            raise trouble.nowhere()
        address, certificates = found.address, found.certificates
    return DockerEngine(address, certificates)


_Events: TypeAlias = "docker.types.CancellableStream[dict[str, Any]]"


class DockerEngine:
    """See `labrunner.engine.protocol.Engine`."""

    def __init__(self, address: str, certificates: str = "") -> None:
        self.address = address
        self._certificates = certificates
        with translated(address):
            self._client = connect(address, certificates, version.OLDEST)
            self.ping()
            told = self._version()
        chosen = version.choose(told)
        if chosen is None:
            raise trouble.too_old(address, str(told["ApiVersion"]))
        self._client = connect(address, certificates, chosen)
        self.name = "practice" if reading.product(told) == reading.PRACTICE else "docker"
        self._streams: set[_Events] = set()
        self._lock = threading.Lock()

    def ping(self) -> str:
        with translated(self.address):
            # Not `version`, for which podman takes half a second.
            answer = self._client.get(f"{self._client.base_url}/_ping", timeout=_QUICK)
            api = answer.headers.get("Api-Version")
        if not answer.ok or not api:
            raise trouble.unreachable(self.address, "not docker", message_of(answer)[:200])
        return api

    def facts(self) -> EngineFacts:
        with translated(self.address):
            return reading.engine_facts(self._version(), self._client.info(), address=self.address)

    def observe(self) -> Observation:
        with translated(self.address):
            images = self._client.images()
            containers = self._client.containers(all=True)
        return Observation(
            images=reading.image_summaries(images),
            containers=reading_containers.container_summaries(containers),
        )

    def probe(self, probe: EngineProbe) -> EngineAnswer:
        with translated(self.address):
            try:
                return self._answer(probe)
            except docker.errors.NullResource:
                return None
            except docker.errors.APIError as error:
                if is_missing(error):
                    return None
                raise

    def _answer(self, probe: EngineProbe) -> EngineAnswer:
        client = self._client
        match probe:
            case InspectImage(name):
                return reading.image(self._inspect_image(name))
            case InspectContainer(name):
                return reading_containers.container(client.inspect_container(name))
            case ImageHistory(name):
                return reading.history(client.history(name))  # type: ignore[no-untyped-call]
            case ContainerChanges(name):
                return reading_containers.changes(client.diff(name))
            case ContainerLogs(name):
                told: bytes = client.logs(name, tail=_LOG_LINES)
                return told[-_LOG_BYTES:].decode(errors="replace")
            case FileInImage(image, path):
                return self._file_in_image(image, path)
            case DescribeEngine():
                return self.facts()
            case MeasureDisk():
                return reading_disk.disk_usage(client.df())

    def events(self, *, since: int = 0) -> Iterator[EngineEvent]:
        client = connect(self.address, self._certificates, self._client.api_version)
        with translated(self.address):
            stream = client.events(since=since // 10**9 if since else None, decode=True)
        with self._lock:
            self._streams.add(stream)
        return self._follow(client, stream, since)

    def stop_events(self) -> None:
        with self._lock:
            streams, self._streams = self._streams, set()
        for stream in streams:
            # The other thread may have come to the stream's end on its own meanwhile.
            with suppress(OSError, AttributeError, docker.errors.DockerException):
                stream.close()

    def pull(self, name: str) -> Iterator[str]:
        try:
            wanted = parse(name)
        except InvalidReference as error:
            raise trouble.refused(str(error), 400) from error
        with translated(self.address):
            # An empty login keeps the learner's own ~/.docker/config.json out of it.
            messages = self._client.pull(
                wanted.repository, tag=wanted.digest or wanted.tag, stream=True, decode=True, auth_config={}
            )
            yield from pulled(wanted.familiar, messages)

    def look_up(self, name: str) -> None:
        client = self._client
        asked = f"{client.base_url}/v{client.api_version}/distribution/{quote(name)}/json"
        with translated(self.address):
            try:
                # Not through the SDK, which would send the learner's own login with it.
                answer = client.get(asked, timeout=_REGISTRY_PATIENCE)
            except requests.exceptions.Timeout as error:
                raise trouble.refused(f"no answer from the registry of {name}: i/o timeout") from error
        said = message_of(answer)
        if not answer.ok and (answer.status_code != HTTPStatus.NOT_FOUND or _NOT_THERE in said):
            raise trouble.refused(said, answer.status_code)

    def remove(self, thing: Thing) -> bool:
        with translated(self.address):
            try:
                return self._remove(thing)
            except docker.errors.APIError as error:
                if is_missing(error):
                    return False
                raise

    def close(self) -> None:
        self.stop_events()
        self._client.close()

    def _remove(self, thing: Thing) -> bool:
        client = self._client
        match thing.kind:
            case "container":
                if client.inspect_container(thing.id)["Id"] != thing.id:
                    return False
                client.remove_container(thing.id, v=True, force=True)
            case "image":
                name = thing.name or thing.id
                found = reading.image(self._inspect_image(name))
                if found.id != thing.id or (not thing.name and found.names):
                    return False
                client.remove_image(name)
            case "volume":
                labels = client.inspect_volume(thing.id).get("Labels") or {}
                if not any(label.startswith(_OWN_LABELS) for label in labels):
                    return False
                client.remove_volume(thing.id)
            case "network":
                if client.inspect_network(thing.id)["Id"] != thing.id:
                    return False
                client.remove_network(thing.id)
        return True

    def _file_in_image(self, name: str, path: str) -> bytes | None:
        """A container is made and removed again; by its label its row and its events are left out."""
        client = self._client
        image = self._inspect_image(name)
        # A tmpfs in the place of each of the image's volumes: otherwise creating would make real volumes.
        volumes = (image.get("Config") or {}).get("Volumes") or ()
        mounts = [docker.types.Mount(target=target, source="", type="tmpfs") for target in volumes]
        made = client.create_container(
            image["Id"],
            command=["labrunner-probe"],
            labels={reading_containers.PROBE_LABEL: "1"},
            host_config=client.create_host_config(mounts=mounts, network_mode="none"),
            use_config_proxy=False,
        )
        try:
            return self._file_in_container(made["Id"], path)
        finally:
            client.remove_container(made["Id"], v=True, force=True)

    def _file_in_container(self, container: str, path: str) -> bytes | None:
        """Links are followed by asking the engine again, so they never lead out of the container's files.

        Docker sends the link itself and says where it leads; podman sends the file.
        """
        client = self._client
        url = f"{client.base_url}/v{client.api_version}/containers/{container}/archive"
        for _ in range(_MOST_LINKS):
            # Not `get_archive`: its stream cannot be closed, and the engine waits for that before it removes.
            with closing(
                client.get(url, params={"path": path}, stream=True, timeout=client.timeout)
            ) as answer:
                if not answer.ok:
                    raise docker.errors.APIError("archive", answer, message_of(answer))
                content = archive.file_in(answer.iter_content(64 * 1024))
                if not isinstance(content, archive.Link):
                    return content
                told = docker.utils.decode_json_header(answer.headers["X-Docker-Container-Path-Stat"])
                path = posixpath.join(posixpath.dirname(path), told.get("linkTarget") or content.target)
        return None

    def _follow(self, client: docker.APIClient, stream: _Events, since: int) -> Iterator[EngineEvent]:
        try:
            with translated(self.address), suppress(docker.errors.StreamParseError):
                for told in stream:
                    event = reading.event(told)
                    if event.at > since and reading_containers.PROBE_LABEL not in event.attributes:
                        yield event
        finally:
            with self._lock:
                self._streams.discard(stream)
            client.close()

    def _version(self) -> dict[str, Any]:
        told: dict[str, Any] = self._client.version(api_version=False)
        if "ApiVersion" not in told:
            raise trouble.unreachable(self.address, "not docker")
        return told

    def _inspect_image(self, name: str) -> dict[str, Any]:
        told: dict[str, Any] = self._client.inspect_image(name)  # type: ignore[no-untyped-call]
        return told
