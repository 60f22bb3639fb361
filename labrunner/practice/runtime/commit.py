"""`docker commit`: a container's changes as a new layer, and its configuration as a new image."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.practice.images.image import Image, compose
from labrunner.practice.images.store import Store
from labrunner.practice.images.tree import Tree
from labrunner.practice.runtime.config import shown
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.times import rfc3339

Facts = dict[str, Any]
Apply = Callable[[Facts], Mapping[str, Any]]
"""Puts Dockerfile instructions (`CMD ls`, `ENV A=1`) into a configuration; the builder knows how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    author: str = ""
    comment: str = ""
    config: Mapping[str, Any] | None = None
    """Instead of the container's own."""
    changes: Apply | None = None


def commit(store: Store, container: Container, layer: Tree, wanted: Commit, *, version: str) -> Image:
    """A layer with nothing in it is not added, and the history says so."""
    config: Facts = shown(container.config)
    if wanted.config:
        config = {**config, **{key: value for key, value in wanted.config.items() if value}}
    if wanted.changes is not None:
        config = dict(wanted.changes(config))
    at = rfc3339(container.clock())
    base = store.image(container.image_id)
    before: Mapping[str, Any] = base.config if base is not None else {}
    empty = not len(layer)
    entry: Facts = {"created": at, "created_by": " ".join(container.config["Cmd"] or ())}
    facts: Facts = {
        "architecture": before.get("architecture", "amd64"),
        "config": config,
        "container": container.id,
        "container_config": shown(container.config),
        "created": at,
        "docker_version": version,
        "os": before.get("os", "linux"),
    }
    for key, value in (("author", wanted.author), ("comment", wanted.comment)):
        if value:
            entry[key] = facts[key] = value
    if empty:
        entry["empty_layer"] = True
    if variant := before.get("variant"):
        facts["variant"] = variant
    facts["history"] = [*before.get("history", ()), entry]
    parent = container.image_id if base is not None else None
    with store.keeping():
        layers = list(container.layers) if empty else [*container.layers, store.add_layer(layer)]
        facts["rootfs"] = {"type": "layers", "diff_ids": layers}
        return store.add_image(compose(facts), parent=parent, local=True)
