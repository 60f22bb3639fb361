"""Lays a tree over live files, as tar does below `docker cp`: mounts and links in the way are followed."""

import posixpath

from labrunner.practice.images.tree import Node, Tree, normalise
from labrunner.practice.runtime.inodes import Inode, from_node
from labrunner.practice.runtime.view import View


def lay(view: View, tree: Tree, at: str = "") -> None:
    """Raises OSError as the kernel would; `view` is the engine's own, so nothing is refused for its owner."""
    folder = f"/{normalise(at)}"
    linked: dict[str, Inode] = {}
    for path in sorted(tree.nodes, key=lambda path: path.split("/")):
        node = tree.nodes[path]
        target = posixpath.join(folder, path) if path else folder
        match node.kind:
            case "whiteout":
                if view.exists(target) or view.walk(target, follow=False).inode is not None:
                    view.remove(target, recursive=True)
            case "hardlink":
                first = linked.get(node.link) or view.inode(posixpath.join(folder, node.link), follow=False)
                _replace(view, target, first)
            case "folder" | "opaque":
                _folder(view, target, node)
            case _:
                linked[path] = _replace(view, target, from_node(node, None))


def _folder(view: View, target: str, node: Node) -> None:
    spot = view.walk(target)
    if spot.inode is None or spot.inode.kind != "folder":
        if spot.inode is not None:
            view.remove(target)
        view.mkdir(target, parents=True)
        spot = view.found(target)
    elif node.kind == "opaque":
        for name in view.list(target):
            view.remove(f"{spot.path.rstrip('/')}/{name}", recursive=True)
    inode = spot.inode
    assert inode is not None
    changed = (inode.mode, inode.uid, inode.gid) != (node.mode, node.uid, node.gid)
    inode.mode, inode.uid, inode.gid = node.mode, node.uid, node.gid
    if node.mtime and int(inode.mtime) != node.mtime:
        inode.mtime = node.mtime
    inode.dirty = inode.dirty or changed


def _replace(view: View, target: str, inode: Inode) -> Inode:
    spot = view.walk(target, follow=False)
    if spot.inode is not None and spot.path in view.space.mounts:
        spot.inode.body = inode.body
        return spot.inode
    if spot.inode is not None:
        view.remove(target, recursive=True)
        spot = view.walk(target, follow=False)
    view.enter(spot, inode, target)
    inode.dirty = True
    return inode
