"""One file out of the tar stream that an engine sends for a path, read no further than a limit."""

import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass

LIMIT = 1024 * 1024
"""How much of a file is read, in bytes."""

_HEADERS = 64 * 1024
"""Room for the tar headers that stand before the file's own bytes."""


@dataclass(frozen=True, slots=True)
class Link:
    target: str


def file_in(chunks: Iterable[bytes]) -> bytes | Link | None:
    """The first MiB of the file that a tar stream begins with; None where it is a folder or a device."""
    with tarfile.open(fileobj=io.BytesIO(_beginning(chunks)), mode="r|") as archive:
        first = archive.next()
        if first is not None and first.issym():
            return Link(first.linkname)
        content = archive.extractfile(first) if first is not None and first.isreg() else None
        return None if content is None else content.read(LIMIT)


def _beginning(chunks: Iterable[bytes]) -> bytes:
    gathered = bytearray()
    for chunk in chunks:
        gathered += chunk
        if len(gathered) >= LIMIT + _HEADERS:
            break
    return bytes(gathered)
