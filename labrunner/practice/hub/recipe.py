"""What a stand-in image is made of, as assets/catalogue/*.toml says it; read strictly, so that a typo is an error."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

STANDIN_LINE = "#!/usr/libexec/labrunner-standin"


class RecipeError(ValueError):
    """A catalogue file says something that no recipe has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path of a layer."""

    kind: Literal["file", "folder", "link"]
    mode: int
    text: str = ""
    """Of a file: what is in it. Of a link: where it points."""
    uid: int = 0
    gid: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One row of the image's history, oldest first."""

    by: str
    """`RUN /bin/sh -c … # buildkit`, as `docker history` shows it."""
    change: Mapping[str, Any] = field(default_factory=dict)
    """What it changes in the image's settings: Env, Cmd, …, as they stand in the config."""
    layer: bool = False
    entries: Mapping[str, Entry] = field(default_factory=dict)
    filler_kb: int = 0
    """Zeros, in units of 1000 bytes, that bring the layer to a tenth of its namesake's size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One stand-in image and all its names."""

    name: str
    """`nginx`, `mysql/mysql-server`"""
    tags: tuple[str, ...]
    base: str
    """The image it stands on, `debian:trixie-slim`; empty where it stands on nothing."""
    created: datetime
    steps: tuple[Step, ...]
    docker_version: str = ""

    @property
    def title(self) -> str:
        return f"{self.name}:{self.tags[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What `docker search` knows of a repository."""

    name: str
    description: str
    stars: int
    official: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookbook:
    recipes: tuple[Recipe, ...]
    rows: tuple[Row, ...]


def read_cookbook(folder: Path) -> Cookbook:
    """All recipes of a folder, in the order of its files' names; raises RecipeError."""
    documents = [(path, _toml(path)) for path in sorted(folder.glob("*.toml"))]
    trees: dict[str, Mapping[str, Any]] = {}
    for _path, document in documents:
        trees |= document.get("tree", {})
    recipes: list[Recipe] = []
    rows: list[Row] = []
    for path, document in documents:
        try:
            _only(document, "tree", "pattern", "image", "row")
            patterns = document.get("pattern", {})
            reading = _Reading(folder / "files", trees)
            recipes.extend(
                reading.recipe({**patterns.get(image.get("like"), {}), **image})
                for image in document.get("image", ())
            )
            rows.extend(Row(**row) for row in document.get("row", ()))
        except (KeyError, TypeError, ValueError, OSError) as error:
            raise RecipeError(f"{path.name}: {error}") from error
    return Cookbook(recipes=tuple(recipes), rows=tuple(rows))


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{path.name}: {error}") from error


_CONTENT = ("include", "files", "standins", "links", "folders", "filler_kb", "layer")
_CHANGES = ("env", "cmd", "entrypoint", "expose", "label", "stopsignal", "workdir", "user", "volume", "shell")


class _Reading:
    """One catalogue file, while it is read."""

    def __init__(self, sources: Path, trees: Mapping[str, Mapping[str, Any]]) -> None:
        self._sources = sources
        self._trees = trees

    def recipe(self, image: Mapping[str, Any]) -> Recipe:
        _only(image, "name", "tags", "from", "created", "like", "vars", "steps", "docker_version")
        words = {f"{{{key}}}": str(value) for key, value in image.get("vars", {}).items()}
        filled = _fill({key: value for key, value in image.items() if key != "vars"}, words)
        steps = tuple(self._step(step, words) for step in filled["steps"])
        return Recipe(
            name=filled["name"],
            tags=tuple(filled["tags"]),
            base=filled.get("from", ""),
            created=filled["created"],
            steps=steps,
            docker_version=filled.get("docker_version", ""),
        )

    def _step(self, step: Mapping[str, Any], words: Mapping[str, str]) -> Step:
        _only(step, "by", *_CONTENT, *_CHANGES)
        entries = self._entries(step, words)
        changes = [change(key, step[key]) for key in _CHANGES if key in step]
        by = step.get("by") or " ".join(text for text, _ in changes)
        merged: dict[str, Any] = {}
        for _, settings in changes:
            merged |= settings
        filler = int(step.get("filler_kb", 0))
        layer = bool(step.get("layer", entries or filler))
        return Step(by=by, change=merged, layer=layer, entries=entries, filler_kb=filler)

    def _entries(self, tree: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for name in tree.get("include", ()):
            included = self._trees[name]
            _only(included, *_CONTENT)
            entries |= self._entries(_fill(included, words), words)
        for path in tree.get("folders", ()):
            entries[path] = Entry(kind="folder", mode=0o755)
        for group in tree.get("standins", ()):
            _only(group, "program", "in", "names")
            for name in group["names"].split():
                entries[f"{group['in']}/{name}"] = _standin(group.get("program", name))
        for group in tree.get("links", ()):
            _only(group, "to", "in", "names")
            for name in group["names"].split():
                entries[f"{group['in']}/{name}"] = Entry(kind="link", mode=0o777, text=group["to"])
        for path, what in tree.get("files", {}).items():
            entries[path] = self._entry(what, words)
        return entries

    def _entry(self, what: Mapping[str, Any], words: Mapping[str, str]) -> Entry:
        _only(what, "text", "source", "standin", "link", "folder", "mode", "uid", "gid")
        uid, gid = int(what.get("uid", 0)), int(what.get("gid", 0))
        if "link" in what:
            return Entry(kind="link", mode=0o777, text=what["link"], uid=uid, gid=gid)
        if "folder" in what:
            return Entry(kind="folder", mode=int(what.get("mode", 0o755)), uid=uid, gid=gid)
        if "standin" in what:
            return _standin(what["standin"])
        if "source" in what:
            text = _fill((self._sources / what["source"]).read_text(encoding="utf-8"), words)
        else:
            text = what["text"]
        return Entry(kind="file", mode=int(what.get("mode", 0o644)), text=text, uid=uid, gid=gid)


def _standin(program: str) -> Entry:
    text = f"{STANDIN_LINE} {program}\n# A stand-in of labrunner's practice engine: not the program itself.\n"
    return Entry(kind="file", mode=0o755, text=text)


def change(key: str, value: Any) -> tuple[str, dict[str, Any]]:
    """An instruction's row of history, as BuildKit writes it, and what it sets in the config."""
    match key:
        case "env":
            return f"ENV {value}", {"Env": [value]}
        case "cmd":
            return f"CMD {_words(value)}", {"Cmd": value}
        case "entrypoint":
            return f"ENTRYPOINT {_words(value)}", {"Entrypoint": value}
        case "expose":
            ports = sorted(value)
            shown = " ".join(f"{port}:{{}}" for port in ports)
            return f"EXPOSE map[{shown}]", {"ExposedPorts": {port: {} for port in ports}}
        case "label":
            shown = " ".join(f"{name}={text}" for name, text in value.items())
            return f"LABEL {shown}", {"Labels": dict(value)}
        case "stopsignal":
            return f"STOPSIGNAL {value}", {"StopSignal": value}
        case "workdir":
            return f"WORKDIR {value}", {"WorkingDir": value}
        case "user":
            return f"USER {value}", {"User": value}
        case "volume":
            return f"VOLUME [{' '.join(value)}]", {"Volumes": {path: {} for path in value}}
        case _:
            return f"SHELL {_words(value)}", {"Shell": value}


def _words(value: Iterable[str]) -> str:
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in value)
    return "[" + " ".join(f'"{word}"' for word in quoted) + "]"


def _fill(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace(word, text)
        return value
    if isinstance(value, Mapping):
        return {_fill(key, words): _fill(inner, words) for key, inner in value.items()}
    if isinstance(value, list):
        return [_fill(inner, words) for inner in value]
    return value


def _only(table: Mapping[str, Any], *known: str) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise RecipeError(f"no recipe has {', '.join(unknown)}")
