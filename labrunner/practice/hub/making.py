"""From a recipe to an image: trees, configuration and digests, the same on every machine."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from labrunner.practice.hub.manifest import DOCKER_CONFIG, DOCKER_LAYER, Blob, Manifest, compose_manifest
from labrunner.practice.hub.recipe import Entry, Recipe, Step
from labrunner.practice.images.image import compose, digest_of
from labrunner.practice.images.layers import gz_stored, write_tree
from labrunner.practice.images.tree import EMPTY, Bytes, Node, Tree, Zeros

PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LABELS = {"org.labrunner.standin": "true", "org.labrunner.scale": "1:10"}
COMMENT = "labrunner stand-in"
LARGEST_FILLER = 8_000_000
FILLERS = "usr/share/labrunner-standin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of a stand-in, not yet written anywhere."""

    tree: Tree = field(repr=False)
    diff_id: str
    blob: Blob
    """Its compressed form, as a registry would keep it."""

    def tar(self) -> Iterator[bytes]:
        return write_tree(self.tree)

    def compressed(self) -> Iterator[bytes]:
        return gz_stored(self.tar())


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A stand-in, ready to be pulled."""

    recipe: Recipe
    config_bytes: bytes = field(repr=False)
    config: Mapping[str, Any] = field(repr=False)
    layers: tuple[Layer, ...]
    tree: Tree = field(repr=False)
    """Its whole filesystem."""
    manifest: Manifest = field(repr=False)

    @property
    def id(self) -> str:
        return digest_of(self.config_bytes)

    @property
    def size(self) -> int:
        return sum(layer.tree.size for layer in self.layers)


def make(recipe: Recipe, base: Made | None) -> Made:
    settings: dict[str, Any] = dict(base.config["config"]) if base else {"Env": [PATH]}
    history: list[dict[str, Any]] = list(base.config["history"]) if base else []
    layers = list(base.layers) if base else []
    tree = base.tree if base else EMPTY
    at = recipe.created - timedelta(seconds=len(recipe.steps) - 1)
    for number, step in enumerate(recipe.steps):
        created = _written(at + timedelta(seconds=number))
        row: dict[str, Any] = {"created": created, "created_by": step.by, "comment": COMMENT}
        if step.layer:
            layer = _layer(_tree(recipe, step, number, tree))
            tree = tree.apply(layer.tree)
            layers.append(layer)
        else:
            row["empty_layer"] = True
        history.append(row)
        settings = changed(settings, step.change)
    settings["Labels"] = {**settings.get("Labels", {}), **LABELS}
    config: dict[str, Any] = {
        "architecture": "amd64",
        "os": "linux",
        "created": _written(recipe.created),
        "config": settings,
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
        "history": history,
    }
    if recipe.docker_version:
        config["docker_version"] = recipe.docker_version
    config_bytes = compose(config)
    blob = Blob(digest=digest_of(config_bytes), size=len(config_bytes), media_type=DOCKER_CONFIG)
    return Made(
        recipe=recipe,
        config_bytes=config_bytes,
        config=config,
        layers=tuple(layers),
        tree=tree,
        manifest=compose_manifest(blob, [layer.blob for layer in layers]),
    )


def changed(settings: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """An image's settings after one instruction."""
    result = dict(settings)
    for key, value in change.items():
        if key == "Env":
            result[key] = _environment([*result.get(key, []), *value])
        elif isinstance(value, dict):
            result[key] = {**result.get(key, {}), **value}
        else:
            result[key] = value
        if key == "Entrypoint":
            result.pop("Cmd", None)
    return result


def _environment(variables: Sequence[str]) -> list[str]:
    """A variable that is set again keeps its place."""
    found: dict[str, str] = {}
    for variable in variables:
        found[variable.partition("=")[0]] = variable
    return list(found.values())


def _tree(recipe: Recipe, step: Step, number: int, below: Tree) -> Tree:
    mtime = int(recipe.created.timestamp())
    nodes = {path: _node(entry, mtime) for path, entry in step.entries.items()}
    if recipe.base == "" and step.entries.keys() == {"hello"}:
        return Tree(nodes)
    slug = recipe.title.replace("/", "-").replace(":", "-")
    left = step.filler_kb * 1000
    part = 0
    while left:
        size = min(left, LARGEST_FILLER)
        nodes[f"{FILLERS}/{slug}-{number}-{part}"] = Node(kind="file", mtime=mtime, content=Zeros(size))
        left -= size
        part += 1
    for path in list(nodes):
        while path:
            path = path.rpartition("/")[0]
            if not path or path in nodes:
                break
            nodes[path] = below.get(path) or Node(kind="folder", mode=0o755, mtime=mtime)
    return Tree(nodes)


def _node(entry: Entry, mtime: int) -> Node:
    match entry.kind:
        case "file":
            node = Node(kind="file", mode=entry.mode, content=Bytes(entry.text.encode()))
        case "folder":
            node = Node(kind="folder", mode=entry.mode)
        case "link":
            node = Node(kind="link", mode=0o777, link=entry.text)
    return replace(node, uid=entry.uid, gid=entry.gid, mtime=mtime)


def _layer(tree: Tree) -> Layer:
    plain, packed = hashlib.sha256(), hashlib.sha256()
    size = 0

    def tar() -> Iterator[bytes]:
        for piece in write_tree(tree):
            plain.update(piece)
            yield piece

    for piece in gz_stored(tar()):
        packed.update(piece)
        size += len(piece)
    blob = Blob(digest=f"sha256:{packed.hexdigest()}", size=size, media_type=DOCKER_LAYER)
    return Layer(tree=tree, diff_id=f"sha256:{plain.hexdigest()}", blob=blob)


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
