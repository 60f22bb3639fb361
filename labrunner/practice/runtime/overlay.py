"""Live files over an image's tree: nothing is copied before it changes, and what changed is known without searching."""

import threading
from collections.abc import Iterator

from labrunner.practice.images.tree import EMPTY, Bytes, Node, Tree, Zeros
from labrunner.practice.runtime.backend import Change
from labrunner.practice.runtime.inodes import Inode, Joined, from_node
from labrunner.practice.runtime.limits import ENTRIES, PURSE, Purse

_IMPLIED = Node(kind="folder", mode=0o755)


class Overlay:
    """The inodes of one container, or of one volume (over the empty tree)."""

    def __init__(self, base: Tree = EMPTY, purse: Purse = PURSE) -> None:
        self.base = base
        self.root = from_node(base.get("") or _IMPLIED, "")
        self.held = 0
        """Bytes in memory that are not the image's, as last counted."""
        self.linked = False
        """Whether a hard link was made since."""
        self.made = 0
        """Entries made since."""
        self._purse = purse
        self._loading = threading.Lock()
        self._shared: dict[str, Inode | None] | None = None
        purse.join(self)

    def names(self, folder: Inode) -> dict[str, Inode]:
        """What a folder holds; filled from the image at the first look."""
        if folder.names is None:
            with self._loading:
                if folder.names is None:
                    folder.names = self._load(folder.origin or "")
        return folder.names

    def _load(self, path: str) -> dict[str, Inode]:
        shared = self._hard_links()
        found: dict[str, Inode] = {}
        for name in self.base.children(path):
            here = f"{path}/{name}" if path else name
            node = self.base.get(here) or _IMPLIED
            target = node.link if node.kind == "hardlink" else here
            if target in shared:
                inode, first = shared[target], self.base.get(target)
                if inode is None:
                    if first is None or first.kind == "hardlink":
                        continue
                    inode = shared[target] = from_node(first, target)
                found[name] = inode
            else:
                found[name] = from_node(node, here)
        return found

    def _hard_links(self) -> dict[str, Inode | None]:
        if self._shared is None:
            links = {node.link for node in self.base.nodes.values() if node.kind == "hardlink"}
            self._shared = dict.fromkeys(links)
        return self._shared

    def links(self, inode: Inode) -> int:
        """How many names a file has; those made since are found by looking at every loaded folder."""
        if not self.linked and inode.origin not in self._hard_links():
            return 1
        count = 0
        todo = [self.root]
        while todo:
            here = todo.pop()
            for child in (here.names or {}).values():
                if child is inode:
                    count += 1
                elif child.kind == "folder":
                    todo.append(child)
        return max(count, 1)

    def height(self, inode: Inode) -> int:
        """How many folders are in each other below, one that is empty counted as none."""
        height, level = 0, [inode]
        while level := [
            child for each in level if each.kind == "folder" for child in self.names(each).values()
        ]:
            height += 1
        return height

    def room(self, more: int) -> None:
        """Counts bytes that are about to be held; raises OSError ENOSPC where they are too many."""
        if more > 0 and not self._purse.allow(self, more):
            raise OSError(28, "No space left on device")
        self.held += max(more, 0)

    def entry(self) -> None:
        """Counts one more entry; raises OSError ENOSPC where there are too many."""
        if self.made >= ENTRIES:
            raise OSError(28, "No space left on device")
        self.made += 1

    def recount(self) -> int:
        total = 0
        todo = [self.root]
        while todo:
            inode = todo.pop()
            if inode.kind == "folder":
                todo.extend((inode.names or {}).values())
            elif inode.dirty or inode.origin is None:
                total += _weight(inode.body)
        self.held = total
        return total

    def differences(self) -> Iterator[tuple[str, Change, Inode | None]]:
        """Every path that differs from the image, parents first."""
        inside = list(self._inside("", self.root))
        if self.root.dirty:
            yield "", "C", self.root
        yield from inside

    def _inside(self, path: str, folder: Inode) -> Iterator[tuple[str, Change, Inode | None]]:
        if folder.names is None and folder.origin == path:
            return
        names = self.names(folder)
        before = self.base.children(path)
        for name in sorted({*before, *names}):
            here = f"{path}/{name}" if path else name
            inode = names.get(name)
            if inode is None:
                yield here, "D", None
            elif self._is_as_in_image(here, inode):
                inside = list(self._inside(here, inode)) if inode.kind == "folder" else []
                if inside or inode.dirty:
                    yield here, "C", inode
                yield from inside
            else:
                yield here, "C" if name in before else "A", inode
                if inode.kind == "folder":
                    yield from self._inside(here, inode)

    def _is_as_in_image(self, path: str, inode: Inode) -> bool:
        if inode.origin == path:
            return True
        node = self.base.get(path)
        return node is not None and node.kind == "hardlink" and node.link == inode.origin

    def changes(self) -> list[tuple[str, Change]]:
        return [(f"/{path}", kind) for path, kind, _ in self.differences() if path]

    def layer(self) -> Tree:
        nodes: dict[str, Node] = {}
        first: dict[int, str] = {}
        for path, _, inode in self.differences():
            if inode is None:
                nodes[path] = Node(kind="whiteout")
            elif inode.kind != "folder" and id(inode) in first:
                nodes[path] = Node(
                    kind="hardlink", link=first[id(inode)], mode=inode.mode, mtime=int(inode.mtime)
                )
            else:
                first[id(inode)] = path
                nodes[path] = inode.node()
        return Tree(nodes)

    def tree(self) -> Tree:
        return self.base.apply(self.layer())

    def size(self) -> int:
        return sum(
            inode.size for _, _, inode in self.differences() if inode is not None and inode.kind == "file"
        )


def _weight(body: object) -> int:
    match body:
        case bytearray():
            return len(body)
        case Bytes():
            return len(body.data)
        case Joined():
            return sum(_weight(part) for part in body.parts)
        case Zeros():
            return 0
        case _:
            return 0
