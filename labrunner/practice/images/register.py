"""What the store knows beside the blobs: one small file, replaced as a whole, that says which images there are."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from labrunner.errors import StoreError
from labrunner.practice.images.blobs import write_whole

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """About an image, beside its configuration."""

    parent: str = ""
    """The image it was made from on this machine by the classic builder or `docker commit`."""
    local: bool = False
    """Made on this machine."""
    tagged: float = 0.0
    """Seconds since the epoch, 0 for never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """About a layer."""

    bytes: int
    """The length of its tar."""
    size: int
    """The size of what is in it, as Docker reports it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distributed:
    """A layer as a registry has it."""

    digest: str
    size: int
    media_type: str
    repository: str
    """`docker.io/library/nginx`"""


@dataclass(slots=True)
class Register:
    images: dict[str, Remembered] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    """`docker.io/library/nginx:latest` or `docker.io/library/nginx@sha256:…` -> image ID"""
    layers: dict[str, Stored] = field(default_factory=dict)
    holds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Who else needs layers: owner -> diff IDs, the base first."""
    distributed: dict[str, tuple[Distributed, ...]] = field(default_factory=dict)

    def write(self, path: Path) -> None:
        shape = {
            "format": FORMAT,
            "images": {id_: asdict(image) for id_, image in self.images.items()},
            "names": self.names,
            "layers": {id_: asdict(layer) for id_, layer in self.layers.items()},
            "holds": {owner: list(layers) for owner, layers in self.holds.items()},
            "distributed": {id_: [asdict(fact) for fact in facts] for id_, facts in self.distributed.items()},
        }
        write_whole(path, json.dumps(shape, separators=(",", ":"), sort_keys=True).encode())


def read(path: Path) -> Register:
    """Raises StoreError where the file is there and says nothing that this version understands."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Register()
    try:
        shape = json.loads(data)
        if shape["format"] != FORMAT:
            raise StoreError(
                f"{path} has format {shape['format']}, and this version of labrunner reads {FORMAT}.",
                "Use the labrunner that wrote it, or remove the folder to begin anew.",
            )
        return _decode(shape)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            f"{path} is damaged: {error}.", "Remove its folder to begin anew; images are pulled again."
        ) from error


def _decode(shape: Mapping[str, Any]) -> Register:
    return Register(
        images={id_: Remembered(**image) for id_, image in shape["images"].items()},
        names=dict(shape["names"]),
        layers={id_: Stored(**layer) for id_, layer in shape["layers"].items()},
        holds={owner: tuple(layers) for owner, layers in shape["holds"].items()},
        distributed={
            id_: tuple(Distributed(**fact) for fact in facts) for id_, facts in shape["distributed"].items()
        },
    )
