"""What a registry keeps on disk: blobs by digest, manifests by repository, tags as small files.

A file is written under another name, synced and then renamed, so that what is found was written whole.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from labrunner.practice.hub.manifest import Manifest, read_manifest
from labrunner.practice.images.image import is_digest

CHUNK = 1024 * 1024
LARGEST_BLOB = 2 * 1024**3
LARGEST_DEPOT = 20 * 1024**3
MOST_UPLOADS = 200

_PATH = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_UPLOAD = re.compile(r"[0-9a-f]{32}")


class DepotFull(Exception):
    """No room for more: a blob, an upload or the whole depot is at its bound."""


class WrongDigest(Exception):
    """The bytes are not those of the digest that was told."""


def is_path(path: str) -> bool:
    """Whether this names a repository; such a path is safe below a folder."""
    return len(path) <= 255 and _PATH.fullmatch(path) is not None


def is_tag(tag: str) -> bool:
    return _TAG.fullmatch(tag) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    blob: int = LARGEST_BLOB
    depot: int = LARGEST_DEPOT
    uploads: int = MOST_UPLOADS


class Upload:
    """A blob on its way in."""

    def __init__(self, depot: "Depot", name: str, repository: str) -> None:
        self.name = name
        self.repository = repository
        self.size = 0
        self.busy = False
        """While a request writes to it."""
        self._depot = depot
        self._path = depot.uploads / name
        self._hash = hashlib.sha256()
        self._file: BinaryIO = self._path.open("xb")

    def write(self, data: bytes) -> None:
        """Raises DepotFull."""
        self.size += len(data)
        if self.size > self._depot.bounds.blob or self._depot.used + self.size > self._depot.bounds.depot:
            raise DepotFull(f"a blob of more than {self.size - len(data)} bytes has no room here")
        self._file.write(data)
        self._hash.update(data)

    def finish(self, digest: str) -> None:
        """The blob is there from now on; raises WrongDigest, and then nothing is."""
        if digest != f"sha256:{self._hash.hexdigest()}":
            self.cancel()
            raise WrongDigest(digest)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._depot.keep_blob(self._path, digest, self.size)
        self._depot.link(self.repository, digest)
        self._depot.forget(self)

    def cancel(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
        self._depot.forget(self)


class Depot:
    """One folder of registry content."""

    def __init__(self, folder: Path, bounds: Bounds | None = None) -> None:
        self.folder = folder
        self.bounds = bounds or Bounds()
        self.uploads = folder / "uploads"
        self._blobs = folder / "blobs"
        self._repositories = folder / "repositories"
        self._open: dict[str, Upload] = {}
        for needed in (self.uploads, self._blobs, self._repositories):
            needed.mkdir(mode=0o700, parents=True, exist_ok=True)
        for leftover in self.uploads.iterdir():
            leftover.unlink()
        self.used = sum(entry.stat().st_size for entry in self._blobs.iterdir())
        """Bytes of all blobs."""

    # Blobs

    def blob(self, repository: str, digest: str) -> Path | None:
        """A blob's file, where this repository has it."""
        if not is_path(repository) or not is_digest(digest):
            return None
        path = self._blobs / digest.removeprefix("sha256:")
        return path if self._linked(repository, digest).exists() and path.exists() else None

    def mount(self, repository: str, digest: str, source: str) -> bool:
        """A blob of one repository is another's too; False where it is not there to be given."""
        if self.blob(source, digest) is None:
            return False
        self.link(repository, digest)
        return True

    def start_upload(self, repository: str) -> Upload:
        """Raises DepotFull."""
        if len(self._open) >= self.bounds.uploads:
            idle = next((upload for upload in self._open.values() if not upload.busy), None)
            if idle is None:
                raise DepotFull("too many uploads at once")
            idle.cancel()
        upload = Upload(self, secrets.token_hex(16), repository)
        self._open[upload.name] = upload
        return upload

    def upload(self, repository: str, name: str) -> Upload | None:
        found = self._open.get(name) if _UPLOAD.fullmatch(name) else None
        return found if found is not None and found.repository == repository else None

    def forget(self, upload: Upload) -> None:
        self._open.pop(upload.name, None)

    def keep_blob(self, path: Path, digest: str, size: int) -> None:
        target = self._blobs / digest.removeprefix("sha256:")
        if target.exists():
            path.unlink()
            return
        path.replace(target)
        _sync_folder(self._blobs)
        self.used += size

    def put_blob(self, repository: str, digest: str, pieces: Iterator[bytes]) -> None:
        """A blob that is here already in this process; raises WrongDigest and DepotFull."""
        upload = self.start_upload(repository)
        try:
            for piece in pieces:
                upload.write(piece)
        except BaseException:
            upload.cancel()
            raise
        upload.finish(digest)

    def link(self, repository: str, digest: str) -> None:
        linked = self._linked(repository, digest)
        linked.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        linked.touch(mode=0o600)

    # Manifests and tags

    def manifest(self, repository: str, wanted: str) -> Manifest | None:
        """By tag or by digest."""
        if not is_path(repository):
            return None
        digest = wanted
        if not is_digest(wanted):
            if not is_tag(wanted):
                return None
            try:
                digest = (self._tags(repository) / wanted).read_text(encoding="ascii")
            except (FileNotFoundError, NotADirectoryError):
                return None
            if not is_digest(digest):
                return None
        try:
            kept = (self._manifests(repository) / digest.removeprefix("sha256:")).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        media_type, _, data = kept.partition(b"\n")
        return read_manifest(data, media_type.decode())

    def put_manifest(self, repository: str, manifest: Manifest, tag: str = "") -> None:
        """Under its digest, and under a tag where one is told."""
        self._write(
            self._manifests(repository) / manifest.digest.removeprefix("sha256:"),
            manifest.media_type.encode() + b"\n" + manifest.data,
        )
        if tag:
            self._write(self._tags(repository) / tag, manifest.digest.encode())

    def delete_manifest(self, repository: str, wanted: str) -> bool:
        """A digest goes with all its tags; of a tag only the tag goes."""
        manifest = self.manifest(repository, wanted)
        if manifest is None:
            return False
        if not is_digest(wanted):
            (self._tags(repository) / wanted).unlink(missing_ok=True)
            return True
        for tag in self.tags(repository):
            file = self._tags(repository) / tag
            if file.read_text(encoding="ascii") == wanted:
                file.unlink(missing_ok=True)
        (self._manifests(repository) / wanted.removeprefix("sha256:")).unlink(missing_ok=True)
        return True

    def tags(self, repository: str) -> tuple[str, ...]:
        if not is_path(repository):
            return ()
        try:
            return tuple(sorted(entry.name for entry in self._tags(repository).iterdir()))
        except (FileNotFoundError, NotADirectoryError):
            return ()

    def has_repository(self, repository: str) -> bool:
        return is_path(repository) and self._manifests(repository).is_dir()

    def repositories(self) -> tuple[str, ...]:
        """Every repository with a manifest, sorted."""
        found = (
            path.parent.relative_to(self._repositories).as_posix()
            for path in self._repositories.rglob("_manifests")
            if any(path.iterdir())
        )
        return tuple(sorted(found))

    def _linked(self, repository: str, digest: str) -> Path:
        return self._repositories / repository / "_blobs" / digest.removeprefix("sha256:")

    def _manifests(self, repository: str) -> Path:
        return self._repositories / repository / "_manifests"

    def _tags(self, repository: str) -> Path:
        return self._repositories / repository / "_tags"

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self.uploads / f"small-{secrets.token_hex(8)}"
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The rename itself is on disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
