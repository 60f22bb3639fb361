"""An image is its configuration: the digest of those bytes is its ID, and they name its layers."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from labrunner.practice.refusal import Refused

LARGEST_CONFIG = 2 * 1024 * 1024
MOST_LAYERS = 512

_RUN_SHAPES = {
    "Cmd": "a list of texts",
    "Entrypoint": "a list of texts",
    "Env": "a list of texts",
    "ExposedPorts": "an object",
    "Healthcheck": "an object",
    "Labels": "an object of texts",
    "OnBuild": "a list of texts",
    "Shell": "a list of texts",
    "StopSignal": "a text",
    "User": "a text",
    "Volumes": "an object",
    "WorkingDir": "a text",
}
_IS: Mapping[str, Callable[[object], bool]] = {
    "a text": lambda value: isinstance(value, str),
    "a list of texts": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "an object": lambda value: isinstance(value, dict),
    "an object of texts": lambda value: (
        isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    ),
}


@dataclass(frozen=True, slots=True)
class Image:
    id: str
    """`sha256:…`, the digest of `config_bytes`."""
    config_bytes: bytes = field(repr=False)
    config: Mapping[str, Any] = field(repr=False, compare=False)
    """The same, parsed: architecture, os, created, config, rootfs, history."""
    layers: tuple[str, ...] = field(repr=False, compare=False)
    """Diff IDs, the base first."""

    @classmethod
    def of(cls, config_bytes: bytes) -> Self:
        """Refuses what is no image configuration."""
        config = _parse(config_bytes)
        return cls(digest_of(config_bytes), config_bytes, config, tuple(config["rootfs"]["diff_ids"]))

    @property
    def run(self) -> Mapping[str, Any]:
        """How it runs: Cmd, Env, ExposedPorts, …"""
        found: Mapping[str, Any] = self.config.get("config") or {}
        return found

    @property
    def labels(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.run.get("Labels") or {}
        return found

    @property
    def history(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.config.get("history") or ()
        return found

    @property
    def chain(self) -> tuple[str, ...]:
        """The chain ID of each layer: what stands for this layer upon exactly those below it."""
        return chain_ids(self.layers)


def digest_of(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def chain_ids(layers: Sequence[str]) -> tuple[str, ...]:
    """Source: the OCI image-spec, config.md, "Layer ChainID"."""
    chain: list[str] = []
    for layer in layers:
        chain.append(digest_of(f"{chain[-1]} {layer}".encode()) if chain else layer)
    return tuple(chain)


def compose(config: Mapping[str, Any]) -> bytes:
    """Compact JSON with the keys sorted and `<`, `>`, `&` escaped as Go does, so that one value has one ID."""
    text = json.dumps(config, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "backslashreplace")


def is_digest(text: object) -> bool:
    """Whether this is `sha256:` and 64 small hexadecimal digits, and so safe as a file's name."""
    return (
        isinstance(text, str)
        and len(text) == 71
        and text.startswith("sha256:")
        and all(digit in "0123456789abcdef" for digit in text[7:])
    )


def _parse(data: bytes) -> Mapping[str, Any]:
    if len(data) > LARGEST_CONFIG:
        raise Refused(400, f"image configuration of {len(data)} bytes is larger than {LARGEST_CONFIG} bytes")
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"invalid image configuration: {error}") from error
    if not isinstance(config, dict):
        raise Refused(400, "invalid image configuration: not a JSON object")
    rootfs = config.get("rootfs")
    if not isinstance(rootfs, dict):
        raise Refused(400, "invalid image JSON, no RootFS key")
    layers = rootfs.setdefault("diff_ids", []) or []
    rootfs["diff_ids"] = layers
    if not isinstance(layers, list) or len(layers) > MOST_LAYERS or not all(map(is_digest, layers)):
        raise Refused(400, "invalid image configuration: rootfs.diff_ids is not a list of digests")
    _check_shapes(config)
    return config


def _check_shapes(config: dict[str, Any]) -> None:
    """The parts that every reader takes for granted."""
    run = config.get("config")
    if run is not None and not isinstance(run, dict):
        raise Refused(400, "invalid image configuration: config is not an object")
    for key, shape in _RUN_SHAPES.items():
        value = (run or {}).get(key)
        if value is not None and not _IS[shape](value):
            raise Refused(400, f"invalid image configuration: config.{key} is not {shape}")
    history = config.get("history")
    if history is not None and not (
        isinstance(history, list) and all(isinstance(row, dict) for row in history)
    ):
        raise Refused(400, "invalid image configuration: history is not a list of objects")
    for key in ("architecture", "os", "created"):
        if not isinstance(config.get(key) or "", str):
            raise Refused(400, f"invalid image configuration: {key} is not text")
