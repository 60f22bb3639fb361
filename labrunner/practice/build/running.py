"""RUN: a program in the files of the step before, and the layer that it leaves."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from labrunner.dockerfile import Instruction
from labrunner.practice.build.grammar import flag_list
from labrunner.practice.build.metadata import DEFAULT_PATH
from labrunner.practice.build.naming import suggestion
from labrunner.practice.build.workshop import RUN_SECONDS, Workshop
from labrunner.practice.images.tree import Bytes, Node, Tree, normalise, parent_of
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.backend import Mount, Spec
from labrunner.practice.runtime.run import run_once

SCRIPTS, _SCRIPTS = "/dev/pipes", "/run/pipes"
"""Where the history says that a here-document's script is, and where it is: the simulated /dev takes no mounts."""

_KEYS = (
    *(
        "type",
        "from",
        "source",
        "target",
        "readonly",
        "id",
        "sharing",
        "required",
        "size",
        "mode",
        "uid",
        "gid",
    ),
    *("src", "dst", "destination", "ro", "rw", "readwrite", "env"),
)

Write = Callable[[str, bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What RUN starts."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str
    user: str
    script: tuple[str, str] | None = None
    """A here-document that is a program of its own: its name and its text, mounted where it is called."""
    hostname: str = "buildkitsandbox"
    extra_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """One `--mount`, read."""

    kind: str = "bind"
    target: str = ""
    source: str = ""
    stage: str = ""
    id: str = ""
    read_only: bool = True
    required: bool = False
    variable: str = ""


def binds(instruction: Instruction, expand: Callable[[str], str]) -> list[Bind]:
    """Raises ValueError with BuildKit's words."""
    return [_bind(text, expand) for text in flag_list(instruction, "mount")]


async def run(
    shop: Workshop, tree: Tree, call: Call, write: Write, mounts: Sequence[Mount] = ()
) -> tuple[int, Tree]:
    """The exit status and the layer; raises `Refused` where the program cannot be started."""
    env = dict(call.env)
    env.setdefault("PATH", DEFAULT_PATH)
    argv, scripts = call.argv, []
    if call.script is not None:
        name, text = call.script
        node = Node(kind="file", mode=0o755, content=Bytes(text.encode("utf-8", "surrogateescape")))
        scripts = [Mount(target=_SCRIPTS, source=shop.backend.files(Tree({name: node})), read_only=True)]
        argv = tuple(word.replace(SCRIPTS, _SCRIPTS) for word in argv)
    spec = Spec(argv=argv, env=env, cwd=call.cwd or "/", user=call.user)
    status, layer = await run_once(
        shop.backend,
        tree,
        spec,
        write,
        mounts=(*mounts, *scripts),
        timeout=RUN_SECONDS,
        hostname=call.hostname,
        extra_hosts=call.extra_hosts,
    )
    return status, without(layer, tree, (_SCRIPTS,)) if scripts else layer


def without(layer: Tree, base: Tree, places: Iterable[str]) -> Tree:
    """A layer but for some folders: volumes, whose content the classic builder forgets, and mounts."""
    hidden = [place.strip("/") for place in places]
    if not hidden:
        return layer
    kept = {
        path: node
        for path, node in layer.nodes.items()
        if not any(path == place or path.startswith(place + "/") for place in hidden)
    }
    held = Counter(parent_of(path) for path in kept)
    for path in sorted(kept, reverse=True):
        node, before = kept[path], base.get(path)
        if node.kind != "folder" or before is None or held[path]:
            continue
        if (node.mode, node.uid, node.gid) == (before.mode, before.uid, before.gid):
            del kept[path]
            held[parent_of(path)] -= 1
    return Tree(kept)


def mount(
    shop: Workshop,
    bind: Bind,
    tree_of: Callable[[str], Tree],
    secrets: Mapping[str, bytes],
) -> Mount | None:
    """The files behind a `--mount`; None for one that is not there and need not be. `tree_of` knows stages and
    the context (`""`); raises ValueError."""
    if bind.kind == "tmpfs":
        return Mount(target=bind.target, source=shop.backend.files())
    if bind.kind == "cache":
        name = bind.id or bind.target
        if name not in shop.mounts:
            start = _below(tree_of(bind.stage), bind.source) if bind.stage else None
            shop.mounts[name] = shop.backend.files(start)
        return Mount(target=bind.target, source=shop.mounts[name], read_only=bind.read_only)
    if bind.kind == "secret":
        data = secrets.get(bind.id)
        if data is None:
            if bind.required:
                raise ValueError(f"secret {bind.id}: not found")
            return None
        folder, _, name = bind.target.rpartition("/")
        files = Tree({name: Node(kind="file", mode=0o400, content=Bytes(data))})
        return Mount(target=folder or "/", source=shop.backend.files(files), read_only=True)
    if bind.kind == "bind":
        files = _below(tree_of(bind.stage), bind.source)
        return Mount(target=bind.target, source=shop.backend.files(files), read_only=bind.read_only)
    raise Refused(501, f"practice engine: RUN --mount=type={bind.kind} is not simulated")


def _below(tree: Tree, source: str) -> Tree:
    path = tree.resolve(normalise(source))
    if path is None:
        raise ValueError(f'failed to calculate checksum: "/{normalise(source)}": not found')
    if not path:
        return tree
    start = len(path) + 1
    nodes = {}
    for below, node in tree.under(path):
        if node.kind == "hardlink":
            node = tree.get(node.link) or node
        nodes[below[start:]] = node
    return Tree(nodes)


def _bind(text: str, expand: Callable[[str], str]) -> Bind:
    bind = Bind()
    for field in text.split(","):
        key, equals, value = field.partition("=")
        key, value = key.lower().strip(), expand(value)
        match key:
            case "type":
                if value not in ("bind", "cache", "tmpfs", "secret", "ssh"):
                    raise ValueError(f'unsupported mount type "{value}"')
                bind = replace(bind, kind=value, read_only=value == "bind")
            case "target" | "dst" | "destination":
                bind = replace(bind, target=value)
            case "source" | "src":
                bind = replace(bind, source=value)
            case "from":
                bind = replace(bind, stage=value)
            case "id":
                bind = replace(bind, id=value)
            case "readonly" | "ro":
                bind = replace(bind, read_only=not equals or value.lower() == "true")
            case "readwrite" | "rw":
                bind = replace(bind, read_only=equals != "" and value.lower() != "true")
            case "required":
                bind = replace(bind, required=not equals or value.lower() == "true")
            case "env":
                bind = replace(bind, variable=value)
            case "sharing" | "mode" | "uid" | "gid" | "size":
                pass
            case _:
                near = suggestion(key, _KEYS)
                hint = f" (did you mean {near}?)" if near else ""
                raise ValueError(f"unexpected key '{key}' in '{field}'{hint}")
    if bind.kind == "secret":
        name = bind.id or bind.target.rpartition("/")[2] or bind.source
        bind = replace(bind, id=name, target=bind.target or f"/run/secrets/{name}")
    if not bind.target and bind.kind != "ssh":
        raise ValueError('invalid mount target "/"')
    return bind
