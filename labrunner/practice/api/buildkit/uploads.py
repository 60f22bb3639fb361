"""What clients have sent of their folders, kept so that only what has changed is sent again."""

import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from labrunner.practice.api.buildkit.filesync import Arrived, Tell, receive, request
from labrunner.practice.api.buildkit.session import Session

MOST_SHELVES = 8


@dataclass(slots=True, kw_only=True)
class _Shelf:
    folder: Path
    entries: dict[str, Arrived] = field(default_factory=dict)
    busy: bool = False


class Uploads:
    def __init__(self, folder: Path) -> None:
        """An own folder: whatever an earlier daemon has left there is thrown away."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        self._folder = folder
        self._shelves: dict[str, _Shelf] = {}
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def folder(
        self,
        session: Session,
        name: str,
        *,
        tell: Tell,
        follow: tuple[str, ...] = (),
        exclude: tuple[str, ...] = (),
        keep: bool = False,
    ) -> AsyncIterator[dict[str, Arrived]]:
        """The client's folder `name`; its files last as long as the block. `keep` them for the next build."""
        key = f"{name}:{session.shared_key}" if keep else ""
        shelf = self._take(key)
        try:
            try:
                call = await session.files(request(name, follow=follow, exclude=exclude))
                entries = await receive(call, lambda: self._fresh(shelf.folder), tell, shelf.entries)
            except BaseException:
                self._drop(key, shelf)
                raise
            _sweep(shelf, entries)
            yield entries
        finally:
            shelf.busy = False
            if self._shelves.get(key) is not shelf:
                shutil.rmtree(shelf.folder, ignore_errors=True)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder of its own that lasts as long as the block."""
        folder = self._fresh(self._folder)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _take(self, key: str) -> _Shelf:
        known = self._shelves.get(key)
        if known is not None and not known.busy:
            self._shelves[key] = self._shelves.pop(key)
            known.busy = True
            return known
        shelf = _Shelf(folder=self._fresh(self._folder), busy=True)
        shelf.folder.mkdir(mode=0o700)
        if key and known is None:
            self._shelves[key] = shelf
            idle = [name for name, each in self._shelves.items() if not each.busy]
            for name in idle[: max(0, len(self._shelves) - MOST_SHELVES)]:
                self._drop(name, self._shelves[name])
        return shelf

    def _drop(self, key: str, shelf: _Shelf) -> None:
        if self._shelves.get(key) is shelf:
            del self._shelves[key]
        shutil.rmtree(shelf.folder, ignore_errors=True)

    def _fresh(self, folder: Path) -> Path:
        return folder / f"{next(self._numbers)}"


def _sweep(shelf: _Shelf, entries: dict[str, Arrived]) -> None:
    """Contents that are no longer part of the folder go."""
    wanted = {entry.kept for entry in entries.values()}
    for entry in shelf.entries.values():
        if entry.kept is not None and entry.kept not in wanted:
            entry.kept.unlink(missing_ok=True)
    shelf.entries = entries
