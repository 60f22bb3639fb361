"""`docker create`: from what is asked to a container that is written down."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from labrunner.practice.images.image import Image
from labrunner.practice.images.store import Store
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import keeping, naming
from labrunner.practice.runtime.config import check, configure
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.mounts import MountPoint, mounts
from labrunner.practice.runtime.networks import Endpoint, Networks
from labrunner.practice.runtime.register import Register
from labrunner.practice.runtime.volumes import Volumes
from labrunner.reference import InvalidReference, parse

HOLD = "container:"
"""The store keeps the layers of a container for this and its ID."""


class Maker:
    def __init__(
        self,
        folder: Path,
        store: Store,
        volumes: Volumes,
        networks: Networks,
        register: Register,
        clock: Callable[[], int],
    ) -> None:
        self._folder, self._store, self._volumes, self._register = folder, store, volumes, register
        self._networks, self._clock = networks, clock

    def make(self, body: Mapping[str, Any], name: str, platform: str) -> tuple[Container, list[str]]:
        """The container and warnings; raises Refused."""
        if name:
            naming.checked(name)
        check(body)
        image = self._image(str(body.get("Image") or ""), platform)
        made_id = naming.new_id()
        config, host, warnings = configure(body, image.run, container=made_id)
        endpoints = self._endpoints(body, config, host)
        plain = name.removeprefix("/") or naming.random_name(self._register.taken)
        self._register.check_free(plain)
        folder = self._folder / made_id
        borrowed = self._borrowed(host)
        mounted = mounts(config, host, self._volumes.named, borrowed)
        folder.mkdir()
        container = keeping.make(
            {
                "id": made_id,
                "name": plain,
                "created": self._clock(),
                "image_id": image.id,
                "layers": image.layers,
                "image_size": self._store.size(image),
                "config": config,
                "host": host,
                "mounts": (),
                "endpoints": endpoints,
                "life": {},
                "by_hand": False,
                "written": 0,
            },
            folder=folder,
            clock=self._clock,
        )
        container.mounts = mounted
        if not container.auto_remove:
            self._store.hold(HOLD + made_id, image.layers)
        return container, warnings

    def _image(self, text: str, platform: str) -> Image:
        if not text:
            raise Refused(400, "no command specified")
        image = self._store.find(text)
        if platform:
            _check_platform(image, platform, text)
        return image

    def _endpoints(
        self, body: Mapping[str, Any], config: dict[str, Any], host: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        asked = _asked(body, host)
        for name, endpoint in asked.items():
            self._networks.check(name, endpoint)
        config["MacAddress"] = asked[host["NetworkMode"]].mac
        return {name: endpoint.facts() for name, endpoint in asked.items()}

    def _borrowed(self, host: Mapping[str, Any]) -> tuple[MountPoint, ...]:
        """`--volumes-from web:ro`"""
        found: list[MountPoint] = []
        for text in host["VolumesFrom"] or ():
            name, _, mode = text.partition(":")
            if mode not in ("", "ro", "rw", "z", "Z"):
                raise Refused(400, f"invalid mode: {mode}")
            try:
                others = self._register.get(name).mounts
            except Refused as refused:
                raise Refused(400, refused.message) from refused
            found += [
                replace(each, writable=each.writable and mode != "ro", anonymous=False)
                for each in others
                if each.kind == "volume"
            ]
        return tuple(found)


def _asked(body: Mapping[str, Any], host: Mapping[str, Any]) -> dict[str, Endpoint]:
    """The network that the container is made in, and others that are asked for."""
    asked = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    mode = host["NetworkMode"]
    if mode.startswith("container:"):
        raise Refused(400, "practice engine: the network of another container is not simulated")
    found: dict[str, Endpoint] = {}
    for name in dict.fromkeys((mode, *("bridge" if each == "default" else each for each in asked))):
        settings = asked.get(name) or (asked.get("default") if name == "bridge" else None) or {}
        if name == mode and body.get("MacAddress"):
            settings = {"MacAddress": body["MacAddress"], **settings}
        found[name] = Endpoint.asked(settings)
    return found


def _check_platform(image: Image, platform: str, text: str) -> None:
    wanted = platform.lower().split("/")
    has = [image.config.get("os", "linux"), image.config.get("architecture", "amd64")]
    if len(wanted) == 1 and wanted != has[:1]:
        raise Refused(400, f'"{platform}": unknown operating system or architecture: invalid argument')
    if wanted[:2] != has[: len(wanted[:2])]:
        try:
            name = parse(text).familiar_repository if ":" not in text else text
        except InvalidReference:
            name = text
        raise Refused(
            404,
            f"image with reference {name} was found but its platform ({'/'.join(has)}) "
            f"does not match the specified platform ({platform})",
        )
