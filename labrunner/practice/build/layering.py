"""Changes to a root filesystem while they are made, and the layer that they come to be."""

from collections.abc import Iterator
from dataclasses import replace

from labrunner.practice.images.tree import Node, Tree, parent_of

_LINKS_FOLLOWED = 40


class Layering:
    """Starts from a tree; what is put on it is kept apart."""

    def __init__(self, base: Tree, now: int) -> None:
        self._base = base
        self._now = now
        self._changed: dict[str, Node] = {}
        self._touched: set[str] = set()

    def get(self, path: str) -> Node | None:
        """What stands at a path; no link is followed."""
        if path in self._changed:
            return self._changed[path]
        return self._base.get(path) or (
            Node(kind="folder", mode=0o755) if self._base.children(path) else None
        )

    def is_folder(self, path: str) -> bool:
        node = self.get(path)
        return not path or (node is not None and node.kind in ("folder", "opaque"))

    def real(self, path: str) -> str:
        """The path behind symbolic links, also where its end is not there yet; raises ValueError in a circle."""
        todo, here, followed = path.split("/")[::-1], "", 0
        while todo:
            name = todo.pop()
            if name in ("", "."):
                continue
            if name == "..":
                here = parent_of(here)
                continue
            there = f"{here}/{name}" if here else name
            node = self.get(there)
            if node is not None and node.kind == "link":
                followed += 1
                if followed > _LINKS_FOLLOWED:
                    raise ValueError(f"lstat /{path}: too many levels of symbolic links")
                here = "" if node.link.startswith("/") else here
                todo.extend(node.link.split("/")[::-1])
                continue
            here = there
        return here

    def folder(self, path: str, *, mode: int = 0o755, uid: int = 0, gid: int = 0) -> None:
        """Make a folder and those above it; raises ValueError where a file stands in the way."""
        missing: list[str] = []
        here = path
        while here and not self.is_folder(here):
            if self.get(here) is not None:
                raise ValueError(f"mkdir /{here}: not a directory")
            missing.append(here)
            here = parent_of(here)
        for each in reversed(missing):
            self.put(each, Node(kind="folder", mode=mode, uid=uid, gid=gid, mtime=self._now))

    def put(self, path: str, node: Node) -> None:
        """Its folder is there already. Whatever a file replaces is gone."""
        if node.kind != "folder" and self.is_folder(path):
            raise ValueError(f"cannot copy to non-directory: /{path}")
        self._changed[path] = node
        self._touched.add(parent_of(path))

    def layer(self) -> Tree:
        """With the folders that hold the changes, those in which a name was written touched."""
        nodes = dict(self._changed)
        for path in self._changed:
            for folder in _above(path):
                if folder in nodes:
                    break
                held = self._base.get(folder) or Node(kind="folder", mode=0o755, mtime=self._now)
                nodes[folder] = replace(held, mtime=self._now) if folder in self._touched else held
        return Tree(nodes)


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = parent_of(path)
        yield path
