"""A root filesystem as an immutable value: what an image, a layer or a container's changes consist of."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from labrunner.practice.images.content import Bytes, Content, Part, Zeros
from labrunner.practice.images.node import IMPLIED, Kind, Node, normalise, parent_of
from labrunner.practice.images.overlay import changes, stack

__all__ = [
    "EMPTY",
    "Bytes",
    "Content",
    "Kind",
    "Node",
    "Part",
    "Tree",
    "Zeros",
    "difference",
    "normalise",
    "parent_of",
]

LINKS_FOLLOWED = 40
"""As Linux does before it says ELOOP."""


class Tree:
    """Nodes by path: no slash at either end, the root itself is the empty path.

    A layer is a tree as well: there, `whiteout` stands at the path it hides and `opaque` at the folder whose
    older content it hides. Folders that hold something need not be written down.
    """

    __slots__ = ("_names", "nodes")

    def __init__(self, nodes: Mapping[str, Node] | None = None) -> None:
        self.nodes: Mapping[str, Node] = MappingProxyType(dict(nodes or {}))
        self._names: dict[str, list[str]] | None = None

    def __eq__(self, other: object) -> bool:
        return self.nodes == other.nodes if isinstance(other, Tree) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self.nodes)

    def __contains__(self, path: object) -> bool:
        return path in self.nodes

    def __repr__(self) -> str:
        return f"Tree({len(self.nodes)} nodes)"

    @property
    def size(self) -> int:
        """What overlay2 reports for a layer: bytes of all files, hard links once, and of symbolic links' texts."""
        return sum(
            len(node.link.encode("utf-8", "surrogateescape")) if node.kind == "link" else node.content.size
            for node in self.nodes.values()
            if node.kind in ("file", "link")
        )

    def get(self, path: str) -> Node | None:
        """What is written down at a path; no link is followed."""
        return self.nodes.get(path)

    def resolve(self, path: str, *, follow_last: bool = True) -> str | None:
        """The path behind symbolic links, absolute ones taken from this root; None where nothing is there."""
        todo = normalise(path).split("/")[::-1] if normalise(path) else []
        here, followed = "", 0
        while todo:
            name = todo.pop()
            if name in ("", "."):
                continue
            if name == "..":
                here = parent_of(here)
                continue
            there = f"{here}/{name}" if here else name
            node = self.nodes.get(there)
            if node is not None and node.kind == "link" and (todo or follow_last):
                followed += 1
                if followed > LINKS_FOLLOWED:
                    return None
                if node.link.startswith("/"):
                    here = ""
                todo.extend(node.link.split("/")[::-1])
                continue
            if node is None and there not in self._index():
                return None
            if todo and node is not None and node.kind not in ("folder", "opaque"):
                return None
            here = there
        return here

    def node(self, path: str) -> Node | None:
        """What stands behind all links of a path, hard ones too."""
        found = self.resolve(path)
        if found is None:
            return None
        node = self.nodes.get(found, IMPLIED)
        return self.nodes.get(node.link) if node.kind == "hardlink" else node

    def read(self, path: str) -> bytes:
        """A file's bytes, links followed; raises FileNotFoundError and IsADirectoryError."""
        node = self.node(path)
        if node is None:
            raise FileNotFoundError(path)
        if node.kind in ("folder", "opaque"):
            raise IsADirectoryError(path)
        return node.content.read()

    def children(self, path: str) -> tuple[str, ...]:
        """The names in a folder, sorted."""
        return tuple(self._index().get(path, ()))

    def under(self, path: str) -> Iterator[tuple[str, Node]]:
        """All that is written down below a path, without the path itself; folders before what they hold."""
        index = self._index()
        todo = [path]
        while todo:
            here = todo.pop()
            if here != path and here in self.nodes:
                yield here, self.nodes[here]
            todo.extend(f"{here}/{name}" if here else name for name in reversed(index.get(here, [])))

    def apply(self, layer: "Tree") -> "Tree":
        """This tree with a layer on top; a hard link to nothing is left out."""
        return Tree(stack(self.nodes, layer.nodes))

    def _index(self) -> Mapping[str, list[str]]:
        if self._names is None:
            names: dict[str, set[str]] = {"": set()}
            for path in self.nodes:
                while path:
                    folder, _, name = path.rpartition("/")
                    known = names.setdefault(folder, set())
                    if name in known:
                        break
                    known.add(name)
                    path = folder
            self._names = {folder: sorted(found) for folder, found in names.items()}
        return self._names


EMPTY = Tree()


def difference(before: Tree, after: Tree) -> Tree:
    """The layer which, applied to `before`, gives `after`; with the folders that hold what changed."""
    return Tree(changes(before.nodes, after.nodes))
