"""Files as cp, diff, commit, export and RUN use them: a machine's, or a volume's."""

from labrunner.practice.images.tree import EMPTY, Node, Tree
from labrunner.practice.runtime.backend import Change
from labrunner.practice.runtime.laying import lay
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.provided import SKELETON
from labrunner.practice.runtime.space import Space
from labrunner.practice.runtime.view import View


class SharedFiles:
    """Files of their own, such as a volume's."""

    def __init__(self, tree: Tree | None = None) -> None:
        self.overlay = Overlay(tree or EMPTY)
        self.files = View(space=Space(self.overlay))

    def changes(self) -> list[tuple[str, Change]]:
        return self.overlay.changes()

    def layer(self) -> Tree:
        return self.overlay.layer()

    def tree(self) -> Tree:
        return self.overlay.tree()

    def put(self, tree: Tree, at: str = "") -> None:
        lay(self.files, tree, at)

    def size(self) -> int:
        return self.overlay.size()


class MachineFiles(SharedFiles):
    """A machine's own, seen through its mounts."""

    def __init__(self, overlay: Overlay, view: View) -> None:
        self.overlay = overlay
        self.files = view

    def tree(self) -> Tree:
        whole = self.overlay.tree()
        missing = {
            path: Node(**entry)  # type: ignore[arg-type]
            for path, entry in SKELETON.items()
            if path not in whole
        }
        return Tree({**whole.nodes, **missing}) if missing else whole
