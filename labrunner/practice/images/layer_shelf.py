"""Layers on disk by their digests, and who needs them: images, and holders that are none."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from labrunner.practice.images import register
from labrunner.practice.images.blobs import finish, write_unfinished
from labrunner.practice.images.image import Image
from labrunner.practice.images.layers import read_layer, write_tree
from labrunner.practice.images.register import Stored
from labrunner.practice.images.tree import EMPTY, Tree
from labrunner.practice.refusal import Refused

TREES_KEPT = 8
LAYERS_KEPT = 32
_CHUNK = 1024 * 1024
_BARE = EMPTY.apply(EMPTY)
"""Nothing but the root folder."""


class LayerShelf:
    def __init__(self, folder: Path) -> None:
        self._layers = folder / "layers"
        self._layers.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = folder / "register.json"
        self._register = register.read(self._file)
        self._known: dict[str, Image] = {}
        self._fresh: set[str] = set()
        self._guards = 0
        self._together = 0
        self._gone: list[Path] = []
        self._layer_trees: OrderedDict[str, Tree] = OrderedDict()
        self._trees: OrderedDict[tuple[str, ...], Tree] = OrderedDict()
        self.lock = threading.RLock()
        """Held while the bookkeeping changes; never while a layer is written."""

    def add_layer(self, tree: Tree) -> str:
        """Keep a layer; its diff ID."""
        return self._add_layer(write_tree(tree), tree=tree)

    def add_layer_tar(self, path: Path, *, diff_id: str | None = None) -> str:
        """Keep a copy of an uncompressed tar; refuses one that does not have the digest it should."""
        return self.add_layer_chunks(_chunks(path), diff_id=diff_id)

    def add_layer_chunks(self, chunks: Iterable[bytes], *, diff_id: str | None = None) -> str:
        """The same, for a tar that comes in pieces."""
        return self._add_layer(chunks, diff_id=diff_id)

    def has_layer(self, diff_id: str) -> bool:
        with self.lock:
            return diff_id in self._register.layers

    def layer(self, diff_id: str) -> Tree:
        """The tree of one layer, its contents left on disk."""
        with self.lock:
            self._stored(diff_id)
            kept = self._layer_trees.get(diff_id)
            if kept is not None:
                self._layer_trees.move_to_end(diff_id)
                return kept
        tree = read_layer(self._layer_file(diff_id))
        with self.lock:
            self._layer_trees[diff_id] = tree
            if len(self._layer_trees) > LAYERS_KEPT:
                self._layer_trees.popitem(last=False)
        return tree

    def layer_path(self, diff_id: str) -> Path:
        """The layer's uncompressed tar."""
        with self.lock:
            self._stored(diff_id)
            return self._layer_file(diff_id)

    def layer_size(self, diff_id: str) -> int:
        """What is in it, as Docker counts it."""
        with self.lock:
            return self._stored(diff_id).size

    def layers(self) -> Mapping[str, Stored]:
        with self.lock:
            return dict(self._register.layers)

    def layers_tree(self, layers: Sequence[str]) -> Tree:
        """Layers over each other, the first at the bottom."""
        wanted = tuple(layers)
        with self.lock:
            done = next((n for n in range(len(wanted), 0, -1) if wanted[:n] in self._trees), 0)
            tree = self._trees.get(wanted[:done], _BARE)
        for diff_id in wanted[done:]:
            tree = tree.apply(self.layer(diff_id))
        with self.lock:
            self._trees[wanted] = tree
            self._trees.move_to_end(wanted)
            if len(self._trees) > TREES_KEPT:
                self._trees.popitem(last=False)
        return tree

    def hold(self, owner: str, layers: Sequence[str]) -> None:
        """Keep layers for somebody who is no image (a container, the build cache) until `release(owner)`."""
        with self.lock:
            for diff_id in layers:
                self._stored(diff_id)
            self._register.holds[owner] = tuple(layers)
            self._fresh.difference_update(layers)
            self._write()

    def release(self, owner: str) -> None:
        with self.lock:
            layers = self._register.holds.pop(owner, None)
            if layers is not None:
                self._discard(layers)

    def abandon(self, layers: Sequence[str]) -> None:
        """Layers that were added for an image that did not come about."""
        with self.lock:
            self._fresh.difference_update(layers)
            self._discard(layers)

    def held(self) -> Mapping[str, tuple[str, ...]]:
        with self.lock:
            return dict(self._register.holds)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """While this lasts no layer leaves the disk, whatever is removed: for whoever reads or adds several."""
        with self.lock:
            self._guards += 1
        try:
            yield
        finally:
            with self.lock:
                self._guards -= 1
                if not self._guards and self._not_needed(self._register.layers):
                    self._discard(tuple(self._register.layers))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Changes that are written down once, at their end; the files that nobody needs any more go after that."""
        with self.lock:
            self._together += 1
            try:
                yield
            finally:
                self._together -= 1
                self._write()
                if not self._together:
                    gone, self._gone = self._gone, []
                    for path in gone:
                        path.unlink(missing_ok=True)

    @contextmanager
    def spooled(self, chunks: Iterable[bytes]) -> Iterator[Path]:
        """A file for as long as it is needed, in the store's own folder."""
        path, _ = write_unfinished(self._layers, chunks)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _add_layer(
        self, chunks: Iterable[bytes], *, tree: Tree | None = None, diff_id: str | None = None
    ) -> str:
        written, digest = write_unfinished(self._layers, chunks)
        try:
            if diff_id is not None and diff_id != digest:
                raise Refused(400, f"invalid diffID: expected {diff_id}, got {digest}")
            with self.lock:
                if digest in self._register.layers:
                    self._fresh.add(digest)
                    return digest
            if tree is None:
                tree = read_layer(written, moving_to=self._layer_file(digest))
            stored = Stored(bytes=written.stat().st_size, size=tree.size)
            with self.lock:
                finish(written, self._layer_file(digest))
                self._register.layers[digest] = stored
                self._fresh.add(digest)
        finally:
            written.unlink(missing_ok=True)
        return digest

    def _discard(self, layers: Iterable[str]) -> None:
        """Write the register without those of the layers that nobody needs, then remove their files."""
        gone = [] if self._guards else self._not_needed(layers)
        for diff_id in gone:
            self._register.layers.pop(diff_id, None)
            self._register.distributed.pop(diff_id, None)
            self._layer_trees.pop(diff_id, None)
        for kept in [kept for kept in self._trees if not set(kept).isdisjoint(gone)]:
            del self._trees[kept]
        self._write()
        for diff_id in gone:
            self._drop(self._layer_file(diff_id))

    def _not_needed(self, layers: Iterable[str]) -> list[str]:
        needed = {diff_id for image in self._known.values() for diff_id in image.layers}
        needed |= {diff_id for held in self._register.holds.values() for diff_id in held} | self._fresh
        return [diff_id for diff_id in set(layers) if diff_id not in needed]

    def _stored(self, diff_id: str) -> Stored:
        stored = self._register.layers.get(diff_id)
        if stored is None:
            raise Refused(500, f"layer does not exist: {diff_id}")
        return stored

    def _layer_file(self, diff_id: str) -> Path:
        return self._layers / f"{diff_id.removeprefix('sha256:')}.tar"

    def _write(self) -> None:
        if not self._together:
            self._register.write(self._file)

    def _drop(self, path: Path) -> None:
        """Remove a file that the register does not name any more."""
        if self._together:
            self._gone.append(path)
        else:
            path.unlink(missing_ok=True)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
