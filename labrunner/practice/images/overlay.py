"""Layers over each other, as overlay filesystems do it: what shows through, and what a change consists of."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import replace

from labrunner.practice.images.content import same_bytes
from labrunner.practice.images.node import IMPLIED, Node, parent_of

Nodes = Mapping[str, Node]


def stack(lower: Nodes, layer: Nodes) -> dict[str, Node]:
    """What is seen with a layer on top. A hard link to something that is nowhere is left out."""
    hidden = _hidden(lower, layer)
    seen = {path: node for path, node in lower.items() if path not in hidden}
    seen.update(_kept_names(lower, layer, hidden))
    for path, node in layer.items():
        if node.kind == "opaque":
            seen[path] = replace(node, kind="folder")
        elif node.kind not in ("whiteout", "hardlink"):
            seen[path] = node
    for path, node in layer.items():
        target = _linked(layer, seen, path) if node.kind == "hardlink" else None
        if target is not None and target != path:
            seen[path] = replace(node, link=target)
    for path in layer:
        for folder in _ancestors(path):
            if folder in seen:
                break
            seen[folder] = IMPLIED
    seen.setdefault("", IMPLIED)
    return seen


def changes(before: Nodes, after: Nodes) -> dict[str, Node]:
    """The layer which, on top of `before`, shows `after`; folders that hold changes are in it, as Docker
    writes them, and so are both names of a changed hard link. The root folder itself never is."""
    changed = {path: node for path, node in after.items() if path and not _same(before.get(path), node)}
    links = {path: node for path, node in after.items() if node.kind == "hardlink"}
    rewritten = {node.link for path, node in links.items() if path in changed or node.link in changed}
    changed |= {path: node for path, node in links.items() if node.link in rewritten}
    changed |= {path: after[path] for path in rewritten}
    folders = {folder for path in after for folder in _ancestors(path)}
    for path in before:
        holder = after.get(parent_of(path), IMPLIED if parent_of(path) in folders else None)
        if path and path not in after and path not in folders and (not parent_of(path) or _is_folder(holder)):
            changed[path] = Node(kind="whiteout", mode=0)
    for path in list(changed):
        for folder in _ancestors(path):
            if not folder or folder in changed:
                break
            changed[folder] = after.get(folder, IMPLIED)
    return changed


def _hidden(lower: Nodes, layer: Nodes) -> set[str]:
    """The paths of `lower` that nothing shows of any more."""
    hidden: set[str] = set()
    ordered: list[str] = []
    checked: set[str] = set()
    for path, node in layer.items():
        old = lower.get(path)
        if old is not None and (node.kind == "whiteout" or not (_is_folder(old) and _is_folder(node))):
            hidden.add(path)
        if node.kind != "folder" and (old is None or _is_folder(old)):
            ordered = ordered or sorted(lower)
            hidden.update(_below(ordered, path))
        for folder in _ancestors(path):
            if folder in checked:
                break
            checked.add(folder)
            if not _is_folder(lower.get(folder, IMPLIED)):
                hidden.add(folder)
    return hidden


def _kept_names(lower: Nodes, layer: Nodes, hidden: set[str]) -> dict[str, Node]:
    """A file whose first name goes or becomes another file keeps its bytes under its other names."""
    kept: dict[str, Node] = {}
    heirs: dict[str, str] = {}
    for path in sorted(path for path, node in lower.items() if node.kind == "hardlink"):
        node = lower[path]
        if path in hidden or path in layer or not (node.link in hidden or node.link in layer):
            continue
        heir = heirs.setdefault(node.link, path)
        kept[path] = lower[node.link] if heir == path else replace(node, link=heir)
    return kept


def _linked(layer: Nodes, seen: Nodes, path: str) -> str | None:
    """The path with the bytes that a hard link of a layer stands for."""
    passed = {path}
    target = layer[path].link
    while True:
        node = layer.get(target, seen.get(target))
        if node is None or node.kind in ("whiteout", "folder", "opaque"):
            return None
        if node.kind != "hardlink":
            return target
        if target in passed:
            return None
        passed.add(target)
        target = node.link


def _same(old: Node | None, new: Node) -> bool:
    if old is None:
        return False
    if old is new:
        return True
    mode = new.mode if new.kind in ("link", "hardlink") else old.mode
    bare = replace(old, mode=mode, content=new.content)
    return bare == new and (new.kind != "file" or same_bytes(old.content, new.content))


def _is_folder(node: Node | None) -> bool:
    return node is not None and node.kind in ("folder", "opaque")


def _ancestors(path: str) -> Iterator[str]:
    """Nearest first, the root last."""
    while path:
        path = parent_of(path)
        yield path


def _below(ordered: list[str], path: str) -> list[str]:
    if not path:
        return [below for below in ordered if below]
    return ordered[bisect_left(ordered, path + "/") : bisect_left(ordered, path + "0")]
