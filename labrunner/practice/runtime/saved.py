"""Files at rest: one tar in a folder, written anew under another name each time, so that whoever still reads the
older one is never given other bytes."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from labrunner.practice.images.layers import read_layer, write_layer
from labrunner.practice.images.tree import Tree

_STEM, _UPLOAD = "files-", "upload-"


class Saved:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        found = sorted(folder.glob(f"{_STEM}*.tar"), key=lambda each: each.stat().st_mtime_ns)
        self._path = found[-1] if found else None
        self._clear()

    def tree(self) -> Tree | None:
        """None where nothing was ever saved; contents stay in the tar."""
        return None if self._path is None else read_layer(self._path)

    def write(self, tree: Tree) -> None:
        """Contents may lie in what was saved before, or in what was adopted."""
        path = None
        if len(tree):
            path = self._folder / f"{_STEM}{secrets.token_hex(4)}.tar"
            beside = path.with_suffix(".new")
            try:
                with beside.open("wb") as out:
                    write_layer(tree, out)
                beside.replace(path)
            finally:
                beside.unlink(missing_ok=True)
        self._path = path
        self._clear()

    def adopt(self, tar: Path) -> Path:
        """Keeps an upload whose files are used until the next `write`."""
        kept = self._folder / f"{_UPLOAD}{secrets.token_hex(4)}.tar"
        try:
            os.link(tar, kept)
        except OSError:
            shutil.copyfile(tar, kept)
        return kept

    def _clear(self) -> None:
        for each in (*self._folder.glob(f"{_STEM}*"), *self._folder.glob(f"{_UPLOAD}*")):
            if each != self._path:
                with contextlib.suppress(FileNotFoundError):
                    each.unlink()
