"""Tar archives that are equal byte for byte when their files are equal."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path


class Archive:
    """An archive in the making: no times, no names, one owner, sorted when written."""

    def __init__(self) -> None:
        self._members: dict[str, tuple[tarfile.TarInfo, bytes]] = {}

    def file(self, path: str, content: bytes, mode: int = 0o644) -> None:
        self._add(path, tarfile.REGTYPE, mode, content)

    def folder(self, path: str, mode: int = 0o755) -> None:
        self._add(path, tarfile.DIRTYPE, mode)

    def link(self, path: str, target: str) -> None:
        self._add(path, tarfile.SYMTYPE, 0o777, target=target)

    def copy(self, source: Path, path: str) -> None:
        if source.is_symlink():
            self.link(path, str(source.readlink()))
        elif source.is_dir():
            self.folder(path, source.stat().st_mode & 0o7777)
        else:
            self.file(path, source.read_bytes(), source.stat().st_mode & 0o7777)

    def copy_tree(self, folder: Path) -> None:
        for source in folder.rglob("*"):
            self.copy(source, source.relative_to(folder).as_posix())

    def write(self, target: Path) -> None:
        with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as archive:
            for path in sorted(self._members):
                member, content = self._members[path]
                archive.addfile(member, io.BytesIO(content))

    def _add(self, path: str, kind: bytes, mode: int, content: bytes = b"", target: str = "") -> None:
        member = tarfile.TarInfo(path)
        member.type, member.mode, member.size, member.linkname = kind, mode, len(content), target
        self._members[path] = (member, content)
